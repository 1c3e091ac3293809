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

/** Itineraries from a hub to the profile's target, cheapest first, then by legs. O(labels). */
export function itinerariesFrom(
  { legs }: { readonly legs: readonly RouteLeg[] },
  profile: Profile,
  hub: number,
): Itinerary[] {
  const found = new Map<string, { itinerary: Itinerary; uses: number; key: string }>();
  const add = (label: ProfileLabel): void => {
    const way = legsOf(label);
    const key = way.map((leg) => legs[leg]!.input.id).join('\n');
    const known = found.get(key);
    if (known !== undefined) known.uses += 1;
    else {
      const itinerary = { legs: way, cost: label.cost, carbon: label.carbon };
      found.set(key, { itinerary, uses: 1, key });
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
