/** Profiles when departures change: whether one is touched, and the part of it that is swept again. */
import {
  connectionsIn,
  isNoWorse,
  lastReady,
  openSweep,
  type Profile,
  type ProfileLabel,
  type ProfileNetwork,
  ride,
  type Span,
} from './route-profile.ts';

/**
 * The profile after departures up to an instant have changed: ways that begin later are as they were,
 * since the sweep comes to them first. Equal to a sweep of all. O(connections until then × labels²).
 */
export function resumeProfile(
  network: ProfileNetwork,
  before: Profile,
  span: Span,
  changedUntil: number,
): Profile {
  // Numbers are only compared: both profiles may go on numbering in one table.
  const sweep = openSweep(network, before.target, before.ways);
  before.labels.forEach((own, hub) => {
    const kept = lastReady(own, changedUntil + 1) + 1;
    const [labels, fronts] = [own.slice(0, kept), before.fronts[hub]!.slice(0, kept)];
    // What starts at any time can begin before the instant and ride after it.
    for (const label of own.slice(kept)) {
      if (firstRun(network, label) <= changedUntil) continue;
      const front = (fronts.at(-1) ?? []).filter((other) => !isNoWorse(label, other));
      labels.push(label);
      fronts.push([...front, label]);
    }
    sweep.labels[hub] = labels;
    sweep.fronts[hub] = fronts;
  });
  const until = Math.min(span.until, changedUntil + 1);
  const { count, leg, departs } = connectionsIn(network, { from: span.from, until });
  for (let c = 0; c < count; c++) ride(sweep, leg[c]!, departs[c]!);
  const { labels, fronts, anytime, ways } = sweep;
  return { target: before.target, labels, fronts, anytime, ways };
}

/** The first departure of a timetable on a way. */
function firstRun({ legs }: ProfileNetwork, label: ProfileLabel): number {
  let at: ProfileLabel | undefined = label;
  while (at !== undefined && (at.leg < 0 || legs[at.leg]!.runs === undefined)) at = at.next;
  return at?.departs ?? Number.POSITIVE_INFINITY;
}

/** A departure of a leg, by index. */
export type Run = readonly [leg: number, departs: number];

/**
 * True if some way of a profile uses a departure that is gone, of which none is after `until`.
 * O(labels that begin by then × legs of each).
 */
export function usesAny(
  { labels }: Profile,
  isGone: (leg: number, departs: number) => boolean,
  until: number,
): boolean {
  return labels.some((own) =>
    own.slice(lastReady(own, until + 1) + 1).some((label) => {
      for (let at: ProfileLabel | undefined = label; at !== undefined; at = at.next) {
        if (at.leg >= 0 && isGone(at.leg, at.departs)) return true;
      }
      return false;
    }),
  );
}

/**
 * True if departures that are new to a profile would bring a label into it, or one as good as another.
 * O(labels + runs × labels at hand²). None by itself means none together: the last to depart would have
 * to be the first to matter.
 */
export function wouldUse(network: ProfileNetwork, profile: Profile, runs: readonly Run[]): boolean {
  if (runs.length === 0) return false;
  const sweep = openSweep(network, profile.target, profile.ways, true);
  profile.labels.forEach((labels, hub) => {
    sweep.labels[hub] = [...labels];
    sweep.fronts[hub] = [...profile.fronts[hub]!];
  });
  return runs.some(([leg, departs]) => {
    ride(sweep, leg, departs);
    return sweep.added > 0;
  });
}
