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

const inOrder = (lifetimes: readonly Lifetime[]): Lifetime[] =>
  // Of equal values those reached come first: the censored ones were still at risk.
  [...lifetimes].sort((a, b) => a.value - b.value || +b.reached - +a.reached);

/** Visits the reached values in order, with the probability of lying at or below each. */
function visit(
  lifetimes: readonly Lifetime[],
  step: (value: number, probability: number) => boolean,
): void {
  const sorted = inOrder(lifetimes);
  let atRisk = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let beyond = 1;
  for (const { value, weight, reached } of sorted) {
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
