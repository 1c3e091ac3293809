/** Small random worlds for properties: few warehouses, scarce stock and capacity, every rule in use. */

import type {
  CapacityUse,
  NetworkInput,
  ServiceInput,
  SkuInput,
  SourcingOrder,
  StockPosition,
  WarehouseInput,
  ZoneInput,
} from '../../routing/index.ts';
import { type Random, seededRandom } from '../../src/simulation/random.ts';

/** Monday 2026-03-23, 08:30 UTC: the week in which Berlin's clocks change. */
export const MONDAY = Date.UTC(2026, 2, 23, 8, 30) / 1000;

/** A network with one order to decide on it. */
export interface World {
  readonly network: NetworkInput;
  readonly stock: StockPosition[];
  readonly capacity: CapacityUse[];
  readonly order: SourcingOrder;
}

export interface WorldShape {
  readonly warehouses: number;
  readonly services: number;
  readonly skus: number;
  readonly lines: number;
  /** Capacity and stock so tight that parcels of one order compete. */
  readonly scarce: boolean;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const some = (random: Random, least: number) => {
  const days = random.sample(DAYS, random.between(least, 7));
  return (value: unknown) => Object.fromEntries(days.map((day) => [day, value]));
};

function aSku(random: Random, i: number): SkuInput {
  return {
    id: `S${i}`,
    weight_grams: random.between(100, 6000),
    length_mm: random.between(50, 700),
    width_mm: random.between(50, 300),
    height_mm: random.between(20, 300),
    temperature: random.chance(0.15) ? 'chilled' : 'ambient',
    hazardous: random.chance(0.1),
    ...(random.chance(0.4) ? { minimum_life_days: random.between(0, 4) } : {}),
    ...(random.chance(0.3) ? { goods_class: random.pick(['food', 'soap']) } : {}),
  };
}

function aWarehouse(random: Random, i: number, scarce: boolean): WarehouseInput {
  const week = some(random, 4);
  return {
    id: `W${i}`,
    position: [10, 50],
    time_zone: random.pick(['Europe/Berlin', 'America/New_York', 'UTC']),
    hours: week(
      random.pick([
        [
          ['06:00', '14:00'],
          ['15:00', '24:00'],
        ],
        [['08:00', '17:00']],
        [['00:00', '24:00']],
      ]),
    ),
    ...(random.chance(0.5) ? { cut_offs: week(random.pick(['10:00', '12:00', '16:00'])) } : {}),
    ...(random.chance(0.3) ? { holidays: ['2026-03-24'] } : {}),
    processing_seconds: random.pick([0, 1800, 3600, 4 * 3600, 11 * 3600]),
    ...(random.chance(scarce ? 0.8 : 0.3)
      ? { picks_per_hour: random.between(1, scarce ? 6 : 30) }
      : {}),
    ...(random.chance(scarce ? 0.7 : 0.3)
      ? { parcels_per_day: random.between(1, scarce ? 2 : 9) }
      : {}),
    handling_per_parcel: random.between(0, 120),
    handling_per_unit: random.between(0, 500) / 10,
    temperatures: random.chance(0.7) ? ['ambient', 'chilled'] : ['ambient'],
    hazardous: random.chance(0.8),
  };
}

function aZone(random: Random, i: number): ZoneInput {
  return {
    id: `Z${i}`,
    country: 'DE',
    time_zone: 'Europe/Berlin',
    ...(i === 0 ? {} : { postal_prefixes: [i === 1 ? '1' : '10'] }),
    ...(random.chance(0.6) ? { delivery_hours: some(random, 4)([['09:00', '18:00']]) } : {}),
    ...(random.chance(0.3) ? { holidays: ['2026-03-26'] } : {}),
    remote: random.chance(0.2),
  };
}

function aService(random: Random, i: number, shape: WorldShape): ServiceInput {
  const names = Array.from({ length: shape.warehouses }, (_, w) => `W${w}`);
  const lane = () => ({
    ...(random.chance(0.4)
      ? {}
      : { warehouses: random.sample(names, random.between(1, names.length)) }),
    ...(random.chance(0.4)
      ? {}
      : { zones: random.sample(['Z0', 'Z1', 'Z2'], random.between(2, 3)) }),
    rate_area: random.pick(['near', 'far']),
    transit_time_id: random.pick(['T0', 'T1', 'T2']),
  });
  const limit = (share: number) => random.chance(shape.scarce ? share : 0.2);
  return {
    id: `C${i}`,
    carrier_id: `K${i % 2}`,
    rate_card_id: random.pick(['R0', 'R1']),
    pickups: some(random, 4)(random.pick([['10:00', '18:00'], ['16:30'], ['02:30', '23:30']])),
    ...(random.chance(0.2) ? { pickup_holidays: ['2026-03-25'] } : {}),
    lanes: Array.from({ length: random.between(1, 3) }, lane),
    temperatures: random.chance(0.75) ? ['ambient', 'chilled'] : ['ambient'],
    hazardous: random.chance(0.8),
    ...(random.chance(0.4) ? { max_weight_grams: random.between(4, 30) * 1000 } : {}),
    ...(random.chance(0.2) ? { max_length_mm: 650 } : {}),
    ...(random.chance(0.2) ? { max_girth_plus_length_mm: 1500 } : {}),
    ...(limit(0.6) ? { parcels_per_day: random.between(1, 2) } : {}),
    ...(limit(0.3) ? { parcels_per_day_per_warehouse: 1 } : {}),
  };
}

const rate = (random: Random, level: number) =>
  random.chance(0.07)
    ? null
    : {
        base: level + random.between(0, 200),
        per_kg: random.between(0, 600) / 10,
        ...(random.chance(0.3) ? { minimum: level + 150 } : {}),
      };

function aCard(random: Random, i: number) {
  const breaks = [1000, 5000, 12_000, 40_000];
  const rates = (level: number) => breaks.map((_, band) => rate(random, level + band * 120));
  return {
    id: `R${i}`,
    weight_breaks_grams: breaks,
    rates: { near: rates(200), far: rates(500) },
    ...(random.chance(0.6) ? { cm3_per_kg: random.pick([4000, 5000]) } : {}),
    ...(random.chance(0.6) ? { fuel_percent: random.between(1, 25) } : {}),
    ...(random.chance(0.5) ? { remote_surcharge: 275 } : {}),
  };
}

function aTransit(random: Random, i: number) {
  const usual = [20, 44, 80][i]! * 3600;
  const table: [number, number][] = [
    [0.1, usual * 0.6],
    [0.5, usual],
    [0.9, usual * 1.4],
    [0.99, usual * 3],
  ];
  return { id: `T${i}`, quantiles: random.chance(0.2) ? table.slice(1, 2) : table };
}

function stockOf(random: Random, shape: WorldShape): StockPosition[] {
  const rows: StockPosition[] = [];
  for (let s = 0; s < shape.skus; s++) {
    for (let w = 0; w < shape.warehouses; w++) {
      const lots = random.pick([0, 1, 1, 2]);
      for (let lot = 0; lot < lots; lot++) {
        rows.push({
          stock_id: rows.length + 1,
          warehouse_id: `W${w}`,
          sku_id: `S${s}`,
          available: random.between(1, shape.scarce ? 4 : 6),
          ...(random.chance(0.4)
            ? { expires_seconds: MONDAY + random.between(1, 12) * 86_400 }
            : {}),
        });
      }
    }
  }
  return rows;
}

function anOrder(random: Random, shape: WorldShape): SourcingOrder {
  return {
    at_seconds: MONDAY + random.between(0, 6 * 86_400),
    destination: { country: 'DE', postal_code: random.pick(['10115', '13086', '80331']) },
    ...(random.chance(0.7) ? { deliver_by_seconds: MONDAY + random.between(1, 9) * 86_400 } : {}),
    ...(random.chance(0.1) ? { excluded_services: ['C0'] } : {}),
    ...(random.chance(0.1) ? { excluded_warehouses: ['W0'] } : {}),
    ...(random.chance(0.1) ? { split_limit: random.between(1, 3) } : {}),
    ...(random.chance(0.05) ? { ship_complete: true } : {}),
    lines: Array.from({ length: shape.lines }, (_, i) => ({
      line_no: i + 1,
      // Mostly different SKUs, now and then one twice.
      sku_id: `S${random.chance(0.15) ? random.between(0, shape.skus - 1) : i % shape.skus}`,
      quantity: random.pick([1, 1, 1, 2, 3]),
      ...(random.chance(0.2) ? { weight_grams: random.between(300, 9000) } : {}),
      ...(random.chance(0.15) ? { keep_together: random.pick(['A', 'B']) } : {}),
    })),
  };
}

function someApart(random: Random): [string, string][] {
  return random.sample(
    [
      ['ambient', 'chilled'],
      ['hazardous', 'food'],
      ['food', 'soap'],
      ['chilled', 'soap'],
    ] as [string, string][],
    random.between(1, 2),
  );
}

/** A random world. The same seed and shape give the same world. */
export function aWorld(seed: number, shape: WorldShape): World {
  const random = seededRandom(seed);
  const list = <T>(count: number, make: (i: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(i));
  const network: NetworkInput = {
    skus: list(shape.skus, (i) => aSku(random, i)),
    warehouses: list(shape.warehouses, (i) => aWarehouse(random, i, shape.scarce)),
    zones: list(3, (i) => aZone(random, i)),
    rate_cards: list(2, (i) => aCard(random, i)),
    transit_times: list(3, (i) => aTransit(random, i)),
    services: list(shape.services, (i) => aService(random, i, shape)),
    policy: {
      confidence: random.pick([0.5, 0.9, 0.95]),
      split_limit: random.pick([1, 2, 3, 4, 5]),
      split_penalty: random.pick([0, 40, 150]),
      lateness_per_day: random.pick([0, 250]),
      time_per_day: random.pick([0, 30, 200]),
      ...(random.chance(0.5) ? { apart: someApart(random) } : {}),
      ...(random.chance(0.25) ? { on_time_confidence: random.pick([0.5, 0.8, 0.9]) } : {}),
    },
  };
  const capacity = random.chance(0.5) ? usedCapacity(random, shape) : [];
  const rest = { stock: stockOf(random, shape), capacity, order: anOrder(random, shape) };
  const answer = random.chance(0.3) ? { answer_seconds: random.pick([600, 3600, 20_000]) } : {};
  return { ...rest, network: { ...network, policy: { ...network.policy, ...answer } } };
}

function usedCapacity(random: Random, shape: WorldShape): CapacityUse[] {
  const day = MONDAY - (MONDAY % 86_400);
  return Array.from({ length: 8 }, () => {
    const w = `W${random.between(0, shape.warehouses - 1)}`;
    const c = `C${random.between(0, shape.services - 1)}`;
    const resource = random.pick([
      `picks/${w}`,
      `parcels/${w}`,
      `service/${c}`,
      `service/${c}/${w}`,
    ]);
    const hourly = resource.startsWith('picks') ? random.between(0, 23) * 3600 : 0;
    return {
      resource,
      slot_seconds: day + random.between(0, 5) * 86_400 + hourly,
      used: random.between(1, 3),
    };
  });
}
