/** Seeded chance for the tests of promises; `ROUTING_SEED` asks for another seed. */
import { seedOf } from '../runs.ts';

/** The seed in use, to be printed in titles. */
export const SEED = seedOf(20261125);

/** A stream of seeded numbers (Mulberry32 by Tommy Ettinger). */
export function seeded(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    /** Uniform in [0, 1). */
    next,
    /** One element of a list that is not empty. */
    pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!,
    /** Standard normal (Box and Muller). */
    normal: (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}
