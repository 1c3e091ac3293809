/** A stream of chance from a number, so that what was sampled can be sampled again. */
import type { Chance } from './types.ts';

/**
 * Uniform numbers in [0, 1): Mulberry32 by Tommy Ettinger (public domain), 32 bits of state. O(1) a number.
 */
export function seededChance(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
