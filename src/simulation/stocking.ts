/**
 * What lies on which shelf when a simulation begins, and when a shelf is to be filled up: by demand,
 * and by what a warehouse is made for. Pure.
 */
import type { Sku, Warehouse } from '../domain/network.ts';
import type { Demand } from './demand.ts';
import { chanceOf } from './random.ts';

/** Units of one lot to count in. */
export interface ShelfLine {
  readonly sku_id: string;
  readonly quantity: number;
  readonly lot?: string;
  readonly expires_on?: string;
}

/** A size of warehouse: what it keeps, and how much of it. */
interface Range {
  /** It is of this size if it can send at least so many parcels a day. */
  readonly parcels_per_day: number;
  /** Share of all SKUs that it keeps, the most popular ones. */
  readonly assortment: number;
  /** Share of the days' demand that all warehouses of this size together keep for. */
  readonly share: number;
  readonly days: number;
  readonly most_grams: number;
  /** Where there are more warehouses of this size, not all of them keep a SKU: how many of them do. */
  readonly peers: number;
  readonly several: number;
}

/** From the national centre to the shop; unlimited warehouses are of the first size. */
const RANGES: readonly Range[] = [
  {
    parcels_per_day: 10_000,
    assortment: 1,
    share: 0.6,
    days: 20,
    most_grams: 1e9,
    peers: 8,
    several: 2,
  },
  {
    parcels_per_day: 1_900,
    assortment: 0.22,
    share: 0.5,
    days: 10,
    most_grams: 1e9,
    peers: 24,
    several: 4,
  },
  {
    parcels_per_day: 500,
    assortment: 0.16,
    share: 0.35,
    days: 5,
    most_grams: 10_000,
    peers: 36,
    several: 6,
  },
  {
    parcels_per_day: 0,
    assortment: 0.06,
    share: 0.15,
    days: 6,
    most_grams: 8_000,
    peers: 60,
    several: 10,
  },
];
/** Share of SKUs that are sold out everywhere when the simulation begins. */
const SOLD_OUT = 0.025;
/** A shelf that keeps a SKU at all keeps a few. */
const UNITS_MIN = 3;
/** How long chilled goods keep: two lots, so that the older one goes first. */
const LIFE_DAYS = [9, 24];
/** Units of a SKU that are worth another shelf of a size, in a network with many. */
const UNITS_OF_A_SHELF = 20;
/** Share of national centres that keep a SKU; at least one does. */
const CENTRES_WITH = 0.6;

/** A network as far as its shelves matter. */
export interface Shelves {
  readonly skus: readonly Sku[];
  readonly warehouses: readonly Warehouse[];
}

/** The size of a warehouse, as an index of `RANGES`. */
function rangeOf({ parcels_per_day }: Warehouse): number {
  if (parcels_per_day === undefined) return 0;
  return RANGES.findIndex((range) => parcels_per_day >= range.parcels_per_day);
}

/**
 * Everything that lies on the shelves at first, by warehouse. O(SKUs × warehouses) for a network of the
 * usual size; in a larger one a SKU lies where its demand is worth a shelf, O(SKUs + lines).
 */
export function openingStock(
  { skus, warehouses }: Shelves,
  demand: Demand,
  about: { readonly units_per_day: number; readonly today: string },
): Map<string, ShelfLine[]> {
  const ranked = [...skus].sort(
    (a, b) => demand.popularity.get(b.id)! - demand.popularity.get(a.id)!,
  );
  const shelves = new Map<string, ShelfLine[]>(warehouses.map(({ id }) => [id, []]));
  const sizes = [...Map.groupBy(warehouses, rangeOf)];
  const ableOf = roomsBySize(new Map(sizes));
  for (const [index, sku] of ranked.entries()) {
    if (chanceOf(demand.seed, 'sold out', sku.id) < SOLD_OUT) continue;
    for (const [size, peers] of sizes) {
      const able = ableOf(size, sku);
      if (able.length === 0 || !isOfRange(sku, size, index / ranked.length)) continue;
      const wanted = demand.popularity.get(sku.id)! * about.units_per_day * RANGES[size]!.days;
      const choice = { sku, size, able, peers: peers.length, wanted };
      const keepers = keepersOf(demand.seed, choice);
      const lines = linesOf(sku, { demand, size, keepers: keepers.among, ...about });
      for (const { id } of keepers.warehouses) shelves.get(id)!.push(...lines);
    }
  }
  return shelves;
}

/** The warehouses of a size that have the rooms for a SKU: looked for once for each kind of rooms. */
function roomsBySize(
  sizes: ReadonlyMap<number, readonly Warehouse[]>,
): (size: number, sku: Sku) => readonly Warehouse[] {
  const known = new Map<string, readonly Warehouse[]>();
  return (size, sku) => {
    const key = `${size} ${sku.temperature ?? 'ambient'} ${sku.hazardous === true}`;
    let able = known.get(key);
    if (able === undefined) {
      able = sizes.get(size)!.filter((warehouse) => mayHold(warehouse, sku));
      known.set(key, able);
    }
    return able;
  };
}

/** True when warehouses of this size keep such goods at all; `rank` is 0 for what sells most, up to 1. */
function isOfRange(sku: Sku, size: number, rank: number): boolean {
  const range = RANGES[size]!;
  if (sku.weight_grams > range.most_grams) return false;
  // Food sells near its buyers: cold rooms are full of it.
  const reach = sku.temperature === undefined ? range.assortment : range.assortment * 2;
  return size === 0 || rank < reach;
}

interface Choice {
  readonly sku: Sku;
  readonly size: number;
  /** Warehouses of the size with rooms for it, of how many. */
  readonly able: readonly Warehouse[];
  readonly peers: number;
  /** Units that are wanted while a shelf of this size lasts. */
  readonly wanted: number;
}

/** Who keeps a SKU, and among how many warehouses of that size its units are dealt out. */
function keepersOf(
  seed: number,
  { sku, size, able, peers, wanted }: Choice,
): { warehouses: readonly Warehouse[]; among: number } {
  const range = RANGES[size]!;
  const home = Math.floor(chanceOf(seed, 'home', sku.id) * able.length);
  if (peers > range.peers) {
    const worth = Math.ceil((wanted * range.share) / UNITS_OF_A_SHELF);
    const count = Math.min(able.length, Math.max(range.several, worth));
    // Every so many from its home on: spread over the country as the warehouses are.
    const apart = able.length / count;
    const warehouses = Array.from(
      { length: count },
      (_, place) => able[Math.floor(home + place * apart) % able.length]!,
    );
    return { warehouses, among: count };
  }
  const warehouses =
    size > 0
      ? able
      : able.filter(
          (warehouse, place) =>
            place === home || chanceOf(seed, 'also', sku.id, warehouse.id) < CENTRES_WITH,
        );
  return { warehouses, among: peers };
}

/** True when the warehouse has the rooms for these goods. */
export function mayHold(warehouse: Warehouse, sku: Sku): boolean {
  const rooms = warehouse.temperatures ?? ['ambient'];
  if (!rooms.includes(sku.temperature ?? 'ambient')) return false;
  return sku.hazardous !== true || warehouse.hazardous === true;
}

function linesOf(
  sku: Sku,
  about: {
    demand: Demand;
    size: number;
    keepers: number;
    units_per_day: number;
    today: string;
  },
): ShelfLine[] {
  const { share, days } = RANGES[about.size]!;
  const daily = about.demand.popularity.get(sku.id)! * about.units_per_day;
  const wanted = (daily * days * share) / about.keepers;
  const quantity = UNITS_MIN + Math.ceil(wanted);
  if (sku.minimum_life_days === undefined) return [{ sku_id: sku.id, quantity }];
  const half = Math.ceil(quantity / 2);
  return LIFE_DAYS.map((life, index) => ({
    sku_id: sku.id,
    quantity: index === 0 ? half : quantity - half,
    ...lotOf(about.today, life),
  })).filter((line) => line.quantity > 0);
}

/** The lot of goods that expire so many days after a day. */
export function lotOf(day: string, life_days: number): { lot: string; expires_on: string } {
  const expires_on = Temporal.PlainDate.from(day).add({ days: life_days }).toString();
  return { lot: `use-by-${expires_on}`, expires_on };
}

/** How long new chilled goods keep. */
export const FRESH_LIFE_DAYS = 24;

/** Days of demand below which a seller sends more of a SKU, and for which it then sends. */
const REORDER_DAYS = 3;
const REFILL_DAYS = 14;

/** Units to send of a SKU of which so many are left or on their way; 0 = enough is there. */
export function refillOf(demand: Demand, sku: Sku, left: number, units_per_day: number): number {
  const daily = demand.popularity.get(sku.id)! * units_per_day;
  if (left > REORDER_DAYS * daily && left > 1) return 0;
  return Math.max(2 * UNITS_MIN, Math.ceil(REFILL_DAYS * daily));
}

/** Units to send to a smaller warehouse that has sold the last one of a SKU which it keeps. */
export function shelfRefillOf(
  demand: Demand,
  sku: Sku,
  warehouse: Warehouse,
  units_per_day: number,
): number {
  const { share, days } = RANGES[rangeOf(warehouse)]!;
  const daily = demand.popularity.get(sku.id)! * units_per_day;
  return UNITS_MIN + Math.ceil(daily * days * share * SHELF_SHARE);
}

/** The part of its peers' demand that one of them is refilled for. */
const SHELF_SHARE = 0.1;
