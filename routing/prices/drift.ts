/** Whether orders come otherwise than forecast, so that prices should not wait for their hour. */

/** Deviations of a Poisson number that do not happen by chance: once in 16,000 looks. */
const DEVIATIONS = 4;
/** What is less than this share of the forecast changes no price worth mentioning. */
const LEAST_SHARE = 0.25;

/** True if `seen` orders are too many or too few for `expected` ones, by chance and by size. O(1). */
export function hasDrifted(seen: number, expected: number): boolean {
  const off = Math.abs(seen - expected);
  return off > DEVIATIONS * Math.sqrt(expected + 1) && off > LEAST_SHARE * expected;
}
