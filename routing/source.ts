/**
 * One joint decision: which warehouses send which units by which services, at the least cost under
 * the policy. Quality steps down by plan as orders grow or the budget shrinks: exact → search →
 * greedy; every answer states how far from the optimum it can be.
 */

import { assertBudget } from './assert-order.ts';
import type { Board } from './board.ts';
import { lowerBound } from './bound.ts';
import { blame } from './cut.ts';
import {
  countedItems,
  cutItems,
  sharedLines,
  tornLines,
  uncovered,
  wholeItems,
} from './cut-items.ts';
import {
  type Decided,
  type Decision,
  decideItems,
  decideListed,
  isDecided,
  UNDECIDED,
} from './decide-items.ts';
import type { Limits, Solution } from './exact.ts';
import { greedyParcels } from './greedy.ts';
import type { Item } from './items.ts';
import type { CompiledNetwork } from './network.ts';
import { finishPlan, planCost } from './objective.ts';
import { openOrder, unsourced } from './order-context.ts';
import { MAX_ITEMS, type OrderContext } from './problem.ts';
import { singleParcel } from './single.ts';
import type { SourcingOrder, SourcingResult, Unsourced, WorkBudget } from './types.ts';

const none = Number.POSITIVE_INFINITY;

/** Limits of a budget; once told to stop, the answer stays. */
function limitsOf(budget: WorkBudget): Limits {
  assertBudget(budget);
  let stopped = false;
  return {
    work: budget.work,
    shouldStop: () => {
      stopped ||= budget.should_stop?.() ?? false;
      return stopped;
    },
  };
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

/** Budgets from which cuts are counted, and the share of them that this may use: the rest decides pieces. */
const COUNTED = { least: 20_000, share: 3 / 4 };

/** Items with some of them (by index) cut, and the pieces that these come in, or why there are none. */
interface CutOrder {
  readonly whole: readonly Item[];
  readonly cut: readonly number[];
  readonly pieces: readonly Item[] | Unsourced;
}

function cutOrder(context: OrderContext, whole: readonly Item[], cut: readonly number[]): CutOrder {
  return { whole, cut, pieces: cutItems(context, whole, cut) };
}

/** Decides with some lines cut anyhow; undefined if the budget does not allow it. */
function decideCounted(
  decision: Decision,
  { whole, cut, pieces }: CutOrder,
): Decided | Solution | undefined {
  const { context, limits, work } = decision;
  const left = limits.work - work;
  const counted = left < COUNTED.least ? undefined : countedItems(context, whole, cut);
  if (counted === undefined) return undefined;
  const isCut = !('outcome' in pieces);
  const greedy = isCut ? greedyParcels(context, pieces, context.splitLimit) : undefined;
  const limit = work + COUNTED.share * left;
  const part = {
    ...decision,
    limits: { ...limits, work: limit },
    work: work + (greedy?.work ?? 0),
  };
  const { counts, items } = counted;
  const found = decideListed(part, items, { counts, upper: greedy?.cost ?? none });
  decision.work = part.work;
  return found;
}

/**
 * Decides with some lines cut into single units, or where they are too many into pieces that are as large as
 * the largest stocks allow.
 */
function decidePieces(decision: Decision, { pieces: items }: CutOrder): Decided | Solution {
  const { context } = decision;
  if ('outcome' in items) return UNDECIDED;
  const found = decideItems(decision, items);
  // Single units leave every cut open, others one cut.
  const isOpen = ({ units, parts: [part] }: Item) =>
    units === 1 || units >= context.lines[part!.line]!.quantity;
  if (items.every(isOpen)) return found;
  return isDecided(found) ? { ...found, lowerBound: lowerBound(context) } : UNDECIDED;
}

/**
 * Decides with some lines cut: anyhow if the cuts can be counted within the budget; what that does not settle
 * is decided by pieces, too.
 */
function decideCut(decision: Decision, order: CutOrder): Decided | Solution {
  const { context } = decision;
  const counted = decideCounted(decision, order);
  if (counted !== undefined && !isDecided(counted)) return counted;
  const cost = counted === undefined ? none : planCost(context, counted.parcels);
  if (counted !== undefined && cost <= counted.lowerBound) return counted;
  const pieces = decidePieces(decision, order);
  if (counted === undefined) return pieces;
  const { lowerBound: bound } = counted;
  const isCheaper = isDecided(pieces) && planCost(context, pieces.parcels) < cost;
  return isCheaper ? { ...pieces, lowerBound: Math.max(bound, pieces.lowerBound) } : counted;
}

/** Part of the budget that an order which mostly has no plan may use to be cut further. */
const SHARED_PART = 1 / 4;

/** Decides with lines cut, too, that share their SKU with another; undefined if that gives no plan. */
function decideShared(decision: Decision, { whole, cut }: CutOrder): Decided | undefined {
  const more = sharedLines(decision.context, whole).filter((i) => !cut.includes(i));
  if (more.length === 0) return undefined;
  const { limits, work } = decision;
  const part = { ...decision, limits: { ...limits, work: work + SHARED_PART * limits.work } };
  const found = decideCut(part, cutOrder(decision.context, whole, [...cut, ...more]));
  decision.work = part.work;
  return isDecided(found) ? found : undefined;
}

/** Part of the budget for finding out why an order has no plan. */
const WHY_PART = 1 / 16;

/** True if it is proved that any number of parcels has no plan either: what is missing is capacity. */
function isHopeless(decision: Decision, { whole, cut }: CutOrder): boolean {
  const { limits, work } = decision;
  const context = { ...decision.context, splitLimit: Number.MAX_SAFE_INTEGER };
  const part = { context, limits: { ...limits, work: work + WHY_PART * limits.work }, work };
  const found = decideCut(part, cutOrder(context, whole, cut));
  decision.work = part.work;
  return !isDecided(found) && found.lowerBound === none;
}

/** Why an order has no plan, also with these lines cut. */
function refuse(
  decision: Decision,
  order: CutOrder,
  { splitLimited, lowerBound }: Solution,
): Unsourced {
  const { context } = decision;
  const { splitLimit } = context;
  const { cut, pieces: items } = order;
  if ('outcome' in items) return { ...items, work: decision.work };
  if (splitLimited || items.length > MAX_ITEMS || splitLimit === 1) {
    // As many parcels as items were allowed: then it is capacity that they want of each other.
    // Of whole lines that would take as long as deciding, which most such refusals do not.
    const isHopeful = cut.length === 0 || !isHopeless(decision, order);
    const isRoom = splitLimited && (splitLimit >= items.length || !isHopeful);
    return unsourced(isRoom ? 'no_capacity' : 'split_limit', [], decision.work);
  }
  const reason = lowerBound === none ? blame(context, items) : undefined;
  return unsourced(reason ?? 'no_capacity', [], decision.work);
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
  const order = cutOrder(context, whole, uncovered(context, whole));
  const second = order.cut.length === 0 ? first : decideCut(decision, order);
  if (isDecided(second)) return second;
  // Only what is proved to have no plan may be cut further.
  const third = second.lowerBound === none ? decideShared(decision, order) : undefined;
  return third ?? refuse(decision, order, second);
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
 * @throws RangeError as `assertOrder` and `assertBudget`, or of an order outside of the calendars.
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
