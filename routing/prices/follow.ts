/**
 * Prices between solves: a resource used faster than planned gets dearer, one used slower cheaper,
 * λ ← max(0, λ + η (used − planned)). A subgradient step of the dual; sources: Balseiro, Lu and
 * Mirrokni, Operations Research 2023; Sun et al., arXiv 2412.09594 (re-solve rarely, follow in
 * between). η is money per unit: about 0.1 % of a parcel's fee is a good start, 20 % hurts.
 */

/** Moves `prices` in place. All arrays have one entry per resource. O(resources) */
export function followPrices(
  prices: Float64Array,
  used: Float64Array,
  planned: Float64Array,
  eta: number,
): void {
  for (let r = 0; r < prices.length; r++) {
    prices[r] = Math.max(0, prices[r]! + eta * (used[r]! - planned[r]!));
  }
}
