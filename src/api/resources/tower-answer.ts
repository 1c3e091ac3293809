/**
 * What the control tower is told. Schemas only: the page takes its types from here, so nothing of the
 * server may be imported.
 */
import { type Static, type TSchema, Type } from 'typebox';
import { MILESTONES } from '../../domain/milestones.ts';
import { Id, Instant, Nullable, OneOf } from '../schemas.ts';

const Whole = Type.Integer();
const Name = Nullable(Type.String());
const Lonlat = Type.Tuple([Type.Number(), Type.Number()], { description: '[lon, lat]' });
const Risk = OneOf(['none', 'at_risk', 'breached'], {
  description:
    'breached: the promised delivery has passed; at_risk: a deadline before it is near or past',
});

/** Every answer says as of when it holds, and how fast the engine's clock runs. */
const clock = {
  as_of: Instant,
  clock_rate: Type.Number({ description: "seconds of the engine's clock in one of real time" }),
};

const tally = {
  open: Whole,
  at_risk: Whole,
  breached: Whole,
};

/** What does not move: names and places, of one network version. */
export const TowerNetwork = Type.Object({
  network_version: Whole,
  name: Name,
  currency: Type.String(),
  warehouses: Type.Array(
    Type.Object({
      warehouse_id: Type.String(),
      name: Name,
      position: Lonlat,
      time_zone: Type.String(),
      parcels_per_day: Nullable(Whole),
    }),
  ),
  hubs: Type.Array(Type.Object({ hub_id: Type.String(), name: Name, position: Lonlat })),
  legs: Type.Array(Type.Object({ from_hub_id: Type.String(), to_hub_id: Type.String() }), {
    description: 'pairs of hubs that some carrier drives between',
  }),
  zones: Type.Array(
    Type.Object({
      zone_id: Type.String(),
      position: Type.Union([Lonlat, Type.Null()], {
        description: 'its centre, where the network draws the zone',
      }),
    }),
  ),
  carriers: Type.Array(Type.Object({ carrier_id: Type.String(), name: Name })),
  services: Type.Array(
    Type.Object({ service_id: Type.String(), carrier_id: Type.String(), name: Name }),
  ),
});

/** What moves: the load of each warehouse and lane. */
export const TowerMap = Type.Object({
  ...clock,
  network_version: Whole,
  warehouses: Type.Array(
    Type.Object({
      warehouse_id: Type.String(),
      ...tally,
      in_house: Type.Integer({ description: 'open parcels that have not left it' }),
      taken_today: Nullable(Type.Integer({ description: 'parcels planned to leave it today' })),
    }),
  ),
  lanes: Type.Array(
    Type.Object({
      warehouse_id: Type.String(),
      zone_id: Type.String(),
      ...tally,
      position: Type.Union([Lonlat, Type.Null()], {
        description: 'middle of the doors its parcels go to, where orders say',
      }),
    }),
    { description: 'with open parcels, the busiest first, at most 1500' },
  ),
});

const series = (description: string) =>
  Type.Array(Nullable(Type.Number()), { description: `${description}; null = not known` });

/** The figures, and their history in buckets of the engine's clock. */
export const TowerFigures = Type.Object({
  ...clock,
  now: Type.Object({
    orders_per_second: Type.Number({ description: 'accepted, over the newest whole buckets' }),
    open_orders: Whole,
    open_parcels: Whole,
    waiting: Type.Integer({ description: 'orders that wait for a decision' }),
    backordered: Whole,
    unfillable: Whole,
    at_risk: Type.Integer({ description: 'parcels' }),
    breached: Type.Integer({ description: 'parcels whose promise has passed' }),
    on_time_share: Nullable(
      Type.Number({ description: 'of the parcels delivered in the history' }),
    ),
    stock_outs: Type.Integer({ description: 'orders that found no stock, in the history' }),
    split_share: Nullable(Type.Number({ description: 'of decisions in the history' })),
    cost_per_order: Nullable(Type.Number({ description: 'minor units, mean of the history' })),
    decision_p50_us: Nullable(Type.Integer({ description: 'solver time of the newest decisions' })),
    decision_p99_us: Nullable(Whole),
    budget_share_p99: Nullable(
      Type.Number({ description: 'share of its time an order waited; 1 = at its deadline' }),
    ),
    queue_age_seconds: Nullable(
      Type.Number({ description: 'age of the oldest order without a decision' }),
    ),
    carriers: Type.Array(
      Type.Object({ carrier_id: Type.String(), ...tally }, { description: 'most work first' }),
    ),
  }),
  history: Type.Object({
    bucket_seconds: Whole,
    start_seconds: Type.Array(Whole, { description: 'since 1970, one per bucket' }),
    orders_per_second: series('accepted'),
    open_orders: series('at the end of the bucket'),
    on_time_share: series('of parcels delivered'),
    at_risk: series('parcels, at the end of the bucket'),
    breached: series('parcels, at the end of the bucket'),
    stock_outs: series('orders that found no stock'),
    split_share: series('of decisions'),
    cost_per_order: series('minor units'),
    decision_us: series('mean solver time'),
    budget_share: series('largest share of its time an order waited'),
    queue_age_seconds: series('at the end of the bucket'),
  }),
});

/** Open parcels in columns: element i of each list is of parcel i. */
export const TowerParcels = Type.Object({
  ...clock,
  seq: Type.Integer({ description: 'follow the live stream from here' }),
  warehouses: Type.Array(Type.String(), { description: 'what `warehouse` counts into' }),
  zones: Type.Array(Type.String()),
  carriers: Type.Array(Type.String()),
  states: Type.Array(Type.String()),
  shipment_id: Type.Array(Type.String()),
  order_id: Type.Array(Type.String()),
  warehouse: Type.Array(Whole),
  zone: Type.Array(Whole),
  carrier: Type.Array(Whole),
  state: Type.Array(Whole),
  risk: Type.Array(Type.Integer({ description: '0 none, 1 at risk, 2 breached' })),
  pickup_seconds: Type.Array(Whole),
  expected_seconds: Type.Array(Whole),
  position: Type.Array(Type.Union([Lonlat, Type.Null()])),
  next_cursor: Nullable(Type.String()),
});

const Endangered = Type.Object({
  shipment_id: Id,
  order_id: Id,
  external_ref: Name,
  platform_id: Name,
  warehouse_id: Type.String(),
  carrier_id: Type.String(),
  service_id: Type.String(),
  state: Type.String(),
  risk: Risk,
  owes: Nullable(OneOf(MILESTONES, { description: 'the next milestone' })),
  owner: Nullable(Type.String({ description: 'who owes it' })),
  due_at: Nullable(Instant),
  promise_at: Instant,
});

/** Parcels at risk, the most urgent first. */
export const TowerAtRisk = Type.Object({
  ...clock,
  parcels: Type.Array(Endangered),
  next_cursor: Nullable(Type.String()),
});

const Scorecard = {
  since: Instant,
  parcels: Type.Integer({ description: 'that ended' }),
  milestones: Type.Array(Type.Object({ kind: OneOf(MILESTONES), owed: Whole, kept: Whole })),
  lost: Whole,
  returned: Whole,
};

const Use = Type.Object({
  resource: Type.String(),
  used: Type.Integer({ description: 'parcels of today' }),
  limit: Whole,
});

const work = Type.Array(Type.Object({ state: Type.String(), parcels: Whole }), {
  description: 'open parcels by state',
});

/** A warehouse: its work, capacity and scorecard. */
export const TowerWarehouse = Type.Object({
  ...clock,
  warehouse_id: Type.String(),
  name: Name,
  position: Lonlat,
  time_zone: Type.String(),
  ...tally,
  work,
  capacity: Type.Array(Use),
  scorecard: Type.Object({ ...Scorecard, short_picks: Whole }),
  carriers: Type.Array(Type.Object({ carrier_id: Type.String(), ...tally })),
});

/** A carrier: its work, capacity and scorecard. */
export const TowerCarrier = Type.Object({
  ...clock,
  carrier_id: Type.String(),
  name: Name,
  services: Whole,
  ...tally,
  share: Type.Number({ description: 'of all open parcels' }),
  work,
  capacity: Type.Array(Use),
  scorecard: Type.Object({
    ...Scorecard,
    accepted: Type.Integer({ description: 'offers' }),
    rejected: Whole,
    expired: Whole,
  }),
  warehouses: Type.Array(Type.Object({ warehouse_id: Type.String(), ...tally })),
});

/** Worker processes: alive, or silent for how long. */
export const TowerWorkers = Type.Object({
  ...clock,
  stale_after_seconds: Whole,
  workers: Type.Array(
    Type.Object({
      worker_id: Id,
      host: Type.String(),
      pid: Whole,
      queues: Type.Array(Type.String()),
      is_linked: Type.Boolean({ description: 'connected to its queue' }),
      is_stale: Type.Boolean({ description: 'has said nothing for too long' }),
      silent_seconds: Type.Number({ description: 'of real time' }),
      started_at: Instant,
      seen_at: Instant,
    }),
  ),
  queues: Type.Array(
    Type.Object({
      queue: Type.String(),
      alive: Type.Integer({ description: 'workers that answer it' }),
      stale: Whole,
    }),
  ),
});

/** An answer as it goes over the wire: instants are texts. */
export type Wire<T> = T extends Temporal.Instant
  ? string
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [K in keyof T]: Wire<T[K]> }
      : T;

/** What a schema's answer looks like to a client. */
export type Answered<T extends TSchema> = Wire<Static<T>>;
