/**
 * A timetable of line-haul: connections (a leg's single departures) in order of departure. Hubs are
 * indices; instants are seconds after the timetable's own start, so that they fit 32 bits. What a sweep
 * reads of each connection lies side by side: that is 40 % faster than a column for each.
 */

/** One departure of a leg. `arrives_seconds` > `departs_seconds`; epoch seconds. */
export interface Connection {
  readonly from_hub: number;
  readonly to_hub: number;
  readonly departs_seconds: number;
  readonly arrives_seconds: number;
  /** Minor units, and grams of CO2, for one parcel. */
  readonly cost: number;
  readonly carbon_grams: number;
}

/**
 * A way that is open at any time and takes a time of its own: customs between the two halves of a
 * border hub, a drive across town. `seconds` > 0: the quantile to plan with, of its distribution.
 */
export interface Passage {
  readonly from_hub: number;
  readonly to_hub: number;
  readonly seconds: number;
  readonly cost: number;
  readonly carbon_grams: number;
}

/** Place of a connection's departure in its part of `rides`, seconds. */
export const DEPARTS = 0;
/** Place of its arrival. */
export const ARRIVES = 1;
/** Both hubs: the first in the lower 16 bits, the second in the upper. */
export const HUBS = 2;
/** Numbers of a connection in `rides`. */
export const RIDE = 3;

/** Hub that the connection at a place leaves. O(1). */
export const fromHub = ({ rides }: Timetable, place: number): number =>
  rides[place * RIDE + HUBS]! & 0xffff;
/** Hub where it lands. O(1). */
export const toHub = ({ rides }: Timetable, place: number): number =>
  rides[place * RIDE + HUBS]! >>> 16;

/** Connections by place in the order of departure; `id` is the place in the input. */
export interface Timetable {
  readonly hub_count: number;
  readonly start_seconds: number;
  readonly id: Int32Array;
  /** Of the connection at place c, from `RIDE × c` on: departs, arrives, hubs. */
  readonly rides: Int32Array;
  readonly cost: Float64Array;
  readonly carbon: Float64Array;
  /** 1 where a connection does not run. */
  readonly cancelled: Uint8Array;
  /** Seconds from an arrival at a hub to the first departure that can be caught there. */
  readonly transfer: Int32Array;
  readonly passages: readonly (readonly Passage[])[];
}

const MOST_HUBS = 2 ** 16;
/** Seconds in the columns end here: 68 years. */
const MOST_SECONDS = 2 ** 31 - 1;

/**
 * Sorts connections into columns. O(n log n).
 *
 * @throws RangeError when a connection or passage takes no time, or names a hub that is not there;
 * when there are more than 65,536 hubs.
 */
export function buildTimetable(
  hubs: { readonly transfer_seconds: readonly number[] },
  connections: readonly Connection[],
  passages: readonly Passage[] = [],
): Timetable {
  const hub_count = hubs.transfer_seconds.length;
  if (hub_count > MOST_HUBS) throw new RangeError(`${hub_count} hubs, the most is ${MOST_HUBS}`);
  const start = connections.reduce((least, c) => Math.min(least, c.departs_seconds), Infinity);
  const start_seconds = Number.isFinite(start) ? Math.floor(start) : 0;
  connections.forEach((connection, i) => {
    const takes = connection.arrives_seconds - connection.departs_seconds;
    refuse(connection, takes, hub_count, `connection ${i}`);
    if (connection.arrives_seconds - start_seconds > MOST_SECONDS) {
      throw new RangeError(`connection ${i} arrives more than 68 years after the first departs`);
    }
  });
  passages.forEach((passage, i) => {
    refuse(passage, passage.seconds, hub_count, `passage ${i}`);
  });
  const order = Int32Array.from(connections.keys()).sort(
    (a, b) => connections[a]!.departs_seconds - connections[b]!.departs_seconds || a - b,
  );
  const floats = (of: (connection: Connection) => number): Float64Array =>
    Float64Array.from(order, (id) => of(connections[id]!));
  const byHub: Passage[][] = hubs.transfer_seconds.map(() => []);
  for (const passage of passages) byHub[passage.from_hub]!.push(passage);
  return {
    hub_count,
    start_seconds,
    id: order,
    rides: ridesOf(connections, order, start_seconds),
    cost: floats((c) => c.cost),
    carbon: floats((c) => c.carbon_grams),
    cancelled: new Uint8Array(connections.length),
    transfer: Int32Array.from(hubs.transfer_seconds),
    passages: byHub,
  };
}

function ridesOf(
  connections: readonly Connection[],
  order: Int32Array,
  start_seconds: number,
): Int32Array {
  const rides = new Int32Array(order.length * RIDE);
  order.forEach((id, place) => {
    const { from_hub, to_hub, departs_seconds, arrives_seconds } = connections[id]!;
    rides[place * RIDE + DEPARTS] = departs_seconds - start_seconds;
    rides[place * RIDE + ARRIVES] = arrives_seconds - start_seconds;
    rides[place * RIDE + HUBS] = from_hub | (to_hub << 16);
  });
  return rides;
}

function refuse(
  way: { readonly from_hub: number; readonly to_hub: number },
  takes: number,
  hubCount: number,
  what: string,
): void {
  if (!(takes > 0)) throw new RangeError(`${what} takes ${takes} s, expected more than 0`);
  for (const hub of [way.from_hub, way.to_hub]) {
    if (!(hub >= 0 && hub < hubCount)) throw new RangeError(`${what} names hub ${hub}, not there`);
  }
}

/** First place whose departure is at or after an instant (seconds after the start). O(log n). */
export function firstDeparture(timetable: Timetable, at: number): number {
  const { rides } = timetable;
  let low = 0;
  let high = rides.length / RIDE;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rides[middle * RIDE + DEPARTS]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Place of a connection by its id. O(n), a millisecond per million. */
export function placeOf(timetable: Timetable, id: number): number {
  return timetable.id.indexOf(id);
}

/** A connection does not run. It keeps its place. O(1). */
export function cancelConnection(timetable: Timetable, place: number): void {
  timetable.cancelled[place] = 1;
}

/** A connection runs later by whole seconds ≥ 0; it moves to its new place, which is returned. O(moved). */
export function delayConnection(timetable: Timetable, place: number, seconds: number): number {
  const { id, rides, cost, carbon, cancelled } = timetable;
  const departs = rides[place * RIDE + DEPARTS]! + seconds;
  const arrives = rides[place * RIDE + ARRIVES]! + seconds;
  const target = Math.max(place, firstDeparture(timetable, departs) - 1);
  const ride = rides.slice(place * RIDE, (place + 1) * RIDE);
  rides.copyWithin(place * RIDE, (place + 1) * RIDE, (target + 1) * RIDE);
  rides.set(ride, target * RIDE);
  for (const column of [id, cost, carbon, cancelled]) {
    const own = column[place]!;
    column.copyWithin(place, place + 1, target + 1);
    column[target] = own;
  }
  rides[target * RIDE + DEPARTS] = departs;
  rides[target * RIDE + ARRIVES] = arrives;
  return target;
}
