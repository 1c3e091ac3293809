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
import { type Choice, cheapestUnder, choiceOfLabel, costOfLabel } from './parcels.ts';
import { MAX_ITEMS, type Problem } from './problem.ts';

const SIZE = 1 << MAX_ITEMS;

const best = new Float64Array(SIZE);
const bestLabel = new Int32Array(SIZE);
const dp = new Float64Array(SIZE);
const dpFirst = new Int32Array(SIZE);
const layers: { cost: Float64Array; first: Int32Array }[] = [];

/** Cheapest parcel per subset with a promise up to `limit`. */
function chooseParcels(full: number, limit: number): void {
  for (let subset = 1; subset <= full; subset++) {
    const label = cheapestUnder(subset, limit);
    bestLabel[subset] = label;
    best[subset] = costOfLabel(label);
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

/** Cheapest completion of every subset under the last limit, any number of parcels. */
export const completion = dp;

/** Parts of the cheapest partition at the prices in `best`; undefined if there is none. */
function cheapestParts(
  full: number,
  perParcel: number,
  splitLimit: number,
): { parts: number[] | undefined; cost: number; steps: number } {
  const steps = full + partition(full, perParcel);
  const cost = dp[full]!;
  if (cost === Number.POSITIVE_INFINITY) return { parts: undefined, cost, steps };
  const parts: number[] = [];
  for (let set = full; set !== 0; set ^= dpFirst[set]!) parts.push(dpFirst[set]!);
  if (parts.length <= splitLimit) return { parts, cost, steps };
  const more = partitionByCount(full, perParcel, splitLimit);
  return { ...fewestLayers(full, splitLimit), steps: steps + more };
}

/**
 * Cheapest partition with promises up to `limit`, within the problem's split limit; undefined if
 * there is none. Costs include `perParcel` for every parcel. Minor units. O(parcels kept + 3^items / 2),
 * times the split limit where that binds. See e.g. Björklund et al. 2009.
 */
export function cheapestPartition(
  problem: Problem,
  limit: number,
  perParcel: number,
): { choices: Choice[]; cost: number } | undefined {
  const { full, splitLimit } = problem;
  chooseParcels(full, limit);
  const { parts, cost, steps } = cheapestParts(full, perParcel, splitLimit);
  problem.work += steps;
  if (parts === undefined) return undefined;
  return { choices: parts.map((part) => choiceOfLabel(part, bestLabel[part]!)), cost };
}

/**
 * Parts of the cheapest partition at given prices of the subsets, at most `splitLimit` of them;
 * undefined if there is none. {@link completion} is left at these prices. O(3^items / 2), times the split
 * limit where that binds.
 */
export function partitionFloors(
  full: number,
  prices: Float64Array,
  perParcel: number,
  splitLimit: number,
): number[] | undefined {
  for (let subset = 1; subset <= full; subset++) best[subset] = prices[subset]!;
  return cheapestParts(full, perParcel, splitLimit).parts;
}

function fewestLayers(
  full: number,
  splitLimit: number,
): { parts: number[] | undefined; cost: number } {
  let count = -1;
  let cost = Number.POSITIVE_INFINITY;
  for (let k = 0; k < splitLimit; k++) {
    if (layers[k]!.cost[full]! < cost) {
      cost = layers[k]!.cost[full]!;
      count = k;
    }
  }
  if (count < 0) return { parts: undefined, cost };
  const parts: number[] = [];
  for (let set = full, k = count; set !== 0; k--) {
    const part = layers[k]!.first[set]!;
    parts.push(part);
    set ^= part;
  }
  return { parts, cost };
}

/**
 * Cheapest cost of every subset in at most `most` parcels with promises up to `limit`, each parcel
 * charged `perParcel`. A fresh array. O(parcels kept + most × 3^items / 2); one pass where `most` ≥
 * items.
 */
export function completionsUnder(
  problem: Problem,
  limit: number,
  perParcel: number,
  most: number,
): Float64Array {
  const { full } = problem;
  chooseParcels(full, limit);
  if (most >= problem.items.length) {
    problem.work += full + partition(full, perParcel);
    return dp.slice(0, full + 1);
  }
  const costs = new Float64Array(full + 1).fill(Number.POSITIVE_INFINITY);
  costs[0] = 0;
  problem.work += full + partitionByCount(full, perParcel, most);
  for (let k = 0; k < most; k++) {
    for (let set = 1; set <= full; set++) {
      const cost = layers[k]!.cost[set]!;
      if (cost < costs[set]!) costs[set] = cost;
    }
  }
  return costs;
}
