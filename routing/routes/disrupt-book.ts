/**
 * A book of routes under other disruptions than before. What does not run any more touches the profiles
 * that use it, what runs again those that could; of these the part up to the last departure that changed
 * is swept again. All others, and the times of routes that pass nothing that changed, are taken over.
 */
import type { DisruptionInput } from '../types.ts';
import { type Disrupted, runsOf, sortDisruptions } from './leg-runs.ts';
import { type Run, resumeProfile, usesAny, wouldUse } from './profile-changes.ts';
import { networkOf, type Route, type RouteBook, routeKey, searchSpan } from './route-book.ts';
import type { Profile } from './route-profile.ts';

/** The book as it is now, and how much of it was made again. */
export interface DisruptedBook {
  readonly book: RouteBook;
  readonly profiles_swept: number;
  readonly profiles_kept: number;
}

interface Change {
  readonly legs: ReadonlySet<number>;
  readonly hubs: ReadonlySet<string>;
  readonly gone: ReadonlyMap<number, ReadonlySet<number>>;
  /** Latest first. */
  readonly added: readonly Run[];
  /** The last departure that is gone or added. */
  readonly until: number;
}

/**
 * Takes over disruptions in the place of those before. O(legs × departures of those that change +
 * labels). The result equals a book opened on the same network with these disruptions.
 */
export function disruptBook(
  before: RouteBook,
  disruptions: readonly DisruptionInput[],
): DisruptedBook {
  const disrupted = sortDisruptions(disruptions);
  const concerned = concernedBy(before.disrupted, disrupted);
  const legs = before.legs.map((leg, i) => {
    const planned = before.planned[i];
    const { id, from_hub_id, to_hub_id } = leg.input;
    const isConcerned =
      concerned.legs.has(id) || concerned.hubs.has(from_hub_id) || concerned.hubs.has(to_hub_id);
    if (planned === undefined || !isConcerned) return leg;
    const runs = runsOf(leg.input, planned, disrupted);
    return isSame(runs, leg.runs!) ? leg : { ...leg, runs };
  });
  const change = changeOf(before, legs, concerned);
  const profiles = new Map<string, Profile>();
  const networks: RouteBook['networks'] = new Map();
  let profiles_swept = 0;
  for (const [key, profile] of before.profiles) {
    const carriers = (JSON.parse(key) as [number, string[] | null])[1];
    const network = networkOf({ ...before, legs, networks }, carriers);
    const isSwept = isTouched(network, profile, change);
    if (isSwept) profiles_swept += 1;
    const span = searchSpan(before);
    profiles.set(key, isSwept ? resumeProfile(network, profile, span, change.until) : profile);
  }
  const kept = keptLaws(before, change);
  const fresh = { profiles, networks, routes: [], routeOf: new Map(), kept };
  const book = { ...before, legs, disrupted, ...fresh };
  return { book, profiles_swept, profiles_kept: profiles.size - profiles_swept };
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Hubs and legs of which something is said in one of the two that is not in the other. */
function concernedBy(before: Disrupted, now: Disrupted) {
  const differing = (a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>) =>
    [...new Set([...a.keys(), ...b.keys()])].filter(
      (id) => JSON.stringify(a.get(id)) !== JSON.stringify(b.get(id)),
    );
  return {
    hubs: new Set(differing(before.closed, now.closed)),
    legs: new Set([
      ...differing(before.cancelled, now.cancelled),
      ...differing(before.delayed, now.delayed),
    ]),
  };
}

function changeOf(
  before: RouteBook,
  legs: RouteBook['legs'],
  concerned: { readonly hubs: ReadonlySet<string>; readonly legs: ReadonlySet<string> },
): Change {
  const changed = new Set<number>();
  const gone = new Map<number, Set<number>>();
  const added: [number, number][] = [];
  legs.forEach((leg, i) => {
    const was = before.legs[i]!;
    // A leg that starts at any time is looked for as planned; only its times change.
    if (leg.runs === undefined && concerned.legs.has(leg.input.id)) changed.add(i);
    if (leg === was) return;
    changed.add(i);
    const [old, now] = [new Set(was.runs), new Set(leg.runs)];
    gone.set(i, new Set([...old].filter((at) => !now.has(at))));
    for (const at of now) if (!old.has(at)) added.push([i, at]);
  });
  added.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const until = [...gone.values()].reduce(
    (most, runs) => Math.max(most, ...runs),
    added[0]?.[1] ?? Number.NEGATIVE_INFINITY,
  );
  return { legs: changed, hubs: concerned.hubs, gone, added, until };
}

function isTouched(
  network: Parameters<typeof wouldUse>[0],
  profile: Profile,
  { gone, added, until }: Change,
): boolean {
  const isGone = (leg: number, departs: number) => gone.get(leg)?.has(departs) === true;
  if (usesAny(profile, isGone, until)) return true;
  const usable = new Set(network.usable);
  return wouldUse(
    network,
    profile,
    added.filter(([leg]) => usable.has(leg)),
  );
}

/** Times of routes that pass no leg and no hub that changed. */
function keptLaws(before: RouteBook, { legs, hubs }: Change): Map<string, Route['laws']> {
  const kept = new Map<string, Route['laws']>();
  const isChanged = (hub: number) => hubs.has(before.hubs[hub]!.id);
  for (const route of before.routes) {
    const passes = route.itinerary.legs.some((leg) => {
      const { from, to } = before.legs[leg]!;
      return legs.has(leg) || isChanged(from) || isChanged(to);
    });
    if (passes || isChanged(route.from) || isChanged(route.to)) continue;
    kept.set(routeKey(route), route.laws);
  }
  return kept;
}
