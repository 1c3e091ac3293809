/** What a carrier says of a parcel on its way: scans in order, and now and then not. Pure. */
import {
  doorAt,
  doorOpenAt,
  type Fate,
  fateOf,
  type LaneUsed,
  parcelLabel,
} from './carrier-plan.ts';
import type { AssignmentItem } from './protocol.ts';
import { chanceOf, type Random, randomFor } from './random.ts';
import { readInstant } from './stage.ts';
import type { Told } from './warehouse-plan.ts';

/** A tracking event as it is posted, without its id and shipment. */
export interface Scan {
  readonly status: string;
  readonly position?: readonly [number, number];
  readonly description?: string;
}

export type Point = readonly [number, number];

/** What is known when a parcel sets out. */
export interface Departure {
  readonly seed: number;
  readonly carrier_id: string;
  readonly item: AssignmentItem;
  readonly lane: LaneUsed;
  /** When the truck took it, ms since 1970. */
  readonly collected_at: number;
  /** Where it is scanned on a long way, in order. */
  readonly hubs: readonly Point[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A way shorter than this is one ride: the parcel is out for delivery as soon as it is picked up. */
const ONE_RIDE_MS = 4 * HOUR_MS;
const TELLS_TWICE = 0.03;
const TELLS_LATE = 0.03;
const SKIPS_SCAN = 0.05;
/** Share of a carrier's days on which its computers are down, and for how long (h). */
const OUTAGE = 0.008;
const OUTAGE_HOURS = 7;

/** The whole way of a parcel, from its pickup on. */
export function planJourney(departure: Departure): Told<Scan>[] {
  const { seed, carrier_id, item, collected_at } = departure;
  const label = parcelLabel(item);
  const random = randomFor(seed, 'journey', label);
  const scans = scansOf(departure, label, random);
  return scans.map(([at, what]) => {
    const late = random.chance(TELLS_LATE) ? between(random, 2, 6) * HOUR_MS : 0;
    const isEnd = what.status === 'delivered';
    const first = afterOutage(seed, carrier_id, at + (isEnd ? 0 : late));
    const post_at = random.chance(TELLS_TWICE) ? [first, first + 5 * MINUTE_MS] : [first];
    return { what, at: Math.max(at, collected_at), post_at };
  });
}

type Timed = readonly [at: number, scan: Scan];

function scansOf(departure: Departure, label: string, random: Random): Timed[] {
  const { seed, item, lane, collected_at, hubs } = departure;
  const deliver_by = readInstant(item.deliver_by);
  const from = Math.max(collected_at, readInstant(item.pickup.at));
  const point = chanceOf(seed, 'transit', label);
  const door = doorAt(lane, point, { from, deliver_by });
  const home = item.destination.position;
  const start = item.pickup.position;
  const scans: Timed[] = [[collected_at, at(start, { status: 'picked_up' })]];
  if (door - from > ONE_RIDE_MS) {
    for (const [index, hub] of hubs.entries()) {
      const part = (0.25 + 0.3 * index) * (0.9 + 0.2 * random.next());
      if (random.chance(SKIPS_SCAN)) continue;
      scans.push([from + (door - from) * part, at(hub, { status: 'in_transit' })]);
    }
  }
  const fate = fateOf(seed, label, point);
  if (fate === 'vanished') return scans;
  if (fate === 'lost') {
    const told_at = Math.max(deliver_by, from) + between(random, 20, 32) * HOUR_MS;
    return [...scans, [told_at, { status: 'lost', description: 'not found at any hub' }]];
  }
  return [...scans, ...lastMile({ fate, lane, from, door, home }, random)];
}

interface LastMile {
  readonly fate: Fate;
  readonly lane: LaneUsed;
  readonly from: number;
  readonly door: number;
  readonly home: Point | undefined;
}

function lastMile({ fate, lane, from, door, home }: LastMile, random: Random): Timed[] {
  const round = (delivery: number): number =>
    delivery - from > ONE_RIDE_MS
      ? Math.max(from, delivery - between(random, 2.6, 4.5) * HOUR_MS)
      : Math.min(from, delivery - MINUTE_MS);
  const nextDay = (after: number) => doorOpenAt(lane, after + between(random, 18, 23) * HOUR_MS);
  const out = (delivery: number): Timed => [round(delivery), { status: 'out_for_delivery' }];
  const failed = (delivery: number): Timed => [
    delivery,
    at(home, { status: 'delivery_failed', description: 'nobody at home' }),
  ];
  const delivered = (delivery: number): Timed => [delivery, at(home, { status: 'delivered' })];
  // A first attempt half a way earlier, when the door was open.
  const first = doorOpenAt(lane, from + (door - from) * 0.6);
  const isTwice = fate === 'second_attempt' && first < door && door - from > ONE_RIDE_MS;
  const tried: Timed[] = isTwice ? [out(first), failed(first)] : [];
  switch (fate) {
    case 'delayed': {
      const delay: Scan = { status: 'delivery_delayed', description: 'missed its connection' };
      return [[from + (door - from) * 0.5, delay], out(door), delivered(door)];
    }
    case 'returned': {
      const second = nextDay(door);
      const turned: Scan = { status: 'return_to_sender', description: 'not taken twice' };
      return [
        ...[out(door), failed(door), out(second), failed(second)],
        [second + 2 * HOUR_MS, turned],
        [second + DAY_MS, { status: 'returned' }],
      ];
    }
    default:
      return [...tried, out(door), delivered(door)];
  }
}

/** When a carrier's computers are down, what happens is told when they are up again. */
function afterOutage(seed: number, carrier_id: string, at: number): number {
  const day = Math.floor(at / DAY_MS);
  if (chanceOf(seed, 'outage', carrier_id, day) >= OUTAGE) return at;
  const down = day * DAY_MS + chanceOf(seed, 'outage at', carrier_id, day) * 16 * HOUR_MS;
  const up = down + OUTAGE_HOURS * HOUR_MS;
  return at >= down && at < up ? up : at;
}

function at(position: Point | null | undefined, scan: Scan): Scan {
  return position == null ? scan : { ...scan, position };
}

function between(random: Random, from: number, to: number): number {
  return from + random.next() * (to - from);
}
