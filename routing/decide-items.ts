/**
 * The decision of some items: by what can win, by what warehouses hold, by the table of all subsets, or
 * greedy first and then searched – the first of these that the items and the budget allow.
 */

import { lowerBound } from './bound.ts';
import { type Counted, solveByColumns } from './column-method.ts';
import { MAX_COLUMN_ITEMS } from './columns.ts';
import { findContenders } from './contenders.ts';
import { type Limits, type Solution, solveContenders, solveExact } from './exact.ts';
import { greedyParcels } from './greedy.ts';
import type { Item } from './items.ts';
import { riskOfPlan } from './objective.ts';
import {
  buildProblem,
  findHolders,
  MAX_ITEMS,
  type OrderContext,
  type Problem,
  problemOf,
} from './problem.ts';
import { searchParcels } from './search.ts';
import type { ParcelPlan, SourcedPlan } from './types.ts';

const none = Number.POSITIVE_INFINITY;

/** Steps that the exact method needs at most for one pass. */
function exactSteps(problem: Problem): number {
  let steps = 3 ** problem.items.length / 2;
  for (let c = 0; c < problem.candidates.length; c++) {
    let subsets = 1;
    for (let bits = problem.candidateMask[c]!; bits !== 0; bits &= bits - 1) subsets *= 2;
    steps += subsets * (problem.options.first[c + 1]! - problem.options.first[c]!);
  }
  return steps;
}

/** Parcels, and a lower bound of all plans of the items, minor units. */
export interface Decided {
  readonly parcels: readonly ParcelPlan[];
  readonly lowerBound: number;
  readonly method: SourcedPlan['method'];
}

/** State of one decision. */
export interface Decision {
  readonly context: OrderContext;
  readonly limits: Limits;
  work: number;
}

/** Decides items among the ways that can win; undefined if that does not settle it. */
function decideContenders(decision: Decision, items: readonly Item[]): Decided | undefined {
  const { context, limits } = decision;
  const left = limits.work - decision.work;
  const skus = new Set(context.lines.map(({ sku }) => sku));
  // Pieces of one line and lines of one SKU compete for the same units.
  if (items.length < 2 || skus.size < items.length || 3 ** items.length / 2 > left)
    return undefined;
  if (context.riskLimit !== none || items.some((item) => item.shuns !== 0)) return undefined;
  const holders = findHolders(context, items, 0);
  const found = findContenders(context, items, holders, context.splitLimit);
  if (found === undefined) return undefined;
  const problem = problemOf(context, items, context.splitLimit, found.holders, found.admission);
  decision.work += found.work;
  if (decision.work + problem.work + exactSteps(problem) > limits.work) return undefined;
  const solution = solveContenders(problem, limits);
  decision.work += problem.work;
  return solution?.parcels && { ...solution, parcels: solution.parcels, method: 'exact' };
}

/** Most items for which a table of all subsets beats listing what warehouses hold. */
const FEW_ITEMS = 9;

/**
 * Decides items by what warehouses hold of them, also such that are counted; undefined if the budget does not
 * allow it. O(Σ 2^items held) and the searches that the budget allows, see `solveByColumns`.
 */
export function decideListed(
  decision: Decision,
  items: readonly Item[],
  counted?: Counted,
): Decided | Solution | undefined {
  const { context, limits } = decision;
  if (items.length > MAX_COLUMN_ITEMS) return undefined;
  const left = { ...limits, work: limits.work - decision.work };
  const solution = solveByColumns(context, items, context.splitLimit, left, counted);
  if (solution === undefined) return undefined;
  decision.work += solution.work;
  if (solution.parcels === undefined) return solution.lowerBound === none ? solution : undefined;
  const found = { ...solution, parcels: solution.parcels };
  if (found.cost <= found.lowerBound) return { ...found, method: 'exact' };
  const rest = { ...limits, work: limits.work - decision.work };
  const searched = searchParcels(context, items, rest, found.parcels)!;
  decision.work += searched.work;
  return { ...searched, lowerBound: found.lowerBound };
}

/** Decides items by the table of all their subsets; undefined if the budget does not allow it. */
function decideTabulated(
  decision: Decision,
  items: readonly Item[],
): Decided | Solution | undefined {
  const { context, limits } = decision;
  const problem = buildProblem(context, items, context.splitLimit, 0);
  decision.work += problem.work;
  if (decision.work + exactSteps(problem) > limits.work) return undefined;
  problem.work = 0;
  const solution = solveExact(problem, limits);
  decision.work += problem.work;
  if (solution.parcels !== undefined) {
    if (riskOfPlan(solution.parcels) > context.riskLimit) return undefined;
    return { ...solution, parcels: solution.parcels, method: 'exact' };
  }
  if (solution.lowerBound === none) return solution;
  const greedy = greedyParcels(context, items, context.splitLimit);
  if (greedy === undefined) return solution;
  return { parcels: greedy.parcels, lowerBound: solution.lowerBound, method: 'greedy' };
}

/** What is known where the budget ended before there was a plan. */
export const UNDECIDED: Solution = {
  parcels: undefined,
  cost: Number.POSITIVE_INFINITY,
  lowerBound: 0,
  splitLimited: false,
};

/**
 * Decides any number of items: greedy first, then search while the budget lasts; undefined if greed finds no
 * plan. O(parcels × warehouses × services), `lowerBound`, and the budget.
 */
function decideLarge(decision: Decision, items: readonly Item[]): Decided | undefined {
  const { context, limits } = decision;
  const found = searchParcels(context, items, { ...limits, work: limits.work - decision.work });
  if (found === undefined) return undefined;
  decision.work += found.work;
  return { parcels: found.parcels, lowerBound: lowerBound(context), method: found.method };
}

/** Decides items, exactly if the budget allows it. O(budget) at most, beside a greedy plan and its bound. */
export function decideItems(decision: Decision, items: readonly Item[]): Decided | Solution {
  const few = items.length <= FEW_ITEMS ? decideContenders(decision, items) : undefined;
  const found = few ?? decideListed(decision, items);
  if (found !== undefined) return found;
  const tabulated = items.length <= MAX_ITEMS ? decideTabulated(decision, items) : undefined;
  return tabulated ?? decideLarge(decision, items) ?? UNDECIDED;
}

/** True if there is a plan. O(1). */
export const isDecided = (found: Decided | Solution): found is Decided =>
  found.parcels !== undefined;
