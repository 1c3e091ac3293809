/** Reads a distribution at the library's levels. */
import { LEVELS } from '../routing/promise/duration-sketch.ts';

/** Seconds at levels of a distribution given by points; straight lines between, its ends beyond. */
export function quantilesAt(
  probability: ArrayLike<number>,
  seconds: ArrayLike<number>,
  levels: readonly number[] = LEVELS,
): number[] {
  return levels.map((level) => {
    let i = 0;
    while (i < probability.length && probability[i]! < level) i++;
    if (i === 0) return seconds[0]!;
    if (i === probability.length) return seconds[i - 1]!;
    const share = (level - probability[i - 1]!) / (probability[i]! - probability[i - 1]!);
    return seconds[i - 1]! + share * (seconds[i]! - seconds[i - 1]!);
  });
}
