/**
 * Parcels: every (subset of items, option) priced, and per subset the ones kept that no other beats
 * in both cost and promise. Kept as linked lists in flat arrays, cheapest first.
 */

import { carbonCost } from './carbon.ts';
import { MAX_ITEMS, type Problem, sharedStockSuffices } from './problem.ts';
import { freightOf, roundMoney } from './rates.ts';

const SIZE = 1 << MAX_ITEMS;
const NONE = -1;

// Parcels as labels in linked lists, cheapest first and promises falling.
let labelCost = new Float64Array(1 << 14);
let labelPromise = new Float64Array(1 << 14);
let labelOption = new Int32Array(1 << 14);
let labelNext = new Int32Array(1 << 14);
let labelCount = 0;
// By subset, or by column where the columns of an order are listed.
let labelHead = new Int32Array(SIZE);

/** One parcel of a solution. */
export interface Choice {
  readonly subset: number;
  readonly option: number;
  readonly cost: number;
  readonly promise: number;
}

function newLabel(cost: number, promise: number, option: number, next: number): number {
  if (labelCount === labelCost.length) {
    const size = labelCount * 2;
    const grow = <T extends Float64Array | Int32Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    labelCost = grow(new Float64Array(size), labelCost);
    labelPromise = grow(new Float64Array(size), labelPromise);
    labelOption = grow(new Int32Array(size), labelOption);
    labelNext = grow(new Int32Array(size), labelNext);
  }
  const label = labelCount++;
  labelCost[label] = cost;
  labelPromise[label] = promise;
  labelOption[label] = option;
  labelNext[label] = next;
  return label;
}

/** Forgets all parcels and makes room for so many sets. O(sets). */
export function clearParcels(sets: number): void {
  labelCount = 0;
  if (labelHead.length < sets) labelHead = new Int32Array(sets * 2);
  labelHead.fill(NONE, 0, sets);
}

/**
 * Inserts a parcel unless one as cheap and as early is known (minor units, epoch seconds). Earlier
 * options win ties. O(parcels kept of the set).
 */
export function addParcel(subset: number, cost: number, promise: number, option: number): void {
  let previous = NONE;
  let at = labelHead[subset]!;
  while (at !== NONE && labelCost[at]! < cost) {
    if (labelPromise[at]! <= promise) return;
    previous = at;
    at = labelNext[at]!;
  }
  if (at !== NONE && labelCost[at] === cost && labelPromise[at]! <= promise) return;
  // What follows costs more; it stays only if it is earlier.
  while (at !== NONE && labelPromise[at]! >= promise) at = labelNext[at]!;
  const label = newLabel(cost, promise, option, at);
  if (previous === NONE) labelHead[subset] = label;
  else labelNext[previous] = label;
}

/**
 * Cost of sending `subset` by `option`, minor units, without split and time; Infinity = refused.
 * O(bands).
 */
export function parcelCost(problem: Problem, subset: number, option: number): number {
  const { options, context } = problem;
  const { network } = context;
  if ((subset & ~options.mask[option]!) !== 0) return Number.POSITIVE_INFINITY;
  if (problem.unfit?.[subset] === 1) return Number.POSITIVE_INFINITY;
  if (problem.units[subset]! > options.unitsLimit[option]!) return Number.POSITIVE_INFINITY;
  const mg = problem.mg[subset]!;
  const service = options.service[option]!;
  if (mg > network.services.maxMg[service]!) return Number.POSITIVE_INFINITY;
  const freight = freightOf(
    network.rates,
    network.services.card[service]!,
    network.lanes.rateRow[options.lane[option]!]!,
    mg,
    problem.mm3[subset]!,
    network.zones.remote[options.zone[option]!] === 1,
  );
  const w = options.warehouse[option]!;
  const carbon = carbonCost(context, w, options.lane[option]!, mg);
  return freight + carbon + handlingOf(problem, subset, w) + options.lateness[option]!;
}

/** Handling of `subset` in warehouse `w`, minor units. O(1). */
export function handlingOf(problem: Problem, subset: number, w: number): number {
  const { handlingPerParcel, handlingPerUnit } = problem.context.network.warehouses;
  return roundMoney(handlingPerParcel[w]! + handlingPerUnit[w]! * problem.units[subset]!);
}

/**
 * Prices every parcel of the problem. With no price of time only the cheapest is kept.
 * O(Σ over warehouses of 2^(items held) × options).
 */
export function priceParcels(problem: Problem): void {
  const { candidates, candidateMask, options, context, floorPromise } = problem;
  clearParcels(problem.full + 1);
  const anyPromise = context.timePerDay === 0;
  const checkShared = problem.shared.length > 0;
  for (let c = 0; c < candidates.length; c++) {
    const first = options.first[c]!;
    const end = options.first[c + 1]!;
    if (first === end) continue;
    const mask = candidateMask[c]!;
    for (let subset = mask; subset !== 0; subset = (subset - 1) & mask) {
      problem.work += end - first;
      for (let o = first; o < end; o++) {
        const cost = parcelCost(problem, subset, o);
        if (cost === Number.POSITIVE_INFINITY) continue;
        const promise = anyPromise ? 0 : Math.max(floorPromise, options.promise[o]!);
        if (
          checkShared &&
          !sharedStockSuffices(problem, subset, candidates[c]!, options.promise[o]!)
        ) {
          continue;
        }
        addParcel(subset, cost, promise, o);
      }
    }
  }
}

/**
 * Label of the cheapest parcel of a subset promised by `limit` (epoch seconds); -1 if there is none.
 * O(parcels kept).
 */
export function cheapestUnder(subset: number, limit: number): number {
  let label = labelHead[subset]!;
  while (label !== NONE && labelPromise[label]! > limit) label = labelNext[label]!;
  return label;
}

/** First label of a set; -1 if it has none. O(1). */
export function firstLabel(set: number): number {
  return labelHead[set]!;
}

/** The label after another, dearer and earlier; -1 if there is none. O(1). */
export function nextLabel(label: number): number {
  return labelNext[label]!;
}

/** Cost of a label, minor units; Infinity for none. O(1). */
export function costOfLabel(label: number): number {
  return label === NONE ? Number.POSITIVE_INFINITY : labelCost[label]!;
}

/** A label as a choice. O(1). */
export function choiceOfLabel(subset: number, label: number): Choice {
  return {
    subset,
    option: labelOption[label]!,
    cost: labelCost[label]!,
    promise: labelPromise[label]!,
  };
}

/** Parcels kept for a subset, cheapest first. O(parcels kept). */
export function parcelsOf(subset: number): Choice[] {
  const found: Choice[] = [];
  for (let label = labelHead[subset]!; label !== NONE; label = labelNext[label]!) {
    found.push(choiceOfLabel(subset, label));
  }
  return found;
}
