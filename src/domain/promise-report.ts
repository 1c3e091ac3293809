/** Statistics of the report on promises. */

/** Standard normal quantile at 0.975: 95 % of a normal lie within. */
const Z = 1.959964;

/**
 * Bounds, with 95 %, of the share that `kept` of `due` came from; null without any. Wilson: Probable
 * inference, the law of succession, JASA 22 (1927): right also near 0 and 1, where promises live.
 */
export function keptInterval(kept: number, due: number): readonly [number, number] | null {
  if (due === 0) return null;
  const share = kept / due;
  const square = Z * Z;
  const centre = share + square / (2 * due);
  const half = Z * Math.sqrt((share * (1 - share)) / due + square / (4 * due * due));
  const whole = 1 + square / due;
  return [Math.max(0, (centre - half) / whole), Math.min(1, (centre + half) / whole)];
}
