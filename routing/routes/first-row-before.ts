/** Rows of a profile in order of departure. */
import { CRITERIA } from './route-labels.ts';
import type { Profile, ProfileNetwork } from './route-profile.ts';

/** The first row of a way whose first departure by a timetable is before an instant. O(log rows). */
export function firstRowBefore(
  { legs }: ProfileNetwork,
  { columns: { criteria, leg, next }, anytimeRows }: Profile,
  until: number,
): number {
  const firstRun = (row: number): number => {
    let at = row;
    while (legs[leg[at]!]!.runs === undefined) at = next[at]!;
    return criteria[at * CRITERIA]!;
  };
  let low = anytimeRows;
  let high = leg.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (firstRun(middle) >= until) low = middle + 1;
    else high = middle;
  }
  return low;
}
