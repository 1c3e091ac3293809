/**
 * The checker's view of arriving: when a parcel picked up at an instant is at the door, as a
 * distribution, and how late that is.
 */
import type { Clock } from './checker-clock.ts';
import {
  QUIET_PART,
  type QuietHoursInput,
  type TransitTimeInput,
  WAIT_SHARES,
  type ZoneInput,
} from './types.ts';

type Points = TransitTimeInput['quantiles'];

/** What follows from a pickup; instants are epoch seconds. */
export interface Arrival {
  readonly promise: number;
  readonly expected: number;
  readonly law: DoorLaw;
}

/**
 * The distribution of the instant at the door, in parts in order of time, each uniform on its span
 * (one instant where the span is empty): `ends`, and flat in `rest` its start, its probability, the
 * probability of all later parts, and their mean past `first` times that.
 */
export interface DoorLaw {
  readonly ends: readonly number[];
  readonly rest: readonly number[];
  readonly first: number;
  readonly last: number;
}

/** Seconds by which a share of the parcels has come; straight lines between the points. O(points). */
export function quantile(points: Points, share: number): number {
  const above = points.findIndex(([probability]) => probability >= share);
  if (above < 0) return points.at(-1)![1];
  if (above === 0) return points[0]![1];
  const [p0, x0] = points[above - 1]!;
  const [p1, x1] = points[above]!;
  return x0 + ((share - p0) / (p1 - p0)) * (x1 - x0);
}

/**
 * Points of a time that begins with a wait: for each point's probability the least instant by which so
 * many of all (wait, transit) pairs have come, times the point's stretch. The distribution function of the
 * sum is a broken line; its corners are put in order and it is walked along. O(corners log corners).
 */
export function afterWait(
  { quantiles, learned }: Pick<TransitTimeInput, 'quantiles' | 'learned'>,
  waits: readonly number[],
): Points {
  const seen = quantiles.map(([, seconds], i) => learned?.transit_seconds[i] ?? seconds);
  const corners: { at: number; jump: number; slope: number }[] = [];
  const shares = new Map<number, number>();
  waits.forEach((wait, w) => {
    shares.set(wait, (shares.get(wait) ?? 0) + WAIT_SHARES[w]!);
  });
  shares.forEach((share, wait) => {
    const last = seen.length - 1;
    corners.push({ at: wait + seen[0]!, jump: share * quantiles[0]![0], slope: 0 });
    corners.push({ at: wait + seen[last]!, jump: share * (1 - quantiles[last]![0]), slope: 0 });
    for (let i = 1; i <= last; i++) {
      const [from, to] = [wait + seen[i - 1]!, wait + seen[i]!];
      const mass = share * (quantiles[i]![0] - quantiles[i - 1]![0]);
      if (to - from < 1e-9) corners.push({ at: from, jump: mass, slope: 0 });
      else {
        corners.push({ at: from, jump: 0, slope: mass / (to - from) });
        corners.push({ at: to, jump: 0, slope: -mass / (to - from) });
      }
    }
  });
  corners.sort((a, b) => a.at - b.at);
  let [i, at, sum, slope] = [0, corners[0]!.at, 0, 0];
  let least = 0;
  return quantiles.map(([probability], point): [number, number] => {
    for (; i < corners.length; i++) {
      const corner = corners[i]!;
      const before = sum + slope * (corner.at - at);
      if (before >= probability - 1e-12) break;
      sum = before + corner.jump;
      slope += corner.slope;
      at = corner.at;
      if (sum >= probability - 1e-12) {
        i++;
        break;
      }
    }
    const reached = sum >= probability - 1e-12 ? at : at + (probability - sum) / slope;
    const stretch = learned?.stretch[point] ?? 1;
    least = Math.max(least, Math.ceil(Math.ceil(reached - 1e-6) * stretch - 1e-6));
    return [probability, least];
  });
}

/**
 * What is promised at a confidence, by times in which shares of the parcels come; of a service with quiet
 * hours, by which nearly as many come at the beginning of a run of them as in it. O(runs + days).
 */
export function promised(
  clock: Clock,
  zone: ZoneInput,
  runs: QuietHoursInput['runs'] | undefined,
  comes: (share: number) => number,
  confidence: number,
): number {
  const stated = comes(confidence);
  if (runs === undefined || runs.length === 0) return clock.door(zone, stated);
  const since = clock.quietSince(zone, runs, stated);
  const least = clock.door(zone, comes(confidence - QUIET_PART * (1 - confidence)));
  return Math.max(least, clock.doorOrClosing(zone, since));
}

/** The arrival of a pickup, promised at a confidence. O(points × days). */
export function arrive(
  clock: Clock,
  zone: ZoneInput,
  points: Points,
  pickup: number,
  confidence: number,
  runs?: QuietHoursInput['runs'],
): Arrival {
  const comes = (share: number) => Math.ceil(pickup + quantile(points, share) - 1e-6);
  const promise = promised(clock, zone, runs, comes, confidence);
  const expected = Math.min(clock.door(zone, comes(0.5)), promise);
  return { promise, expected, law: doorLaw(clock, zone, points, pickup) };
}

/**
 * The distribution of the instant at the door of a pickup: transit times are uniform between their
 * points, and who comes before a door is answered waits for it. O(points × days).
 */
export function doorLaw(clock: Clock, zone: ZoneInput, points: Points, pickup: number): DoorLaw {
  const ends: number[] = [];
  const rest: number[] = [];
  const add = (from: number, to: number, probability: number): void => {
    const i = ends.length - 1;
    // Several waits for one door are one part.
    if (i >= 0 && rest[4 * i] === to && from === to) rest[4 * i + 1]! += probability;
    else if (probability > 0) {
      ends.push(to);
      rest.push(from, probability, 0, 0);
    }
  };
  const [p0, x0] = points[0]!;
  const [pn, xn] = points.at(-1)!;
  const spans = clock.doors(zone, pickup + x0, pickup + xn);
  const first = clock.door(zone, pickup + x0);
  const last = clock.door(zone, pickup + xn);
  add(first, first, p0);
  for (let i = 1; i < points.length; i++) {
    const [pa, xa] = points[i - 1]!;
    const [pb, xb] = points[i]!;
    const [from, to] = [pickup + xa, pickup + xb];
    if (xb - xa < 1e-9) add(clock.door(zone, from), clock.door(zone, from), pb - pa);
    else addUniform(add, spans, [from, to], (pb - pa) / (to - from));
  }
  add(last, last, 1 - pn);
  for (let i = 4 * ends.length - 8; i >= 0; i -= 4) {
    const middle = (rest[i + 4]! + ends[i / 4 + 1]!) / 2 - first;
    rest[i + 2] = rest[i + 6]! + rest[i + 5]!;
    rest[i + 3] = rest[i + 7]! + rest[i + 5]! * middle;
  }
  return { ends, rest, first, last };
}

/** Adds arrivals uniform on a span, as the doors answer them. */
function addUniform(
  add: (from: number, to: number, probability: number) => void,
  spans: readonly (readonly [number, number])[] | undefined,
  [from, to]: readonly [number, number],
  density: number,
): void {
  let at = from;
  for (const [opens, closes] of spans ?? []) {
    if (closes <= at) continue;
    const waits = Math.min(to, opens);
    if (waits > at) add(opens, opens, (waits - at) * density);
    at = Math.max(at, waits);
    const until = Math.min(to, closes);
    if (until > at) add(at, until, (until - at) * density);
    at = Math.max(at, until);
    if (at >= to) break;
  }
  if (at < to) add(at, to, (to - at) * density);
}

/** The first part that does not end by `due`, or the last one. O(log parts). */
function partAfter(ends: readonly number[], due: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! <= due) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** E(seconds at the door past `due`). O(log parts). */
export function meanLateness({ ends, rest, first, last }: DoorLaw, due: number): number {
  if (last <= due) return 0;
  const part = partAfter(ends, due);
  const i = 4 * part;
  const from = rest[i]!;
  const to = Math.max(due, ends[part]!);
  const since = Math.max(from, due);
  const share = to > from ? (to - since) / (to - from) : 1;
  const here = rest[i + 1]! * share * ((since + to) / 2 - due);
  return here + rest[i + 3]! - rest[i + 2]! * (due - first);
}

/** P(at the door by `due`). O(log parts). */
export function shareInTime({ ends, rest, last }: DoorLaw, due: number): number {
  if (last <= due) return 1;
  const part = partAfter(ends, due);
  const i = 4 * part;
  const from = rest[i]!;
  const to = Math.max(due, ends[part]!);
  const share = to > from ? (to - Math.max(from, due)) / (to - from) : 1;
  return 1 - rest[i + 2]! - rest[i + 1]! * share;
}
