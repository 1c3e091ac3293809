/**
 * How a carrier behaves: whether it takes a parcel, when its truck comes, how long the way takes, and
 * what it says on the way. Pure; each choice follows from the seed and the label of the parcel.
 */
import type { Network, Service, TransitTime, Zone } from '../domain/network.ts';
import { openAt } from './calendar.ts';
import type { AssignmentItem, DestinationSeen } from './protocol.ts';
import { chanceOf, randomFor } from './random.ts';

/** What a carrier does with an offer; `silent` says nothing until the lease has ended. */
export type OfferChoice =
  | { readonly answer: 'accept'; readonly after_seconds: number }
  | { readonly answer: 'reject'; readonly after_seconds: number; readonly reason: string }
  | { readonly answer: 'silent' };

const MINUTE = 60;
const HOUR = 3600;
/** Carriers that never answer, and that say no to much. */
const DEAF_CARRIERS = 0.02;
const CHOOSY_CARRIERS = 0.06;
/** Share of offers that get no answer, and a no: of most carriers, and of choosy ones. */
const SILENT = 0.004;
const REJECTS = 0.015;
const REJECTS_CHOOSY = 0.2;
const REASONS = ['no_capacity', 'out_of_area', 'not_eligible', 'price', 'other'] as const;

/** What tells a parcel apart from run to run, where ids do not. */
export function parcelLabel(item: AssignmentItem): string {
  const { destination, pickup, fencing_token } = item;
  const buyer = destination.name ?? destination.postal_code;
  return `${buyer} ${pickup.warehouse_id} ${fencing_token}`;
}

/** Decides on an offer. */
export function chooseAnswer(seed: number, carrier_id: string, item: AssignmentItem): OfferChoice {
  const random = randomFor(seed, 'answer', carrier_id, item.service_id, parcelLabel(item));
  const isDeaf = chanceOf(seed, 'deaf', carrier_id) < DEAF_CARRIERS;
  if (isDeaf || random.chance(SILENT)) return { answer: 'silent' };
  const isChoosy = chanceOf(seed, 'choosy', carrier_id) < CHOOSY_CARRIERS;
  const after_seconds = MINUTE * (0.5 + 4 * random.next());
  if (random.chance(isChoosy ? REJECTS_CHOOSY : REJECTS)) {
    return { answer: 'reject', after_seconds, reason: random.pick(REASONS) };
  }
  return { answer: 'accept', after_seconds };
}

const TRUCK_LATE = 0.025;
const TRUCK_LATE_HOURS = [1, 4] as const;
/** A truck is at the gate this long (minutes) before it is to leave, and waits until then. */
const TRUCK_EARLY_MINUTES = [12, 35] as const;

/** When the truck that is to leave a warehouse at `pickup_at` comes, ms since 1970. */
export function truckAt(
  seed: number,
  carrier_id: string,
  warehouse_id: string,
  pickup_at: number,
): number {
  const random = randomFor(seed, 'truck', carrier_id, warehouse_id, pickup_at);
  const early = between(random.next(), TRUCK_EARLY_MINUTES) * MINUTE;
  const late = between(random.next(), TRUCK_LATE_HOURS) * HOUR;
  return pickup_at + (random.chance(TRUCK_LATE) ? late : -early) * 1000;
}

/** How a parcel's way ends, or does not; and what is told where it ends late. */
export type Fate = 'delivered' | 'second_attempt' | 'delayed' | 'lost' | 'vanished' | 'returned';

/** Shares of parcels that do not arrive. */
const NO_ARRIVAL: readonly (readonly [Fate, number])[] = [
  ['lost', 0.0035],
  ['vanished', 0.001],
  ['returned', 0.0025],
];
/** The slowest parcels of a service are slow for a reason: a missed connection, nobody at home. */
const FOR_A_REASON = 0.965;

/** The fate of a parcel that is among the share `point` of the fastest of its service. */
export function fateOf(seed: number, label: string, point: number): Fate {
  let left = chanceOf(seed, 'fate', label);
  for (const [fate, share] of NO_ARRIVAL) {
    left -= share;
    if (left < 0) return fate;
  }
  if (point < FOR_A_REASON) return 'delivered';
  return chanceOf(seed, 'reason', label) < 0.5 ? 'delayed' : 'second_attempt';
}

/** The seconds that a share `point` of parcels need at most: between two points, in proportion. */
export function transitSeconds({ quantiles }: TransitTime, point: number): number {
  const [first] = quantiles;
  let [share, seconds] = first!;
  if (point <= share) return seconds;
  for (const [nextShare, nextSeconds] of quantiles) {
    if (point <= nextShare) {
      const part = nextShare === share ? 1 : (point - share) / (nextShare - share);
      return seconds + part * (nextSeconds - seconds);
    }
    [share, seconds] = [nextShare, nextSeconds];
  }
  return seconds;
}

/** The lane that a carrier uses for a parcel: how long it takes, and when doors are open there. */
export interface LaneUsed {
  readonly transit: TransitTime | null;
  readonly zone: Zone | null;
}

/** Finds the lane of a service by postal code; nulls where the network says it otherwise. */
export function laneOf(
  network: Network,
  service: Service | undefined,
  warehouse_id: string,
  destination: DestinationSeen,
): LaneUsed {
  const zones = network.zones.filter((zone) => isIn(zone, destination));
  const starts = (service?.lanes ?? []).filter(
    (lane) => lane.warehouses === undefined || lane.warehouses.includes(warehouse_id),
  );
  for (const zone of zones) {
    const lane = starts.find((one) => one.zones?.includes(zone.id));
    if (lane !== undefined) return { transit: transitOf(network, lane), zone };
  }
  const anywhere = starts.find((lane) => lane.zones === undefined);
  const transit = anywhere === undefined ? null : transitOf(network, anywhere);
  return { transit, zone: zones[0] ?? null };
}

function isIn(zone: Zone, { country, postal_code }: DestinationSeen): boolean {
  if (zone.country !== country) return false;
  return zone.postal_prefixes?.some((prefix) => postal_code.startsWith(prefix)) === true;
}

/** Null for a lane over hubs: such a parcel comes within the time that the assignment gives. */
function transitOf(network: Network, lane: Service['lanes'][number]): TransitTime | null {
  return network.transit_times.find((time) => time.id === lane.transit_time_id) ?? null;
}

/** When a parcel is at the door that is among the share `point` of the fastest, ms since 1970. */
export function doorAt(
  lane: LaneUsed,
  point: number,
  way: { readonly from: number; readonly deliver_by: number },
): number {
  // Where the network's own words cannot be read, nearly all come within the time given.
  const seconds =
    lane.transit === null
      ? ((way.deliver_by - way.from) / 1000) * (0.5 + 0.52 * point)
      : transitSeconds(lane.transit, point);
  return doorOpenAt(lane, way.from + seconds * 1000);
}

/** The first instant from `at` on at which somebody opens. */
export function doorOpenAt({ zone }: LaneUsed, at: number): number {
  return zone === null ? at : openAt(zone.delivery_hours, zone.time_zone, at);
}

function between(point: number, [from, to]: readonly [number, number]): number {
  return from + point * (to - from);
}
