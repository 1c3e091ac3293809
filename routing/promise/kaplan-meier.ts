/**
 * Kaplan and Meier's estimate of a distribution from values of which some are only known to be larger
 * (censored): a parcel still on its way is no short journey, and not one to leave out either.
 * Kaplan, Meier: Nonparametric estimation from incomplete observations, JASA 53 (1958).
 */

/** One value: its place, its weight, and whether it was reached or is only a lower bound. */
export interface Lifetime {
  readonly value: number;
  readonly weight: number;
  readonly reached: boolean;
}

/** Runs of so many are put in order by insertion. */
const RUN = 8;

/** Values with their places, side by side. */
interface Places {
  readonly values: Float64Array;
  readonly places: Int32Array;
}

/**
 * Places of lifetimes in order, equal ones as they came; of equal values those reached come first: the
 * others were still at risk. A merge sort of columns: a calibration does little else, and with a
 * function that compares objects it takes several times as long.
 */
function inOrder(lifetimes: readonly Lifetime[]): Int32Array {
  const n = lifetimes.length;
  // Those reached come before the others, and a stable sort leaves them there.
  let from = { values: new Float64Array(n), places: new Int32Array(n) };
  let at = 0;
  for (const isReached of [true, false]) {
    for (let i = 0; i < n; i++) {
      const { value, reached } = lifetimes[i]!;
      if (reached === isReached) insert(from, at++, value, i);
    }
  }
  let into = { values: new Float64Array(n), places: new Int32Array(n) };
  for (let width = RUN; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      merge(from, into, start, Math.min(n, start + width), Math.min(n, start + 2 * width));
    }
    [from, into] = [into, from];
  }
  return from.places;
}

/** Puts a value where it belongs in its run, which ends at `end`. */
function insert({ values, places }: Places, end: number, value: number, place: number): void {
  const start = end - (end % RUN);
  let at = end;
  for (; at > start && values[at - 1]! > value; at--) {
    values[at] = values[at - 1]!;
    places[at] = places[at - 1]!;
  }
  values[at] = value;
  places[at] = place;
}

/** Merges two runs that lie side by side. */
function merge(from: Places, into: Places, start: number, middle: number, end: number): void {
  const { values, places } = from;
  const { values: merged, places: mergedPlaces } = into;
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    const isRight = left === middle || (right < end && values[left]! > values[right]!);
    const next = isRight ? right++ : left++;
    merged[at] = values[next]!;
    mergedPlaces[at] = places[next]!;
  }
}

/** Visits the reached values in order, with the probability of lying at or below each. */
function visit(
  lifetimes: readonly Lifetime[],
  step: (value: number, probability: number) => boolean,
): void {
  const sorted = inOrder(lifetimes);
  let atRisk = sorted.reduce((sum, place) => sum + lifetimes[place]!.weight, 0);
  let beyond = 1;
  for (const place of sorted) {
    const { value, weight, reached } = lifetimes[place]!;
    if (reached) {
      beyond *= Math.max(0, 1 - weight / atRisk);
      if (step(value, 1 - beyond)) return;
    }
    atRisk -= weight;
  }
}

/**
 * Smallest values at or below which at least each of the ascending probabilities lies. Where the
 * censored leave a probability open, the largest value seen stands in. O(n log n); NaN without any.
 * Kaplan and Meier 1958.
 */
export function survivalQuantiles(
  lifetimes: readonly Lifetime[],
  probabilities: readonly number[],
): number[] {
  const found: number[] = [];
  visit(lifetimes, (value, probability) => {
    while (found.length < probabilities.length && probability >= probabilities[found.length]!) {
      found.push(value);
    }
    return found.length === probabilities.length;
  });
  const largest = lifetimes.reduce((most, { value }) => Math.max(most, value), -Infinity);
  while (found.length < probabilities.length) {
    found.push(lifetimes.length === 0 ? Number.NaN : largest);
  }
  return found;
}

/**
 * Probability of lying at or below `limit`; 0 without any value reached by then. O(n log n). Kaplan and
 * Meier 1958.
 */
export function survivalProbability(lifetimes: readonly Lifetime[], limit: number): number {
  let reached = 0;
  visit(lifetimes, (value, probability) => {
    if (value <= limit) reached = probability;
    return value > limit;
  });
  return reached;
}
