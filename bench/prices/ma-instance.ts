/**
 * Instances of Ma, "Order-optimal correlated rounding for fulfilling multi-item e-commerce orders"
 * (M&SOM 2023, arXiv 2207.04774), after Jasin and Sinha (2015), drawn by the published description:
 * real US cities and fulfilment centres, random baskets, stock for the nearest-centre demand plus
 * half a standard deviation, no replenishment. The published code fixes no seed, so instances are
 * equal in distribution. A variant after Amil, Makhdoumi and Wei (2025) changes arrivals over time.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type Random, seededRandom } from '../../src/simulation/random.ts';
import type { MaSetting } from './ma-settings.ts';

const SHARED =
  process.env.PORTOLAN_SHARED_DATA ?? join(import.meta.dirname, '../../../shared/data');
const FOLDER = join(SHARED, 'ma2023');
const FIXED_COST = 8.759;
const UNIT_COST = 0.423;
const UNIT_COST_PER_MILE = 0.000541;
const EARTH_KM = 6371;
const KM_PER_MILE = 1.61;
/** Not to serve costs twice the dearest centre. */
const UNSERVED_FACTOR = 2;

/** One instance. Centre index `centres` is the dummy that serves what nobody has. */
export interface MaInstance {
  readonly cities: number;
  readonly centres: number;
  readonly items: number;
  readonly periods: number;
  /** Items of each type; type 0 is the empty order. */
  readonly types: readonly (readonly number[])[];
  /** Per stretch of the horizon (stretches are equally long): probability of each type. */
  readonly typeProbability: readonly Float64Array[];
  readonly cityShare: Float64Array;
  /** [centre, dummy included] per parcel, and [centre × cities + city] per unit. */
  readonly fixedCost: Float64Array;
  readonly unitCost: Float64Array;
  /** [centre × items + item], units at the start. */
  readonly stock: Float64Array;
}

/** True if the public data is at hand. */
export const hasMaData = existsSync(FOLDER);

type Place = Record<string, string>;

function readPlaces(file: string): Place[] {
  return parse(readFileSync(join(FOLDER, file)), { columns: true, bom: true });
}

/** Great-circle distance, miles of 1.61 km as in the published code. */
function milesBetween(a: Place, b: Place): number {
  const radians = (degrees: string | undefined) => (Number(degrees) * Math.PI) / 180;
  const [latA, latB] = [radians(a.lat), radians(b.lat)];
  const north = Math.sin((latB - latA) / 2) ** 2;
  const east = Math.sin((radians(b.lon) - radians(a.lon)) / 2) ** 2;
  const h = north + Math.cos(latA) * Math.cos(latB) * east;
  return (2 * EARTH_KM * Math.asin(Math.sqrt(h))) / KM_PER_MILE;
}

/** Random baskets of each size, all different where the variant asks for whole-number weights. */
function drawTypes(setting: MaSetting, random: Random): number[][] {
  const items = Array.from({ length: setting.items }, (_, i) => i);
  const types: number[][] = [[]];
  for (let size = 1; size <= setting.largest_order; size++) {
    const drawn = new Map<string, number[]>();
    for (let n = 0; n < setting.types_per_size; ) {
      const type = random.sample(items, size);
      const isNew = !drawn.has(type.join());
      if (setting.size_weights === 'different_integers' && !isNew) continue;
      drawn.set(type.join(), type);
      types.push(type);
      n++;
    }
  }
  return types;
}

const shares = (weights: readonly number[]): number[] => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
};

const LARGEST_WEIGHT = 999;

function drawSizes(setting: MaSetting, random: Random): number[] {
  const count = setting.largest_order + 1;
  if (setting.size_weights === 'uniform') {
    return shares(Array.from({ length: count }, () => random.next()));
  }
  const weights = new Set<number>();
  while (weights.size < count) weights.add(random.between(1, LARGEST_WEIGHT));
  return shares([...weights]);
}

/** Probabilities of the types on average, before they change over time. */
function drawProbabilities(setting: MaSetting, random: Random): number[] {
  const sizes = drawSizes(setting, random);
  const within = () => shares(Array.from({ length: setting.types_per_size }, () => random.next()));
  return [sizes[0]!, ...sizes.slice(1).flatMap((share) => within().map((p) => p * share))];
}

/** The two halves: singles scaled by 2a and larger orders by 2 (1 − a), then the other way round. */
function halves(
  { singles_first: a }: MaSetting,
  types: readonly (readonly number[])[],
  probability: readonly number[],
): Float64Array[] {
  const half = (singles: number) =>
    Float64Array.from(
      shares(
        probability.map((p, q) => {
          if (types[q]!.length === 0) return p;
          return p * 2 * (types[q]!.length === 1 ? singles : 1 - singles);
        }),
      ),
    );
  return [half(a), half(1 - a)];
}

interface Geography {
  readonly cities: readonly Place[];
  readonly centres: readonly Place[];
  /** [centre × cities + city] */
  readonly miles: Float64Array;
}

function readGeography(network: MaSetting['network']): Geography {
  const suffix = network === 'small' ? '_warmup' : '';
  const cities = readPlaces(`cities${suffix}.csv`);
  const centres = readPlaces(`fulfillment_centers${suffix}.csv`);
  const miles = centres.flatMap((centre) => cities.map((city) => milesBetween(centre, city)));
  return { cities, centres, miles: Float64Array.from(miles) };
}

function unitCosts({ cities, centres, miles }: Geography): Float64Array {
  const served = [...miles].map((m) => UNIT_COST + UNIT_COST_PER_MILE * m);
  const unserved = cities.map((_, j) => {
    const farthest = Math.max(...centres.map((_, k) => miles[k * cities.length + j]!));
    return UNSERVED_FACTOR * (UNIT_COST + UNIT_COST_PER_MILE * farthest);
  });
  return Float64Array.from([...served, ...unserved]);
}

/** Units per centre and item: each city's demand goes to its nearest centre that carries the item. */
function startingStock(
  setting: MaSetting,
  { cities, centres, miles }: Geography,
  itemRate: Float64Array,
  cityShare: Float64Array,
  random: Random,
): Float64Array {
  const stock = new Float64Array(centres.length * setting.items);
  for (let i = 0; i < setting.items; i++) {
    const carrying = centres.flatMap((_, k) => (random.chance(setting.carry) ? [k] : []));
    if (carrying.length === 0) continue;
    const rate = new Float64Array(centres.length);
    for (let j = 0; j < cities.length; j++) {
      const distance = (k: number) => miles[k * cities.length + j]!;
      const nearest = carrying.reduce((best, k) => (distance(k) < distance(best) ? k : best));
      rate[nearest]! += itemRate[i]! * cityShare[j]!;
    }
    for (const k of carrying) {
      const mean = setting.periods * rate[k]!;
      const spare = 0.5 * Math.sqrt(mean * (1 - rate[k]!));
      const isCeiling = setting.stock === 'ceiling';
      // A sum of rates carries rounding noise: a whole number must not become the next one.
      stock[k * setting.items + i] = isCeiling ? Math.ceil(mean - 1e-9) : Math.round(mean + spare);
    }
  }
  return stock;
}

/** Draws an instance. */
export function drawInstance(setting: MaSetting, seed: number): MaInstance {
  const random = seededRandom(seed);
  const geography = readGeography(setting.network);
  const types = drawTypes(setting, random);
  const typeProbability = halves(setting, types, drawProbabilities(setting, random));
  const population = geography.cities.map((city) => Number(city.metro_population));
  const cityShare = Float64Array.from(shares(population));
  const itemRate = new Float64Array(setting.items);
  types.forEach((items, q) => {
    for (const i of items) {
      for (const half of typeProbability) itemRate[i]! += half[q]! / typeProbability.length;
    }
  });
  const centres = geography.centres.length;
  const fixedCost = new Float64Array(centres + 1).fill(FIXED_COST);
  fixedCost[centres] = UNSERVED_FACTOR * FIXED_COST;
  return {
    cities: geography.cities.length,
    centres,
    items: setting.items,
    periods: setting.periods,
    types,
    typeProbability,
    cityShare,
    fixedCost,
    unitCost: unitCosts(geography),
    stock: startingStock(setting, geography, itemRate, cityShare, random),
  };
}
