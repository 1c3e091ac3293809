/**
 * REDECIDE: orders that no carrier has taken yet may change places. Now and then those that were split,
 * and those whose goods will run short somewhere and have a price there, are decided again together with
 * others that hold the same goods; who can do without a unit leaves it to one that cannot, or to later
 * orders that will need it more. Promises stand as sold, orders near their start are left alone, and
 * nobody moves for too little. Where nothing was split and nothing has a price, one look at the open
 * offers is all it costs.
 */
import { inTransaction, type Tx } from '../../db/database.ts';
import {
  listHoldersOf,
  listSplitOrders,
  noteRedecideRun,
  type OfferWindow,
  takeRedecideRun,
} from '../../db/redecisions.ts';
import type { RedecidedPools } from '../../routing/index.ts';
import { answerInThread } from './answer-in-thread.ts';
import { isCalm } from './backlog-gauge.ts';
import type { StepOutcome } from './decide-orders.ts';
import { budgetsOf } from './decision-budget.ts';
import type { Engine } from './engine.ts';
import type { RulingPolicy } from './policy-network.ts';
import { poolPlans } from './pool-plans.ts';
import { saveExchange } from './save-exchange.ts';
import { loadWaiting, type Reloading, type WaitingView } from './waiting-orders.ts';

const NOTHING: StepOutcome = { done: 0, more: false };
/** Solver steps for one plan: orders were decided before, and most need few. */
const PLAN_WORK = 100_000;
/** When a step that is turned off looks again whether it still is. */
const OFF_SECONDS = 3600;

/**
 * Decides waiting orders again, if it is due. Safe beside itself and after a crash: the timer is moved
 * on first, and each exchange is one transaction that looks again at all it takes.
 */
export async function redecideOrders(engine: Engine): Promise<StepOutcome> {
  const { config, clock } = engine;
  const now = clock.now();
  const seconds = config.redecide_seconds === 0 ? OFF_SECONDS : config.redecide_seconds;
  const next = now.add({ milliseconds: Math.round(seconds * 1000 * clock.speed) });
  const run = await inTransaction(engine.database, async (tx) =>
    (await takeRedecideRun(tx, now, next)) ? await engine.backlog.read(tx, engine) : null,
  );
  const network = run && config.redecide_seconds > 0 ? await engine.networks.current() : null;
  // Who has a decision can wait; who has none has a deadline, and the machine's time goes there first.
  if (network === null || !isCalm(run!, budgetsOf(network.document), now)) return NOTHING;
  const window: OfferWindow = {
    live_after: now,
    offers: config.redecide_offers,
    orders: config.redecide_orders,
    seed: now.toString(),
  };
  const reloading: Reloading = {
    network,
    policies: await policiesByName(engine),
    prices: await engine.prices.current(),
    at: now,
  };
  const done = await decideAgain(engine, reloading, window);
  if (done === null) return NOTHING;
  // From now on prices count on it: those that did not are replaced before anybody is moved by them.
  await inTransaction(engine.database, (tx) => noteRedecideRun(tx, now));
  if (done > 0) engine.log.debug({ orders: done }, 'orders decided again');
  return { done, more: false };
}

/** Orders moved; null where it could not be decided who is to. */
async function decideAgain(
  engine: Engine,
  reloading: Reloading,
  window: OfferWindow,
): Promise<number | null> {
  const { prices } = reloading;
  // Such a price is that of one more unit taken: all who hear it would leave together.
  if (prices !== null && !prices.counts_waiting && prices.index.stock.size > 0) return 0;
  const found = await inTransaction(engine.database, (tx) => findWaiting(tx, reloading, window));
  return found === null ? 0 : await exchange(engine, reloading, found);
}

/** Orders found, and those of them that have a reason to move. */
interface Found {
  readonly view: WaitingView;
  readonly seeds: ReadonlySet<string>;
}

async function findWaiting(
  tx: Tx,
  reloading: Reloading,
  window: OfferWindow,
): Promise<Found | null> {
  // Half of the places are for those that have a reason to move, half for those that would make room.
  const most = Math.ceil(window.orders / 2);
  const split = await listSplitOrders(tx, { ...window, orders: most });
  const others = { ...window, orders: most - split.length };
  const priced = await listHoldersOf(tx, others, pricedSkus(reloading), split);
  if (split.length + priced.length === 0) return null;
  const seeds = await loadWaiting(tx, reloading, [...split, ...priced]);
  if (seeds.orders.length === 0) return null;
  const skus = new Set(seeds.orders.flatMap(({ held }) => held.map((row) => row.sku_id)));
  const ids = seeds.orders.map(({ offered }) => offered.order_id);
  const rest = { ...window, orders: window.orders - ids.length };
  const holders = await listHoldersOf(tx, rest, [...skus], ids);
  const view = await loadWaiting(tx, reloading, [...ids, ...holders]);
  return { view, seeds: new Set(ids) };
}

/**
 * SKUs that have a price in some warehouse: who holds them there may leave them to later orders, and who
 * was sent elsewhere may be the one that needs them more.
 */
function pricedSkus({ prices }: Reloading): string[] {
  const ofWarehouses = [...(prices?.index.stock.values() ?? [])];
  return [...new Set(ofWarehouses.flatMap((ofSkus) => [...ofSkus.keys()]))];
}

async function exchange(
  engine: Engine,
  { network, prices }: Reloading,
  { view, seeds }: Found,
): Promise<number | null> {
  const { redecide_work, redecide_timeout_seconds, solver_work_max } = engine.config;
  const plan_work = Math.min(PLAN_WORK, solver_work_max);
  const budget = { work: redecide_work, plan_work, prices: prices?.index };
  const pools = await poolPlans(network, view, seeds, budget);
  if (pools === null) return 0;
  const thread = new URL('./redecide-thread.ts', import.meta.url);
  const answer = await answerInThread<RedecidedPools>(
    thread,
    pools.pooled,
    redecide_timeout_seconds,
  );
  if (answer.status === 'failed') {
    engine.log.warn({ reason: answer.reason }, 'orders could not be decided again: they stay');
    return null;
  }
  let moved = 0;
  for (const { moves } of answer.exchanges) {
    const changes = moves.map(({ order, other }) => {
      return { order: view.orders[order]!, excluded: pools.excluded[order]![other]! };
    });
    moved += await saveExchange(engine, { network, prices }, changes, plan_work);
  }
  return moved;
}

/** Policies in force; an order whose policy was retired stays as it is. */
async function policiesByName(engine: Engine): Promise<Map<string, RulingPolicy>> {
  const policies = await engine.policies.current();
  return new Map(policies.map((policy) => [policy.policy_id, policy]));
}
