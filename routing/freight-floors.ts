/**
 * Freight floors: what parcels of one weight and class cost at least towards one list of zones, by row
 * and by warehouse. Freight is never below the rate row's least price above that weight. They depend on the
 * lane table alone and stay with it.
 */
import { timingTime } from './floors.ts';
import type { LaneTable } from './lane-table.ts';
import type { CompiledNetwork } from './network.ts';
import type { OrderContext } from './problem.ts';
import { freightFloor, type RateTable } from './rates.ts';

const UNKNOWN = -(2 ** 31);
/** Freight floor where nothing is sold at that weight: as good as infinite. */
export const NO_FREIGHT = 2 ** 31 - 1;

/** By rate table and place of the weight: least freight by rate row, remote or not, as far as asked for. */
const rateFloors = new WeakMap<RateTable, (Int32Array | undefined)[]>();

/** Least freight of one weight by (rate row, remote); they are the same towards all zones. */
function floorsOfRates(rates: RateTable, index: number): Int32Array {
  let byIndex = rateFloors.get(rates);
  if (byIndex === undefined) {
    byIndex = [];
    rateFloors.set(rates, byIndex);
  }
  byIndex[index] ??= new Int32Array(rates.base.length * 2).fill(UNKNOWN);
  return byIndex[index];
}

/** Least freight by each row of the lane table of parcels of one weight and class. O(rows). */
function rowFloors(
  network: CompiledNetwork,
  lanes: LaneTable,
  index: number,
  classes: number,
): Int32Array {
  const { rates, services, zones } = network;
  const above = rates.floorAbove[index]!;
  const ofRates = floorsOfRates(rates, index);
  const floors = new Int32Array(lanes.service.length);
  for (let row = 0; row < floors.length; row++) {
    const service = lanes.service[row]!;
    if ((classes & ~services.classes[service]!) !== 0) {
      floors[row] = NO_FREIGHT;
      continue;
    }
    const remote = zones.remote[lanes.zone[row]!]!;
    const cell = lanes.rateRow[row]! * 2 + remote;
    let floor = ofRates[cell]!;
    if (floor === UNKNOWN) {
      const card = services.card[service]!;
      const freight = freightFloor(rates, card, lanes.rateRow[row]!, above, remote === 1);
      floor = Math.min(NO_FREIGHT, Math.max(freight, -NO_FREIGHT));
      ofRates[cell] = floor;
    }
    floors[row] = floor;
  }
  return floors;
}

/** Timings of a lane table by timetable and zone, then by the floor of what they promise. */
function timingOrder({ transit }: CompiledNetwork, lanes: LaneTable): Int32Array {
  const { timingArrival, timingTimetable, arrivalTransit, arrivalZone } = lanes;
  const zone = (timing: number) => arrivalZone[timingArrival[timing]!]!;
  const soonest = (timing: number) => transit.soonest[arrivalTransit[timingArrival[timing]!]!]!;
  return Int32Array.from(timingArrival.keys()).sort(
    (a, b) =>
      timingTimetable[a]! - timingTimetable[b]! ||
      zone(a) - zone(b) ||
      soonest(a) - soonest(b) ||
      a - b,
  );
}

// Least freight by timing, while one origin is looked at.
let leastBy = new Int32Array(256);

/** Freight floors of parcels of one weight (see `floorIndex`) and class towards one list of zones. */
export class FreightFloors {
  /** By row of the lane table; {@link NO_FREIGHT} where the weight is not sold or the class refused. */
  readonly byRow: Int32Array;
  readonly #lanes: LaneTable;
  /** Least freight by origin. */
  readonly #least: Int32Array;
  /** By promised times: networks under policies of different confidence share a lane table. */
  readonly #fronts = new Map<Float64Array, Fronts>();

  /** Looks at all rows at the weight of place `index`. O(rows × bands). */
  constructor(network: CompiledNetwork, lanes: LaneTable, index: number, classes: number) {
    this.byRow = rowFloors(network, lanes, index, classes);
    this.#lanes = lanes;
    this.#least = new Int32Array(lanes.originCount).fill(UNKNOWN);
  }

  /** Bytes that it holds. O(policies of different confidence). */
  get bytes(): number {
    let fronts = 0;
    for (const own of this.#fronts.values()) fronts += own.bytes;
    return this.byRow.byteLength + this.#least.byteLength + fronts;
  }

  /** Least freight from warehouse `w`, minor units. O(rows of it) once per origin, then O(1). */
  from(w: number): number {
    return this.fromOrigin(this.#lanes.originOf(w), w);
  }

  /** The same of a warehouse whose origin is known. O(rows of it) once, then O(1). */
  fromOrigin(origin: number, w: number): number {
    const known = this.#least[origin]!;
    if (known !== UNKNOWN) return known;
    const first = this.#lanes.firstFrom(w);
    const end = this.#lanes.endFrom(w);
    const { rows } = this.#lanes;
    let least = NO_FREIGHT;
    for (let place = first; place < end; place++) {
      const floor = this.byRow[rows[place]!]!;
      if (floor < least) least = floor;
    }
    this.#least[origin] = least;
    return least;
  }

  /**
   * Least freight and time together, minor units, of what warehouse `w` has ready at `ready`, with its
   * `timesFrom`. O(rows of it) once per origin, then O(timings worth it).
   */
  timedFrom(context: OrderContext, w: number, ready: number, times: Float64Array): number {
    const { promised } = context.network.transit;
    let fronts = this.#fronts.get(promised);
    if (fronts === undefined) {
      fronts = new Fronts(context.network, this.#lanes);
      this.#fronts.set(promised, fronts);
    }
    return fronts.timedFrom(this.byRow, context, w, ready, times);
  }
}

/** By origin the timings that no other of the same timetable and zone is both cheaper and earlier than. */
class Fronts {
  readonly #lanes: LaneTable;
  readonly #order: Int32Array;
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  #timing = new Int32Array(16);
  #freight = new Int32Array(16);
  #count = 0;

  constructor(network: CompiledNetwork, lanes: LaneTable) {
    this.#lanes = lanes;
    this.#order = timingOrder(network, lanes);
    this.#start = new Int32Array(lanes.originCount).fill(UNKNOWN);
    this.#end = new Int32Array(lanes.originCount);
  }

  get bytes(): number {
    return this.#order.byteLength + this.#timing.byteLength * 2 + this.#start.byteLength * 2;
  }

  timedFrom(
    byRow: Int32Array,
    context: OrderContext,
    w: number,
    ready: number,
    times: Float64Array,
  ): number {
    const origin = this.#lanes.originOf(w);
    if (this.#start[origin] === UNKNOWN) this.#survey(byRow, w, origin);
    let least = Number.POSITIVE_INFINITY;
    for (let i = this.#start[origin]!; i < this.#end[origin]!; i++) {
      const floor = this.#freight[i]! + timingTime(context, times, w, ready, this.#timing[i]!);
      if (floor < least) least = floor;
    }
    return least;
  }

  /** Finds what leaves an origin. O(rows of it + timings). */
  #survey(byRow: Int32Array, w: number, origin: number): void {
    const lanes = this.#lanes;
    if (leastBy.length < this.#order.length) leastBy = new Int32Array(this.#order.length * 2);
    leastBy.fill(NO_FREIGHT, 0, this.#order.length);
    const first = lanes.firstFrom(w);
    const end = lanes.endFrom(w);
    const { rows, timing } = lanes;
    for (let place = first; place < end; place++) {
      const row = rows[place]!;
      const floor = byRow[row]!;
      if (floor < leastBy[timing[row]!]!) leastBy[timing[row]!] = floor;
    }
    this.#start[origin] = this.#count;
    this.#keepFront();
    this.#end[origin] = this.#count;
  }

  /** Keeps of each timetable and zone the timings that are cheaper than all earlier ones. */
  #keepFront(): void {
    const { timingArrival, timingTimetable, arrivalZone } = this.#lanes;
    let [timetable, zone, least] = [-1, -1, NO_FREIGHT];
    for (const timing of this.#order) {
      const to = arrivalZone[timingArrival[timing]!]!;
      if (timingTimetable[timing] !== timetable || to !== zone) {
        timetable = timingTimetable[timing]!;
        zone = to;
        least = NO_FREIGHT;
      }
      if (leastBy[timing]! >= least) continue;
      least = leastBy[timing]!;
      if (this.#count === this.#timing.length) this.#grow();
      this.#timing[this.#count] = timing;
      this.#freight[this.#count++] = least;
    }
  }

  #grow(): void {
    const [timing, freight] = [this.#timing, this.#freight];
    this.#timing = new Int32Array(timing.length * 2);
    this.#timing.set(timing);
    this.#freight = new Int32Array(freight.length * 2);
    this.#freight.set(freight);
  }
}

/** Class bits of goods, see `network.ts`, are below this. */
const CLASSES = 16;

/**
 * The freight floors of an order's parcels at the weight of place `index` with these class bits.
 * O(rows × bands) once per lane table, then O(1).
 */
export function freightFloors(
  { network, lanes }: OrderContext,
  index: number,
  classes: number,
): FreightFloors {
  const key = index * CLASSES + classes;
  let floors = lanes.floors.get(key);
  if (floors === undefined) {
    floors = new FreightFloors(network, lanes, index, classes);
    lanes.floors.set(key, floors);
  }
  return floors;
}
