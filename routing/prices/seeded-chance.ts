/** Streams of chance from numbers and names, so that what was sampled can be sampled again. */
import { hashOfText } from '../text-hash.ts';
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

/** A number in [0, 1) that belongs to a text. O(length). */
export function shareOfText(text: string): number {
  let hash = hashOfText(text);
  // One more round spreads ids that differ in their last letters only.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

/** The stream of a name: the same whatever else has streams of this seed. O(length) and O(1) a number. */
export function namedChance(seed: number, name: string): Chance {
  return seededChance(shareOfText(`${seed} ${name}`) * 2 ** 32);
}
