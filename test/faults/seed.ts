/** Chance that can be repeated: printed when it begins, chosen by `PORTOLAN_TEST_SEED`. */
import { randomInt } from 'node:crypto';

export interface SeededChance {
  readonly seed: number;
  /** A whole number from 0 up to `limit`, exclusive. */
  below(limit: number): number;
}

/** Opens a stream of chance and says its seed, so that a failure can be run again. */
export function seededChance(what: string): SeededChance {
  const seed = Number(process.env.PORTOLAN_TEST_SEED ?? randomInt(2 ** 31));
  console.info(`${what}: PORTOLAN_TEST_SEED=${seed}`);
  let state = seed >>> 0;
  return {
    seed,
    // Mulberry32: 32 bits of state are enough to choose moments by.
    below: (limit) => {
      state = (state + 0x6d2b79f5) >>> 0;
      let bits = Math.imul(state ^ (state >>> 15), state | 1);
      bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
      return ((bits ^ (bits >>> 14)) >>> 0) % limit;
    },
  };
}
