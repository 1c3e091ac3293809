/** Itineraries: the different sequences of legs among the undominated ways from a hub to another. */
import { legsOf, type Profile, type ProfileLabel, type RouteLeg } from './route-profile.ts';

/** Legs by index, in order, with what they cost and emit for a parcel. */
export interface Itinerary {
  readonly legs: readonly number[];
  readonly cost: number;
  readonly carbon: number;
}

/** Most itineraries kept from one hub to another: those that are the best choice most often. */
export const MOST_ITINERARIES = 12;

/** What was found in a profile before: many lanes share their hubs. */
const known = new WeakMap<Profile, Map<number, readonly Itinerary[]>>();

/** Itineraries from a hub to the profile's target, cheapest first, then by legs. O(labels) once. */
export function itinerariesFrom(
  { legs }: { readonly legs: readonly RouteLeg[] },
  profile: Profile,
  hub: number,
): readonly Itinerary[] {
  const own = known.get(profile) ?? new Map<number, readonly Itinerary[]>();
  known.set(profile, own);
  let found = own.get(hub);
  if (found === undefined) {
    found = find(legs, profile, hub);
    own.set(hub, found);
  }
  return found;
}

function find(legs: readonly RouteLeg[], profile: Profile, hub: number): Itinerary[] {
  const found = new Map<number, { itinerary: Itinerary; uses: number; key: string }>();
  const add = (label: ProfileLabel): void => {
    const before = found.get(label.way);
    if (before !== undefined) before.uses += 1;
    else {
      const way = legsOf(label);
      const key = way.map((leg) => legs[leg]!.input.id).join('\n');
      const itinerary = { legs: way, cost: label.cost, carbon: label.carbon };
      found.set(label.way, { itinerary, uses: 1, key });
    }
  };
  profile.anytime[hub]!.forEach(add);
  profile.labels[hub]!.forEach(add);
  const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : +(a.key > b.key));
  return [...found.values()]
    .sort((a, b) => b.uses - a.uses || a.itinerary.cost - b.itinerary.cost || byKey(a, b))
    .slice(0, MOST_ITINERARIES)
    .sort((a, b) => a.itinerary.cost - b.itinerary.cost || byKey(a, b))
    .map(({ itinerary }) => itinerary);
}
