/**
 * One joint decision: which warehouses send which units by which services, at the least cost under
 * the policy. Quality steps down by plan as orders grow or the budget shrinks: exact → search →
 * greedy; every answer states how far from the optimum it can be.
 */

import type { Board } from './board.ts';
import { lowerBound } from './bound.ts';
import { solveByColumns } from './column-method.ts';
import { MAX_COLUMN_ITEMS } from './columns.ts';
import { findContenders } from './contenders.ts';
import { blame } from './cut.ts';
import { cutItems, sharedLines, tornLines, uncovered, wholeItems } from './cut-items.ts';
import { type Limits, type Solution, solveContenders, solveExact } from './exact.ts';
import { greedyParcels } from './greedy.ts';
import type { Item } from './items.ts';
import type { CompiledNetwork } from './network.ts';
import { finishPlan, riskOfPlan } from './objective.ts';
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

/** Decides items by what warehouses hold of them; undefined if the budget does not allow it. */
function decideListed(decision: Decision, items: readonly Item[]): Decided | Solution | undefined {
  const { context, limits } = decision;
  if (items.length > MAX_COLUMN_ITEMS) return undefined;
  const left = { ...limits, work: limits.work - decision.work };
  const solution = solveByColumns(context, items, context.splitLimit, left);
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

const none = Number.POSITIVE_INFINITY;

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

/** Decides items, exactly if the budget allows it. */
function decideItems(decision: Decision, items: readonly Item[]): Decided | Solution {
  const few = items.length <= FEW_ITEMS ? decideContenders(decision, items) : undefined;
  const found = few ?? decideListed(decision, items);
  if (found !== undefined) return found;
  const tabulated = items.length <= MAX_ITEMS ? decideTabulated(decision, items) : undefined;
  return tabulated ?? decideLarge(decision, items) ?? failed;
}

const isDecided = (found: Decided | Solution): found is Decided => found.parcels !== undefined;

/** Decides items of which some are pieces of lines: single units leave every cut open, others one cut. */
function decideCut(decision: Decision, items: readonly Item[]): Decided | Solution {
  const { context } = decision;
  const found = decideItems(decision, items);
  const isOpen = ({ units, parts: [part] }: Item) =>
    units === 1 || units >= context.lines[part!.line]!.quantity;
  if (!isDecided(found) || items.every(isOpen)) return found;
  return { ...found, lowerBound: lowerBound(context) };
}

/** Part of the budget that an order which mostly has no plan may use to be cut further. */
const SHARED_PART = 1 / 16;

/** Decides with lines cut, too, that share their SKU with another; undefined if that gives no plan. */
function decideShared(
  decision: Decision,
  whole: readonly Item[],
  cut: readonly number[],
): Decided | undefined {
  const more = sharedLines(decision.context, whole).filter((i) => !cut.includes(i));
  if (more.length === 0) return undefined;
  const items = cutItems(decision.context, whole, [...cut, ...more]);
  if ('outcome' in items || items.length > MAX_ITEMS) return undefined;
  const { limits, work } = decision;
  const part = { ...decision, limits: { ...limits, work: work + SHARED_PART * limits.work } };
  const found = decideCut(part, items);
  decision.work = part.work;
  return isDecided(found) ? found : undefined;
}

/** Decides an opened order. */
function decide(decision: Decision): Decided | Unsourced {
  const { context } = decision;
  const whole = wholeItems(context);
  const torn = tornLines(context, whole);
  if (torn.length > 0) return unsourced('keep_together', torn, decision.work);
  const first = decideItems(decision, whole);
  if (isDecided(first)) return first;
  const short = shortLines(context);
  if (short.length > 0) return unsourced('no_stock', short, decision.work);
  const { splitLimit } = context;
  if (splitLimit === 1 && context.lines.length > 1) {
    return unsourced('split_limit', [], decision.work);
  }
  const cut = uncovered(context, whole);
  const items = cutItems(context, whole, cut);
  if ('outcome' in items) return { ...items, work: decision.work };
  const second = cut.length === 0 ? first : decideCut(decision, items);
  if (isDecided(second)) return second;
  // Only what is proved to have no plan may be cut further.
  const third = second.lowerBound === none ? decideShared(decision, whole, cut) : undefined;
  if (third !== undefined) return third;
  if (second.splitLimited || items.length > MAX_ITEMS || splitLimit === 1) {
    // As many parcels as items were allowed: then it is capacity that they want of each other.
    const isRoom = second.splitLimited && splitLimit >= items.length;
    return unsourced(isRoom ? 'no_capacity' : 'split_limit', [], decision.work);
  }
  const reason = second.lowerBound === none ? blame(context, items) : undefined;
  return unsourced(reason ?? 'no_capacity', [], decision.work);
}

/** The true reason of a refusal: lateness, if the order could be sent but not surely in time. */
function late(decision: Decision, refused: Unsourced): Unsourced {
  if (decision.context.riskLimit === none) return refused;
  const context = { ...decision.context, riskLimit: none };
  const anyTime = { ...decision, context, work: 0 };
  const sent = singleParcel(context) ?? decide(anyTime);
  const work = decision.work + anyTime.work;
  return 'outcome' in sent ? { ...sent, work } : unsourced('late', [], work);
}

/**
 * Sources an order at another price of time than the policy's, minor units per day.
 * O(warehouses × services) for one line, else as {@link source}.
 */
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
  if ('outcome' in decided) return late(decision, decided);
  return finishPlan(context, decided.parcels, { ...decided, work: decision.work });
}

/**
 * Decides one order on the board, which stays as it is; {@link take} the plan to let the next
 * order see it. Exact to 14 lines within the budget (see `subsets.ts`). Deterministic: equal
 * inputs and budget give the equal plan; ties go to the lower warehouse id, then service id.
 * O(warehouses × services) for one line; else the steps of the method,
 * O(Σ subsets held × options + 3^items / 2) where all subsets are tabulated, while `budget.work` allows
 * it, then those of greed.
 *
 * @throws RangeError as `assertOrder`.
 */
export function source(
  network: CompiledNetwork,
  board: Board,
  order: SourcingOrder,
  budget: WorkBudget,
): SourcingResult {
  return sourceAt(board, order, budget, network.policy.time_per_day);
}

/**
 * The greedy decision in the form of {@link source}: baseline, no search.
 * O(parcels × warehouses × services), beside the table of subsets of up to 14 items and the lower bound
 * (`bound.ts`).
 */
export function greedySource(
  network: CompiledNetwork,
  board: Board,
  order: SourcingOrder,
): SourcingResult {
  return source(network, board, order, { work: 0 });
}
