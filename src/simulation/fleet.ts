/** A carrier's trucks and scanners: fetches what was accepted, and says where it is. */
import type { Carrier, Network, Service } from '../domain/network.ts';
import { nextTime } from './calendar.ts';
import { laneOf, truckAt } from './carrier-plan.ts';
import type { Party } from './http-party.ts';
import { type Point, planJourney } from './journey.ts';
import { metresBetween } from './network/places.ts';
import { openOutbox } from './outbox.ts';
import type { AssignmentItem } from './protocol.ts';
import { readInstant, type Stage, textOf } from './stage.ts';

/** A truck comes again at its next times; after so many it gives the parcel up. */
const VISITS_MAX = 8;
/** Without a timetable a truck comes again after this long (ms). */
const AGAIN_MS = 4 * 3_600_000;

/** The trucks of one carrier. */
export interface Fleet {
  /** Fetches a parcel and brings it where it goes. */
  fetch(item: AssignmentItem): void;
}

/** One visit of a truck: when it is to leave, when it stands at the gate, and how often it came. */
interface Visit {
  readonly pickup_at: number;
  readonly at: number;
  readonly number: number;
}

/** Opens the fleet of a carrier. */
export function openFleet(stage: Stage, carrier: Carrier, party: Party): Fleet {
  const { schedule, seed, network } = stage;
  const hubs = hubsOf(network, carrier.id);
  const serviceOf = (item: AssignmentItem) =>
    network.services.find((service) => service.id === item.service_id);
  const events = openOutbox<object>(party, '/v1/tracking-events', (code) =>
    stage.note(`tracking event refused: ${code}`),
  );
  const post = ({ shipment_id }: AssignmentItem, scan: object, at: number, mark: string) =>
    events.post({
      event_id: `${shipment_id}-${mark}`,
      shipment_id,
      occurred_at: textOf(at),
      ...scan,
    });
  const send = (item: AssignmentItem, pickup_at: number, number: number) => {
    const planned = truckAt(seed, carrier.id, item.pickup.warehouse_id, pickup_at);
    const at = Math.max(planned, schedule.now());
    schedule.at(at, () => stand(item, { pickup_at, at, number }));
  };
  const stand = async (item: AssignmentItem, { pickup_at, at, number }: Visit) => {
    const found = await stage.docks.get(item.pickup.warehouse_id)?.collect(item.shipment_id, at);
    if (found === 'gone') return;
    if (found === 'loaded') drive(item, at);
    else if (at < pickup_at) {
      schedule.at(pickup_at, () => stand(item, { pickup_at, at: pickup_at, number }));
    } else if (number >= VISITS_MAX) await post(item, { status: 'cancelled' }, at, 'given-up');
    else send(item, comesAgainAt(network, serviceOf(item), item, pickup_at), number + 1);
  };
  const drive = (item: AssignmentItem, collected_at: number) => {
    const { destination, pickup } = item;
    const lane = laneOf(network, serviceOf(item), pickup.warehouse_id, destination);
    const way = hubsBetween(hubs, pickup.position, destination.position);
    const departure = { seed, carrier_id: carrier.id, item, lane, collected_at, hubs: way };
    for (const [index, { what, at, post_at }] of planJourney(departure).entries()) {
      for (const moment of post_at) schedule.at(moment, () => post(item, what, at, String(index)));
    }
  };
  return { fetch: (item) => send(item, readInstant(item.pickup.at), 1) };
}

/** The truck's next time at that gate by the service's timetable. */
function comesAgainAt(
  network: Network,
  service: Service | undefined,
  { pickup }: AssignmentItem,
  after: number,
): number {
  const warehouse = network.warehouses.find((one) => one.id === pickup.warehouse_id);
  const zone = warehouse?.time_zone ?? 'UTC';
  const next = service === undefined ? null : nextTime(service.pickups, zone, after);
  return next ?? after + AGAIN_MS;
}

/** The hubs that a carrier's own trucks go to. */
function hubsOf(network: Network, carrier_id: string): Point[] {
  const own = network.legs.filter((leg) => leg.carrier_id === carrier_id);
  const ids = new Set(own.flatMap((leg) => [leg.from_hub_id, leg.to_hub_id]));
  return network.hubs.filter((hub) => ids.has(hub.id)).map((hub) => hub.position);
}

/** The hub nearest to where the parcel comes from, and the one nearest to where it goes. */
function hubsBetween(
  hubs: readonly Point[],
  from: Point | null,
  to: Point | undefined,
): readonly Point[] {
  if (from === null || to === undefined || hubs.length === 0) return [];
  const nearest = (point: Point) =>
    hubs.reduce((best, hub) =>
      metresBetween(hub, point) < metresBetween(best, point) ? hub : best,
    );
  return [...new Set([nearest(from), nearest(to)])];
}
