/** Samples from a stream of uniform numbers: Poisson, binomial, normal. */
import type { Chance } from './types.ts';

/** Mean above which a Poisson number is drawn by halves: the product method would underflow. */
const POISSON_STEP = 30;

/** A Poisson number with the given mean ≥ 0. O(mean); exact (Knuth, volume 2, 3.4.1). */
export function samplePoisson(chance: Chance, mean: number): number {
  let count = 0;
  let left = mean;
  while (left > POISSON_STEP) {
    // A sum of independent Poisson numbers is one; each part is small enough for the product.
    count += samplePoisson(chance, POISSON_STEP);
    left -= POISSON_STEP;
  }
  if (left <= 0) return count;
  const limit = Math.exp(-left);
  for (let product = chance(); product > limit; product *= chance()) count++;
  return count;
}

/** How many of `trials` independent trials succeed. O(trials); exact. */
export function sampleBinomial(chance: Chance, trials: number, probability: number): number {
  if (probability >= 1) return trials;
  if (probability <= 0) return 0;
  let count = 0;
  for (let i = 0; i < trials; i++) if (chance() < probability) count++;
  return count;
}

/** A standard normal number (Box and Muller 1958). */
export function sampleNormal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
}
