/**
 * Lane tables: what leads to one destination. A row is a lane, or a route of one, that fits its list of
 * zones; which rows leave which warehouse is kept beside them (`lane-places.ts`).
 *
 * Of several lanes of a service that fit, the one naming the most specific zone counts; a lane
 * without zones fits everywhere but counts last; then the earlier in the document.
 */
import type { FreightFloors } from './freight-floors.ts';
import type { LaneIndex } from './lane-index.ts';
import { LanePlaces } from './lane-places.ts';

/** One row before it stands in a table. */
interface Fitting {
  readonly lane: number;
  readonly base: number;
  readonly service: number;
  readonly rank: number;
  readonly zone: number;
}

/** Fitting lanes, best first within a service. */
function fittingLanes(index: LaneIndex, zones: readonly number[]): Fitting[] {
  const found: Fitting[] = [];
  const add = (lanes: Int32Array, rank: number, zone: number): void => {
    for (const base of lanes) {
      if (index.rateRow[base]! < 0) continue;
      const service = index.service[base]!;
      found.push({ lane: base, base, service, rank, zone });
      const end = index.routeStart[base + 1]!;
      for (let lane = index.routeStart[base]!; lane < end; lane++) {
        found.push({ lane, base, service, rank, zone });
      }
    }
  };
  zones.forEach((zone, rank) => {
    add(index.byZone[zone]!, rank, zone);
  });
  add(index.everywhere, zones.length, zones[0]!);
  return found.sort(
    (a, b) => a.service - b.service || a.rank - b.rank || a.base - b.base || a.lane - b.lane,
  );
}

/** Numbers the pairs of transit table and zone that the rows have; -1 = over hubs, see `LaneIndex`. */
function pairArrivals(index: LaneIndex, found: readonly Fitting[], zoneCount: number) {
  const transits = index.transitCount;
  const numberOf = new Int32Array(transits * (zoneCount + 1)).fill(-1);
  const arrivalTransit: number[] = [];
  const arrivalZone: number[] = [];
  const arrival = Int32Array.from(found, ({ lane, rank, zone }) => {
    const transit = index.transit[lane]!;
    if (transit < 0) return -1;
    const key = rank * transits + transit;
    if (numberOf[key]! < 0) {
      numberOf[key] = arrivalZone.push(zone) - 1;
      arrivalTransit.push(transit);
    }
    return numberOf[key]!;
  });
  return {
    arrival,
    arrivalTransit: Int32Array.from(arrivalTransit),
    arrivalZone: Int32Array.from(arrivalZone),
  };
}

/** Bytes of a row in the table's own columns. */
const ROW_BYTES = 7 * 4;

/** Numbers the pairs of pickup timetable and arrival that the rows have; -1 where there is no arrival. */
function pairTimings({ timetable }: LaneIndex, service: Int32Array, arrival: Int32Array) {
  const numbers = new Map<number, number>();
  const timingTimetable: number[] = [];
  const timingArrival: number[] = [];
  const timing = arrival.map((own, row) => {
    if (own < 0) return -1;
    const table = timetable[service[row]!]!;
    const key = table * arrival.length + own;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, timingArrival.length);
    timingTimetable.push(table);
    return timingArrival.push(own) - 1;
  });
  return {
    timing,
    timingTimetable: Int32Array.from(timingTimetable),
    timingArrival: Int32Array.from(timingArrival),
  };
}

/** First row of the same lane, by row: its routes stand beside each other and go together. */
function leadsOf(found: readonly Fitting[]): Int32Array {
  const leads = new Int32Array(found.length);
  found.forEach(({ service, rank, base }, row) => {
    const before = found[row - 1];
    const same = before?.service === service && before.rank === rank && before.base === base;
    leads[row] = same ? leads[row - 1]! : row;
  });
  return leads;
}

/** What leads to one list of zones: rows in order of service, as parallel columns. */
export class LaneTable {
  readonly service: Int32Array;
  readonly lane: Int32Array;
  readonly zone: Int32Array;
  /** First cell of the rate row. */
  readonly rateRow: Int32Array;
  /** The row's pair of transit table and zone, as an index into the next two. */
  readonly arrival: Int32Array;
  readonly arrivalTransit: Int32Array;
  readonly arrivalZone: Int32Array;
  /** The row's pair of pickup timetable and arrival, as an index into the next two. */
  readonly timing: Int32Array;
  readonly timingTimetable: Int32Array;
  readonly timingArrival: Int32Array;
  /** Least freight by weight and class, worked out when asked for (see `freight-floors.ts`). */
  readonly floors = new Map<number, FreightFloors>();
  readonly #places: LanePlaces;

  /** Looks up what leads to `zones` (not empty). O(lanes that fit × log + places listed at once). */
  constructor(index: LaneIndex, zones: readonly number[]) {
    const found = fittingLanes(index, zones);
    const { arrival, arrivalTransit, arrivalZone } = pairArrivals(index, found, zones.length);
    this.service = Int32Array.from(found, ({ service }) => service);
    this.lane = Int32Array.from(found, ({ lane }) => lane);
    this.zone = Int32Array.from(found, ({ zone }) => zone);
    this.rateRow = Int32Array.from(found, ({ lane }) => index.rateRow[lane]!);
    this.arrival = arrival;
    this.arrivalTransit = arrivalTransit;
    this.arrivalZone = arrivalZone;
    const timings = pairTimings(index, this.service, arrival);
    this.timing = timings.timing;
    this.timingTimetable = timings.timingTimetable;
    this.timingArrival = timings.timingArrival;
    this.#places = new LanePlaces(index.origins, {
      service: this.service,
      arrival,
      list: Int32Array.from(found, ({ base }) => index.list[base]!),
      lead: leadsOf(found),
    });
  }

  /** Rows of warehouse w: `rows[firstFrom(w)] … rows[endFrom(w) - 1]`, ascending. O(1). */
  get rows(): Uint16Array | Int32Array {
    return this.#places.rows;
  }

  /** First place of a warehouse. O(1), but O(rows) when its origin is first asked for. */
  firstFrom(warehouse: number): number {
    return this.#places.first(warehouse);
  }

  /** Place behind the last one of a warehouse, after {@link firstFrom} was asked. O(1). */
  endFrom(warehouse: number): number {
    return this.#places.end(warehouse);
  }

  /** Number of services, counted with their routes, that leave a warehouse. O(1), as {@link firstFrom}. */
  countFrom(warehouse: number): number {
    const first = this.firstFrom(warehouse);
    return this.endFrom(warehouse) - first;
  }

  /** Origin of a warehouse: those of one have the same rows. O(1). */
  originOf(warehouse: number): number {
    return this.#places.of[warehouse]!;
  }

  /** Number of origins. O(1). */
  get originCount(): number {
    return this.#places.count;
  }

  /** Bytes that the table holds. O(floors asked for). */
  get bytes(): number {
    let floors = 0;
    for (const own of this.floors.values()) floors += own.bytes;
    return this.service.length * ROW_BYTES + this.#places.bytes + floors;
  }

  /** True if it holds nothing that {@link forget} would forget. O(1). */
  get isFresh(): boolean {
    return this.#places.isFresh && this.floors.size === 0;
  }

  /** Forgets what orders have asked for: it is worked out again when it is asked for again. O(origins). */
  forget(): void {
    this.#places.forget();
    this.floors.clear();
  }
}
