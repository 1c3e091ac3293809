/** Seeded chance: the same seed gives the same numbers on any machine. */

/** A stream of seeded random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  readonly next: () => number;
  /** Uniform integer in [low, high]. */
  readonly between: (low: number, high: number) => number;
  /** One element of a non-empty list. */
  readonly pick: <T>(list: readonly T[]) => T;
  /** True with the given probability. */
  readonly chance: (probability: number) => boolean;
  /** `count` different elements, in the list's order (all if the list is shorter). */
  readonly sample: <T>(list: readonly T[], count: number) => T[];
}

/** Mulberry32 by Tommy Ettinger: 32 bits of state, good enough for test data. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number =>
    low + Math.floor(next() * (high - low + 1));
  const sample = <T>(list: readonly T[], count: number): T[] => {
    let needed = Math.min(count, list.length);
    // Selection sampling (Knuth, volume 2, algorithm S) keeps the order.
    return list.filter((_, i) => {
      const take = needed > 0 && next() * (list.length - i) < needed;
      if (take) needed--;
      return take;
    });
  };
  return {
    next,
    between,
    pick: (list) => list[between(0, list.length - 1)]!,
    chance: (probability) => next() < probability,
    sample,
  };
}

/**
 * A number in [0, 1) that follows from a seed and from what it is for, and from nothing else: the
 * same whoever asks, in whatever order. FNV-1a over the words, finished by MurmurHash3's mixer.
 */
export function chanceOf(seed: number, ...words: readonly (string | number)[]): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const word of words) {
    const text = `${word}\n`;
    for (let at = 0; at < text.length; at += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    }
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A stream of numbers that follows from a seed and from what it is for. */
export function randomFor(seed: number, ...words: readonly (string | number)[]): Random {
  return seededRandom(Math.floor(chanceOf(seed, ...words) * 2 ** 32));
}
