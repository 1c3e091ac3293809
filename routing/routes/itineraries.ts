/** Itineraries: the different sequences of legs among the undominated ways from a hub to another. */
import { criteriaOf, type LabelColumns, NONE } from './route-labels.ts';
import { legsOf, type Profile, type RouteLeg } from './route-profile.ts';

/** Legs by index, in order, with what they cost and emit for a parcel. */
export interface Itinerary {
  readonly legs: readonly number[];
  readonly cost: number;
  readonly carbon: number;
}

/** Most itineraries kept from one hub to another: those that are the best choice most often. */
export const MOST_ITINERARIES = 12;

/** What was found in a profile before: many lanes share their hubs. */
interface Found {
  readonly byHub: Map<number, readonly Itinerary[]>;
  /** Numbers of sequences of legs, by row; 0 = not looked at yet. */
  readonly way: Int32Array;
  /** By that number, those that begin with one leg and go on by it: few, as few legs lead to a hub. */
  readonly longer: { readonly leg: number; readonly way: number }[][];
}

const known = new WeakMap<Profile, Found>();

/** Itineraries from a hub to the profile's target, cheapest first, then by legs. O(labels) once. */
export function itinerariesFrom(
  { legs }: { readonly legs: readonly RouteLeg[] },
  profile: Profile,
  hub: number,
): readonly Itinerary[] {
  let found = known.get(profile);
  if (found === undefined) {
    const way = new Int32Array(profile.columns.leg.length);
    found = { byHub: new Map(), way, longer: [[]] };
    known.set(profile, found);
  }
  let own = found.byHub.get(hub);
  if (own === undefined) {
    own = find(legs, profile, found, hub);
    found.byHub.set(hub, own);
  }
  return own;
}

function find(
  legs: readonly RouteLeg[],
  { labels, anytime, columns }: Profile,
  found: Found,
  hub: number,
): Itinerary[] {
  const ways = new Map<number, Way>();
  const count = (row: number): void => {
    const number = wayOf(found, columns, row);
    const way = ways.get(number);
    if (way !== undefined) way.uses += 1;
    else ways.set(number, { row, uses: 1, cost: criteriaOf(columns, row)[2] });
  };
  anytime[hub]!.forEach(count);
  labels[hub]!.forEach(count);
  const byKey = byIds(legs, columns);
  return [...ways.values()]
    .sort((a, b) => b.uses - a.uses || a.cost - b.cost || byKey(a, b))
    .slice(0, MOST_ITINERARIES)
    .sort((a, b) => a.cost - b.cost || byKey(a, b))
    .map(({ row, cost }) => {
      return { legs: legsOf(columns, row), cost, carbon: criteriaOf(columns, row)[3] };
    });
}

/** A sequence of legs: a row that begins with it, and how many do. */
interface Way {
  readonly row: number;
  uses: number;
  readonly cost: number;
  key?: string;
}

/** Compares ways by the ids of their legs, which are put together when first asked for. */
function byIds(legs: readonly RouteLeg[], columns: LabelColumns): (a: Way, b: Way) => number {
  const keyOf = (way: Way): string => {
    way.key ??= legsOf(columns, way.row)
      .map((leg) => legs[leg]!.input.id)
      .join('\n');
    return way.key;
  };
  return (a, b) => (keyOf(a) < keyOf(b) ? -1 : +(keyOf(a) > keyOf(b)));
}

/** The number of a row's sequence of legs; 0 = there are none. O(legs) the first time. */
function wayOf(found: Found, columns: LabelColumns, row: number): number {
  const { way, longer } = found;
  const leg = columns.leg[row]!;
  if (leg === NONE || way[row]! > 0) return way[row]!;
  const siblings = longer[wayOf(found, columns, columns.next[row]!)]!;
  for (const sibling of siblings) {
    if (sibling.leg !== leg) continue;
    way[row] = sibling.way;
    return sibling.way;
  }
  const number = longer.push([]) - 1;
  siblings.push({ leg, way: number });
  way[row] = number;
  return number;
}
