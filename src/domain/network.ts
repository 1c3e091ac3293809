/**
 * The network: all master data of one operation, as one versioned document. This file is the only
 * definition of its shape; the TypeScript types, the HTTP validation, the CSV columns and the docs
 * derive from it. Rules that a JSON schema cannot say live in `network-rules.ts`.
 *
 * Units: grams, millimetres, metres, seconds, integer minor money units; coordinates are [lon, lat];
 * local times of day are `HH:MM` in the owner's IANA time zone.
 */
import { type Static, Type } from 'typebox';
import { Carrier } from './carrier.ts';
import {
  Amount,
  Code,
  closed,
  DateOnly,
  KindPairs,
  Name,
  Position,
  Temperature,
  TimeZone,
  WeeklyHours,
  WeeklyTime,
  WeeklyTimes,
  Whole,
} from './network-fields.ts';
import { Hub, Leg, Via } from './network-line-haul.ts';

export {
  Code,
  Position,
  Temperature,
  WEEKDAYS,
  type Weekday,
  WeeklyHours,
  WeeklyTime,
  WeeklyTimes,
} from './network-fields.ts';
export { Hub, Leg, Mile, Via } from './network-line-haul.ts';

/** A shop or marketplace: asks for promises and posts orders. */
export const Platform = Type.Object(
  {
    id: Code,
    name: Type.Optional(Name),
    decision_seconds: Type.Optional(Type.Number({ minimum: 0.05, maximum: 86_400 })),
  },
  closed,
);

/** Who owns stock. */
export const Seller = Type.Object({ id: Code, name: Type.Optional(Name) }, closed);

/** What is stored and sold: one article of one seller. Dimensions are those of one packed unit. */
export const Sku = Type.Object(
  {
    id: Code,
    seller_id: Code,
    name: Type.Optional(Name),
    gtin: Type.Optional(Type.String({ pattern: '^([0-9]{8}|[0-9]{12,14})$' })),
    weight_grams: Type.Number({ minimum: 0, maximum: 1e8 }),
    length_mm: Whole(0, 100_000),
    width_mm: Whole(0, 100_000),
    height_mm: Whole(0, 100_000),
    temperature: Type.Optional(Temperature),
    hazardous: Type.Optional(Type.Boolean()),
    minimum_life_days: Type.Optional(Whole(0, 3650)),
    goods_class: Type.Optional(Code),
  },
  closed,
);

/** A building that stores, picks and packs. Missing limits are unlimited. */
export const Warehouse = Type.Object(
  {
    id: Code,
    name: Type.Optional(Name),
    position: Position,
    country: Type.String({ pattern: '^[A-Z]{2}$' }),
    time_zone: TimeZone,
    hours: WeeklyHours,
    holidays: Type.Optional(Type.Array(DateOnly, { maxItems: 400 })),
    cut_offs: Type.Optional(WeeklyTime),
    processing_seconds: Whole(0, 30 * 86_400),
    picks_per_hour: Type.Optional(Whole(0, 1e9)),
    parcels_per_day: Type.Optional(Whole(0, 1e9)),
    handling_per_parcel: Type.Optional(Amount),
    handling_per_unit: Type.Optional(Amount),
    temperatures: Type.Optional(Type.Array(Temperature, { minItems: 1, maxItems: 3 })),
    hazardous: Type.Optional(Type.Boolean()),
  },
  closed,
);

/** A destination area; a destination may lie in several. */
export const Zone = Type.Object(
  {
    id: Code,
    country: Type.String({ pattern: '^[A-Z]{2}$' }),
    time_zone: TimeZone,
    postal_prefixes: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 16 }), { minItems: 1, maxItems: 10_000 }),
    ),
    polygon: Type.Optional(
      Type.Array(Type.Array(Position, { minItems: 4, maxItems: 10_000 }), {
        minItems: 1,
        maxItems: 100,
        description: 'GeoJSON polygon rings: the first is the shell, the others are holes',
      }),
    ),
    circle: Type.Optional(
      Type.Object(
        { center: Position, radius_metres: Type.Number({ minimum: 1, maximum: 2e7 }) },
        closed,
      ),
    ),
    remote: Type.Optional(Type.Boolean()),
    delivery_hours: Type.Optional(WeeklyHours),
    holidays: Type.Optional(Type.Array(DateOnly, { maxItems: 400 })),
  },
  closed,
);

export { Carrier };

/** Price of one parcel in one weight band: max(minimum, base + per_kg × billed kg). */
export const Rate = Type.Object(
  { base: Amount, per_kg: Type.Optional(Amount), minimum: Type.Optional(Amount) },
  closed,
);

/** Prices by rate area and weight band. */
export const RateCard = Type.Object(
  {
    id: Code,
    weight_breaks_grams: Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 1e9 }), {
      minItems: 1,
      maxItems: 1000,
      description: 'Inclusive upper ends of the bands, ascending; heavier parcels are refused',
    }),
    rates: Type.Record(
      Code,
      Type.Array(Type.Union([Rate, Type.Null()]), { minItems: 1, maxItems: 1000 }),
      {
        ...closed,
        description: 'rate area → one rate per weight band; null where the band is not sold',
      },
    ),
    cm3_per_kg: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 1e6, description: 'dimensional weight divisor' }),
    ),
    fuel_percent: Type.Optional(Type.Number({ minimum: 0, maximum: 500 })),
    remote_surcharge: Type.Optional(Amount),
  },
  closed,
);

/** Distribution of the time from pickup to delivery: ascending (probability, seconds) points. */
export const TransitTime = Type.Object(
  {
    id: Code,
    quantiles: Type.Array(
      Type.Tuple([
        Type.Number({ minimum: 0, maximum: 1 }),
        Type.Number({ minimum: 0, maximum: 180 * 86_400 }),
      ]),
      { minItems: 1, maxItems: 256 },
    ),
  },
  closed,
);

/**
 * Where a service runs: from these warehouses (all if missing) to these zones (all if missing). Its time
 * is given by a distribution or by a way over hubs: one of the two.
 */
export const ServiceLane = Type.Object(
  {
    warehouses: Type.Optional(Type.Array(Code, { minItems: 1, maxItems: 10_000 })),
    zones: Type.Optional(Type.Array(Code, { minItems: 1, maxItems: 10_000 })),
    rate_area: Code,
    transit_time_id: Type.Optional(Code),
    via: Type.Optional(Via),
  },
  closed,
);

/** What a carrier sells: speed, eligibility, prices, pickups, capacity. */
export const Service = Type.Object(
  {
    id: Code,
    carrier_id: Code,
    name: Type.Optional(Name),
    rate_card_id: Code,
    pickups: WeeklyTimes,
    pickup_holidays: Type.Optional(Type.Array(DateOnly, { maxItems: 400 })),
    lanes: Type.Array(ServiceLane, { minItems: 1, maxItems: 10_000 }),
    temperatures: Type.Optional(Type.Array(Temperature, { minItems: 1, maxItems: 3 })),
    hazardous: Type.Optional(Type.Boolean()),
    max_weight_grams: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 })),
    max_length_mm: Type.Optional(Whole(1, 100_000)),
    max_girth_plus_length_mm: Type.Optional(Whole(1, 500_000)),
    parcels_per_day: Type.Optional(Whole(0, 1e9)),
    parcels_per_day_per_warehouse: Type.Optional(Whole(0, 1e9)),
    carbon_grams_per_tonne_km: Type.Optional(Type.Number({ minimum: 0, maximum: 1e6 })),
  },
  closed,
);

/** Weights and rules of deciding: data, never code. Money in minor units. */
export const Policy = Type.Object(
  {
    id: Code,
    confidence: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    split_limit: Whole(1, 16),
    split_penalty: Amount,
    lateness_per_day: Amount,
    time_per_day: Amount,
    carbon_per_kg: Type.Optional(Amount),
    decision_seconds: Type.Number({ minimum: 0.05, maximum: 86_400 }),
    quote_seconds: Whole(1, 7 * 86_400),
    lease_seconds: Whole(1, 7 * 86_400),
    tender_attempts: Whole(1, 50),
    decide_attempts: Whole(1, 50),
    apart: Type.Optional(KindPairs),
    on_time_confidence: Type.Optional(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 })),
    answer_seconds: Type.Optional(Whole(0, 7 * 86_400)),
    explore_share: Type.Optional(Type.Number({ minimum: 0, maximum: 0.2 })),
    freeze_seconds: Type.Optional(Whole(0, 30 * 86_400)),
    redecide_saving: Type.Optional(Amount),
  },
  closed,
);

/** A contract on delivery: whom it covers, at what confidence, what is paid. */
export const Guarantee = Type.Object(
  {
    id: Code,
    name: Type.Optional(Name),
    platform_ids: Type.Optional(Type.Array(Code, { maxItems: 10_000 })),
    service_ids: Type.Optional(Type.Array(Code, { maxItems: 10_000 })),
    zone_ids: Type.Optional(Type.Array(Code, { maxItems: 10_000 })),
    confidence: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    remedy_amount: Amount,
    exclusions: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 50 })),
  },
  closed,
);

const table = <T extends Parameters<typeof Type.Array>[0]>(row: T, maxItems: number) =>
  Type.Array(row, { maxItems });

/** The whole document: a version of it is imported at once or not at all. */
export const Network = Type.Object(
  {
    format: Type.Literal('portolan-network/1'),
    name: Type.Optional(Name),
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
    policy: Policy,
    platforms: table(Platform, 10_000),
    sellers: table(Seller, 1_000_000),
    skus: table(Sku, 1_000_000),
    warehouses: table(Warehouse, 10_000),
    zones: table(Zone, 10_000),
    carriers: table(Carrier, 50_000),
    rate_cards: table(RateCard, 100_000),
    transit_times: table(TransitTime, 100_000),
    services: table(Service, 100_000),
    hubs: table(Hub, 10_000),
    legs: table(Leg, 1_000_000),
    guarantees: table(Guarantee, 10_000),
  },
  closed,
);

export type Platform = Static<typeof Platform>;
export type Seller = Static<typeof Seller>;
export type Sku = Static<typeof Sku>;
export type Warehouse = Static<typeof Warehouse>;
export type Zone = Static<typeof Zone>;
export type Rate = Static<typeof Rate>;
export type RateCard = Static<typeof RateCard>;
export type TransitTime = Static<typeof TransitTime>;
export type Service = Static<typeof Service>;
export type Policy = Static<typeof Policy>;
export type Guarantee = Static<typeof Guarantee>;
export type Network = Static<typeof Network>;
