/** Arrivals of an instance: one period, one draw; the rates may change over time. */
import { seededRandom } from '../../src/simulation/random.ts';
import type { MaClasses } from './ma-classes.ts';
import type { MaInstance } from './ma-instance.ts';

/** Rates per class in a period; piecewise constant. */
export interface Rates {
  /** First period of each piece, ascending from 0. */
  readonly from: readonly number[];
  readonly perPeriod: readonly Float64Array[];
}

/** Rates of an instance, each type's multiplied by its factor (the empty order's stays). */
export function ratesOf(
  instance: MaInstance,
  classes: MaClasses,
  factorOf: (type: number) => number = () => 1,
): Rates {
  const { typeProbability: pieces, cityShare, periods } = instance;
  const perPeriod = pieces.map((probability) => {
    const weights = probability.map((p, q) => p * (q === 0 ? 1 : factorOf(q)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const rate = (q: number, c: number) => (weights[q]! / total) * cityShare[classes.city[c]!]!;
    return Float64Array.from(classes.type, rate);
  });
  return {
    from: pieces.map((_, piece) => Math.round((piece * periods) / pieces.length)),
    perPeriod,
  };
}

/** Expected orders per class from period `from` up to `until`. O(classes × pieces) */
export function expectedOrders(rates: Rates, from: number, until: number): Float64Array {
  const expected = new Float64Array(rates.perPeriod[0]!.length);
  rates.perPeriod.forEach((perPeriod, piece) => {
    const start = Math.max(from, rates.from[piece]!);
    const end = Math.min(until, rates.from[piece + 1] ?? Number.POSITIVE_INFINITY);
    if (end <= start) return;
    for (let c = 0; c < expected.length; c++) expected[c]! += perPeriod[c]! * (end - start);
  });
  return expected;
}

/** Class of each period's order; −1 = the empty order. */
export function drawArrivals(rates: Rates, periods: number, seed: number): Int32Array {
  const random = seededRandom(seed);
  const cumulative = rates.perPeriod.map((perPeriod) => {
    let sum = 0;
    return perPeriod.map((rate) => {
      sum += rate;
      return sum;
    });
  });
  return Int32Array.from({ length: periods }, (_, t) => {
    const piece = rates.from.findLastIndex((from) => from <= t);
    return classAt(cumulative[piece]!, random.next());
  });
}

/** First class whose cumulative rate exceeds `drawn`; −1 beyond the last. O(log classes) */
function classAt(cumulative: Float64Array, drawn: number): number {
  let low = 0;
  let high = cumulative.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > drawn) high = middle;
    else low = middle + 1;
  }
  return low < cumulative.length ? low : -1;
}

/** Orders per class. */
export function countOrders(arrivals: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes);
  for (const c of arrivals) if (c >= 0) counts[c]!++;
  return counts;
}
