/**
 * What buyers want, where and when. Pure: everything follows from the seed and the network, and an
 * order's content from its number alone, so the same seed asks for the same things in the same order.
 */
import type { Network, Sku } from '../domain/network.ts';
import { localTime } from './calendar.ts';
import { koreanPlaces } from './network/places.ts';
import { chanceOf, type Random, randomFor } from './random.ts';

/** An order as it will be posted. */
export interface Wish {
  readonly platform_id: string;
  readonly external_ref: string;
  readonly destination: {
    readonly name: string;
    readonly address: string;
    readonly city: string;
    readonly postal_code: string;
    readonly country: string;
    readonly position?: [number, number];
  };
  readonly lines: {
    readonly line_no: number;
    readonly sku_id: string;
    readonly quantity: number;
  }[];
  /** Hours after ordering at which the buyer wants it; null = whenever. */
  readonly wanted_within_hours: number | null;
}

/** Where a buyer may live. */
interface Home {
  readonly country: string;
  readonly city: string;
  readonly postal_prefixes: readonly string[];
  readonly position: readonly [number, number] | null;
}

/** Values with weights, drawn in O(log n). */
interface Weighted<T> {
  readonly values: readonly T[];
  /** Running sums of the weights. */
  readonly sums: Float64Array;
}

/** All there is to know of a network's buyers. */
export interface Demand {
  readonly seed: number;
  readonly homes: Weighted<Home>;
  readonly platforms: Weighted<string>;
  /** What each platform sells. */
  readonly goods: ReadonlyMap<string, Weighted<Sku>>;
  /** Share of all units asked for, by SKU. */
  readonly popularity: ReadonlyMap<string, number>;
}

/** How much is ordered in each hour of a local day, against the mean: nights are quiet. */
const HOURLY = [
  ...[0.75, 0.4, 0.2, 0.12, 0.12, 0.2, 0.45, 0.75, 1.0, 1.25, 1.4, 1.35],
  ...[1.3, 1.3, 1.3, 1.25, 1.2, 1.15, 1.15, 1.3, 1.55, 1.75, 1.65, 1.11],
];
/** And on each day, Monday first. */
const DAILY = [1.18, 1.06, 1.02, 1.0, 0.92, 0.86, 0.96];
/** How many lines an order has: nearly all have one. Shares of 1, 2, 3, … lines. */
const LINES = [0.905, 0.073, 0.014, 0.005, 0.002, 0.001];
/** How many units a line has. */
const UNITS = [0.87, 0.09, 0.025, 0.01, 0.005];
/** The nth most popular of many is asked for in proportion to n to the minus this (Zipf). */
const ZIPF = 0.85;
/** Dearer than this many millimetres or grams to move: nobody buys two. */
const BULKY_GRAMS = 10_000;

/** Reads a network's buyers. O(SKUs + zones). */
export function demandOf(network: Network, seed: number): Demand {
  const ranked = [...network.skus].sort(
    (a, b) => chanceOf(seed, 'rank', a.id) - chanceOf(seed, 'rank', b.id),
  );
  const weights = ranked.map((sku, rank) => [sku, 1 / (rank + 1) ** ZIPF] as const);
  const all = weights.reduce((sum, [, weight]) => sum + weight, 0);
  const shares = network.platforms.map(({ id }, at) => [id, [6, 2.5, 1.5][at] ?? 1] as const);
  return {
    seed,
    homes: weighted(homesOf(network)),
    platforms: weighted(shares),
    goods: new Map(network.platforms.map(({ id }) => [id, weighted(assortment(id, weights))])),
    popularity: new Map(weights.map(([sku, weight]) => [sku.id, weight / all])),
  };
}

/** A grocer sells food above all, a fashion shop what is light and needs no cold. */
function assortment(platform_id: string, weights: readonly (readonly [Sku, number])[]) {
  if (platform_id === 'fresh') {
    return weights
      .filter(([sku]) => sku.weight_grams < BULKY_GRAMS && !sku.hazardous)
      .map(([sku, weight]) => [sku, sku.temperature === undefined ? weight : weight * 8] as const);
  }
  if (platform_id !== 'style') return weights;
  return weights.filter(
    ([sku]) => sku.temperature === undefined && sku.weight_grams < BULKY_GRAMS && !sku.hazardous,
  );
}

/** People live in zones that have postal codes; how many and where is known of Korea. */
function homesOf(network: Network): [Home, number][] {
  const places = new Map(koreanPlaces().map((place) => [place.id, place]));
  return network.zones
    .filter((zone) => zone.postal_prefixes !== undefined && !zone.id.endsWith('-dawn'))
    .map((zone) => {
      const place = places.get(zone.id);
      const home = {
        country: zone.country,
        city: place?.name ?? zone.id,
        postal_prefixes: zone.postal_prefixes!,
        position: place?.position ?? null,
      };
      return [home, place?.population ?? 1];
    });
}

/** The content of the order of this number. */
export function wishOf(demand: Demand, number: number): Wish {
  const random = randomFor(demand.seed, 'order', number);
  const platform_id = pick(demand.platforms, random.next());
  const home = pick(demand.homes, random.next());
  const goods = demand.goods.get(platform_id)!;
  const skus = new Set<Sku>();
  const count = Math.min(1 + drawn(LINES, random.next()), goods.values.length);
  while (skus.size < count) skus.add(pick(goods, random.next()));
  const reference = `${platform_id}-${String(number + 1).padStart(6, '0')}`;
  return {
    platform_id,
    external_ref: reference,
    destination: destinationOf(home, random, reference),
    lines: [...skus].map((sku, index) => ({
      line_no: index + 1,
      sku_id: sku.id,
      quantity: sku.weight_grams > BULKY_GRAMS ? 1 : 1 + drawn(UNITS, random.next()),
    })),
    wanted_within_hours: random.chance(0.2) ? random.pick([24, 36, 48, 72]) : null,
  };
}

function destinationOf(home: Home, random: Random, reference: string): Wish['destination'] {
  const { country, city, postal_prefixes, position } = home;
  const near = (degrees: number) =>
    Math.round((degrees + (random.next() - 0.5) * 0.02) * 1e5) / 1e5;
  return {
    name: `Buyer of ${reference}`,
    address: `${random.between(1, 400)} ${city}`,
    city,
    postal_code: random.pick(postal_prefixes) + String(random.between(0, 99)).padStart(2, '0'),
    country,
    ...(position === null ? {} : { position: [near(position[0]), near(position[1])] }),
  };
}

/** How much is ordered at a local time, against the mean of a week. */
export function demandAt(local: Temporal.ZonedDateTime): number {
  return HOURLY[local.hour]! * DAILY[local.dayOfWeek - 1]!;
}

/**
 * When orders come in: endless instants (ms since 1970) from `from` on, `per_day` on an average day,
 * following the curves in `zone`. Each has its place in the mass of demand and strays from it by up to
 * half of its distance to the next, so the story is even and never the same twice.
 */
export function* arrivals(
  seed: number,
  parameters: { readonly from: number; readonly per_day: number; readonly zone: string },
): Generator<number> {
  const { from, per_day, zone } = parameters;
  const step_ms = 5 * 60_000;
  let number = 0;
  let mass = 0;
  for (let at = from; ; at += step_ms) {
    const grown = (per_day * demandAt(localTime(zone, at)) * step_ms) / 86_400_000;
    for (;;) {
      const place = number + chanceOf(seed, 'arrival', number);
      if (place >= mass + grown) break;
      yield at + ((place - mass) / grown) * step_ms;
      number += 1;
    }
    mass += grown;
  }
}

/** The index drawn from shares that add up to about 1. */
function drawn(shares: readonly number[], point: number): number {
  let left = point;
  for (const [index, share] of shares.entries()) {
    left -= share;
    if (left < 0) return index;
  }
  return 0;
}

function weighted<T>(pairs: readonly (readonly [T, number])[]): Weighted<T> {
  const sums = new Float64Array(pairs.length);
  let sum = 0;
  pairs.forEach(([, weight], index) => {
    sum += weight;
    sums[index] = sum;
  });
  return { values: pairs.map(([value]) => value), sums };
}

function pick<T>({ values, sums }: Weighted<T>, point: number): T {
  const wanted = point * sums[sums.length - 1]!;
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > wanted) high = middle;
    else low = middle + 1;
  }
  return values[low]!;
}
