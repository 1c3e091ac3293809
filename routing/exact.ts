/**
 * The exact decision of one problem: the cheapest partition under falling limits on promises, then
 * a check that its parcels do not take each other's capacity. If they do, the partition's cost is
 * still a lower bound (see `column-method.ts` for the exact answer where it can be had).
 */
import { jointlyFeasible, scheduleTogether, wayOf } from './joint.ts';
import { splitCost, timeCost } from './objective.ts';
import { type Choice, parcelsOf, priceParcels } from './parcels.ts';
import type { Problem } from './problem.ts';
import { cheapestPartition } from './subsets.ts';
import type { ParcelPlan } from './types.ts';

/** Outcome of a problem: parcels and their cost if any fit, and a lower bound in any case. */
export interface Solution {
  readonly parcels: readonly ParcelPlan[] | undefined;
  readonly cost: number;
  /** Of the problem with its items as they are; Infinity if it has no plan at all. */
  readonly lowerBound: number;
  /** True if the parcels fit one by one, but not within the split limit. */
  readonly splitLimited: boolean;
}

/** How far to look: work in steps, and the caller's port. */
export interface Limits {
  readonly work: number;
  readonly shouldStop: () => boolean;
}

interface Partition {
  readonly choices: readonly Choice[];
  /** With split and time. */
  readonly cost: number;
}

/** Earliest instant that the last promise can possibly be. */
function earliestPromise(problem: Problem): number {
  const least = new Float64Array(problem.items.length).fill(Number.POSITIVE_INFINITY);
  for (let subset = 1; subset <= problem.full; subset++) {
    const promise = parcelsOf(subset).at(-1)?.promise;
    if (promise === undefined) continue;
    for (let bits = subset; bits !== 0; bits &= bits - 1) {
      const i = 31 - Math.clz32(bits & -bits);
      if (promise < least[i]!) least[i] = promise;
    }
  }
  return least.reduce((latest, promise) => Math.max(latest, promise), problem.floorPromise);
}

/**
 * Partitions from the cheapest towards the earliest, as long as an earlier promise can pay and the
 * limits allow, and a lower bound of all partitions.
 */
function partitions(problem: Problem, limits: Limits): { found: Partition[]; bound: number } {
  const { context } = problem;
  const split = splitCost(context);
  const time = (promise: number) => timeCost(context.timePerDay, context.at, promise);
  const earliest = context.timePerDay === 0 ? 0 : earliestPromise(problem);
  const found: Partition[] = [];
  let best = Number.POSITIVE_INFINITY;
  for (let limit = Number.POSITIVE_INFINITY; ; ) {
    const partition = cheapestPartition(problem, limit, split);
    if (partition === undefined) return { found, bound: best };
    const { choices } = partition;
    const latest = choices.reduce((most, choice) => Math.max(most, choice.promise), 0);
    const own = partition.cost - split;
    const cost = context.timePerDay === 0 ? own : own + time(latest);
    found.push({ choices, cost });
    best = Math.min(best, cost);
    if (context.timePerDay === 0 || latest <= earliest) return { found, bound: best };
    // An earlier promise costs at least as much, and saves no more time than this.
    const atLeast = own + time(earliest);
    if (atLeast >= best) return { found, bound: best };
    if (problem.work > limits.work || limits.shouldStop()) return { found, bound: atLeast };
    limit = latest - 1;
  }
}

/** Slots for the parcels of a partition; undefined if they take each other's and it gets dearer. */
function settle(
  problem: Problem,
  choices: readonly Choice[],
  most: number,
): { parcels: ParcelPlan[]; cost: number } | undefined {
  if (!jointlyFeasible(problem, choices)) return undefined;
  const ways = choices.map((choice) => wayOf(problem, choice));
  // Without parcels decided elsewhere no order of parcels can be cheaper than the partition.
  const enough = problem.floorPromise === 0 ? most : Number.NEGATIVE_INFINITY;
  const scheduled = scheduleTogether(problem, ways, enough);
  return scheduled === undefined || scheduled.cost > most ? undefined : scheduled;
}

/**
 * Decides a problem of which only the contenders were built: their cheapest partition is that of
 * the whole problem. Undefined if its parcels compete, which says nothing of the others.
 * O(Σ subsets held × options + limits on promises × 3^items / 2), of contenders alone.
 */
export function solveContenders(problem: Problem, limits: Limits): Solution | undefined {
  priceParcels(problem);
  const { found, bound } = partitions(problem, limits);
  found.sort((a, b) => a.cost - b.cost);
  const settled = found[0] && settle(problem, found[0].choices, found[0].cost);
  return settled && { ...settled, lowerBound: bound, splitLimited: false };
}

/**
 * Decides a problem exactly, or says by its lower bound how far it may be off; minor units.
 * O(Σ subsets held × options + limits on promises × 3^items / 2).
 */
export function solveExact(problem: Problem, limits: Limits): Solution {
  priceParcels(problem);
  const { found, bound } = partitions(problem, limits);
  found.sort((a, b) => a.cost - b.cost);
  if (found.length === 0) {
    const splitLimited = problem.served === problem.full && fitsUnlimited(problem);
    const none = Number.POSITIVE_INFINITY;
    return { parcels: undefined, cost: none, lowerBound: none, splitLimited };
  }
  for (const { choices } of found) {
    const settled = settle(problem, choices, found[0]!.cost);
    if (settled !== undefined) return { ...settled, lowerBound: bound, splitLimited: false };
  }
  return { ...bestTogether(problem, found), lowerBound: bound, splitLimited: false };
}

/** The cheapest of some partitions whose parcels take each other's slots, each in turn. */
function bestTogether(problem: Problem, found: readonly Partition[]) {
  let best: { parcels: readonly ParcelPlan[] | undefined; cost: number } = {
    parcels: undefined,
    cost: Number.POSITIVE_INFINITY,
  };
  for (const { choices } of found) {
    const ways = choices.map((choice) => wayOf(problem, choice));
    const fitted = scheduleTogether(problem, ways);
    if (fitted !== undefined && fitted.cost < best.cost) best = fitted;
  }
  return best;
}

/** True if some number of parcels would do. */
function fitsUnlimited(problem: Problem): boolean {
  const unlimited = { ...problem, splitLimit: problem.items.length };
  return cheapestPartition(unlimited, Number.POSITIVE_INFINITY, 0) !== undefined;
}
