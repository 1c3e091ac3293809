/** Statistics of a policy beside another one: paired differences with their interval. */

/** Differences of pairs: how many, their mean and standard deviation (of the sample). */
export interface PairedDifferences {
  readonly pairs: number;
  readonly mean: number;
  readonly deviation: number;
}

/** Standard normal quantile at 0.975. */
const Z = 1.959964;

/**
 * Bounds of the mean difference with 95 %, by Student's t; null for fewer than five pairs, of which
 * nothing can be said. The quantile by Abramowitz and Stegun 26.7.5: exact to 0.01 from four degrees
 * of freedom on.
 */
export function meanInterval({
  pairs,
  mean,
  deviation,
}: PairedDifferences): readonly [number, number] | null {
  if (pairs < 5) return null;
  const free = pairs - 1;
  const t =
    Z +
    (Z ** 3 + Z) / (4 * free) +
    (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * free ** 2) +
    (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / (384 * free ** 3);
  const half = (t * deviation) / Math.sqrt(pairs);
  return [mean - half, mean + half];
}
