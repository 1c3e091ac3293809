/**
 * Parcels that compete for slots and lots: the programme over all of them, each in every slot that it may
 * have to move to, is solved by sifting (`slot-sifting.ts`), and what can still be part of a better plan is
 * searched (`slot-branching.ts`) – at once if it is not too much, else by the number of parcels, which
 * often says more than the programme does. To list all columns within the gap and search them is the
 * "enumeration" of Baldacci, Christofides and Mingozzi 2008.
 */
import { type Attempt, earliestEnd, keep, timeOf } from './column-attempts.ts';
import { type Method, stepsOf } from './column-parcels.ts';
import { admittedOptions } from './column-pricing.ts';
import {
  BRANCH_SHARE,
  branchPool,
  openTogether,
  type Searching,
  type Together,
} from './column-together.ts';
import type { Joint } from './joint.ts';
import { type Branched, CELLS_PER_STEP } from './slot-branching.ts';
import { makePool, type Worth } from './slot-pool.ts';
import { eachBelow, openPricing, type PricedParcel } from './slot-pricing.ts';
import { type Sifted, type SiftTask, sift } from './slot-sifting.ts';

const none = Number.POSITIVE_INFINITY;
/** Share of the budget for a first plan of few parcels. */
const FIRST_SHARE = 1 / 8;
/** Part of the gap that a number of parcels has to tell, or it is not worth searching by it. */
const TELLING = 0.25;
/** Parcels that are searched at once, and at most. */
const FEW_PARCELS = 20_000;
const MOST_PARCELS = 60_000;

/** State of one search of parcels that compete. */
interface Competing {
  readonly method: Method;
  readonly together: Together;
  readonly task: SiftTask;
  readonly tried: Attempt;
  readonly limit: number;
  /** What the next plan has to cost less than. */
  below: number;
  /** False if parcels were left out because of what they cost. */
  isAll: boolean;
}

/** Searches a pool of parcels that compete; plans are kept. */
function searchPool(search: Competing, searching: Searching): Branched {
  const { method, together, tried, limit } = search;
  return branchPool(method, together, searching, (choices, cost) => {
    search.below = Math.min(search.below, keep(together.joint, tried, choices, cost, limit));
    return search.below;
  });
}

/** Searches the parcels that the programme was solved with for a first plan, within a share of the budget. */
function searchFew(
  search: Competing,
  { pool, cuts }: Sifted,
  share: number,
  parcels?: number,
): void {
  searchPool(search, { pool, cuts, limit: search.below, share, parcels });
}

/**
 * The programme by numbers of parcels, cheapest first, as far as plans of so many may cost less than what is
 * known. Its cost is convex in their number: it is followed from where it is least to both sides.
 */
function byParcels(search: Competing, root: Sifted): [parcels: number, sifted: Sifted][] {
  const { task, together, method } = search;
  const found: [number, Sifted][] = [];
  const look = (parcels: number): boolean => {
    if (parcels < 1 || parcels > task.most) return false;
    const gap = search.below - together.base + 1e-4;
    const sifted = sift({ ...task, gap, parcels, from: root });
    method.work += sifted.cells / CELLS_PER_STEP;
    if (sifted.bound >= gap) {
      search.isAll &&= !isPossible(method, { ...task, parcels });
      return false;
    }
    found.push([parcels, sifted]);
    searchFew(search, sifted, FIRST_SHARE / 8, parcels);
    return sifted.isSolved;
  };
  let [fewer, more] = [Math.floor(root.parcels), Math.floor(root.parcels) + 1];
  while (look(fewer)) fewer--;
  while (look(more)) more++;
  return found.sort((a, b) => a[1].bound - b[1].bound);
}

/** Parcels to be searched: those that plans may have, or of too many those that cost least. */
interface Within {
  readonly left: readonly PricedParcel[];
  /** What the others cost at least beyond the programme, minor units. */
  readonly beyond: number;
  readonly isAll: boolean;
}

/** Steps of reduced cost by which parcels are counted where they are too many. */
const STEPS = 64;

/** Parcels that plans below the limit may have, at most so many: then those that cost least. */
function parcelsWithin(
  { task, together, below }: Competing,
  { bound, duals }: Sifted,
  count: number,
): Within {
  const most = below - together.base - bound + 1e-4;
  const left: PricedParcel[] = [];
  const byCost = new Int32Array(STEPS);
  const look = { below: most, enough: undefined };
  const { isAll } = eachBelow(task.pricing, duals, look, (parcel) => {
    if (left.length <= count) left.push(parcel);
    const step = Math.floor((Math.max(0, parcel.reduced) / most) * STEPS);
    byCost[Math.min(STEPS - 1, step)]!++;
  });
  if (left.length <= count) return { left, beyond: most, isAll };
  let [steps, sum] = [0, byCost[0]!];
  while (sum <= count) sum += byCost[++steps]!;
  const beyond = (most * steps) / STEPS;
  left.length = 0;
  const again = { below: beyond, enough: undefined };
  eachBelow(task.pricing, duals, again, (parcel) => left.push(parcel));
  return { left, beyond, isAll: false };
}

/**
 * Searches what the first search left, at once if that is not too much, else by the number of parcels if that
 * tells enough; no other plan costs less than returned.
 */
function searchRest(search: Competing, root: Sifted): number {
  const gap = search.below - search.together.base - root.bound;
  const within = parcelsWithin(search, root, FEW_PARCELS);
  if (within.beyond >= gap) return searchAll(search, root, within);
  const numbers = byParcels(search, root);
  if (numbers.some(([, { isSolved }]) => !isSolved)) {
    return Math.ceil(search.together.base + root.bound - 1e-4);
  }
  if (numbers.some(([, { bound }]) => bound - root.bound < TELLING * gap)) {
    return searchAll(search, root, parcelsWithin(search, root, MOST_PARCELS));
  }
  let proved = none;
  for (const [parcels, sifted] of numbers) {
    const own = parcelsWithin(search, sifted, MOST_PARCELS);
    proved = Math.min(proved, searchAll(search, sifted, own, parcels));
  }
  return proved;
}

/**
 * Searches all parcels that plans may have, those of so many parcels if that is told; no other such plan
 * costs less than returned.
 */
function searchAll(
  search: Competing,
  sifted: Sifted,
  { left, beyond, isAll }: Within,
  parcels?: number,
): number {
  const { task, together, below: limit } = search;
  const { base } = together;
  const least = Math.ceil(base + sifted.bound - 1e-4);
  if (least >= limit) {
    search.isAll = false;
    return least;
  }
  const pool = makePool(task.joint, task.slots, left, task.worth);
  const rest = { pool, cuts: sifted.cuts, limit, share: BRANCH_SHARE, parcels };
  const { bound, isCut } = searchPool(search, rest);
  search.isAll &&= isAll && !isCut;
  // What was left out costs at least so much more than the root.
  return Math.min(bound, Math.ceil(base + sifted.bound + beyond - 1e-3));
}

/** True if, whatever it costs, the programme has a solution, or that is not known. */
function isPossible(method: Method, task: SiftTask): boolean {
  const price = new Float64Array(method.items.length);
  const relaxation = { price, parcelPrice: 0, bound: 0, work: 0 };
  const worth = { ...task.worth, relaxation, perParcel: 0, later: () => 0 };
  const { bound, cells } = sift({ ...task, worth, scale: 0, gap: 1, weight: 0 });
  method.work += cells / CELLS_PER_STEP;
  return bound < 1e-6;
}

/** What the latest option costs more for its time than the least, minor units. */
function latestTime({ options }: Joint, { later }: Worth): number {
  let latest = 0;
  for (let o = 0; o < options.count; o++) latest = Math.max(latest, options.promise[o]!);
  return later(latest);
}

/**
 * Looks for the cheapest plan below `limit` (minor units) of parcels that compete: every way counts, also one
 * that is dearer and later than another, with every slot it may have to move to. Exponential at worst,
 * O(budget) at most, see `sift` and `branch`.
 */
export function attemptCompeting(method: Method, limit: number): Attempt {
  const { splitLimit, relaxation, split } = method;
  const tried: Attempt = { best: undefined, coupledFrom: none, bound: limit, complete: true };
  method.beyond = false;
  const floor = limit - (relaxation.bound - split + method.leastTime);
  const options = admittedOptions(method, floor, splitLimit);
  const time = timeOf(method);
  const end = earliestEnd(method, options);
  if (end === none) return tried;
  const leastTime = Math.max(method.leastTime, time(end));
  const joint: Joint = { ...method.joint, options };
  const together = openTogether(method, { joint, time, leastTime }, true);
  const { worth, slots, counts, base } = together;
  const gap = limit - base + 1e-4;
  if (gap <= 0) {
    method.beyond = true;
    return tried;
  }
  const pricing = openPricing(method, joint, worth.later);
  const task: SiftTask = {
    ...{ joint, counts, slots, worth, pricing, gap, weight: 1 as const },
    most: splitLimit,
    riskLimit: method.context.riskLimit,
    scale: latestTime(joint, worth),
    isSpent: (cells: number) => {
      const { steps, stop } = stepsOf(method, 1);
      return cells > steps * CELLS_PER_STEP || stop();
    },
  };
  const root = sift(task);
  method.work += root.cells / CELLS_PER_STEP;
  if (root.bound >= gap || Math.ceil(base + root.bound - 1e-4) >= limit) {
    // Too dear, or none at all: that is asked for itself.
    method.beyond ||= isPossible(method, task);
    return tried;
  }
  tried.bound = Math.min(limit, Math.ceil(base + root.bound - 1e-4));
  const search: Competing = { method, together, task, tried, limit, below: limit, isAll: true };
  searchFew(search, root, FIRST_SHARE);
  if (search.below > tried.bound) {
    // What was not solved is no measure of anything.
    const proved = root.isSolved ? searchRest(search, root) : tried.bound;
    tried.complete = proved >= search.below;
    tried.bound = Math.max(tried.bound, Math.min(search.below, proved));
  }
  method.beyond ||= tried.best === undefined && !search.isAll;
  return tried;
}
