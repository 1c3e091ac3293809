/**
 * Deciding again what is decided but not yet released: orders that wait together may change places.
 * Their plan-based programme over all they hold and all that is free says what each contended unit
 * is worth to them now; at those prices each order chooses again in turn, then without prices, so
 * that orders which can do without a unit leave it to those that would be split. What comes out is
 * kept only if the whole saves enough. Every step takes only what is free: it can stop anywhere.
 *
 * Source of the idea: Xu, Allgor and Graves (M&SOM 2009), who swap orders and exchange SKUs; prices
 * find such chains without naming them.
 */
import { choosePlan, givePlan, takePlan } from './choose.ts';
import type { PlanProgramme } from './plan-programme.ts';
import type { Plan, PlanOracle } from './types.ts';

/** An order that has not been released, with its plan. */
export interface HeldOrder {
  readonly orderClass: number;
  readonly plan: Plan;
}

/** What must hold for plans to change. */
export interface Hysteresis {
  /** Cost that must be saved for each order moved: below it, nobody moves. */
  readonly saving_least: number;
}

/** The window decided again: a plan per order, in the order given. */
export interface Redecided {
  readonly plans: readonly Plan[];
  /** Cost saved over all orders, ≥ 0. */
  readonly saving: number;
  /** Orders whose plan changed. */
  readonly moved: number;
}

/**
 * Shares of the prices at which orders choose in turn: first to make room, last to use it. At the
 * prices themselves an order that should move is often just indifferent; a little more moves it.
 */
const ROUNDS = [1.02, 1, 0.5, 0, 0];

/** Units added to every supply above zero when it is priced. */
const EASE = 0.1;

const isSamePlan = (a: Plan, b: Plan): boolean =>
  a.cost === b.cost &&
  a.resources.length === b.resources.length &&
  a.resources.every((r, i) => b.resources[i] === r && a.amounts[i] === b.amounts[i]);

/** Prices of what the window holds and what is free; undefined if they cannot be solved. */
function pricesOf(
  programme: PlanProgramme,
  oracle: PlanOracle,
  held: readonly HeldOrder[],
  free: Float64Array,
): Float64Array | undefined {
  const demand = new Float64Array(oracle.classes);
  const supply = Float64Array.from(free);
  for (const { orderClass, plan } of held) {
    demand[orderClass]! += 1;
    givePlan(supply, plan);
  }
  // Supply that just meets the window's demand has many duals; with a little more it has the least.
  const eased = supply.map((units) => (units > 0 ? units + EASE : 0));
  const priced = programme.solve({ demand, supply: eased });
  return priced.status === 'optimal' ? priced.prices : undefined;
}

/**
 * Decides held orders again. `free` is what nobody holds, and stays as it is. The oracle gives only
 * plans that keep each order's promise; then none is broken. Never dearer than before.
 * O(one programme + 5 × orders × oracle).
 */
export function redecide(
  programme: PlanProgramme,
  oracle: PlanOracle,
  held: readonly HeldOrder[],
  free: Float64Array,
  { saving_least }: Hysteresis,
): Redecided {
  const before = held.map(({ plan }) => plan);
  const unchanged: Redecided = { plans: before, saving: 0, moved: 0 };
  const prices = pricesOf(programme, oracle, held, free);
  if (prices === undefined) return unchanged;
  const left = Float64Array.from(free);
  const plans = [...before];
  for (const share of ROUNDS) {
    const charged = prices.map((price) => price * share);
    held.forEach(({ orderClass }, i) => {
      givePlan(left, plans[i]!);
      const plan = choosePlan(oracle, orderClass, charged, left);
      takePlan(left, plan);
      plans[i] = plan;
    });
  }
  const saving = before.reduce((sum, plan, i) => sum + plan.cost - plans[i]!.cost, 0);
  const moved = before.filter((plan, i) => !isSamePlan(plan, plans[i]!)).length;
  if (saving <= 0 || saving < saving_least * moved) return unchanged;
  return { plans, saving, moved };
}
