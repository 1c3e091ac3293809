/**
 * Prices between solves: a resource used faster than planned gets dearer, one used slower cheaper,
 * λ ← max(0, λ + η (used − planned)). A subgradient step of the dual; sources: Balseiro, Lu and
 * Mirrokni, Operations Research 2023; Sun et al., arXiv 2412.09594 (re-solve rarely, follow in
 * between). η is money per unit: about 0.1 % of a parcel's fee is a good start, 20 % hurts.
 */

/** Moves `prices` (minor units) in place. All arrays have one entry per resource. O(resources). */
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

/** A resource on its way from one solve to the next. Money is minor units. */
export interface Course {
  /** Price per unit, in [0, cap]. */
  readonly price: number;
  /** Units that the last solve plans to use from here to the horizon. */
  readonly planned: number;
  /** Units there are; only differences count, so units used, below 0, do as well. */
  readonly level: number;
  /** Most that a unit can be worth, see {@link regretCaps}. */
  readonly cap: number;
}

/** Share of the dearest price by which a unit used beyond the plan moves a price. */
const STEP_SHARE = 0.001;

/**
 * The courses after a stretch in which `share` of what was planned was due and the levels became
 * `levels` (one per course): prices follow what was used, never above their caps. Units that came in
 * count as not used: what there is more of is cheaper. O(courses).
 */
export function followCourses(
  courses: readonly Course[],
  levels: readonly number[],
  share: number,
): Course[] {
  const prices = Float64Array.from(courses, ({ price }) => price);
  const used = Float64Array.from(courses, ({ level }, r) => level - levels[r]!);
  const due = Float64Array.from(courses, ({ planned }) => planned * share);
  followPrices(prices, used, due, STEP_SHARE * prices.reduce((a, b) => Math.max(a, b), 0));
  return courses.map(({ planned, cap }, r) => ({
    price: Math.min(prices[r]!, cap),
    planned: planned - due[r]!,
    level: levels[r]!,
    cap,
  }));
}
