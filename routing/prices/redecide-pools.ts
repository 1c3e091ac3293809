/**
 * Deciding again over plans that are written out: each order with the plan it has and some others, on
 * numbered resources. Plain data in and out, so that it can run beside the process that decides. What
 * comes out falls into parts that can each be carried out alone.
 */
import type { ChoiceSolver } from './choice-programme.ts';
import { openProgramme, type PlanProgramme } from './plan-programme.ts';
import { redecide } from './redecide.ts';
import type { LinearSolver, Plan, PlanOracle } from './types.ts';

/** An order that has not been released: its plan, and others that keep its promise. */
export interface OrderPool {
  readonly current: Plan;
  readonly others: readonly Plan[];
  /** Cost that must be saved for moving this order. */
  readonly saving_least: number;
}

/** Orders that wait together. */
export interface PooledOrders {
  readonly orders: readonly OrderPool[];
  /** Units of each resource that nobody holds. */
  readonly free: readonly number[];
}

/** An order that changes its plan. */
export interface MovedOrder {
  /** Place in the list of orders, and of the plan among its others. */
  readonly order: number;
  readonly other: number;
}

/** Orders that change places together: all of them or none. */
export interface Exchange {
  readonly moves: readonly MovedOrder[];
  /** Cost saved, at least what moving them is worth. */
  readonly saving: number;
}

/** What deciding again came to. */
export type RedecidedPools =
  | { readonly status: 'decided'; readonly exchanges: readonly Exchange[] }
  | { readonly status: 'failed'; readonly reason: string };

/**
 * Share of the prices at which plans of orders that wait are compared. The prices count these orders as
 * demand: at the prices themselves those at the margin are as well off with a unit as without it, and a
 * last digit would have them leave what nobody else takes. A twentieth less lets them keep or take it.
 * Found on training games; at 0.9 too few make room.
 */
export const WAITING_PRICE_SHARE = 0.95;

/** Not to serve an order is so many times dearer than the dearest plan there is. */
const UNSERVED_FACTOR = 1000;

/** What decides over pools: prices with rounds of choosing, and a small 0/1 programme. */
export interface PoolSolvers {
  readonly linear: LinearSolver;
  readonly choices: ChoiceSolver;
}

/**
 * Decides pooled orders again: by prices, from which each order chooses in turn, and by the 0/1 programme
 * over all plans, which also finds rings of exchanges that no single order could begin; the cheaper of the
 * two counts. O(programmes + orders × plans).
 */
export function redecidePools(
  { linear, choices }: PoolSolvers,
  pooled: PooledOrders,
): RedecidedPools {
  const oracle = poolOracle(pooled);
  const programme = openProgramme(linear, oracle);
  const priced = decideUntilSettled(programme, oracle, pooled);
  programme.close();
  const chosen = chooseTogether(choices, pooled);
  const plans = chosen !== null && costOf(chosen) < costOf(priced) ? chosen : priced;
  const moves = pooled.orders.flatMap(({ current, others }, order) => {
    const plan = plans[order]!;
    if (plan === current) return [];
    return [{ order, other: others.indexOf(plan) }];
  });
  // An order that nobody serves: the pools were not what the board was.
  if (moves.some(({ other }) => other < 0)) {
    return { status: 'failed', reason: 'an order would be left without a plan' };
  }
  // What moving is worth is asked of each exchange: a poor one must not hold up the others.
  const exchanges = partsOf(pooled, moves)
    .map((part) => ({ moves: part, saving: savingOf(pooled, part) }))
    .filter(({ moves: part, saving }) => saving > 0 && saving >= leastOf(pooled, part));
  return { status: 'decided', exchanges };
}

const costOf = (plans: readonly Plan[]): number => plans.reduce((sum, { cost }) => sum + cost, 0);

/** The 0/1 programme, which pays for each move what moving is worth; null if it found nothing sound. */
function chooseTogether(choices: ChoiceSolver, pooled: PooledOrders): Plan[] | null {
  const supply = [...pooled.free];
  const groups = pooled.orders.map(({ current, others, saving_least }) => {
    current.resources.forEach((r, i) => {
      supply[r]! += current.amounts[i]!;
    });
    return [current, ...others.map((plan) => ({ ...plan, cost: plan.cost + saving_least }))];
  });
  const chosen = choices.choose(groups, supply);
  if (chosen === null) return null;
  const plans = pooled.orders.map(({ current, others }, order) => {
    const place = chosen[order]!;
    return place === 0 ? current : others[place - 1]!;
  });
  for (const { resources, amounts } of plans) {
    resources.forEach((r, i) => {
      supply[r]! -= amounts[i]!;
    });
  }
  return supply.some((left) => left < 0) ? null : plans;
}

/** Times that the orders are decided again, each time from where the last one left them. */
const MOST_PASSES = 6;

/** Plans after which deciding again saves nothing more, or after so many passes. */
function decideUntilSettled(
  programme: PlanProgramme,
  oracle: PlanOracle,
  { orders, free }: PooledOrders,
): readonly Plan[] {
  let plans: readonly Plan[] = orders.map(({ current }) => current);
  const left = Float64Array.from(free);
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const held = plans.map((plan, orderClass) => ({ orderClass, plan }));
    const again = redecide(programme, oracle, held, left, { saving_least: 0 });
    if (again.moved === 0) break;
    for (const [sign, some] of [
      [1, plans],
      [-1, again.plans],
    ] as const) {
      for (const { resources, amounts } of some) {
        resources.forEach((r, i) => {
          left[r]! += sign * amounts[i]!;
        });
      }
    }
    plans = again.plans;
  }
  return plans;
}

/** Each order is a kind of its own; ties keep the plan that it has. */
function poolOracle({ orders, free }: PooledOrders): PlanOracle {
  const dearest = orders.reduce(
    (most, { current, others }) => Math.max(most, current.cost, ...others.map(({ cost }) => cost)),
    1,
  );
  const unserved: Plan = { cost: UNSERVED_FACTOR * dearest, resources: [], amounts: [] };
  const pools = orders.map(({ current, others }) => [current, ...others]);
  const cheapest = (orderClass: number, prices: Float64Array, left: Float64Array): Plan => {
    let best = unserved;
    let least = Number.POSITIVE_INFINITY;
    for (const plan of pools[orderClass]!) {
      if (!plan.resources.every((r, i) => left[r]! >= plan.amounts[i]!)) continue;
      const priced = plan.resources.reduce((sum, r, i) => sum + plan.amounts[i]! * prices[r]!, 0);
      if (plan.cost + priced >= least - TIE) continue;
      best = plan;
      least = plan.cost + priced;
    }
    return best;
  };
  return { classes: orders.length, resources: free.length, cheapest };
}

/** Less than this, in money, is no difference. */
const TIE = 1e-6;

const planOf = ({ orders }: PooledOrders, { order, other }: MovedOrder): Plan =>
  orders[order]!.others[other]!;

const savingOf = (pooled: PooledOrders, part: readonly MovedOrder[]): number =>
  part.reduce(
    (sum, move) => sum + pooled.orders[move.order]!.current.cost - planOf(pooled, move).cost,
    0,
  );

const leastOf = ({ orders }: PooledOrders, part: readonly MovedOrder[]): number =>
  part.reduce((sum, { order }) => sum + orders[order]!.saving_least, 0);

/**
 * Parts moves into those that need each other: a resource of which the moves together want more than
 * is free joins all that give or take it. Every other resource suffices whoever else moves.
 */
function partsOf(pooled: PooledOrders, moves: readonly MovedOrder[]): MovedOrder[][] {
  const wanted = new Float64Array(pooled.free.length);
  for (const move of moves) {
    const { resources, amounts } = planOf(pooled, move);
    resources.forEach((r, i) => {
      wanted[r]! += amounts[i]!;
    });
  }
  const parent = moves.map((_, i) => i);
  const root = (i: number): number => (parent[i] === i ? i : root(parent[i]!));
  const firstOf = new Map<number, number>();
  moves.forEach((move, i) => {
    const { current } = pooled.orders[move.order]!;
    for (const r of [...current.resources, ...planOf(pooled, move).resources]) {
      if (wanted[r]! <= pooled.free[r]!) continue;
      const first = firstOf.get(r);
      if (first === undefined) firstOf.set(r, i);
      else parent[root(i)] = root(first);
    }
  });
  const parts = Map.groupBy(moves, (_, i) => root(i));
  return [...parts.values()];
}
