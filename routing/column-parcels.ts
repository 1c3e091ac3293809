/**
 * What an order's decision by columns stands on: the columns, their relaxation at the floors, and a
 * first plan to measure everything else by.
 */

import { bestParcel } from './best-parcel.ts';
import { canSend, columnFloor } from './column-floors.ts';
import { addEntry, entries } from './column-pricing.ts';
import { type Columns, listColumns } from './columns.ts';
import { searchCovers } from './cover.ts';
import type { Limits } from './exact.ts';
import { leastTime } from './floors.ts';
import { type Counts, countOf, type Item, makeItem, partMilligrams } from './items.ts';
import type { Joint } from './joint.ts';
import { splitCost, timeCost } from './objective.ts';
import {
  apartMasks,
  type Holdings,
  type OrderContext,
  sharedSkus,
  sharedStockSuffices,
} from './problem.ts';
import {
  type Basis,
  lastBasis,
  loadPrices,
  priceOfMask,
  type Relaxation,
  relax,
} from './relaxation.ts';

/** State of one decision by columns. */
export interface Method {
  readonly context: OrderContext;
  readonly items: readonly Item[];
  readonly splitLimit: number;
  readonly split: number;
  readonly limits: Limits;
  readonly candidates: readonly number[];
  readonly candidateMask: readonly number[];
  readonly columns: Columns;
  readonly relaxation: Relaxation;
  readonly joint: Omit<Joint, 'options'>;
  /** Where lines may be cut anyhow; undefined if each item is wanted once. */
  readonly counts: Counts | undefined;
  /** Pieces that all items are at most. */
  readonly pieces: number;
  /** Where the relaxation at the floors ended: the next ones begin there. */
  basis: Basis | undefined;
  /** Price of the least time that any plan takes. */
  readonly leastTime: number;
  /** See `cover.ts`; found when first needed. */
  shares: Float64Array | undefined;
  /** True if something was left out because it was beyond the gap. */
  beyond: boolean;
  work: number;
}

const none = Number.POSITIVE_INFINITY;
/** Rough work that a pair of warehouse and column makes before the search begins. */
const WORK_PER_PAIR = 8;
/** Share of the budget that the search for a first plan may use. */
const FIRST_SHARE = 1 / 8;

/**
 * Lists the columns of a problem; undefined if the budget or the tables do not allow it. O(pairs), see
 * `listColumns`.
 */
export function openMethod(
  context: OrderContext,
  items: readonly Item[],
  holders: Holdings,
  splitLimit: number,
  limits: Limits,
  counts?: Counts,
): Method | undefined {
  const pieces = counts?.need.reduce((sum, one) => sum + one, 0) ?? items.length;
  const shared = sharedSkus(context.lines, items);
  const joint = { context, items, shared };
  const columns = listColumns(limits.work / WORK_PER_PAIR, {
    context,
    items,
    ...holders,
    apart: apartMasks(items),
    holdsAll:
      shared.length === 0
        ? () => true
        : (mask, w) =>
            isWanted(counts, mask) && sharedStockSuffices(joint, mask, w, Number.NEGATIVE_INFINITY),
    milligrams: counts && ((mask) => milligramsOf(context, items, mask)),
  });
  if (columns === undefined) return undefined;
  const price = new Float64Array(items.length);
  return {
    context,
    items,
    splitLimit: Math.min(splitLimit, pieces),
    counts,
    pieces,
    split: splitCost(context),
    limits,
    ...holders,
    columns,
    relaxation: { price, parcelPrice: 0, bound: 0, work: 0 },
    joint,
    basis: undefined,
    leastTime: leastTime(context),
    shares: undefined,
    beyond: false,
    work: columns.work,
  };
}

/** True if a set of counted items is no more of a kind than is needed. */
function isWanted(counts: Counts | undefined, mask: number): boolean {
  return counts?.need.every((need, k) => need === 1 || countOf(counts, mask, k) <= need) ?? true;
}

/** What a set of items weighs where some are pieces of one line: their shares are rounded together. */
function milligramsOf({ lines }: OrderContext, items: readonly Item[], mask: number): number {
  const units = new Map<number, number>();
  for (let bits = mask; bits !== 0; bits &= bits - 1) {
    for (const { line, quantity } of items[31 - Math.clz32(bits & -bits)]!.parts) {
      units.set(line, (units.get(line) ?? 0) + quantity);
    }
  }
  let mg = 0;
  for (const [line, quantity] of units) mg += partMilligrams(lines[line]!, quantity);
  return mg;
}

/** Steps that the budget leaves for one search, and the caller's port. O(1). */
export function stepsOf(
  { limits, work, relaxation }: Method,
  share: number,
): { steps: number; stop: () => boolean } {
  const left = limits.work - work - relaxation.work;
  return { steps: Math.max(0, Math.min(share * limits.work, left)), stop: limits.shouldStop };
}

/**
 * Relaxes the columns at their floors.
 * O(pivots × (columns + items²) + pairs × rows of the floors asked for).
 */
export function relaxFloors(method: Method, most: number): void {
  const { context, columns, items, counts, split, relaxation } = method;
  const { count, mask, floor } = columns;
  const settle = (j: number) => columnFloor(context, columns, j);
  const programme = { items: items.length, most, count, mask, cost: floor, perParcel: split };
  relax({ ...programme, counts, settle }, relaxation);
  method.basis = lastBasis(counts?.need.length ?? items.length);
}

/** Makes an entry of each column whose floor, as a reduced cost, is less than `slack`. O(columns). */
function listFloors({ context, columns, items, split, relaxation }: Method, slack: number): void {
  const { count, mask, floor } = columns;
  const most = slack - split - relaxation.parcelPrice + 1e-4;
  loadPrices(relaxation.price, items.length);
  entries.count = 0;
  for (let j = 0; j < count; j++) {
    const worth = most + priceOfMask(mask[j]!);
    if (floor[j]! >= worth || columnFloor(context, columns, j) >= worth) continue;
    addEntry(mask[j]!, floor[j]!, 0, -1);
  }
}

/**
 * Parts (sets of items) of a cheap plan by floors: the search is widened until one is found; undefined if
 * none is. O(columns) and a search within `stepsOf` each time.
 */
export function cheapParts(method: Method): number[] | undefined {
  const { items, split, splitLimit, relaxation, shares } = method;
  let parts: number[] | undefined;
  const base = relaxation.bound - split;
  for (let slack = 10 + 0.02 * base; ; slack *= 6) {
    listFloors(method, slack);
    const { complete } = searchCovers(
      {
        entries,
        items: items.length,
        most: splitLimit,
        perParcel: split,
        relaxation,
        shares,
        time: () => 0,
        leastTime: 0,
        riskLimit: none,
        ...stepsOf(method, FIRST_SHARE),
        found: (chosen, cost) => {
          parts = chosen.map((e) => entries.mask[e]!);
          return cost;
        },
      },
      base + slack,
    );
    if (parts !== undefined || !complete || slack > 40 * (base + 1000)) return parts;
  }
}

/**
 * Cost of a plan that sends each part by its best parcel; Infinity if one has none. Minor units.
 * O(parts × (candidates + rows)), as `bestParcel`.
 */
export function costOfParts(method: Method, parts: readonly number[]): number {
  const { context, items, candidates, candidateMask, split } = method;
  if (method.joint.shared.length > 0) return none;
  let cost = split * (parts.length - 1);
  let latest = 0;
  let risk = 0;
  for (const part of parts) {
    const whole = items.filter((_, i) => (part & (1 << i)) !== 0).flatMap((item) => item.parts);
    const item = makeItem(context.network, context.lines, whole);
    const able = candidates.filter((_, c) => (candidateMask[c]! & part) === part);
    const best = bestParcel(context, item, able);
    method.work += best.work;
    if (best.warehouse < 0) return none;
    cost += best.cost - timeCost(context.timePerDay, context.at, best.promise);
    latest = Math.max(latest, best.promise);
    risk += best.risk;
  }
  if (risk > context.riskLimit) return none;
  return cost + timeCost(context.timePerDay, context.at, latest);
}

/**
 * Raises the bound by what the parcels really cost. `first` tells the first entry of each column, the
 * cheapest one (-1 = none), where entries are listed so. O(pivots × (entries + items²)).
 */
export function relaxParcels(method: Method, first: Int32Array | undefined): void {
  const { items, counts, split, splitLimit, basis } = method;
  const { count, mask, cost } = entries;
  const found = { price: new Float64Array(items.length), parcelPrice: 0, bound: 0, work: 0 };
  const columns = { count, mask, cost, counts };
  const programme = { items: items.length, most: splitLimit, ...columns, perParcel: split };
  const entryOf = (j: number): number => (j < 0 ? j : first![j]!);
  const from = first && basis && { ...basis, columns: basis.columns.map(entryOf) };
  relax(programme, found, from);
  method.work += found.work;
  if (found.bound <= method.relaxation.bound) return;
  method.relaxation.price.set(found.price);
  method.relaxation.parcelPrice = found.parcelPrice;
  method.relaxation.bound = found.bound;
}

/**
 * The number of parcels is scarce if the relaxation prices it: then the fractions of a parcel that
 * the items need, by the relaxation that counts parcels alone, end many branches sooner.
 * O(pivots × (columns + items²)).
 */
export function findShares(method: Method): void {
  const { context, columns, items, counts, splitLimit, relaxation } = method;
  if (relaxation.parcelPrice <= 0) return;
  const { count, mask, floor } = columns;
  const cost = new Float64Array(count);
  for (let j = 0; j < count; j++) if (floor[j] === none) cost[j] = none;
  const settle = (j: number): number => {
    if (cost[j] === 0 && !canSend(context, columns, j)) cost[j] = none;
    return cost[j]!;
  };
  const price = new Float64Array(items.length);
  const found = { price, parcelPrice: 0, bound: 0, work: 0 };
  // What needs the fewest parcels needs no more than are allowed: the basis is one of this programme, too.
  const programme = { items: items.length, most: splitLimit, count, mask, cost, perParcel: 1 };
  relax({ ...programme, counts, settle }, found, method.basis);
  method.work += found.work;
  // A share is a price by which no parcel holds more than one.
  const most = 1 + found.parcelPrice;
  method.shares = price.map((one) => one / most);
  if (found.bound > splitLimit + 1e-6) relaxation.bound = none;
}
