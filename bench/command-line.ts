/** What stands on the command line of a bench: `--record`, and options as `--name=value`. */

/** Whether figures are to be written to `bench/results.md`. */
export const isRecording = process.argv.includes('--record');

/** Value of an option, undefined without it. O(words). */
export const option = (name: string): string | undefined =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(`--${name}=`.length);

/**
 * Seed of a bench: the one its record was made with, or `--seed=N`, for games that nobody has seen.
 * @throws RangeError for anything but a whole number, and where the figures would be recorded.
 */
export function benchSeed(usual: number): number {
  const asked = option('seed');
  if (asked === undefined) return usual;
  if (!/^\d{1,9}$/.test(asked)) {
    throw new RangeError(`--seed is ${asked}, expected a whole number of at most nine digits`);
  }
  if (isRecording) {
    throw new RangeError(`--seed is ${asked}, expected none with --record`);
  }
  return Number(asked);
}
