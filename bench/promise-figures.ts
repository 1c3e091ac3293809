/**
 * What promises were worth: share kept, days promised, and both against the retailer's own, with 95 %
 * intervals by resampling whole weeks (deliveries of one week share their weather and their strikes).
 */
import { LEVELS } from '../routing/promise/duration-sketch.ts';
import { DAY_SECONDS } from '../routing/types.ts';
import { seededRandom } from '../src/simulation/random.ts';
import type { Promised } from './promise-replay.ts';

const RESAMPLES = 400;
/** Halvings of a factor's range until a second of a month is sure. */
const HALVINGS = 24;

const mean = <T>(rows: readonly T[], of: (row: T) => number): number =>
  rows.reduce((sum, row) => sum + of(row), 0) / rows.length;

const hasArrived = ({ order }: Promised): boolean => order.delivered !== null;
const taken = ({ order }: Promised): number => order.delivered! - order.purchased;

/** Share of the arrived parcels that kept their promise at a level, by index into `LEVELS`. */
export function keptShare(rows: readonly Promised[], level: number): number {
  return mean(rows.filter(hasArrived), (row) => +(taken(row) <= row.seconds[level]!));
}

/** The same of all parcels, those that never arrived too, each row weighted as the data ask. */
export function keptShareOfAll(rows: readonly Promised[], level: number): number {
  const weight = rows.reduce((sum, { order }) => sum + order.weight, 0);
  const kept = rows.filter((row) => hasArrived(row) && taken(row) <= row.seconds[level]!);
  return kept.reduce((sum, { order }) => sum + order.weight, 0) / weight;
}

/** Mean days promised to the arrived parcels at a level. */
export function promisedDays(rows: readonly Promised[], level: number): number {
  return mean(rows.filter(hasArrived), ({ seconds }) => seconds[level]! / DAY_SECONDS);
}

/** How the retailer's date is read: kept until its last second, or until its first. */
export type Reading = 'end of the day' | 'start of the day';

const dateOf = ({ order }: Promised, reading: Reading): number =>
  (reading === 'end of the day' ? order.estimated_until : order.estimated_from) - order.purchased;

/** What the retailer's own estimates were worth on the arrived parcels. */
export function retailer(rows: readonly Promised[], reading: Reading) {
  const arrived = rows.filter(hasArrived);
  return {
    kept: mean(arrived, (row) => +(taken(row) <= dateOf(row, reading))),
    days: mean(arrived, (row) => dateOf(row, reading) / DAY_SECONDS),
  };
}

/** Share by which promises at a level are shorter than the retailer's estimates of the same parcels. */
export function shorterBy(rows: readonly Promised[], level: number, reading: Reading): number {
  return 1 - promisedDays(rows, level) / retailer(rows, reading).days;
}

/**
 * The same at equal reliability: all promises at `level` are stretched by the one factor with which
 * as many of these parcels would have kept them as kept the retailer's dates. Times are stretched, and
 * promises made of them as ever.
 */
export function shorterAtEqualReliability(
  rows: readonly Promised[],
  level: number,
  reading: Reading,
): number {
  const { kept, days } = retailer(rows, reading);
  const arrived = rows.filter(hasArrived);
  const factor = factorFor(arrived, level, kept);
  return 1 - mean(arrived, (row) => row.stretched(level, factor) / DAY_SECONDS) / days;
}

/** The least factor on all times with which a share of these parcels keeps what is then promised. */
export function factorFor(arrived: readonly Promised[], level: number, share: number): number {
  const stretches = arrived.map((row) => leastFactor(row, level)).sort((a, b) => a - b);
  const place = Math.min(stretches.length, Math.max(1, Math.ceil(share * stretches.length)));
  return stretches[place - 1]!;
}

const known = new WeakMap<Promised, Map<number, number>>();

/** The least factor on all times with which a parcel would have kept its promise at a level. */
function leastFactor(row: Promised, level: number): number {
  const factors = known.get(row) ?? new Map<number, number>();
  known.set(row, factors);
  const found = factors.get(level);
  if (found !== undefined) return found;
  let [low, high] = [0, 1];
  while (row.stretched(level, high) < taken(row)) high *= 2;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (row.stretched(level, middle) < taken(row)) low = middle;
    else high = middle;
  }
  factors.set(level, high);
  return high;
}

/** Middle 95 % of a figure over resampled weeks of purchase. */
export function interval(
  rows: readonly Promised[],
  figure: (rows: readonly Promised[]) => number,
  seed: number,
): readonly [number, number] {
  const weeks = [
    ...Map.groupBy(rows, ({ order }) => Math.floor(order.purchased / (7 * DAY_SECONDS))).values(),
  ];
  const random = seededRandom(seed);
  const values = Array.from({ length: RESAMPLES }, () =>
    figure(weeks.flatMap(() => random.pick(weeks))),
  ).sort((a, b) => a - b);
  return [values[Math.floor(RESAMPLES * 0.025)]!, values[Math.floor(RESAMPLES * 0.975)]!];
}

/** Index of a probability in `LEVELS`. */
export const levelOf = (probability: number): number => LEVELS.indexOf(probability);
