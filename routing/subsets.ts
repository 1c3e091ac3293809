/**
 * The subset dynamic programme. Every parcel that could carry a subset S of the items is priced and
 * the best ones per S are kept; then S is partitioned:
 *
 *   dp[S] = min over T ⊆ S holding S's lowest item of parcel[T] + dp[S \ T]
 *
 * Time is charged on the latest promise, a maximum and not a sum; it is handled exactly by running
 * the programme under a limit on promises that moves earlier until it cannot pay (the ε-constraint
 * method), so parcels are kept as (cost, promise) Pareto fronts. O(Σ_w 2^|items of w| × options +
 * limits × 3^n / 2). Method: set partition by dynamic programming, e.g. Björklund et al. 2009.
 */
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
const labelHead = new Int32Array(SIZE);

const best = new Float64Array(SIZE);
const bestLabel = new Int32Array(SIZE);
const dp = new Float64Array(SIZE);
const dpFirst = new Int32Array(SIZE);
const layers: { cost: Float64Array; first: Int32Array }[] = [];

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

/** Inserts a parcel unless one as cheap and as early is known. Earlier options win ties. */
function addLabel(subset: number, cost: number, promise: number, option: number): void {
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

/** Cost of sending `subset` by `option`, minor units, without split and time; Infinity = refused. */
export function parcelCost(problem: Problem, subset: number, option: number): number {
  const { options, context } = problem;
  const { network } = context;
  if ((subset & ~options.mask[option]!) !== 0) return Number.POSITIVE_INFINITY;
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
  return (
    freight + handlingOf(problem, subset, options.warehouse[option]!) + options.lateness[option]!
  );
}

/** Handling of `subset` in warehouse `w`, minor units. */
export function handlingOf(problem: Problem, subset: number, w: number): number {
  const { handlingPerParcel, handlingPerUnit } = problem.context.network.warehouses;
  return roundMoney(handlingPerParcel[w]! + handlingPerUnit[w]! * problem.units[subset]!);
}

/** Prices every parcel of the problem. With no price of time only the cheapest is kept. */
export function priceParcels(problem: Problem): void {
  const { candidates, candidateMask, options, context, floorPromise } = problem;
  labelCount = 0;
  labelHead.fill(NONE, 0, problem.full + 1);
  const anyPromise = context.timePerDay === 0;
  const checkShared = problem.shared.length > 0;
  for (let c = 0; c < candidates.length; c++) {
    const first = options.first[c]!;
    const end = options.first[c + 1]!;
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
        addLabel(subset, cost, promise, o);
      }
    }
  }
}

/** Cheapest parcel per subset with a promise up to `limit`. */
function chooseParcels(full: number, limit: number): void {
  for (let subset = 1; subset <= full; subset++) {
    let label = labelHead[subset]!;
    while (label !== NONE && labelPromise[label]! > limit) label = labelNext[label]!;
    bestLabel[subset] = label;
    best[subset] = label === NONE ? Number.POSITIVE_INFINITY : labelCost[label]!;
  }
}

/** dp over any number of parcels, each charged `perParcel` besides its cost. */
function partition(full: number, perParcel: number): number {
  let steps = 0;
  dp[0] = 0;
  for (let set = 1; set <= full; set++) {
    const lowest = set & -set;
    const others = set ^ lowest;
    let cost = Number.POSITIVE_INFINITY;
    let first = 0;
    // Whole set first, so that of equal partitions the one with fewer parcels stays.
    for (let rest = others; ; rest = (rest - 1) & others) {
      steps++;
      const part = best[rest | lowest]! + perParcel + dp[others ^ rest]!;
      if (part < cost) {
        cost = part;
        first = rest | lowest;
      }
      if (rest === 0) break;
    }
    dp[set] = cost;
    dpFirst[set] = first;
  }
  return steps;
}

/** dp by number of parcels: layer k holds the best partitions into exactly k parcels. */
function partitionByCount(full: number, perParcel: number, most: number): number {
  let steps = 0;
  for (let k = 0; k < most; k++) {
    layers[k] ??= { cost: new Float64Array(SIZE), first: new Int32Array(SIZE) };
    const layer = layers[k]!;
    const below = k === 0 ? undefined : layers[k - 1]!.cost;
    for (let set = 1; set <= full; set++) {
      layer.cost[set] = best[set]! + perParcel;
      layer.first[set] = set;
      if (below === undefined) continue;
      const lowest = set & -set;
      const others = set ^ lowest;
      let cost = Number.POSITIVE_INFINITY;
      for (let rest = others; rest !== 0; rest = (rest - 1) & others) {
        steps++;
        // `rest` goes in the layers below, so the parcel taken here is the remainder.
        const part = best[set ^ rest]! + perParcel + below[rest]!;
        if (part < cost) {
          cost = part;
          layer.first[set] = set ^ rest;
        }
      }
      layer.cost[set] = cost;
    }
  }
  return steps;
}

const choiceOf = (subset: number): Choice => {
  const label = bestLabel[subset]!;
  return {
    subset,
    option: labelOption[label]!,
    cost: labelCost[label]!,
    promise: labelPromise[label]!,
  };
};

/** Cheapest completion of every subset under the last limit, any number of parcels. */
export const completion = dp;

/**
 * Cheapest partition with promises up to `limit`, within the problem's split limit; undefined if
 * there is none. Costs include `perParcel` for every parcel.
 */
export function cheapestPartition(
  problem: Problem,
  limit: number,
  perParcel: number,
): { choices: Choice[]; cost: number } | undefined {
  const { full, splitLimit } = problem;
  chooseParcels(full, limit);
  problem.work += full + partition(full, perParcel);
  if (dp[full] === Number.POSITIVE_INFINITY) return undefined;
  const choices: Choice[] = [];
  for (let set = full; set !== 0; set ^= dpFirst[set]!) choices.push(choiceOf(dpFirst[set]!));
  if (choices.length <= splitLimit) return { choices, cost: dp[full]! };
  problem.work += partitionByCount(full, perParcel, splitLimit);
  return fewestLayers(full, splitLimit);
}

function fewestLayers(
  full: number,
  splitLimit: number,
): { choices: Choice[]; cost: number } | undefined {
  let count = -1;
  let cost = Number.POSITIVE_INFINITY;
  for (let k = 0; k < splitLimit; k++) {
    if (layers[k]!.cost[full]! < cost) {
      cost = layers[k]!.cost[full]!;
      count = k;
    }
  }
  if (count < 0) return undefined;
  const choices: Choice[] = [];
  for (let set = full, k = count; set !== 0; k--) {
    const subset = layers[k]!.first[set]!;
    choices.push(choiceOf(subset));
    set ^= subset;
  }
  return { choices, cost };
}

/** Parcels kept for a subset, cheapest first. */
export function parcelsOf(subset: number): Choice[] {
  const found: Choice[] = [];
  for (let label = labelHead[subset]!; label !== NONE; label = labelNext[label]!) {
    found.push({
      subset,
      option: labelOption[label]!,
      cost: labelCost[label]!,
      promise: labelPromise[label]!,
    });
  }
  return found;
}
