/**
 * Replays orders in time through what production runs: the learner takes in each event when it happens,
 * once a day its rows are taken into the network document and compiled, and each order is promised at its
 * purchase by the compiled network, as a quote would.
 */
import { lawOf, placeIn } from '../routing/arrivals.ts';
import {
  type CompiledNetwork,
  compileNetwork,
  containingZones,
  type PlannedShipment,
  TransitLearner,
  withLearnedTransit,
} from '../routing/index.ts';
import { LEVELS } from '../routing/promise/duration-sketch.ts';
import { promiseAt } from '../routing/quiet-hours.ts';
import { DAY_SECONDS, QUIET_PART } from '../routing/types.ts';
import { lawIndex } from '../routing/waits.ts';
import { findZones } from '../routing/zones.ts';
import { olistNetwork, SERVICE } from './olist-network.ts';
import type { OlistOrder } from './olist-orders.ts';
import { quantilesAt } from './promise-levels.ts';

/** An order with what was promised: seconds from purchase at the library's `LEVELS`. */
export interface Promised {
  readonly order: OlistOrder;
  readonly seconds: readonly number[];
  /** What would be promised at a level, by index, were all times longer by a factor. */
  readonly stretched: (level: number, factor: number) => number;
}

/** In order of time; of the same second in this order. */
const KINDS = ['hand over', 'deliver', 'purchase', 'call off'] as const;
type Event = readonly [at: number, kind: (typeof KINDS)[number], OlistOrder];

/** What no seller has handed over by then was called off in all but name. */
const CALLED_OFF_SECONDS = 30 * DAY_SECONDS;
/** As production is by default (`PORTOLAN_TRANSIT_*`). */
const OPTIONS = { journeys_max: 5000, least_events: 20, lanes_max: 20_000 };
/** What is made long before the first promise only feeds the calibration: once a week will do. */
const SETTLE_SECONDS = 70 * DAY_SECONDS;

function eventsOf(orders: readonly OlistOrder[]): Event[] {
  const events = orders.flatMap((order): Event[] => [
    ...(order.handed_over !== null && order.handed_over > order.purchased
      ? [[order.handed_over, 'hand over', order] as const]
      : []),
    ...(order.delivered === null ? [] : [[order.delivered, 'deliver', order] as const]),
    [order.purchased, 'purchase', order],
    ...((order.handed_over ?? Infinity) > order.purchased + CALLED_OFF_SECONDS
      ? [[order.purchased + CALLED_OFF_SECONDS, 'call off', order] as const]
      : []),
  ]);
  return events.sort((a, b) => a[0] - b[0] || KINDS.indexOf(a[1]) - KINDS.indexOf(b[1]));
}

/** What the compiled network states of an order at its purchase. */
function promisesOf(network: CompiledNetwork, order: OlistOrder): Promised {
  const { seller, purchased } = order;
  const zones = findZones(network.zones.index, { country: 'BR', postal_code: order.to.zip });
  const lanes = network.laneCache.towards(zones);
  const warehouse = network.warehouses.indexOf.get(seller)!;
  const transit = network.lanes.transit[lanes.lane[lanes.rows[lanes.firstFrom(warehouse)]!]!]!;
  const law = lawIndex(network.transit, transit, warehouse, purchased);
  const table = lawOf(network, law, purchased)!;
  const place = placeIn(network, law);
  const [from, to] = [table.start[place]!, table.start[place + 1]!];
  const points = [table.probability.subarray(from, to), table.seconds.subarray(from, to)] as const;
  const stated = quantilesAt(...points);
  const soonest = quantilesAt(
    ...points,
    LEVELS.map((level) => level - QUIET_PART * (1 - level)),
  );
  const zone = lanes.zone[lanes.rows[lanes.firstFrom(warehouse)]!]!;
  const quiet = network.calendars.quiet(table.quiet?.[place] ?? 0, zone);
  const at = (seconds: number) => Math.ceil(purchased + seconds);
  const stretched = (level: number, factor: number): number =>
    promiseAt(undefined, quiet, at(factor * stated[level]!), at(factor * soonest[level]!)) -
    purchased;
  return { order, seconds: LEVELS.map((_, level) => stretched(level, 1)), stretched };
}

/** Promises of all orders purchased from `from` on, in order of purchase. */
export function replay(orders: readonly OlistOrder[], from: number): Promised[] {
  const { network: document, laneOf, published } = olistNetwork(orders);
  const around = containingZones(document.zones);
  const learner = new TransitLearner(OPTIONS);
  const planned = (order: OlistOrder): PlannedShipment => {
    const { zone_id, transit_time_id } = laneOf(order);
    return {
      shipment_id: order.ref,
      carrier_id: SERVICE,
      service_id: SERVICE,
      warehouse_id: order.seller,
      zone_ids: around.get(zone_id)!,
      region: 'BR',
      time_zone: 'America/Sao_Paulo',
      transit_time_id,
      published,
      pickup_seconds: order.purchased,
      weight: order.weight,
    };
  };
  const promised: Promised[] = [];
  let learned = Number.NEGATIVE_INFINITY;
  let network: CompiledNetwork | undefined;
  for (const [at, kind, order] of eventsOf(orders)) {
    const shipment = planned(order);
    if (kind === 'hand over') learner.handOver(shipment, at, at);
    else if (kind === 'deliver') {
      learner.deliver(shipment, { handed_over: order.handed_over, delivered: at }, at);
    } else if (kind === 'call off') learner.withdraw(order.ref);
    else {
      if (at - learned >= (at < from - SETTLE_SECONDS ? 7 : 1) * DAY_SECONDS) {
        learned = at;
        const rows = learner.learned(document, at);
        const horizon = { from_seconds: at, horizon_days: 3 };
        if (at >= from - DAY_SECONDS) {
          network = compileNetwork(withLearnedTransit(document, rows), horizon);
        }
      }
      if (network !== undefined && at >= from) {
        promised.push(promisesOf(network, order));
      }
      learner.plan(shipment, at);
    }
  }
  return promised;
}
