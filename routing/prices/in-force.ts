/**
 * Which prices a decision uses: the solved ones times the blend factor κ, capped, while they are
 * fresh; none at all (plain greedy) once they are stale or were never solved.
 */

/** Solved prices with what bounds them. Both arrays have one entry per resource. */
export interface SolvedPrices {
  readonly solved_at_seconds: number;
  readonly prices: Float64Array;
  /** Largest sensible price (see {@link regretCaps}). */
  readonly caps: Float64Array;
}

/** How far solved prices are trusted. */
export interface Trust {
  /** κ in [0, 1]: 0 = greedy, 1 = the solved prices. */
  readonly blend: number;
  /** Age in seconds from which prices no longer count. */
  readonly stale_after_seconds: number;
}

/** The prices in force at an instant (epoch seconds); undefined = decide greedily. O(resources). */
export function pricesInForce(
  solved: SolvedPrices | undefined,
  trust: Trust,
  at_seconds: number,
): Float64Array | undefined {
  if (solved === undefined || trust.blend <= 0) return undefined;
  if (at_seconds - solved.solved_at_seconds >= trust.stale_after_seconds) return undefined;
  return solved.prices.map((price, r) => Math.min(trust.blend * price, solved.caps[r]!));
}
