/**
 * How long properties run: `ROUTING_RUNS=20` makes twenty times as many runs, `ROUTING_SEED=7`
 * starts them elsewhere.
 */

/** Runs of a property that usually makes so many. */
export function runs(usual: number): number {
  return Math.max(1, Math.round(usual * Number(process.env.ROUTING_RUNS ?? 1)));
}

/** Seed of a property, printed when it fails. */
export function seedOf(usual: number): number {
  return Number(process.env.ROUTING_SEED ?? usual);
}
