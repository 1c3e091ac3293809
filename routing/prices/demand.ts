/**
 * Learning how wrong a forecast is. Classes belong to groups (a SKU set, a SKU × region) whose
 * orders come as a Poisson process with rate forecast × factor; the factor of a group is Gamma
 * distributed with mean 1 before anything is seen, and with
 *
 *   mean  (shape + orders seen) / (shape + orders forecast)
 *
 * after (Gamma–Poisson conjugacy). `shape` is the weight of the forecast in orders: 1 / cv² for a
 * forecast whose relative error has coefficient of variation cv; infinite = the forecast is right.
 * Seasonality lives in the forecast, so orders forecast and seen are always of the same hours.
 */

/** Weight of a forecast in orders, from the coefficient of variation of its relative error. O(1). */
export function shapeOfError(cv: number): number {
  return cv > 0 ? 1 / (cv * cv) : Number.POSITIVE_INFINITY;
}

/** Coefficient of variation of a log-normal error, √(exp σ² − 1), σ that of the logarithm. O(1). */
export function cvOfLogNormal(sigma: number): number {
  return Math.sqrt(Math.expm1(sigma * sigma));
}

/** What has been seen of each group. All arrays have one entry per group. */
export interface DemandRecord {
  readonly shape: number;
  readonly seen: Float64Array;
  readonly forecast: Float64Array;
}

/** A record of nothing yet: `shape` is the weight of the forecast, in orders. O(groups). */
export function openDemand(groups: number, shape: number): DemandRecord {
  return { shape, seen: new Float64Array(groups), forecast: new Float64Array(groups) };
}

/** Posterior mean factor of a group: (shape + seen) / (shape + forecast), Gamma–Poisson. O(1). */
export function demandFactor(record: DemandRecord, group: number): number {
  const { shape, seen, forecast } = record;
  if (shape === Number.POSITIVE_INFINITY) return 1;
  const weight = shape + forecast[group]!;
  return weight > 0 ? (shape + seen[group]!) / weight : 1;
}

/**
 * A quantile of the posterior of a group's factor: `z` is the standard normal deviate of the wanted
 * probability (0 = about the median). Futures that each keep a deviate of their own spread as far as
 * the factor is still unknown. Wilson and Hilferty's cube-root approximation (1931), cut at 0. O(1).
 */
export function demandFactorAt(record: DemandRecord, group: number, z: number): number {
  const { shape, seen, forecast } = record;
  if (shape === Number.POSITIVE_INFINITY) return 1;
  const evidence = shape + seen[group]!;
  const weight = shape + forecast[group]!;
  if (evidence <= 0 || weight <= 0) return 1;
  const root = 1 - 1 / (9 * evidence) + z / (3 * Math.sqrt(evidence));
  return (evidence * Math.max(0, root) ** 3) / weight;
}

/** Adds what a period brought against what was forecast for it. O(1). */
export function recordDemand(
  record: DemandRecord,
  group: number,
  seen: number,
  forecast: number,
): void {
  record.seen[group]! += seen;
  record.forecast[group]! += forecast;
}

/** Lets old evidence count less: both sums keep the given share, in (0, 1]. O(groups). */
export function fadeDemand(record: DemandRecord, keep: number): void {
  for (let g = 0; g < record.seen.length; g++) {
    record.seen[g]! *= keep;
    record.forecast[g]! *= keep;
  }
}

/**
 * Expected orders per class: the forecast times the learned factor of the class's group, or, with
 * one deviate per group, times that quantile of it. O(classes + groups).
 */
export function learnedDemand(
  record: DemandRecord,
  groupOf: ArrayLike<number>,
  forecast: Float64Array,
  deviates?: Float64Array,
): Float64Array {
  const factors = record.seen.map((_, g) =>
    deviates === undefined ? demandFactor(record, g) : demandFactorAt(record, g, deviates[g]!),
  );
  return forecast.map((orders, c) => orders * factors[groupOf[c]!]!);
}
