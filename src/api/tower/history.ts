/**
 * Figures over time: a ring of buckets of the engine's clock, each with what was counted in it and how
 * things stood at its end. Pure; time is an argument.
 */

import type { RiskChange } from '../../../db/tower-history.ts';

/** Buckets that are kept. */
export const HISTORY_BUCKETS = 180;
/** Bucket widths (s) that people can name. */
const WIDTHS = [10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];
/** A bucket should last this long (s) for somebody who looks at it. */
const SEEN_SECONDS = 2.5;

/** The width for an engine whose clock runs `rate` times as fast as the viewer's. */
export function bucketSeconds(rate: number): number {
  return WIDTHS.find((width) => width >= rate * SEEN_SECONDS) ?? WIDTHS.at(-1)!;
}

/** What happened in a bucket. */
export interface Counts {
  accepted: number;
  decided: number;
  /** Decisions of more than one parcel. */
  split: number;
  /** Sum of the decided plans, minor units. */
  cost: number;
  /** Orders that found no stock. */
  stock_outs: number;
  /** Orders that ended. */
  ended: number;
  /** Promises that broke. */
  breaches: number;
  delivered: number;
  /** Parcels delivered by their promise. */
  on_time: number;
  /** Decisions whose times are known, and those times. */
  timed: number;
  elapsed_us: number;
  elapsed_us_max: number;
  /** Largest share of its time that an order waited for its decision. */
  budget_share_max: number;
}

/** How things stood; null = not known, because nobody was looking. */
export interface Levels {
  readonly open: number | null;
  readonly at_risk: number | null;
  readonly breached: number | null;
  readonly queue_age_seconds: number | null;
}

export interface Bucket extends Counts {
  readonly start_seconds: number;
  levels: Levels;
}

export interface History {
  readonly bucket_seconds: number;
  /** The bucket an instant falls into; null when it is older than the ring. */
  at(seconds: number): Bucket | null;
  /** Every bucket up to `now`, the oldest first, those without events included. */
  until(now: number): readonly Bucket[];
}

const UNKNOWN: Levels = { open: null, at_risk: null, breached: null, queue_age_seconds: null };

/** A history whose newest bucket moves with the instants it is asked for. */
export function openHistory(bucket_seconds: number, now: number): History {
  const ring = new Map<number, Bucket>();
  const keyOf = (seconds: number) => Math.floor(seconds / bucket_seconds);
  let newest = keyOf(now);
  const advance = (to: number) => {
    if (to <= newest) return;
    newest = to;
    for (const key of ring.keys()) if (key <= newest - HISTORY_BUCKETS) ring.delete(key);
  };
  const bucketOf = (key: number): Bucket => {
    let bucket = ring.get(key);
    if (bucket === undefined) {
      bucket = newBucket(key * bucket_seconds);
      ring.set(key, bucket);
    }
    return bucket;
  };
  return {
    bucket_seconds,
    at: (seconds) => {
      const key = keyOf(seconds);
      advance(key);
      return key <= newest - HISTORY_BUCKETS ? null : bucketOf(key);
    },
    until: (seconds) => {
      advance(keyOf(seconds));
      return Array.from({ length: HISTORY_BUCKETS }, (_, at) =>
        bucketOf(newest - HISTORY_BUCKETS + 1 + at),
      );
    },
  };
}

function newBucket(start_seconds: number): Bucket {
  return {
    ...{ start_seconds, levels: UNKNOWN, accepted: 0, decided: 0, split: 0, cost: 0 },
    ...{ stock_outs: 0, ended: 0, breaches: 0, delivered: 0, on_time: 0 },
    ...{ timed: 0, elapsed_us: 0, elapsed_us_max: 0, budget_share_max: 0 },
  };
}

/**
 * Fills in how many orders were open at the end of each bucket before the last: those open now, less
 * those that came since, and those that ended since. Only back to `from_seconds`.
 */
export function rebuildOpen(buckets: readonly Bucket[], open_now: number, from_seconds: number) {
  let open = open_now;
  for (const bucket of buckets.toReversed()) {
    if (bucket.start_seconds < from_seconds) return;
    bucket.levels = { ...bucket.levels, open: bucket.levels.open ?? open };
    open = Math.max(0, open - bucket.accepted + bucket.ended);
  }
}

/**
 * Fills in how many parcels were at risk and broken at the end of each bucket before the last, from the
 * changes of those counts between buckets. Only back to `from_seconds`; what was seen stands.
 */
export function rebuildRisks(
  buckets: readonly Bucket[],
  changes: readonly RiskChange[],
  from_seconds: number,
) {
  const width = buckets.length < 2 ? 1 : buckets[1]!.start_seconds - buckets[0]!.start_seconds;
  const byBucket = new Map(changes.map((change) => [change.bucket, change]));
  let [at_risk, breached] = [0, 0];
  for (const bucket of buckets.slice(0, -1)) {
    const change = byBucket.get(Math.floor(bucket.start_seconds / width));
    at_risk += change?.at_risk ?? 0;
    breached += change?.breached ?? 0;
    if (bucket.start_seconds < from_seconds) continue;
    const { levels } = bucket;
    const seen = { at_risk: levels.at_risk ?? at_risk, breached: levels.breached ?? breached };
    bucket.levels = { ...levels, ...seen };
  }
}

/** Counts a delivered parcel in its bucket: on time is by its promise. */
export function countDelivered(
  history: History,
  parcel: { delivered_seconds: number | null; promise_seconds: number },
): void {
  const { delivered_seconds, promise_seconds } = parcel;
  const bucket = delivered_seconds === null ? null : history.at(delivered_seconds);
  if (bucket === null) return;
  bucket.delivered += 1;
  if (delivered_seconds! <= promise_seconds) bucket.on_time += 1;
}
