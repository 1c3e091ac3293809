/**
 * How plans are told apart where a solution is not whole: by a sum that a plan must have whole, which says
 * more than a single parcel does (Ryan and Foster 1981, "An integer programming approach to scheduling"),
 * or by when the last promise is.
 */
import type { Row } from './simplex-basis.ts';
import type { Pool } from './slot-pool.ts';
import { type Levels, NEAR, type Programme, rowOf, TIME } from './slot-rows.ts';

/** The sum most between two whole numbers, of those that `keyOf` makes of parcels. */
function partBy(pool: Pool, found: Levels, keyOf: (j: number) => number): Row[] | undefined {
  const { count } = pool;
  const sums = new Map<number, number>();
  for (const [j, level] of found) {
    if (j < count) sums.set(keyOf(j), (sums.get(keyOf(j)) ?? 0) + level);
  }
  let [far, key, sum] = [NEAR, -1, 0];
  for (const [own, at] of sums) {
    const off = Math.abs(at - Math.round(at));
    if (off > far) [far, key, sum] = [off, own, at];
  }
  if (far === NEAR) return undefined;
  const low = rowOf(count, (j) => (keyOf(j) === key ? 1 : 0), Math.floor(sum));
  const high = rowOf(count, (j) => (keyOf(j) === key ? -1 : 0), -Math.ceil(sum));
  return sum - Math.floor(sum) > 0.5 ? [high, low] : [low, high];
}

/**
 * Two rows that no solution like this one meets, and one of which every plan meets; undefined if it is whole.
 * O(parcels).
 */
export function part({ pool, joint }: Programme, found: Levels): Row[] | undefined {
  const { option, mask } = pool;
  const [picks, , , service] = pool.slots;
  const by = (keyOf: (j: number) => number) => partBy(pool, found, keyOf);
  return (
    by((j) => joint.options.warehouse[option[j]!]!) ??
    by((j) => mask[j]!) ??
    by((j) => service.slot[option[j]!]!) ??
    by((j) => picks.slot[option[j]!]!) ??
    by((j) => j)
  );
}

/** Rows of plans that end by the middle of two times (minor units), and of those that do not. O(parcels). */
export function partTime({ pool, scale }: Programme, from: number, to: number): Row[] {
  let [before, after] = [0, to];
  for (const time of pool.time) {
    if (time <= (from + to) / 2) before = Math.max(before, time);
    else after = Math.min(after, time);
  }
  return [
    rowOf(pool.count, (j) => (pool.time[j]! > before ? 1 : 0), 0),
    // In minor units: by the scale of time a second would be too little to tell.
    rowOf(0, () => 0, -after, { more: [[pool.count + TIME, -scale]] }),
  ];
}
