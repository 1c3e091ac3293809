/** Numbers on the command line, with the limits they must keep. */
import { UsageError } from './command.ts';

/** A whole number given as `--name`, or undefined; throws what was got and expected. */
export function readCount(
  name: string,
  given: string | undefined,
  { min = 1, max }: { readonly min?: number; readonly max: number },
): number | undefined {
  if (given === undefined) return undefined;
  const value = Number(given);
  if (/^\d+$/.test(given) && value >= min && value <= max) return value;
  throw new UsageError(`--${name}: got ${given}, expected a whole number from ${min} to ${max}`);
}
