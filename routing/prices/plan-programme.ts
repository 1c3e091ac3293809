/**
 * The plan-based linear programme: serve a known demand at least cost from known supply,
 *
 *   min Σ cost_m x_m   over plans m ≥ 0 of every class c
 *       Σ_{m of c} x_m = demand_c        (dual: what one more order of c costs)
 *       Σ_m amount_mr x_m ≤ supply_r     (−dual: the price of a unit of r)
 *
 * solved by column generation: the oracle finds the plans that are cheaper than their class at the
 * current prices, until there is none; then the programme is optimal over all plans, or until the
 * bound that they prove is near enough: every plan of a class costs at least its dual less what the
 * cheapest saves, so no optimum is below cost − Σ demand_c × saving_c (Lasdon 1970). Plans found
 * stay for later solves, which start from the last basis. With realised demand it is the hindsight
 * bound; with expected demand the fluid bound. Source: "method LP" of Amil, Makhdoumi and Wei
 * (Management Science 2025); column generation after Gilmore and Gomory (1961).
 */
import type { LinearColumn, LinearModel, LinearSolver, Plan, PlanOracle } from './types.ts';

/** What a programme is solved for. Both are at least 0; one entry per class and resource. */
export interface Demands {
  readonly demand: Float64Array;
  readonly supply: Float64Array;
  /** Share of the cost by which it may be above the optimum when it stops; 0 unless it is said. */
  readonly gap?: number;
}

/** An optimum, or why there is none. */
export type Priced =
  | {
      readonly status: 'optimal';
      /** Total cost: the least there is, or above it by the gap at most. */
      readonly cost: number;
      /** No way to serve the demand from the supply costs less; the cost itself without a gap. */
      readonly bound: number;
      /** Price of a unit of each resource, ≥ 0. */
      readonly prices: Float64Array;
      /** Amount of each resource that the optimum uses. */
      readonly planned: Float64Array;
      /** Rounds of column generation. */
      readonly rounds: number;
    }
  | { readonly status: 'failed'; readonly reason: string };

/** A plan and the class that it serves. */
export type ClassPlan = readonly [orderClass: number, plan: Plan];

/** A programme with its plans. */
export interface PlanProgramme {
  readonly solve: (demands: Demands) => Priced;
  /** Plans found so far, each with its class. */
  readonly plans: () => readonly ClassPlan[];
  /** Takes plans that another programme over the same oracle has found; it starts nearer its end. */
  readonly learn: (plans: readonly ClassPlan[]) => void;
  readonly close: () => void;
}

/** Rounds after which the prices count as failed; 5 to 8 are usual for a first solve. */
const MOST_ROUNDS = 200;
/** A plan enters if it is cheaper than its class by more than this share of its cost. */
const IMPROVEMENT = 1e-9;

interface State {
  readonly oracle: PlanOracle;
  readonly model: LinearModel;
  readonly plans: ClassPlan[];
  /** Per class: the plans it has, by what they use. */
  readonly known: Set<string>[];
  isSeeded: boolean;
}

const keyOf = (plan: Plan): string =>
  `${plan.resources.join()}:${plan.amounts.join()}:${plan.cost}`;

function columnOf(state: State, orderClass: number, plan: Plan): LinearColumn {
  const first = state.oracle.classes;
  return {
    cost: plan.cost,
    rows: [orderClass, ...plan.resources.map((r) => first + r)],
    values: [1, ...plan.amounts],
  };
}

/** Adds plans that some class lacks; the number added. */
function addPlans(state: State, found: readonly ClassPlan[]): number {
  const columns = found.flatMap(([orderClass, plan]) => {
    const key = keyOf(plan);
    const known = state.known[orderClass]!;
    if (known.has(key)) return [];
    known.add(key);
    state.plans.push([orderClass, plan]);
    return [columnOf(state, orderClass, plan)];
  });
  state.model.addColumns(columns);
  return columns.length;
}

/** Cost of a plan at the given prices, money. O(resources of the plan). */
export function pricedCost(plan: Plan, prices: Float64Array): number {
  return plan.resources.reduce((sum, r, i) => sum + plan.amounts[i]! * prices[r]!, plan.cost);
}

/** Each class's plan on free stock and the one that needs none: there is always a solution. */
function seedPlans(state: State, supply: Float64Array): void {
  const { oracle } = state;
  state.isSeeded = true;
  const none = new Float64Array(oracle.resources);
  const free = new Float64Array(oracle.resources);
  for (let c = 0; c < oracle.classes; c++) {
    const plans = [supply, none].map((stock) => [c, oracle.cheapest(c, free, stock)] as const);
    addPlans(state, plans);
  }
}

function boundsOf(state: State, { demand, supply }: Demands): [Float64Array, Float64Array] {
  const { classes, resources } = state.oracle;
  const lower = new Float64Array(classes + resources).fill(Number.NEGATIVE_INFINITY);
  const upper = new Float64Array(classes + resources);
  lower.set(demand);
  upper.set(demand);
  upper.set(supply, classes);
  return [lower, upper];
}

interface Cheaper {
  readonly found: ClassPlan[];
  /** What they would save if all orders of their classes could have them: at least what is to be had. */
  readonly saving: number;
}

/** Plans that beat their class's dual. Classes without demand cannot matter. O(classes × oracle) */
function cheaperPlans(
  state: State,
  { demand, supply }: Demands,
  prices: Float64Array,
  duals: Float64Array,
): Cheaper {
  const found: ClassPlan[] = [];
  let total = 0;
  for (let c = 0; c < demand.length; c++) {
    if (demand[c] === 0) continue;
    const plan = state.oracle.cheapest(c, prices, supply);
    const saving = duals[c]! - pricedCost(plan, prices);
    if (saving <= IMPROVEMENT * (1 + Math.abs(duals[c]!))) continue;
    found.push([c, plan]);
    total += demand[c]! * saving;
  }
  return { found, saving: total };
}

function plannedUse(state: State, values: Float64Array): Float64Array {
  const planned = new Float64Array(state.oracle.resources);
  values.forEach((share, m) => {
    if (share <= 0) return;
    const [, plan] = state.plans[m]!;
    plan.resources.forEach((r, i) => {
      planned[r]! += share * plan.amounts[i]!;
    });
  });
  return planned;
}

function solve(state: State, demands: Demands): Priced {
  const { classes, resources } = state.oracle;
  const { gap = 0 } = demands;
  if (!state.isSeeded) seedPlans(state, demands.supply);
  const [lower, upper] = boundsOf(state, demands);
  state.model.setRows(lower, upper);
  for (let rounds = 1; rounds <= MOST_ROUNDS; rounds++) {
    const outcome = state.model.solve();
    if (outcome.status === 'failed') return outcome;
    const prices = new Float64Array(resources);
    // Capacity rows of a minimum have duals ≤ 0; rounding may leave a trace above.
    for (let r = 0; r < resources; r++) prices[r] = Math.max(0, -outcome.rowDuals[classes + r]!);
    const { cost, values, rowDuals } = outcome;
    const { found, saving } = cheaperPlans(state, demands, prices, rowDuals);
    // What was found stays for the next solve, also where this one is near enough.
    if (addPlans(state, found) === 0 || saving <= gap * Math.abs(cost)) {
      const planned = plannedUse(state, values);
      return { status: 'optimal', cost, bound: cost - saving, prices, planned, rounds };
    }
  }
  return { status: 'failed', reason: `no optimum after ${MOST_ROUNDS} rounds` };
}

/**
 * Opens a programme over an oracle: column generation (Gilmore and Gomory 1961) with the bound of its own
 * pricing (Lasdon 1970). Memory O(plans found), a few per class; a solve costs
 * O(rounds × (one simplex run + classes × oracle)).
 */
export function openProgramme(solver: LinearSolver, oracle: PlanOracle): PlanProgramme {
  const state: State = {
    oracle,
    model: solver.open(oracle.classes + oracle.resources),
    plans: [],
    known: Array.from({ length: oracle.classes }, () => new Set<string>()),
    isSeeded: false,
  };
  return {
    solve: (demands) => solve(state, demands),
    plans: () => state.plans,
    learn: (plans) => {
      addPlans(state, plans);
    },
    close: () => state.model.close(),
  };
}
