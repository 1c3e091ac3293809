/**
 * Generated networks of any size: countries on a grid, each with its zones, warehouses and
 * regional carriers; a dozen services on a domestic lane, half as many across a border. The result
 * is a complete network document.
 */
import type { SourcingOrder, StockPosition } from '../routing/types.ts';
import type { Network, RateCard, Service, Sku, Warehouse, Zone } from '../src/domain/network.ts';
import { type Random, seededRandom } from '../src/simulation/random.ts';

/** Size of a network to generate. */
export interface NetworkSize {
  readonly seed: number;
  readonly warehouses: number;
  readonly services: number;
  readonly zones: number;
  readonly skus: number;
  readonly carriers: number;
}

const COUNTRIES = [
  ['DE', 'Europe/Berlin', 10.4, 51.1],
  ['FR', 'Europe/Paris', 2.5, 46.6],
  ['ES', 'Europe/Madrid', -3.7, 40.2],
  ['IT', 'Europe/Rome', 12.1, 43.0],
  ['PL', 'Europe/Warsaw', 19.3, 52.0],
  ['NL', 'Europe/Amsterdam', 5.3, 52.2],
  ['SE', 'Europe/Stockholm', 15.0, 60.0],
  ['GB', 'Europe/London', -1.8, 52.8],
  ['PT', 'Europe/Lisbon', -8.1, 39.6],
  ['US', 'America/New_York', -77.0, 40.7],
] as const;
const WORKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
const SIX_DAYS = [...WORKDAYS, 'sat'] as const;
const DOMESTIC_SERVICES = 12;
const HOUR = 3600;
const SPEEDS = ['express', 'standard', 'economy'] as const;

const id = (prefix: string, i: number): string => `${prefix}-${String(i).padStart(5, '0')}`;
const countryOf = (i: number) => COUNTRIES[i % COUNTRIES.length]!;
const near = (random: Random, lon: number, lat: number, spread: number): [number, number] => [
  Math.round((lon + (random.next() - 0.5) * spread) * 1e5) / 1e5,
  Math.round((lat + (random.next() - 0.5) * spread) * 1e5) / 1e5,
];
const week = <T>(days: readonly (typeof SIX_DAYS)[number][], value: T) =>
  Object.fromEntries(days.map((day) => [day, value]));

function generateSkus(random: Random, count: number): Sku[] {
  return Array.from({ length: count }, (_, i) => ({
    id: id('SKU', i),
    seller_id: id('SELLER', i % 20),
    weight_grams: random.between(50, 4000),
    length_mm: random.between(50, 600),
    width_mm: random.between(40, 400),
    height_mm: random.between(20, 300),
    ...(random.chance(0.05) ? { temperature: 'chilled' as const, minimum_life_days: 3 } : {}),
    ...(random.chance(0.02) ? { hazardous: true } : {}),
  }));
}

function generateWarehouses(random: Random, count: number): Warehouse[] {
  return Array.from({ length: count }, (_, i) => {
    const [country, time_zone, lon, lat] = countryOf(i);
    const days = random.chance(0.5) ? SIX_DAYS : WORKDAYS;
    return {
      id: id('WH', i),
      country,
      time_zone,
      position: near(random, lon, lat, 6),
      hours: week(days, [[random.pick(['06:00', '07:00', '08:00']), '20:00']] as [
        string,
        string,
      ][]),
      cut_offs: week(days, random.pick(['14:00', '16:00', '18:00'])),
      holidays: ['2026-12-25', '2027-01-01'],
      processing_seconds: random.pick([1, 2, 4]) * HOUR,
      picks_per_hour: random.between(200, 2000),
      parcels_per_day: random.between(1000, 8000),
      handling_per_parcel: random.between(40, 150),
      handling_per_unit: random.between(5, 40),
      ...(random.chance(0.3) ? { temperatures: ['ambient' as const, 'chilled' as const] } : {}),
      ...(random.chance(0.5) ? { hazardous: true } : {}),
    };
  });
}

function generateZones(random: Random, count: number): Zone[] {
  const perCountry = Math.ceil(count / COUNTRIES.length);
  const digits = String(Math.max(0, perCountry - 1)).length;
  return Array.from({ length: count }, (_, i) => {
    const [country, time_zone] = countryOf(i);
    const number = Math.floor(i / COUNTRIES.length);
    return {
      id: `ZONE-${country}-${String(number).padStart(digits, '0')}`,
      country,
      time_zone,
      postal_prefixes: [String(number).padStart(digits, '0')],
      delivery_hours: week(SIX_DAYS, [['08:00', '20:00']] as [string, string][]),
      ...(random.chance(0.05) ? { remote: true } : {}),
    };
  });
}

function generateRateCards(random: Random, count: number): RateCard[] {
  const breaks = [500, 1000, 2000, 5000, 10_000, 20_000, 31_500];
  return Array.from({ length: count }, (_, i) => {
    const level = 250 + random.next() * 350;
    const rates = Object.fromEntries(
      SPEEDS.flatMap((speed, s) =>
        [1, 2.2].map((distance, d) => [
          `${speed}-${d}`,
          breaks.map((grams) => ({
            base: Math.round(level * distance * (1.9 - s * 0.35) * (1 + grams / 12_000)),
            per_kg: Math.round(20 * distance),
          })),
        ]),
      ),
    );
    return {
      id: id('CARD', i),
      weight_breaks_grams: breaks,
      rates,
      cm3_per_kg: random.pick([5000, 6000]),
      fuel_percent: random.between(0, 18),
      remote_surcharge: 350,
    };
  });
}

function generateTransitTimes() {
  return SPEEDS.flatMap((speed, s) =>
    [0, 1].map((distance) => {
      const usual = HOUR * (12 + 18 * s + 30 * distance);
      return {
        id: `TRANSIT-${speed}-${distance}`,
        quantiles: [
          [0.05, usual * 0.7],
          [0.5, usual],
          [0.8, usual * 1.2],
          [0.95, usual * 1.7],
          [0.99, usual * 2.5],
          [1, usual * 4],
        ] as [number, number][],
      };
    }),
  );
}

interface Places {
  readonly warehouses: readonly Warehouse[];
  readonly zones: readonly Zone[];
  readonly cards: number;
}

/** One lane, if there is anything at both ends. */
function laneOf(
  warehouses: readonly string[],
  zones: readonly string[],
  speed: string,
  distance: number,
): Service['lanes'] {
  if (warehouses.length === 0 || zones.length === 0) return [];
  const lane = {
    rate_area: `${speed}-${distance}`,
    transit_time_id: `TRANSIT-${speed}-${distance}`,
  };
  return [{ warehouses: [...warehouses], zones: [...zones], ...lane }];
}

function generateServices(random: Random, size: NetworkSize, places: Places): Service[] {
  const share = Math.min(1, (DOMESTIC_SERVICES * COUNTRIES.length) / size.services);
  const warehousesOf = COUNTRIES.map(([code]) =>
    places.warehouses.filter((warehouse) => warehouse.country === code),
  );
  const zonesOf = COUNTRIES.map(([code]) =>
    places.zones.filter((zone) => zone.country === code).map((zone) => zone.id),
  );
  return Array.from({ length: size.services }, (_, i) => {
    const home = i % COUNTRIES.length;
    const speed = SPEEDS[Math.floor(i / COUNTRIES.length) % SPEEDS.length]!;
    const own = warehousesOf[home]!;
    const warehouses = random
      .sample(own, Math.max(1, Math.round(own.length * share)))
      .map((warehouse) => warehouse.id);
    const abroad = COUNTRIES.flatMap((_, c) =>
      c !== home && random.chance(0.5) ? zonesOf[c]! : [],
    );
    const lane = (zones: readonly string[], distance: number) =>
      laneOf(warehouses, zones, speed, distance);
    const lanes = [...lane(zonesOf[home]!, 0), ...lane(abroad, 1)];
    return {
      id: id('SVC', i),
      carrier_id: id('CARRIER', i % size.carriers),
      rate_card_id: id('CARD', random.between(0, places.cards - 1)),
      pickups: week(SIX_DAYS, [
        random.pick(['11:00', '12:30', '13:00']),
        random.pick(['17:00', '17:30', '18:00', '19:00', '21:00']),
      ]),
      pickup_holidays: ['2026-12-25'],
      lanes:
        lanes.length > 0
          ? lanes
          : [{ rate_area: `${speed}-1`, transit_time_id: `TRANSIT-${speed}-1` }],
      max_weight_grams: 31_500,
      ...(random.chance(0.3) ? { temperatures: ['ambient' as const, 'chilled' as const] } : {}),
      ...(random.chance(0.5) ? { hazardous: true } : {}),
      ...(random.chance(0.5) ? { parcels_per_day: random.between(500, 5000) } : {}),
      ...(random.chance(0.2) ? { parcels_per_day_per_warehouse: random.between(50, 500) } : {}),
    };
  });
}

/** Generates a complete network document. Equal sizes and seeds give equal documents. */
export function generateNetwork(size: NetworkSize): Network {
  const random = seededRandom(size.seed);
  const warehouses = generateWarehouses(random, size.warehouses);
  const zones = generateZones(random, size.zones);
  const cards = Math.max(1, Math.ceil(size.carriers / 5));
  return {
    format: 'portolan-network/1',
    name: `generated ${size.seed}`,
    currency: 'EUR',
    policy: {
      id: 'default',
      confidence: 0.95,
      split_limit: 4,
      split_penalty: 150,
      lateness_per_day: 300,
      time_per_day: 40,
      decision_seconds: 15,
      quote_seconds: 900,
      lease_seconds: 900,
      tender_attempts: 5,
      decide_attempts: 5,
    },
    platforms: [{ id: 'SHOP' }],
    sellers: Array.from({ length: 20 }, (_, i) => ({ id: id('SELLER', i) })),
    skus: generateSkus(random, size.skus),
    warehouses,
    zones,
    carriers: Array.from({ length: size.carriers }, (_, i) => ({ id: id('CARRIER', i) })),
    rate_cards: generateRateCards(random, cards),
    transit_times: generateTransitTimes(),
    services: generateServices(random, size, { warehouses, zones, cards }),
    hubs: [],
    legs: [],
    guarantees: [],
  };
}

/** Stock of every SKU in a share of the warehouses that may hold it (at least one). */
export function generateStock(network: Network, seed: number, share: number): StockPosition[] {
  const random = seededRandom(seed);
  let stockId = 0;
  return network.skus.flatMap((sku) => {
    const able = network.warehouses.filter(
      (warehouse) =>
        (sku.temperature ?? 'ambient') === 'ambient' ||
        warehouse.temperatures?.includes(sku.temperature!),
    );
    const held = random.sample(able, Math.max(1, Math.round(able.length * share)));
    return held.map(({ id: warehouse_id }) => ({
      stock_id: ++stockId,
      warehouse_id,
      sku_id: sku.id,
      available: random.between(1, 60),
    }));
  });
}

/** One order of `lines` different SKUs to a random zone. */
export function generateOrder(
  network: Network,
  random: Random,
  lines: number,
  atSeconds: number,
): SourcingOrder {
  const zone = random.pick(network.zones);
  const skus = new Set<string>();
  while (skus.size < lines) skus.add(random.pick(network.skus).id);
  return {
    at_seconds: atSeconds,
    destination: { country: zone.country, postal_code: `${zone.postal_prefixes![0]}9999` },
    deliver_by_seconds: atSeconds + random.between(1, 6) * 86_400,
    lines: [...skus].map((sku_id, i) => ({
      line_no: i + 1,
      sku_id,
      quantity: random.chance(0.8) ? 1 : random.between(2, 3),
    })),
  };
}
