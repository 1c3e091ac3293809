/**
 * DECIDE: takes a batch of accepted orders, decides each jointly (warehouses, services, pickups,
 * promise) and stores shipments, reservations, capacity, milestones and first offers in one
 * transaction. A crash before the commit leaves the orders accepted, and the bell rings again.
 */
import { listCapacity } from '../../db/capacity.ts';
import { inTransaction, type Tx } from '../../db/database.ts';
import { holdNetwork } from '../../db/networks.ts';
import { claimOrdersToDecide, countLostRaces, type OrderToDecide } from '../../db/orders.ts';
import { listQuotedPlans, type QuotedPlan } from '../../db/quotes.ts';
import { listFreeStock } from '../../db/stock.ts';
import { DAY_SECONDS, type SourcedPlan } from '../../routing/index.ts';
import { recordDecision, recordLostRace } from '../runtime/telemetry.ts';
import {
  type BatchView,
  type DecidedInBatch,
  decideBatch,
  type SoldPlan,
  stockPositions,
  warehousesOf,
} from './decide-batch.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { keepWinners } from './keep-winners.ts';
import type { RulingPolicy } from './policy-network.ts';
import type { LivePrices } from './price-source.ts';
import { planBatch, saveRows, takeUnits } from './save-decisions.ts';

/** What a worker step did, and whether it should look again at once. */
export interface StepOutcome {
  readonly done: number;
  readonly more: boolean;
}

/**
 * Decides one batch. `more` is true while orders may be waiting: a full batch was taken, it ended before
 * its last order, or a lost race must be decided again on fresh stock. Safe beside itself: orders are
 * claimed, stock and capacity are checked again under lock before anything is promised.
 */
export async function decideOrders(engine: Engine): Promise<StepOutcome> {
  const network = await engine.networks.current();
  if (network === null) return { done: 0, more: false };
  const live = {
    network,
    prices: await engine.prices.current(),
    policies: await engine.policies.current(),
  };
  // Races are rare, and what all batches contend for is best held for the shortest time: locked
  // last. A batch that finds then that it lost one is undone and made again with the locks first.
  const outcome =
    (await decideOnce(engine, live, 'locks_last')) ??
    (await decideOnce(engine, live, 'locks_first'));
  if (outcome === null) throw new Error('a batch with its locks first cannot lose unnoticed');
  // A newer version is a moment away from being seen here: look again with it.
  if (outcome === 'outdated') {
    await engine.networks.caughtUp();
    return { done: 0, more: true };
  }
  report(engine, outcome.decided);
  return { done: outcome.done, more: outcome.more };
}

type Decided = StepOutcome & { readonly decided: readonly DecidedInBatch[] };

/** Undoes a batch that lost a race after its rows were written. */
class LostRace extends Error {}

/** The network, the prices and the policies as they are when a batch begins. */
interface Live {
  readonly network: LiveNetwork;
  readonly prices: LivePrices | null;
  readonly policies: readonly RulingPolicy[];
}

/** One batch in one transaction; null when it lost a race and was undone. */
async function decideOnce(
  engine: Engine,
  live: Live,
  order: 'locks_first' | 'locks_last',
): Promise<Decided | 'outdated' | null> {
  const { network } = live;
  try {
    return await inTransaction(engine.database, async (tx) => {
      if (!(await holdNetwork(tx, network))) return 'outdated';
      const view = await openView(engine, tx, live);
      if (view === null) return { done: 0, more: false, decided: [] };
      const decided = decideBatch(engine, network, view);
      return order === 'locks_last'
        ? await saveThenLock(engine, tx, { network, view, decided })
        : await lockThenSave(engine, tx, { network, view, decided });
    });
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    recordLostRace();
    return null;
  }
}

/** What a batch is decided from: claimed orders, and stock and capacity as they are now. */
async function openView(
  engine: Engine,
  tx: Tx,
  { network, prices, policies }: Live,
): Promise<OpenView | null> {
  const orders = await claimOrdersToDecide(tx, engine.config.decide_batch_orders);
  if (orders.length === 0) return null;
  const quotes = await listQuotedPlans(tx, quotedOrders(orders));
  const skus = new Set(orders.flatMap((order) => order.lines.map((line) => line.sku_id)));
  const stock = stockPositions(network, await listFreeStock(tx, [...skus]));
  const from = Math.floor(engine.clock.milliseconds() / 1000) - 2 * DAY_SECONDS;
  const capacity = await listCapacity(tx, from, warehousesOf(stock));
  const backlog = await engine.backlog.read(tx, engine);
  const waiting = Math.max(orders.length, backlog.orders);
  const quoted = plansOf(quotes);
  return { orders, waiting, stock, capacity, quotes, quoted, prices, policies };
}

interface OpenView extends BatchView {
  readonly quotes: readonly QuotedPlan[];
}

/** A batch that is decided and not stored yet. */
interface OpenBatch {
  readonly network: LiveNetwork;
  readonly view: OpenView;
  readonly decided: readonly DecidedInBatch[];
}

/** The rows first, then the locks: throws `LostRace` when they show that a unit or slot is gone. */
async function saveThenLock(engine: Engine, tx: Tx, batch: OpenBatch): Promise<Decided> {
  const { network, view, decided } = batch;
  const planned = planBatch(engine, { network, view, decided, lost: [], quotes: view.quotes });
  await saveRows(engine, tx, planned);
  const { losers } = await keepWinners(tx, decided, view.quotes);
  if (losers.length > 0) throw new LostRace();
  await takeUnits(tx, planned);
  return outcomeOf(engine, batch, false);
}

/** The locks first: what lost its race is decided again, the others are stored. */
async function lockThenSave(engine: Engine, tx: Tx, batch: OpenBatch): Promise<Decided> {
  const { network, view } = batch;
  const { winners, losers } = await keepWinners(tx, batch.decided, view.quotes);
  const given = giveUp(network, losers);
  await countLostRaces(tx, given.again);
  const decided = [...winners, ...given.up];
  const planned = planBatch(engine, {
    network,
    view,
    decided,
    lost: given.lost,
    quotes: view.quotes,
  });
  await takeUnits(tx, planned);
  await saveRows(engine, tx, planned);
  return outcomeOf(engine, batch, given.again.length > 0);
}

function outcomeOf(engine: Engine, { view, decided }: OpenBatch, isAgain: boolean): Decided {
  const isFull = view.orders.length === engine.config.decide_batch_orders;
  const isCut = decided.length < view.orders.length;
  return { done: decided.length, more: isFull || isCut || isAgain, decided };
}

function quotedOrders(orders: readonly OrderToDecide[]): string[] {
  return orders.flatMap((order) =>
    order.quote_id !== null && order.decision_no === 0 ? [order.order_id] : [],
  );
}

function plansOf(quotes: readonly QuotedPlan[]): Map<string, SoldPlan> {
  return new Map(
    quotes.map(({ order_id, plan, policy_id }) => [
      order_id,
      { plan: plan as SourcedPlan, policy_id },
    ]),
  );
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
  const now = engine.clock.milliseconds();
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
