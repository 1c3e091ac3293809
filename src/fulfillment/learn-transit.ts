/**
 * LEARN: how long services take, from what the journal tells of shipments. Each event is learned from
 * once; what comes of it is stored as a version, which decisions and quotes then go by and name.
 */
import { inTransaction, type Tx } from '../../db/database.ts';
import { readEdge } from '../../db/journal.ts';
import {
  findCurrentTransitVersion,
  getLearnedTransit,
  insertTransitVersion,
  listShipmentEvents,
  type ShipmentEvent,
  saveTransitLearning,
  type TransitLearning,
  takeTransitLearning,
} from '../../db/transit-learning.ts';
import {
  containingZones,
  type LearnedRow,
  lastMileOf,
  type PlannedShipment,
  type StoredLearner,
  TransitLearner,
} from '../../routing/index.ts';
import type { EventType } from '../domain/events.ts';
import { secondsOf } from '../domain/instants.ts';
import type { Network } from '../domain/network.ts';
import type { StepOutcome } from './decide-orders.ts';
import type { Engine, LiveNetwork } from './engine.ts';

/** What each event means to the learner. */
const LESSONS: { readonly [type in EventType]?: 'plan' | 'hand over' | 'deliver' | 'withdraw' } = {
  'shipment.planned': 'plan',
  'shipment.offered': 'plan',
  'shipment.repriced': 'plan',
  'shipment.handed_over': 'hand over',
  'shipment.delivered': 'deliver',
  'shipment.returned': 'withdraw',
  'shipment.lost': 'withdraw',
  'shipment.cancelled': 'withdraw',
};

/**
 * Learns from the events since the last look, if it is due. Reads the journal up to where it ended
 * then, so that no transaction can still add an event below. Safe beside itself: one row is locked.
 */
export async function learnTransit(engine: Engine): Promise<StepOutcome> {
  const network = await engine.networks.current();
  const { transit_learn_seconds, transit_learn_events: limit } = engine.config;
  return await inTransaction(engine.database, async (tx) => {
    const now = engine.clock.now();
    const before = await takeTransitLearning(tx, now);
    if (before === null) return { done: 0, more: false };
    const edge = await readEdge(tx);
    const isSafe = edge.oldest_xid >= before.edge_xid;
    const horizon = isSafe ? before.edge_seq : before.after_seq;
    const range = { after: before.after_seq, horizon, limit };
    const events =
      network === null ? [] : await listShipmentEvents(tx, range, Object.keys(LESSONS));
    const isFull = events.length === limit;
    const { deliveries, state } = await learn(engine, tx, network, before, {
      events,
      isBehind: isFull,
    });
    const after = {
      after_seq: network === null ? before.after_seq : isFull ? events.at(-1)!.seq : horizon,
      edge_seq: isFull ? before.edge_seq : edge.last_seq,
      edge_xid: isFull ? before.edge_xid : edge.next_xid,
      deliveries,
      state,
    };
    const due = isFull ? now : now.add({ seconds: transit_learn_seconds });
    await saveTransitLearning(tx, after, due);
    return { done: events.length, more: isFull };
  });
}

async function learn(
  engine: Engine,
  tx: Tx,
  network: LiveNetwork | null,
  before: TransitLearning,
  { events, isBehind }: { readonly events: readonly ShipmentEvent[]; readonly isBehind: boolean },
): Promise<Pick<TransitLearning, 'deliveries' | 'state'>> {
  if (network === null || events.length === 0) return before;
  const { transit_journeys_max, transit_least_events, transit_lanes_max } = engine.config;
  const options = {
    journeys_max: transit_journeys_max,
    least_events: transit_least_events,
    lanes_max: transit_lanes_max,
  };
  const learner =
    before.state === null
      ? new TransitLearner(options)
      : TransitLearner.restore(before.state as StoredLearner, options);
  const learned_at = engine.clock.now();
  const now = secondsOf(learned_at);
  const deliveries = before.deliveries + follow(learner, network.published, events, now);
  const learned = learner.learned(network.published, now, { isBehind });
  if (await isNews(tx, learned)) {
    const version = { network_version: network.version, learned_at, deliveries, learned };
    const transit_version = await insertTransitVersion(tx, version);
    engine.log.info(
      { transit_version, deliveries, rows: learned.length },
      'times in transit learned',
    );
  }
  return { deliveries, state: learner.store() };
}

/** Hands the events on in order; says how many deliveries there were. */
function follow(
  learner: TransitLearner,
  network: Network,
  events: readonly ShipmentEvent[],
  now: number,
): number {
  const plannedOn = planner(network);
  let deliveries = 0;
  for (const event of events) {
    const lesson = LESSONS[event.type as EventType];
    const shipment = plannedOn(event);
    // A lane that is no longer sold teaches nothing of those that are.
    if (lesson === 'withdraw' || shipment === null) learner.withdraw(event.shipment_id);
    else if (lesson === 'plan') learner.plan(shipment, now);
    else if (lesson === 'hand over') {
      if (event.handed_over_at !== null) {
        learner.handOver(shipment, secondsOf(event.handed_over_at), now);
      }
    } else if (event.delivered_at !== null) {
      deliveries += 1;
      const handed_over = event.handed_over_at === null ? null : secondsOf(event.handed_over_at);
      learner.deliver(shipment, { handed_over, delivered: secondsOf(event.delivered_at) }, now);
    }
  }
  return deliveries;
}

/** Finds what was published for a shipment's lane: the lane that names its zone, or one that names none. */
function planner(network: Network): (event: ShipmentEvent) => PlannedShipment | null {
  const services = new Map(network.services.map((service) => [service.id, service]));
  const zones = new Map(network.zones.map((zone) => [zone.id, zone]));
  const around = containingZones(network.zones);
  const tables = new Map(network.transit_times.map((table) => [table.id, table.quantiles]));
  return (event) => {
    const { shipment_id, carrier_id, service_id, warehouse_id, zone_id } = event;
    const from = (services.get(service_id)?.lanes ?? []).filter(
      ({ warehouses }) => warehouses === undefined || warehouses.includes(warehouse_id),
    );
    const lane =
      from.find(({ zones }) => zones?.includes(zone_id)) ??
      from.find(({ zones }) => zones === undefined);
    const zone = zones.get(zone_id);
    const table = lane && tableOf(lane, event);
    const published = tables.get(table?.published_id ?? '');
    if (zone === undefined || table === undefined || published === undefined) return null;
    const { transit_time_id, from_seconds: pickup_seconds } = table;
    const zone_ids = around.get(zone_id)!;
    const { country: region, time_zone } = zone;
    const place = { zone_ids, region, time_zone };
    const lanes = { carrier_id, service_id, warehouse_id, ...place, transit_time_id };
    return { shipment_id, ...lanes, published, pickup_seconds };
  };
}

/**
 * Which distribution a shipment teaches of, and from which instant on. Over hubs that is the last mile,
 * from its planned start: carriers report no hubs, so all that goes otherwise on the way ends up there.
 */
function tableOf(
  { transit_time_id, via }: Network['services'][number]['lanes'][number],
  { pickup_at, route }: ShipmentEvent,
) {
  if (transit_time_id !== undefined) {
    return { transit_time_id, published_id: transit_time_id, from_seconds: secondsOf(pickup_at) };
  }
  const last = route?.steps.at(-1);
  const published_id = last?.transit_time_id;
  if (!via?.last_mile.some((mile) => mile.transit_time_id === published_id)) return undefined;
  const from_seconds = last!.departs_seconds;
  return { transit_time_id: lastMileOf(published_id!), published_id: published_id!, from_seconds };
}

/** A version that says the same as the newest would only be compiled for nothing. */
async function isNews(tx: Tx, learned: readonly LearnedRow[]): Promise<boolean> {
  const newest = await getLearnedTransit(tx, await findCurrentTransitVersion(tx));
  return JSON.stringify(newest) !== JSON.stringify(learned);
}
