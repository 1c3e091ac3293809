/**
 * Where the demo's warehouses stand and how they work. Centres are placed where they are near most
 * people (a greedy p-median); dark stores and shops stand where people live.
 */
import type { Temperature, Warehouse } from '../../domain/network.ts';
import { type Random, randomFor } from '../random.ts';
import { metresBetween, type Place } from './places.ts';
import { daily, sixDays } from './weeks.ts';

/** Kinds of warehouse, by the first word of their codes. */
export const SITE_KINDS = ['national', 'regional', 'dawn', 'shop'] as const;
export type SiteKind = (typeof SITE_KINDS)[number];

/** How many of each kind at scale 1. */
export const SITES: Readonly<Record<SiteKind, number>> = {
  national: 4,
  regional: 12,
  dawn: 18,
  shop: 30,
};

/** A warehouse with the place it stands in. */
export interface Site {
  readonly kind: SiteKind;
  readonly place: Place;
  readonly warehouse: Warehouse;
}

const TIME_ZONE = 'Asia/Seoul';
const EVERYTHING: Temperature[] = ['ambient', 'chilled', 'frozen'];
/** How far (degrees) a warehouse may stand from the middle of its place. */
const JITTER_DEGREES = 0.03;
/** Fewer persons than this are no reason for a dark store, or for a shop. */
const DAWN_PERSONS = 150_000;
const SHOP_PERSONS = 60_000;

type Work = Omit<Warehouse, 'id' | 'name' | 'position' | 'country' | 'time_zone'>;

/** How each kind works. */
const WORK: Readonly<Record<SiteKind, (random: Random) => Work>> = {
  national: (random) => ({
    hours: daily([['06:00', '24:00']] as [string, string][]),
    cut_offs: daily('20:00'),
    processing_seconds: 4 * 3600,
    picks_per_hour: random.between(2_000, 4_000),
    parcels_per_day: random.between(15_000, 30_000),
    handling_per_parcel: 450,
    handling_per_unit: 60,
    temperatures: EVERYTHING,
    hazardous: true,
  }),
  regional: (random) => ({
    hours: sixDays([['08:00', '22:00']] as [string, string][]),
    cut_offs: sixDays('18:00'),
    processing_seconds: 3 * 3600,
    picks_per_hour: random.between(400, 900),
    parcels_per_day: random.between(2_000, 5_000),
    handling_per_parcel: 520,
    handling_per_unit: 80,
    temperatures: ['ambient', 'chilled'],
    hazardous: random.chance(0.5),
  }),
  dawn: (random) => ({
    hours: daily([
      ['00:00', '02:00'],
      ['11:00', '24:00'],
    ] as [string, string][]),
    cut_offs: daily('22:30'),
    processing_seconds: 2 * 3600,
    picks_per_hour: random.between(300, 600),
    parcels_per_day: random.between(1_000, 2_500),
    handling_per_parcel: 600,
    handling_per_unit: 100,
    temperatures: EVERYTHING,
  }),
  shop: (random) => ({
    hours: daily([['10:00', '21:00']] as [string, string][]),
    cut_offs: daily('20:00'),
    processing_seconds: 3600,
    picks_per_hour: random.between(20, 50),
    parcels_per_day: random.between(80, 200),
    handling_per_parcel: 650,
    handling_per_unit: 120,
    temperatures: random.chance(0.4) ? ['ambient', 'chilled'] : ['ambient'],
  }),
};

/** The warehouses of a network of some scale. */
export function generateSites(seed: number, scale: number, places: readonly Place[]): Site[] {
  const random = randomFor(seed, 'sites');
  const mainland = places.filter((place) => !place.remote);
  const centres = nearMostPeople(
    mainland.filter((place) => !place.is_district),
    mainland,
    SITES.national * scale + SITES.regional * scale,
  );
  const standing: [SiteKind, Place][] = [
    ...centres.map(
      (place, index) => [index < SITES.national * scale ? 'national' : 'regional', place] as const,
    ),
    ...wherePeopleLive(random, mainland, DAWN_PERSONS, SITES.dawn * scale).map(
      (place) => ['dawn', place] as const,
    ),
    ...wherePeopleLive(random, mainland, SHOP_PERSONS, SITES.shop * scale).map(
      (place) => ['shop', place] as const,
    ),
  ].map(([kind, place]) => [kind, place]);
  const taken = new Map<string, number>();
  return standing.map(([kind, place]) => {
    const stem = `${kind}-${place.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
    const number = (taken.get(stem) ?? 0) + 1;
    taken.set(stem, number);
    return siteOf(seed, kind, place, number === 1 ? stem : `${stem}-no${number}`);
  });
}

const KIND_NAMES: Readonly<Record<SiteKind, string>> = {
  national: 'national centre',
  regional: 'regional centre',
  dawn: 'before-dawn centre',
  shop: 'shop',
};

function siteOf(seed: number, kind: SiteKind, place: Place, id: string): Site {
  const random = randomFor(seed, 'site', id);
  const near = (degrees: number) =>
    Math.round((degrees + (random.next() - 0.5) * JITTER_DEGREES) * 1e5) / 1e5;
  const [lon, lat] = place.position;
  const warehouse = {
    id,
    name: `${place.name} ${KIND_NAMES[kind]}`,
    position: [near(lon), near(lat)] as [number, number],
    country: 'KR',
    time_zone: TIME_ZONE,
    ...WORK[kind](random),
  };
  return { kind, place, warehouse };
}

/**
 * Places that are, one after the other, the best addition: the sum over people of the distance to
 * the nearest one falls most. The greedy p-median of Cornuejols, Fisher and Nemhauser (1977).
 * O(count × candidates × places); candidates come round again when there are more sites than they.
 */
function nearMostPeople(
  candidates: readonly Place[],
  people: readonly Place[],
  count: number,
): Place[] {
  const metres = candidates.map(({ position }) =>
    Float64Array.from(people, (other) => metresBetween(position, other.position)),
  );
  const nearest = new Float64Array(people.length).fill(Number.POSITIVE_INFINITY);
  const chosen: Place[] = [];
  const left = new Set<number>();
  while (chosen.length < count) {
    if (left.size === 0) for (const index of candidates.keys()) left.add(index);
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const index of left) {
      const distances = metres[index]!;
      let sum = 0;
      for (let at = 0; at < people.length; at += 1) {
        sum += Math.min(nearest[at]!, distances[at]!) * people[at]!.population;
      }
      if (sum < least) [best, least] = [index, sum];
    }
    chosen.push(candidates[best]!);
    left.delete(best);
    for (let at = 0; at < people.length; at += 1) {
      nearest[at] = Math.min(nearest[at]!, metres[best]![at]!);
    }
  }
  return chosen;
}

/** Places drawn by their population among those that are large enough; a place may come again. */
function wherePeopleLive(
  random: Random,
  places: readonly Place[],
  persons: number,
  count: number,
): Place[] {
  const large = places.filter((place) => place.population >= persons);
  const all = large.reduce((sum, place) => sum + place.population, 0);
  // One draw per equal share of the people: every big town gets its due, whatever the seed.
  return Array.from({ length: count }, (_, index) => {
    let point = ((index + random.next()) / count) * all;
    return (
      large.find((place) => {
        point -= place.population;
        return point < 0;
      }) ?? large.at(-1)!
    );
  });
}
