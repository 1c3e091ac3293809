/** Itineraries: the different sequences of legs among the undominated ways from a hub to another. */
import { CRITERIA, criteriaOf, type LabelColumns, NONE } from './route-labels.ts';
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
  /** Numbers of sequences of legs, by row; 0 = there are none. */
  readonly way: Int32Array;
  /** By that number, how often one was seen from a hub that is looked at; 0 in between. */
  readonly uses: Int32Array;
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
    found = { byHub: new Map(), ...numberWays(profile.columns) };
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
  const { way, uses } = found;
  // The first row of each way: many begin with the same legs, only later.
  const rows = [...anytime[hub]!, ...labels[hub]!].filter((row) => uses[way[row]!]!++ === 0);
  const ways = rows.map((row): Way => {
    const cost = columns.criteria[row * CRITERIA + 2]!;
    return { row, uses: uses[way[row]!]!, cost };
  });
  for (const row of rows) uses[way[row]!] = 0;
  const byKey = byIds(legs, columns);
  return ways
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
  readonly uses: number;
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

/**
 * Numbers of the rows' sequences of legs. In the order of the rows, since the rest of each stands before it:
 * columns are quick to read from end to end, and slow here and there. O(rows).
 */
function numberWays({ leg, next }: LabelColumns): Pick<Found, 'way' | 'uses'> {
  const rows = leg.length;
  const way = new Int32Array(rows);
  // By number: its first leg, and of those longer by one leg the last one found and the one found before it
  // by the same rest. They are few, as few legs lead to a hub.
  const first = new Int32Array(rows + 1);
  const longer = new Int32Array(rows + 1);
  const sibling = new Int32Array(rows + 1);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (leg[row] === NONE) continue;
    const rest = way[next[row]!]!;
    let number = longer[rest]!;
    while (number > 0 && first[number] !== leg[row]) number = sibling[number]!;
    if (number === 0) {
      number = ++count;
      first[number] = leg[row]!;
      sibling[number] = longer[rest]!;
      longer[rest] = number;
    }
    way[row] = number;
  }
  return { way, uses: new Int32Array(count + 1) };
}
