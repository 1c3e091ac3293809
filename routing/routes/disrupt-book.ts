/**
 * A book of routes under other disruptions than before. What does not run any more touches the profiles
 * that use it, what runs again those that could; of these the part up to the last departure that changed
 * is swept again. All others, and the times of routes that pass nothing that changed, are taken over.
 */
import type { DisruptionInput } from '../types.ts';
import { type Disrupted, runsOf, sortDisruptions } from './leg-runs.ts';
import { type Run, resumeProfile, usesAny, wouldUse } from './profile-changes.ts';
import {
  networkOf,
  type PastRoutes,
  type RouteBook,
  readProfileKey,
  searchSpan,
} from './route-book.ts';
import type { Profile, ProfileNetwork, RouteLeg } from './route-profile.ts';

/** The book as it is now, and how much of it was made again. */
export interface DisruptedBook {
  readonly book: RouteBook;
  readonly profiles_swept: number;
  readonly profiles_kept: number;
}

interface Change {
  /** Legs of which something changed, or that lead from or to a hub of which something did; by index. */
  readonly legs: readonly boolean[];
  readonly hubs: ReadonlySet<string>;
  /** By leg. */
  readonly gone: readonly (ReadonlySet<number> | undefined)[];
  /** Latest first. */
  readonly added: readonly Run[];
  /** The first and the last departure that is gone or added. */
  readonly from: number;
  readonly until: number;
}

/**
 * Takes over disruptions in the place of those before, in steps of one profile. O(legs × departures of
 * those that change + labels). The result equals a book opened on the same network with these disruptions.
 */
export function* disruptBook(
  before: RouteBook,
  disruptions: readonly DisruptionInput[],
): Generator<void, DisruptedBook> {
  const disrupted = sortDisruptions(disruptions);
  const concerned = concernedBy(before.disrupted, disrupted);
  const legs = before.legs.map((leg, i) => {
    const planned = before.planned[i];
    if (planned === undefined || !isConcerned(concerned, leg)) return leg;
    const { hubs, from_seconds } = before;
    const runs = runsOf(leg.input, hubs[leg.from]!, { planned, from_seconds }, disrupted);
    return isSame(runs, leg.runs!) ? leg : { ...leg, runs };
  });
  const change = changeOf(before, legs, concerned);
  const profiles = new Map<string, Profile>();
  const networks: RouteBook['networks'] = new Map();
  const span = searchSpan(before);
  let profiles_swept = 0;
  for (const [key, profile] of before.profiles) {
    const network = networkOf({ ...before, legs, networks }, readProfileKey(key).carriers);
    if (!isTouched(network, profile, change)) {
      profiles.set(key, profile);
      continue;
    }
    yield;
    profiles_swept += 1;
    profiles.set(key, resumeProfile(network, profile, span, change));
  }
  const fresh = {
    profiles,
    networks,
    routes: [],
    between: new Map(),
    past: pastOf(before, change),
  };
  const book = { ...before, legs, disrupted, ...fresh };
  return { book, profiles_swept, profiles_kept: profiles.size - profiles_swept };
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Hubs and legs of which something is said in one of the two that is not in the other. */
interface Concerned {
  readonly hubs: ReadonlySet<string>;
  readonly legs: ReadonlySet<string>;
}

function concernedBy(before: Disrupted, now: Disrupted): Concerned {
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

const isConcerned = ({ hubs, legs }: Concerned, { input }: RouteLeg): boolean =>
  legs.has(input.id) || hubs.has(input.from_hub_id) || hubs.has(input.to_hub_id);

function changeOf(before: RouteBook, legs: RouteBook['legs'], concerned: Concerned): Change {
  const gone: (ReadonlySet<number> | undefined)[] = legs.map(() => undefined);
  const added: [number, number][] = [];
  let [from, until] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const cover = (at: number): void => {
    [from, until] = [Math.min(from, at), Math.max(until, at)];
  };
  legs.forEach((leg, i) => {
    const was = before.legs[i]!;
    if (leg === was) return;
    const [old, now] = [new Set(was.runs), new Set(leg.runs)];
    gone[i] = old.difference(now);
    for (const at of gone[i]!) cover(at);
    for (const at of now.difference(old)) {
      cover(at);
      added.push([i, at]);
    }
  });
  added.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return {
    legs: legs.map((leg) => isConcerned(concerned, leg)),
    hubs: concerned.hubs,
    gone,
    added,
    from,
    until,
  };
}

function isTouched(network: ProfileNetwork, profile: Profile, { gone, added }: Change): boolean {
  if (usesAny(profile, gone)) return true;
  if (added.length === 0) return false;
  const usable = new Set(network.usable);
  return wouldUse(
    network,
    profile,
    added.filter(([leg]) => usable.has(leg)),
  );
}

/** The routes as they were, and which of them pass a leg or a hub of which something changed. */
function pastOf({ routes, between, hubs: rows }: RouteBook, { legs, hubs }: Change): PastRoutes {
  const isChanged = rows.map((hub) => hubs.has(hub.id));
  return {
    routes,
    between,
    isTouched: ({ from, to, itinerary }) =>
      isChanged[from]! || isChanged[to]! || itinerary.legs.some((leg) => legs[leg]),
  };
}
