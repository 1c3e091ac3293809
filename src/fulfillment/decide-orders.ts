/**
 * DECIDE: takes a batch of accepted orders, decides each jointly (warehouses, services, pickups,
 * promise) and stores shipments, reservations, capacity, milestones and first offers in one
 * transaction. A crash before the commit leaves the orders accepted, and the bell rings again.
 */
import { listCapacity } from '../../db/capacity.ts';
import { inTransaction } from '../../db/database.ts';
import { holdNetwork } from '../../db/networks.ts';
import { claimOrdersToDecide, countLostRaces, type OrderToDecide } from '../../db/orders.ts';
import { listQuotedPlans, type QuotedPlan } from '../../db/quotes.ts';
import { listFreeStock } from '../../db/stock.ts';
import { DAY_SECONDS, type SourcedPlan } from '../../routing/index.ts';
import { recordDecision } from '../runtime/telemetry.ts';
import { type DecidedInBatch, decideBatch, stockPositions, warehousesOf } from './decide-batch.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { keepWinners } from './keep-winners.ts';
import { saveDecisions } from './save-decisions.ts';

/** What a worker step did, and whether it should look again at once. */
export interface StepOutcome {
  readonly done: number;
  readonly more: boolean;
}

/**
 * Decides one batch. `more` is true while orders may be waiting: a full batch was taken, or a lost
 * race must be decided again on fresh stock. Safe beside itself: orders are claimed, stock and
 * capacity are checked again under lock before anything is promised.
 */
export async function decideOrders(engine: Engine): Promise<StepOutcome> {
  const network = await engine.networks.current();
  if (network === null) return { done: 0, more: false };
  const limit = engine.config.decide_batch_orders;
  const outcome = await inTransaction(engine.database, async (tx) => {
    // A newer version is a moment away from being seen here: look again with it.
    if (!(await holdNetwork(tx, network.version))) return 'outdated';
    const orders = await claimOrdersToDecide(tx, limit);
    if (orders.length === 0) return { done: 0, more: false, decided: [] };
    const quotes = await listQuotedPlans(tx, quotedOrders(orders));
    const skus = new Set(orders.flatMap((order) => order.lines.map((line) => line.sku_id)));
    const stock = stockPositions(network, await listFreeStock(tx, [...skus]));
    const from = Math.floor(engine.clock.now().epochMilliseconds / 1000) - 2 * DAY_SECONDS;
    const capacity = await listCapacity(tx, from, warehousesOf(stock));
    const view = { orders, stock, capacity, quoted: plansOf(quotes) };
    const decided = decideBatch(engine, network, view);
    const { winners, losers } = await keepWinners(tx, decided, quotes);
    const given = giveUp(network, losers);
    await countLostRaces(tx, given.again);
    await saveDecisions(engine, tx, {
      network,
      view,
      decided: [...winners, ...given.up],
      lost: given.lost,
      quotes,
    });
    return {
      done: orders.length,
      more: orders.length === limit || given.again.length > 0,
      decided,
    };
  });
  if (outcome === 'outdated') {
    await engine.networks.caughtUp();
    return { done: 0, more: true };
  }
  report(engine, outcome.decided);
  return { done: outcome.done, more: outcome.more };
}

function quotedOrders(orders: readonly OrderToDecide[]): string[] {
  return orders.flatMap((order) =>
    order.quote_id !== null && order.decision_no === 0 ? [order.order_id] : [],
  );
}

function plansOf(quotes: readonly QuotedPlan[]): Map<string, SourcedPlan> {
  return new Map(quotes.map((quote) => [quote.order_id, quote.plan as SourcedPlan]));
}

/** Losers are decided again on fresh stock, up to the policy's limit; then an operator must look. */
function giveUp(
  network: LiveNetwork,
  losers: readonly DecidedInBatch[],
): { again: string[]; lost: DecidedInBatch[]; up: DecidedInBatch[] } {
  const most = network.document.policy.decide_attempts;
  const lastTry = (loser: DecidedInBatch) => loser.order.attempts + 1 >= most;
  return {
    again: losers.filter((loser) => !lastTry(loser)).map((loser) => loser.order.order_id),
    lost: [...losers],
    up: losers.filter(lastTry).map((loser) => ({
      ...loser,
      result: { outcome: 'unsourced', reason: 'contended', line_nos: [], work: loser.result.work },
    })),
  };
}

function report(engine: Engine, decided: readonly DecidedInBatch[]): void {
  const now = engine.clock.now().epochMilliseconds;
  const late: string[] = [];
  for (const { order, result, elapsed_us } of decided) {
    const accepted = order.accepted_at.epochMilliseconds;
    const waited = (now - accepted) / 1000;
    const budget = (order.decide_by.epochMilliseconds - accepted) / 1000;
    recordDecision({
      method: result.outcome === 'sourced' ? result.method : result.reason,
      solver_seconds: elapsed_us / 1e6,
      waited_seconds: waited,
      budget_seconds: budget,
    });
    if (waited > budget) late.push(order.order_id);
    const { order_id, request_id } = order;
    engine.log.debug({ order_id, request_id, outcome: result.outcome }, 'order decided');
  }
  if (late.length > 0) {
    const facts = { orders: late.length, first: late[0] };
    engine.log.warn(facts, 'orders were decided after their deadline');
  }
}
