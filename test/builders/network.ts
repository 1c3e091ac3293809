/**
 * A small network with everything in it once: three warehouses in three time zones, three carriers
 * with five services, ambient, chilled, perishable and hazardous goods, a zone by prefix, by circle
 * and a remote one. Tests say what differs: `aNetwork({ policy: { split_limit: 1 } })`.
 */
import type {
  Carrier,
  Network,
  Policy,
  RateCard,
  Service,
  Sku,
  TransitTime,
  Warehouse,
  WeeklyTime,
  WeeklyTimes,
  Zone,
} from '../../src/domain/network.ts';

/** What a test may change: whole tables, or single fields of the policy. */
export type NetworkChanges = Partial<Omit<Network, 'policy'>> & {
  readonly policy?: Partial<Policy>;
};

/** The builder network, with `changes` laid over it. */
export function aNetwork(changes: NetworkChanges = {}): Network {
  const { policy, ...tables } = changes;
  return {
    format: 'portolan-network/1',
    name: 'Builder network',
    currency: 'EUR',
    policy: { ...POLICY, ...policy },
    platforms: [{ id: 'shop' }, { id: 'market', decision_seconds: 30 }],
    sellers: [{ id: 'acme' }, { id: 'globex' }],
    skus: SKUS,
    warehouses: WAREHOUSES,
    zones: ZONES,
    carriers: CARRIERS,
    rate_cards: RATE_CARDS,
    transit_times: TRANSIT_TIMES,
    services: SERVICES,
    hubs: [],
    legs: [],
    guarantees: [],
    ...tables,
  };
}

/** An ambient SKU of seller `acme`: 500 g, a shoe box. */
export function aSku(changes: Partial<Sku> & { readonly id: string }): Sku {
  const size = { length_mm: 300, width_mm: 200, height_mm: 100 };
  return { seller_id: 'acme', weight_grams: 500, ...size, ...changes };
}

/** A warehouse in Rotterdam, open every day from 06:00 to 22:00, without limits. */
export function aWarehouse(changes: Partial<Warehouse> & { readonly id: string }): Warehouse {
  return {
    position: [4.48, 51.92],
    country: 'NL',
    time_zone: 'Europe/Amsterdam',
    hours: everyDay<[string, string][]>([['06:00', '22:00']]),
    processing_seconds: 3600,
    handling_per_parcel: 100,
    handling_per_unit: 10,
    ...changes,
  };
}

/** A service of carrier `swift` from everywhere to everywhere, collected at 12:00 and 18:00. */
export function aService(changes: Partial<Service> & { readonly id: string }): Service {
  return {
    carrier_id: 'swift',
    rate_card_id: 'standard',
    pickups: everyDay(['12:00', '18:00']),
    lanes: [{ rate_area: 'all', transit_time_id: 'days_2' }],
    ...changes,
  };
}

/** The same entry on each of the seven days. */
export function everyDay<T>(entry: T): Record<keyof WeeklyTimes, T> {
  const [mon, tue, wed, thu, fri, sat, sun] = Array(7).fill(entry) as T[];
  return { mon: mon!, tue: tue!, wed: wed!, thu: thu!, fri: fri!, sat: sat!, sun: sun! };
}

const CUT_OFFS: WeeklyTime = everyDay('17:00');

const POLICY: Policy = {
  id: 'default',
  confidence: 0.9,
  split_limit: 3,
  split_penalty: 300,
  lateness_per_day: 1000,
  time_per_day: 50,
  decision_seconds: 15,
  quote_seconds: 900,
  lease_seconds: 600,
  tender_attempts: 3,
  decide_attempts: 5,
};

const SKUS: Sku[] = [
  aSku({ id: 'mug' }),
  aSku({ id: 'book', weight_grams: 800 }),
  aSku({ id: 'lamp', weight_grams: 2500, seller_id: 'globex' }),
  aSku({ id: 'chair', weight_grams: 9000, length_mm: 900, width_mm: 600, height_mm: 500 }),
  aSku({ id: 'cheese', temperature: 'chilled', minimum_life_days: 5 }),
  aSku({ id: 'yoghurt', temperature: 'chilled', minimum_life_days: 2, seller_id: 'globex' }),
  aSku({ id: 'tea', minimum_life_days: 30 }),
  aSku({ id: 'paint', weight_grams: 1500, hazardous: true }),
];

const WAREHOUSES: Warehouse[] = [
  aWarehouse({
    id: 'rotterdam',
    cut_offs: CUT_OFFS,
    temperatures: ['ambient', 'chilled'],
    hazardous: true,
  }),
  aWarehouse({
    id: 'lisbon',
    position: [-9.14, 38.72],
    country: 'PT',
    time_zone: 'Europe/Lisbon',
    picks_per_hour: 5000,
  }),
  aWarehouse({
    id: 'warsaw',
    position: [21.01, 52.23],
    country: 'PL',
    time_zone: 'Europe/Warsaw',
    temperatures: ['ambient', 'chilled'],
    hazardous: true,
    parcels_per_day: 5000,
  }),
];

const ZONES: Zone[] = [
  { id: 'nl', country: 'NL', time_zone: 'Europe/Amsterdam', postal_prefixes: ['1', '2', '3'] },
  {
    id: 'nl_islands',
    country: 'NL',
    time_zone: 'Europe/Amsterdam',
    postal_prefixes: ['179', '889', '91'],
    remote: true,
  },
  { id: 'pt', country: 'PT', time_zone: 'Europe/Lisbon', postal_prefixes: ['1', '2', '4'] },
  {
    id: 'pl',
    country: 'PL',
    time_zone: 'Europe/Warsaw',
    postal_prefixes: ['0', '3'],
    delivery_hours: everyDay<[string, string][]>([['08:00', '20:00']]),
  },
  {
    id: 'brussels',
    country: 'BE',
    time_zone: 'Europe/Brussels',
    circle: { center: [4.35, 50.85], radius_metres: 40_000 },
  },
];

const CARRIERS: Carrier[] = [{ id: 'swift' }, { id: 'polder' }, { id: 'frost' }];

const RATE_CARDS: RateCard[] = [
  {
    id: 'standard',
    weight_breaks_grams: [2000, 10_000, 30_000],
    rates: { all: [{ base: 500 }, { base: 700 }, { base: 700, per_kg: 20 }] },
    cm3_per_kg: 5000,
    fuel_percent: 10,
    remote_surcharge: 450,
  },
  {
    id: 'express',
    weight_breaks_grams: [2000, 10_000],
    rates: { all: [{ base: 1200 }, { base: 1800, per_kg: 50 }] },
    remote_surcharge: 900,
  },
  {
    id: 'special',
    weight_breaks_grams: [5000, 30_000],
    rates: { all: [{ base: 900 }, { base: 1100, per_kg: 40 }] },
  },
];

const TRANSIT_TIMES: TransitTime[] = [
  {
    id: 'days_1',
    quantiles: [
      [0, 57_600],
      [0.5, 72_000],
      [0.9, 86_400],
      [1, 129_600],
    ],
  },
  {
    id: 'days_2',
    quantiles: [
      [0, 86_400],
      [0.5, 129_600],
      [0.9, 172_800],
      [1, 345_600],
    ],
  },
  {
    id: 'days_4',
    quantiles: [
      [0, 172_800],
      [0.5, 259_200],
      [0.9, 345_600],
      [1, 604_800],
    ],
  },
];

const SERVICES: Service[] = [
  aService({ id: 'swift-standard' }),
  aService({
    id: 'swift-express',
    rate_card_id: 'express',
    max_weight_grams: 10_000,
    parcels_per_day: 10_000,
    lanes: [{ rate_area: 'all', transit_time_id: 'days_1' }],
  }),
  aService({
    id: 'polder-parcel',
    carrier_id: 'polder',
    pickups: everyDay(['16:00']),
    lanes: [
      { warehouses: ['rotterdam'], zones: ['nl'], rate_area: 'all', transit_time_id: 'days_1' },
      { rate_area: 'all', transit_time_id: 'days_4' },
    ],
    parcels_per_day_per_warehouse: 10_000,
  }),
  aService({
    id: 'polder-hazmat',
    carrier_id: 'polder',
    rate_card_id: 'special',
    hazardous: true,
    lanes: [{ rate_area: 'all', transit_time_id: 'days_4' }],
  }),
  aService({
    id: 'frost-chilled',
    carrier_id: 'frost',
    rate_card_id: 'special',
    temperatures: ['ambient', 'chilled'],
    lanes: [{ rate_area: 'all', transit_time_id: 'days_1' }],
  }),
];
