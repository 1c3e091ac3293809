/**
 * One joint decision: which warehouses send which units by which services, at the least cost under
 * the policy. Quality steps down by plan as orders grow or the budget shrinks: exact → search →
 * greedy; every answer states how far from the optimum it can be.
 */

import type { Board } from './board.ts';
import { lowerBound } from './bound.ts';
import { findContenders } from './contenders.ts';
import { blame, cutLine } from './cut.ts';
import { type Limits, type Solution, solveContenders, solveExact } from './exact.ts';
import { greedyParcels } from './greedy.ts';
import { type Item, makeItem } from './items.ts';
import type { CompiledNetwork } from './network.ts';
import { finishPlan } from './objective.ts';
import { openOrder, unsourced } from './order-context.ts';
import {
  buildProblem,
  findHolders,
  MAX_ITEMS,
  type OrderContext,
  type Problem,
  problemOf,
} from './problem.ts';
import { searchParcels } from './search.ts';
import { singleParcel } from './single.ts';
import type {
  ParcelPlan,
  SourcedPlan,
  SourcingOrder,
  SourcingResult,
  Unsourced,
  WorkBudget,
} from './types.ts';

/** Limits of a budget; once told to stop, the answer stays. */
function limitsOf(budget: WorkBudget): Limits {
  let stopped = false;
  return {
    work: budget.work,
    shouldStop: () => {
      stopped ||= budget.should_stop?.() ?? false;
      return stopped;
    },
  };
}

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

/** Lines whose SKUs are wanted more often, over all lines, than all warehouses hold. */
function shortLines(context: OrderContext): number[] {
  const { board, lines } = context;
  const need = new Map<number, number>();
  for (const { sku, quantity } of lines) need.set(sku, (need.get(sku) ?? 0) + quantity);
  const short = lines.filter(({ sku }) => {
    const total = board.skus.get(sku)?.total.reduce((sum, units) => sum + units, 0) ?? 0;
    return total < need.get(sku)!;
  });
  return short.map((line) => line.lineNo);
}

interface Decided {
  readonly parcels: readonly ParcelPlan[];
  readonly lowerBound: number;
  readonly method: SourcedPlan['method'];
}

/** State of one decision. */
interface Decision {
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
  const { split_limit } = context.network.policy;
  const holders = findHolders(context, items, 0);
  const found = findContenders(context, items, holders, split_limit);
  if (found === undefined) return undefined;
  const problem = problemOf(context, items, split_limit, holders, found.admission);
  decision.work += found.work;
  if (decision.work + problem.work + exactSteps(problem) > limits.work) return undefined;
  const solution = solveContenders(problem, limits);
  decision.work += problem.work;
  return solution?.parcels && { ...solution, parcels: solution.parcels, method: 'exact' };
}

/** Decides items that fit one problem. */
function decideProblem(decision: Decision, items: readonly Item[]): Decided | Solution {
  const { context, limits } = decision;
  const { split_limit } = context.network.policy;
  const contended = decideContenders(decision, items);
  if (contended !== undefined) return contended;
  const problem = buildProblem(context, items, split_limit, 0);
  const steps = exactSteps(problem);
  if (decision.work + problem.work + steps > limits.work) {
    decision.work += problem.work;
    return decideLarge(decision, items) ?? failed;
  }
  const solution = solveExact(problem, limits);
  decision.work += problem.work;
  if (solution.parcels === undefined) {
    const greedy =
      solution.lowerBound === Number.POSITIVE_INFINITY
        ? undefined
        : greedyParcels(context, items, split_limit);
    if (greedy === undefined) return solution;
    return { parcels: greedy.parcels, lowerBound: solution.lowerBound, method: 'greedy' };
  }
  return { ...solution, parcels: solution.parcels, method: 'exact' };
}

const failed: Solution = {
  parcels: undefined,
  cost: Number.POSITIVE_INFINITY,
  lowerBound: 0,
  splitLimited: false,
};

/** Decides any number of items: greedy first, then search while the budget lasts. */
function decideLarge(decision: Decision, items: readonly Item[]): Decided | undefined {
  const { context, limits } = decision;
  const found = searchParcels(context, items, { ...limits, work: limits.work - decision.work });
  if (found === undefined) return undefined;
  decision.work += found.work;
  return { parcels: found.parcels, lowerBound: lowerBound(context), method: found.method };
}

/** Lines that no warehouse can send whole in one parcel, by index. */
function uncovered(context: OrderContext, items: readonly Item[]): number[] {
  return items.flatMap((item, i) => {
    const problem = buildProblem(context, [item], 1, 0);
    const solution = solveExact(problem, { work: 0, shouldStop: () => true });
    return solution.lowerBound === Number.POSITIVE_INFINITY ? [i] : [];
  });
}

/** Items of an order with the uncovered lines cut, or the refusal. */
function cutItems(
  context: OrderContext,
  whole: readonly Item[],
  cut: readonly number[],
): Item[] | Unsourced {
  const items: Item[] = [];
  const reasons = new Map<Unsourced['reason'], number[]>();
  whole.forEach((item, i) => {
    if (!cut.includes(i)) {
      items.push(item);
      return;
    }
    const pieces = cutLine(context, i);
    const lineNo = context.lines[i]!.lineNo;
    if (typeof pieces !== 'string') items.push(...pieces);
    else reasons.set(pieces, [...(reasons.get(pieces) ?? []), lineNo]);
  });
  for (const reason of ['no_stock', 'no_service', 'no_capacity', 'split_limit'] as const) {
    const lineNos = reasons.get(reason);
    if (lineNos !== undefined) return unsourced(reason, lineNos, 0);
  }
  return items;
}

function decideItems(decision: Decision, items: readonly Item[]): Decided | Solution {
  if (items.length <= MAX_ITEMS) return decideProblem(decision, items);
  return decideLarge(decision, items) ?? failed;
}

const isDecided = (found: Decided | Solution): found is Decided => found.parcels !== undefined;

/** Decides an opened order. */
function decide(decision: Decision): Decided | Unsourced {
  const { context } = decision;
  const whole = context.lines.map(({ quantity }, line) =>
    makeItem(context.network, context.lines, [{ line, quantity }]),
  );
  const first = decideItems(decision, whole);
  if (isDecided(first)) return first;
  const short = shortLines(context);
  if (short.length > 0) return unsourced('no_stock', short, decision.work);
  const cut = uncovered(context, whole);
  const items = cutItems(context, whole, cut);
  if ('outcome' in items) return { ...items, work: decision.work };
  const second = cut.length === 0 ? first : decideItems(decision, items);
  if (isDecided(second)) return { ...second, lowerBound: lowerBound(context) };
  const splitLimit = context.network.policy.split_limit;
  if (second.splitLimited || items.length > MAX_ITEMS || splitLimit === 1) {
    return unsourced('split_limit', [], decision.work);
  }
  const reason = second.lowerBound === Number.POSITIVE_INFINITY ? blame(context, items) : undefined;
  return unsourced(reason ?? 'no_capacity', [], decision.work);
}

/** Sources an order at another price of time than the policy's. */
export function sourceAt(
  board: Board,
  order: SourcingOrder,
  budget: WorkBudget,
  timePerDay: number,
): SourcingResult {
  const context = openOrder(board.network, board, order, timePerDay);
  if ('outcome' in context) return context;
  const decision: Decision = { context, limits: limitsOf(budget), work: 0 };
  const single = singleParcel(context);
  if (single !== undefined) return finishPlan(context, [single.parcel], single);
  const decided = decide(decision);
  if ('outcome' in decided) return decided;
  return finishPlan(context, decided.parcels, { ...decided, work: decision.work });
}

/**
 * Decides one order on the board, which stays as it is; {@link take} the plan to let the next
 * order see it. Exact to 14 lines within the budget (see `subsets.ts`). Deterministic: equal
 * inputs and budget give the equal plan; ties go to the lower warehouse id, then service id.
 */
export function source(
  network: CompiledNetwork,
  board: Board,
  order: SourcingOrder,
  budget: WorkBudget,
): SourcingResult {
  return sourceAt(board, order, budget, network.policy.time_per_day);
}

/** The greedy decision in the form of {@link source}: baseline, no search. */
export function greedySource(
  network: CompiledNetwork,
  board: Board,
  order: SourcingOrder,
): SourcingResult {
  return source(network, board, order, { work: 0 });
}
