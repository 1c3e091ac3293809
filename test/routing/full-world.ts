/**
 * Worlds in which one order fills hours and vans: every warehouse holds all goods, but picks few units an
 * hour and sends few parcels a day.
 */
import { type Random, seededRandom } from '../../src/simulation/random.ts';
import { MONDAY, type World } from './small-world.ts';

const daily = <T>(value: T) =>
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, value]));

/** A card that sells every weight, dearer by band. */
function aCard(random: Random, id: string) {
  const bands = [0, 1, 2, 3].map((band) => ({
    base: 300 + band * random.between(80, 200) + random.between(0, 100),
    per_kg: random.between(0, 50),
  }));
  return { id, weight_breaks_grams: [1000, 3000, 8000, 20_000], rates: { a: bands } };
}

/** Such a world of so many warehouses, open from 08:00, and an order of so many lines. */
export function aFullWorld(
  seed: number,
  warehouses: number,
  lines: number,
  closing: string,
): World {
  const random = seededRandom(seed);
  const list = <T>(count: number, make: (i: number) => T) =>
    Array.from({ length: count }, (_, i) => make(i));
  const skus = list(lines, (i) => ({
    ...{ id: `S${i}`, weight_grams: random.between(100, 3000) },
    ...{ length_mm: 10, width_mm: 10, height_mm: 10 },
  }));
  const houses = list(warehouses, (i) => ({
    ...{ id: `W${i}`, position: [0, 0] as [number, number], time_zone: 'UTC' },
    ...{ hours: daily([['08:00', closing]] as [string, string][]), processing_seconds: 3600 },
    ...{ picks_per_hour: random.between(2, 6), parcels_per_day: random.between(1, 3) },
    ...{ handling_per_parcel: random.between(0, 100), handling_per_unit: random.between(0, 20) },
  }));
  return {
    network: {
      skus,
      warehouses: houses,
      zones: [{ id: 'Z', country: 'DE', time_zone: 'UTC' }],
      rate_cards: ['R0', 'R1', 'R2'].map((id) => aCard(random, id)),
      transit_times: [0, 1].map((i) => ({
        id: `T${i}`,
        quantiles: [
          [0.5, 40_000 * (i + 1)],
          [1, 100_000 + 90_000 * i],
        ],
      })),
      services: list(3, (i) => ({
        ...{ id: `C${i}`, carrier_id: 'K', rate_card_id: `R${i % 3}`, pickups: daily(['17:00']) },
        parcels_per_day: random.between(1, 2),
        lanes: [{ rate_area: 'a', transit_time_id: `T${i % 2}` }],
      })),
      policy: {
        ...{ confidence: 0.9, split_limit: 6, split_penalty: 50 },
        ...{ lateness_per_day: 0, time_per_day: random.pick([0, 100]) },
      },
    },
    stock: houses.flatMap(({ id: warehouse_id }, w) =>
      skus.map(({ id: sku_id }, s) => ({
        stock_id: w * 100 + s,
        warehouse_id,
        sku_id,
        available: 5,
      })),
    ),
    capacity: [],
    order: {
      at_seconds: MONDAY,
      destination: { country: 'DE', postal_code: '1' },
      lines: list(lines, (i) => ({
        ...{ line_no: i + 1, sku_id: `S${i}`, quantity: random.pick([1, 1, 2]) },
      })),
    },
  };
}
