/**
 * Parcels that are searched together: they add up to what is needed, also to lines that are cut anyhow,
 * each in its best slot. Where these take each other's, see `column-competing.ts`.
 */
import { type Attempt, keep, type Priced, priceWithin } from './column-attempts.ts';
import { type Method, stepsOf } from './column-parcels.ts';
import { entries } from './column-pricing.ts';
import { type Counts, eachOnce } from './items.ts';
import type { Joint } from './joint.ts';
import type { Choice } from './parcels.ts';
import { type Branched, branch } from './slot-branching.ts';
import {
  keepParcels,
  makePool,
  type Pool,
  type SlotKinds,
  slotKinds,
  type Worth,
} from './slot-pool.ts';
import type { Cut } from './slot-rows.ts';

const none = Number.POSITIVE_INFINITY;
/** Share of the budget for one search of parcels together. */
export const BRANCH_SHARE = 3 / 4;

/** What a plan is searched with: parcels that add up, in their slots. */
export interface Together {
  readonly joint: Joint;
  readonly slots: SlotKinds;
  readonly worth: Worth;
  readonly counts: Counts;
  /** What a plan costs beyond the reduced costs of its parcels and its time, minor units. */
  readonly base: number;
}

/** What plans of these options are measured by. O(options). */
export function openTogether(
  method: Method,
  { joint, time, leastTime }: Priced,
  compete: boolean,
): Together {
  const { context, items, split, splitLimit, relaxation } = method;
  return {
    joint,
    slots: slotKinds(context, joint.options, compete),
    worth: {
      relaxation,
      perParcel: split,
      later: (promise) => Math.max(0, time(promise) - leastTime),
      units: context.lines.reduce((sum, { quantity }) => sum + quantity, 0),
      most: splitLimit,
    },
    counts: method.counts ?? eachOnce(items.length),
    base: relaxation.bound - split + leastTime,
  };
}

/** A pool to be searched. */
export interface Searching {
  readonly pool: Pool;
  readonly cuts: readonly Cut[];
  readonly limit: number;
  /** Of the budget. */
  readonly share: number;
  readonly parcels?: number | undefined;
}

/** Searches a pool for plans below a limit. Exponential at worst, O(budget) at most, see `branch`. */
export function branchPool(
  method: Method,
  { joint, worth, counts, base }: Together,
  { pool, cuts, limit, share, parcels }: Searching,
  found: (choices: readonly Choice[], cost: number) => number,
): Branched {
  const done = branch({
    joint,
    pool,
    cuts,
    counts,
    scale: pool.time.reduce((latest, time) => Math.max(latest, time), 0),
    most: worth.most,
    parcels,
    riskLimit: method.context.riskLimit,
    parcelPrice: worth.relaxation.parcelPrice,
    base,
    limit,
    ...stepsOf(method, share),
    found,
  });
  method.work += done.work + pool.count / 8;
  return done;
}

/**
 * Looks for the cheapest plan below `limit` (minor units) of parcels that add up, each in its best slot.
 * Exponential at worst, O(budget) at most, see `branch`.
 */
export function attemptCounted(method: Method, limit: number): Attempt {
  const tried: Attempt = { best: undefined, coupledFrom: none, bound: limit, complete: true };
  const within = priceWithin(method, limit);
  if (within === undefined) return tried;
  const together = openTogether(method, within, false);
  const { joint, worth, base, slots } = together;
  const parcels = Array.from({ length: entries.count }, (_, e) => ({
    mask: entries.mask[e]!,
    option: entries.of[e]!,
    cost: entries.cost[e]!,
  }));
  const all = makePool(joint, slots, parcels, worth);
  const pool = keepParcels(all, (j) => all.reduced[j]! + all.time[j]! < limit - base + 1e-4);
  let least = limit;
  const share = BRANCH_SHARE;
  const { bound, isCut } = branchPool(
    method,
    together,
    { pool, cuts: [], limit, share },
    (choices, cost) => {
      keep(joint, tried, choices, cost, limit);
      least = cost;
      return cost;
    },
  );
  method.beyond ||= least === limit && (pool.count < all.count || isCut);
  tried.complete = bound === none;
  tried.bound = Math.min(least, bound);
  return tried;
}
