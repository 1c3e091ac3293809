/** Samples from a stream of uniform numbers: Poisson, binomial, normal, and strata. */
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

/** Deviations below the mean at which the sum of probabilities begins: all below is less than 1e-20. */
const TAIL_DEVIATIONS = 10;

/** Probability that a Poisson number with the given mean is `count`: Stirling's series for large counts. */
function poissonChance(mean: number, count: number): number {
  if (count === 0) return Math.exp(-mean);
  const series = 1 / (12 * count) - 1 / (360 * count ** 3);
  const logFactorial = (count + 0.5) * Math.log(count) - count + Math.log(2 * Math.PI) / 2 + series;
  return Math.exp(count * Math.log(mean) - mean - logFactorial);
}

/**
 * The Poisson number at a probability `share` in [0, 1): the least whose cumulative one exceeds it.
 * O(√mean)
 */
export function poissonQuantile(mean: number, share: number): number {
  if (mean <= 0) return 0;
  const least = Math.floor(mean - TAIL_DEVIATIONS * Math.sqrt(mean));
  const most = mean + 2 * TAIL_DEVIATIONS * (1 + Math.sqrt(mean));
  let count = Math.max(0, least);
  let chance = poissonChance(mean, count);
  for (let sum = chance; sum <= share && count < most; sum += chance) {
    count++;
    chance *= mean / count;
  }
  return count;
}

/**
 * `count` uniform numbers, one in each stretch of 1 / count, in random order: a dimension of a Latin
 * hypercube (McKay, Beckman and Conover 1979), over which means of what is nearly a sum are exact.
 * O(count).
 */
export function stratifiedUniforms(chance: Chance, count: number): Float64Array {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(chance() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return Float64Array.from(order, (stretch) => (stretch + chance()) / count);
}

/** How many of `trials` independent trials succeed. O(trials); exact. */
export function sampleBinomial(chance: Chance, trials: number, probability: number): number {
  if (probability >= 1) return trials;
  if (probability <= 0) return 0;
  let count = 0;
  for (let i = 0; i < trials; i++) if (chance() < probability) count++;
  return count;
}

/** A standard normal number (Box and Muller 1958). O(1). */
export function sampleNormal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
}
