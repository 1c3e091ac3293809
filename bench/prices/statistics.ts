/** Means with the uncertainty they have. */

/** A mean and the half-width of its 95 % interval (normal approximation). */
export interface Estimate {
  readonly mean: number;
  readonly half: number;
}

/** Mean of values that were drawn in groups: the interval counts whole groups as the sample, since
 * sequences of one instance resemble each other. One group falls back to its single values. */
export function estimate(groups: readonly (readonly number[])[]): Estimate {
  const all = groups.flat();
  const sample = groups.length > 1 ? groups.map(meanOf) : all;
  const mean = meanOf(all);
  const variance =
    sample.reduce((sum, x) => sum + (x - meanOf(sample)) ** 2, 0) / (sample.length - 1);
  return { mean, half: sample.length > 1 ? 1.96 * Math.sqrt(variance / sample.length) : 0 };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
