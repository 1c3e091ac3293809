/** Profiles when departures change: whether one is touched, and the part of it that is swept again. */

import { firstRowBefore } from './first-row-before.ts';
import { ProfileBefore } from './profile-before.ts';
import { CRITERIA, countReady, type LabelColumns, lastReady, NONE } from './route-labels.ts';
import {
  insertLabel,
  openSweep,
  type Profile,
  type ProfileNetwork,
  rideAll,
  type Span,
} from './route-profile.ts';

/** The first and the last departure that changed, epoch seconds. */
export interface Changed {
  readonly from: number;
  readonly until: number;
}

/**
 * The profile after departures have changed: rows of ways whose first departure is later are as they were,
 * since the sweep comes to them first, and so are those from where it meets what it was (`ProfileBefore`).
 * Equal to a sweep of all. O(rows + connections in between × labels²).
 */
export function resumeProfile(
  network: ProfileNetwork,
  before: Profile,
  span: Span,
  changed: Changed,
): Profile {
  const until = changed.until + 1;
  const { columns, anytime, anytimeRows } = before;
  const rows = firstRowBefore(network, before, until);
  const labels = before.labels.map((own) => own.slice(0, countReady(columns.criteria, own, until)));
  const sweep = { ...openSweep(network, before.target), anytime, anytimeRows, labels };
  sweep.store.beginWith(columns, rows, endOfFronts(columns, labels));
  // By legs that start at any time a way can begin before the instant and ride after it. What had beaten
  // such a way may be gone, so all that ever found a place are put back, in the order of then.
  for (let row = anytimeRows; row < rows; row++) {
    if (columns.criteria[row * CRITERIA]! >= until) continue;
    insertLabel(sweep.store, labels[network.legs[columns.leg[row]!]!.from]!, row);
  }
  const isByTimetable = sweep.into.every((legs) => legs.length === 0);
  const met = isByTimetable ? new ProfileBefore(network, before, rows, changed.from) : undefined;
  return rideAll(sweep, { from: span.from, until: Math.min(span.until, until) }, met);
}

/** The place of a pool where the fronts of some labels end: they were written before all others. */
function endOfFronts(
  { frontStart, frontSize }: LabelColumns,
  labels: readonly (readonly number[])[],
): number {
  let end = 0;
  for (const own of labels) {
    for (const row of own) end = Math.max(end, frontStart[row]! + frontSize[row]!);
  }
  return end;
}

/**
 * True if some way of a profile may use a departure that is gone; by leg, undefined where none is. O(rows).
 */
export function usesAny(
  { columns: { criteria, leg }, anytimeRows }: Profile,
  gone: readonly (ReadonlySet<number> | undefined)[],
): boolean {
  for (let row = anytimeRows; row < leg.length; row++) {
    // The rest of a way has a row of its own: the first leg of each is all there is to look at.
    if (gone[leg[row]!]?.has(criteria[row * CRITERIA]!)) return true;
  }
  return false;
}

/** A departure of a leg, by index. */
export type Run = readonly [leg: number, departs: number];

/**
 * True if departures that are new to a profile would bring a label into it, or one as good as another:
 * which of the two comes first is not known. O(runs × labels at hand²). None by itself means none
 * together: the last to depart would have to be the first to matter.
 */
export function wouldUse(network: ProfileNetwork, profile: Profile, runs: readonly Run[]): boolean {
  const { labels, anytime, columns } = profile;
  const { criteria, frontStart, frontSize, pool } = columns;
  return runs.some(([leg, departs]) => {
    const { from, to, cost, carbon, input } = network.legs[leg]!;
    const lands = departs + input.duration_seconds;
    const own = lastReady(criteria, labels[from]!, departs);
    const front = own === NONE ? [] : fronts(own);
    const isWelcome = (rest: number, after: number): boolean => {
      const at = rest * CRITERIA;
      const way = [departs, after + criteria[at + 1]!, cost + criteria[at + 2]!];
      return !front.some((other) => beats(criteria, other, [...way, carbon + criteria[at + 3]!]));
    };
    const last = lastReady(criteria, labels[to]!, lands + network.transfer[to]!);
    return (
      anytime[to]!.some((rest) => isWelcome(rest, lands)) ||
      (last !== NONE && fronts(last).some((rest) => isWelcome(rest, 0)))
    );
  });

  function fronts(row: number): number[] {
    return [...pool.subarray(frontStart[row]!, frontStart[row]! + frontSize[row]!)];
  }
}

/** True if a label is no worse than a way, and not the same in all. */
function beats(criteria: Float64Array, row: number, way: readonly number[]): boolean {
  const own = criteria.subarray(row * CRITERIA, (row + 1) * CRITERIA);
  return own.slice(1).every((value, i) => value <= way[i + 1]!) && own.some((v, i) => v !== way[i]);
}
