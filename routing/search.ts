/**
 * Orders too large for the subset programme, or budgets too small for it: greedy parcels, then a
 * few parcels at a time are decided anew, exactly, while the rest stays on the board, until nothing
 * improves or the budget ends. Large neighbourhood search (Shaw 1998) with an exact inner solver.
 */
import { giveBack, take } from './board.ts';
import { type Limits, solveExact } from './exact.ts';
import { greedyParcels } from './greedy.ts';
import { groupItems } from './group.ts';
import { type Item, makeItem, type Part } from './items.ts';
import { latestPromise, planCost, riskOfPlan } from './objective.ts';
import { buildProblem, type OrderContext } from './problem.ts';
import type { ParcelPlan } from './types.ts';

/** Items of one neighbourhood: its exact decision costs a fraction of a millisecond. */
const FREE_ITEMS = 9;
/** Rough steps of one neighbourhood, to stop before the budget is overrun. */
const NEIGHBOURHOOD_STEPS = 25_000;

/** Outcome of the search. */
export interface Searched {
  readonly parcels: readonly ParcelPlan[];
  readonly method: 'search' | 'greedy';
  readonly work: number;
}

interface State {
  readonly context: OrderContext;
  readonly limits: Limits;
  parcels: ParcelPlan[];
  cost: number;
  work: number;
}

/** What keeps a line's units with others in one parcel: its group, or the line itself. */
function bondOf({ lines }: OrderContext, line: number): number {
  const { group } = lines[line]!;
  return group < 0 ? -1 - line : group;
}

/** Items of parcels: one per line and parcel, and one per group of lines kept together. */
function itemsOf(context: OrderContext, parcels: readonly ParcelPlan[]): Item[] {
  const lineOf = new Map(context.lines.map((line, i) => [line.lineNo, i]));
  const units = new Map<number, number>();
  const pieces = parcels.flatMap(({ takes }) => {
    units.clear();
    for (const { line_no, quantity } of takes) {
      units.set(line_no, (units.get(line_no) ?? 0) + quantity);
    }
    const parts = [...units].map(([no, quantity]): Part => ({ line: lineOf.get(no)!, quantity }));
    return [...Map.groupBy(parts, ({ line }) => bondOf(context, line)).values()];
  });
  return pieces.map((parts) => makeItem(context.network, context.lines, parts));
}

/** Decides the items anew beside the parcels that stay; undefined if nothing fits. */
function redecide(
  state: State,
  items: readonly Item[],
  stay: readonly ParcelPlan[],
): ParcelPlan[] | undefined {
  const { context, limits } = state;
  const grouped = items.length <= FREE_ITEMS ? items : groupItems(context, items, FREE_ITEMS);
  if (grouped === undefined) return undefined;
  const room = context.splitLimit - stay.length;
  const riskLimit = context.riskLimit - riskOfPlan(stay);
  const problem = buildProblem({ ...context, riskLimit }, grouped, room, latestPromise(stay));
  const budget = { ...limits, work: problem.work + NEIGHBOURHOOD_STEPS };
  const solution = solveExact(problem, budget);
  state.work += problem.work;
  if (solution.parcels === undefined || riskOfPlan(solution.parcels) > riskLimit) return undefined;
  return [...stay, ...solution.parcels];
}

/** Frees the parcels at `free`, decides them anew and keeps the result if it is cheaper. */
function improve(state: State, free: readonly number[]): boolean {
  const { context } = state;
  const { board } = context;
  const freed = free.map((i) => state.parcels[i]!);
  const stay = state.parcels.filter((parcel) => !freed.includes(parcel));
  giveBack(board, { parcels: freed });
  const found = redecide(state, itemsOf(context, freed), stay);
  const cost = found === undefined ? Number.POSITIVE_INFINITY : planCost(context, found);
  if (cost < state.cost) {
    take(board, { parcels: found!.slice(stay.length) });
    state.parcels = found!;
    state.cost = cost;
    return true;
  }
  take(board, { parcels: freed });
  return false;
}

/** Sets of one, two and three parcels, small ones first. */
function* neighbourhoods(count: number): Generator<number[]> {
  for (let i = 0; i < count; i++) yield [i];
  for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) yield [i, j];
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) for (let k = j + 1; k < count; k++) yield [i, j, k];
  }
}

/** Improves until a whole round brings nothing. True if anything was gained. */
function descend(state: State): boolean {
  let gained = false;
  for (let again = true; again; ) {
    again = false;
    for (const free of neighbourhoods(state.parcels.length)) {
      const { limits } = state;
      if (state.work + NEIGHBOURHOOD_STEPS > limits.work || limits.shouldStop()) return gained;
      if (!improve(state, free)) continue;
      gained = true;
      again = true;
      break;
    }
  }
  return gained;
}

/** A first plan: greedy, or if greed runs into a dead end, groups decided exactly. */
function firstPlan(context: OrderContext, items: readonly Item[], limits: Limits, state: State) {
  const greedy = greedyParcels(context, items, context.splitLimit);
  if (greedy !== undefined) return { parcels: greedy.parcels, work: greedy.work };
  if (limits.work < NEIGHBOURHOOD_STEPS) return undefined;
  const parcels = redecide(state, items, []);
  return parcels && { parcels, work: 0 };
}

/**
 * Best plan found within the limits, not worse than `known`; undefined if none was found. The board
 * stays as it is. O(parcels³) neighbourhoods a round, each of at most 9 items (see `solveExact`), until
 * the work is spent. After Shaw 1998.
 */
export function searchParcels(
  context: OrderContext,
  items: readonly Item[],
  limits: Limits,
  known?: readonly ParcelPlan[],
): Searched | undefined {
  const state: State = { context, limits, parcels: [], cost: Number.POSITIVE_INFINITY, work: 0 };
  const first = known ? { parcels: known, work: 0 } : firstPlan(context, items, limits, state);
  if (first === undefined) return undefined;
  state.parcels = [...first.parcels];
  state.cost = planCost(context, state.parcels);
  state.work += first.work;
  take(context.board, { parcels: state.parcels });
  const gained = descend(state);
  giveBack(context.board, { parcels: state.parcels });
  const method = gained || first.work === 0 ? 'search' : 'greedy';
  return { parcels: state.parcels, method, work: state.work };
}
