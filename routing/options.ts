/**
 * Options: each way in which a warehouse can send a parcel to the destination now – a service, the
 * hour in which picking starts, the pickup – with its promise and its price of lateness. What
 * depends on the parcel's contents (freight, handling) is added per subset.
 */

import { arrivalSlot, latenessIn, riskIn } from './arrivals.ts';
import { stockRow, usableUnits } from './board.ts';
import type { Item } from './items.ts';
import { needsOf, type OrderContext } from './problem.ts';
import { eachStart, everyStart, freePickup, parcelsLeft, readyFrom } from './slots.ts';

/** Options as parallel arrays; those of candidate c are `first[c] … first[c + 1] - 1`. */
export interface OptionTable {
  count: number;
  readonly first: number[];
  warehouse: Int32Array;
  service: Int32Array;
  lane: Int32Array;
  zone: Int32Array;
  /** Items that the service may carry and whose lots live long enough. */
  mask: Int32Array;
  /** Units that may be picked in the start hour. */
  unitsLimit: Float64Array;
  start: Float64Array;
  ready: Float64Array;
  pickup: Float64Array;
  pickupDay: Int32Array;
  promise: Float64Array;
  /** Price of lateness, minor units. */
  lateness: Float64Array;
  /** See `lateRisk`; 0 where the order does not limit it. */
  risk: Float64Array;
}

const INTEGER_COLUMNS = ['warehouse', 'service', 'lane', 'zone', 'mask', 'pickupDay'] as const;
const FLOAT_COLUMNS = [
  'unitsLimit',
  'start',
  'ready',
  'pickup',
  'promise',
  'lateness',
  'risk',
] as const;

const emptyTable = (): OptionTable => ({
  count: 0,
  first: [],
  warehouse: new Int32Array(0),
  service: new Int32Array(0),
  lane: new Int32Array(0),
  zone: new Int32Array(0),
  mask: new Int32Array(0),
  unitsLimit: new Float64Array(0),
  start: new Float64Array(0),
  ready: new Float64Array(0),
  pickup: new Float64Array(0),
  pickupDay: new Int32Array(0),
  promise: new Float64Array(0),
  lateness: new Float64Array(0),
  risk: new Float64Array(0),
});

// Reused from problem to problem: options are many and short-lived.
const table = emptyTable();

function grow(): void {
  const size = Math.max(1024, table.warehouse.length * 2);
  for (const column of INTEGER_COLUMNS) {
    const grown = new Int32Array(size);
    grown.set(table[column]);
    table[column] = grown;
  }
  for (const column of FLOAT_COLUMNS) {
    const grown = new Float64Array(size);
    grown.set(table[column]);
    table[column] = grown;
  }
}

/** Says which options are worth building. */
export interface Admission {
  /** 1 for each service of candidate `c` that is; undefined if none. Valid until the next call. */
  readonly rowsOf: (c: number) => Uint8Array | undefined;
}

/** State of one build. */
interface Build {
  readonly context: OrderContext;
  readonly items: readonly Item[];
  readonly classes: number;
  readonly longest: number;
  readonly girthPlusLength: number;
  readonly minimumUnits: number;
  /** Parcels of the order that may compete for slots; 1 = only first slots are wanted. */
  readonly parcels: number;
  /** Services of the candidate at hand that are worth it; undefined = all. */
  admitted: Uint8Array | undefined;
  carried: number;
  served: number;
}

/** Items of `mask` that a service may carry, by class and size. */
function carriedBy(build: Build, mask: number, service: number): number {
  const { services } = build.context.network;
  const classes = services.classes[service]!;
  const maxLength = services.maxLength[service]!;
  const maxGirth = services.maxGirthPlusLength[service]!;
  if (
    (build.classes & ~classes) === 0 &&
    build.longest <= maxLength &&
    build.girthPlusLength <= maxGirth
  ) {
    return mask;
  }
  let carried = 0;
  for (let bits = mask; bits !== 0; bits &= bits - 1) {
    const i = 31 - Math.clz32(bits & -bits);
    const item = build.items[i]!;
    if ((item.classes & ~classes) !== 0) continue;
    if (item.longest <= maxLength && item.girthPlusLength <= maxGirth) carried |= 1 << i;
  }
  return carried;
}

/** Items of `mask` whose lots in warehouse `w` live until the promise plus their minimum life. */
function livingUntil(build: Build, mask: number, w: number, promise: number): number {
  const { board, lines, network } = build.context;
  let living = mask;
  for (let bits = mask; bits !== 0; bits &= bits - 1) {
    const i = 31 - Math.clz32(bits & -bits);
    for (const [sku, quantity] of needsOf(lines, build.items[i]!)) {
      const stock = board.skus.get(sku)!;
      const row = stockRow(stock, w);
      if (stock.perishable[row] === 0) continue;
      const until = promise + network.skus.lifeSeconds[sku]!;
      if (usableUnits(board, stock, row, until) < quantity) living &= ~(1 << i);
    }
  }
  return living;
}

/** True if some item of `mask` comes from perishable lots in warehouse `w`. */
function anyPerishable(build: Build, mask: number, w: number): boolean {
  const { board, lines } = build.context;
  for (let bits = mask; bits !== 0; bits &= bits - 1) {
    for (const { line } of build.items[31 - Math.clz32(bits & -bits)]!.parts) {
      const stock = board.skus.get(lines[line]!.sku)!;
      if (stock.perishable[stockRow(stock, w)] === 1) return true;
    }
  }
  return false;
}

/** Adds the options of one warehouse that start at `start` with at most `unitsLimit` units. */
function addServices(
  build: Build,
  w: number,
  mask: number,
  start: number,
  unitsLimit: number,
  perishable: boolean,
): void {
  const { context, admitted, parcels } = build;
  const { lanes, barredServices } = context;
  const first = lanes.firstFrom(w);
  const end = lanes.endFrom(w);
  const ready = readyFrom(context, w, start);
  for (let place = first; place < end; place++) {
    if (admitted !== undefined && admitted[place - first] === 0) continue;
    const row = lanes.rows[place]!;
    const service = lanes.service[row]!;
    if (barredServices !== undefined && barredServices[service] === 1) continue;
    const carried = carriedBy(build, mask, service);
    build.carried |= carried;
    if (carried === 0 || ready < 0) continue;
    const slot = { warehouse: w, row, start, ready, unitsLimit, mask: carried, perishable };
    let day = addPickup(build, slot, 0);
    // Another parcel may take the last place of a day: then the next one is an option too.
    for (let more = 1; more < parcels && day >= 0; more++) {
      if (parcelsLeft(context, w, service, day) >= parcels) break;
      day = addPickup(build, slot, day + 1);
    }
  }
}

/** A way out of a warehouse but for its pickup. */
interface Slot {
  readonly warehouse: number;
  readonly row: number;
  readonly start: number;
  readonly ready: number;
  readonly unitsLimit: number;
  readonly mask: number;
  readonly perishable: boolean;
}

/** Adds the option of the first free pickup from local day `fromDay` on; its day, -1 if none. */
function addPickup(build: Build, slot: Slot, fromDay: number): number {
  const { context } = build;
  const { lanes, network } = context;
  const { warehouse, row } = slot;
  const service = lanes.service[row]!;
  const index = freePickup(context, warehouse, service, slot.ready, fromDay);
  if (index < 0) return -1;
  const pickups = network.calendars.pickups(warehouse, service);
  const pickup = pickups.at[index]!;
  const day = pickups.day[index]!;
  const lane = lanes.lane[row]!;
  const zone = lanes.zone[row]!;
  const arrival = arrivalSlot(context, network.lanes.transit[lane]!, warehouse, zone, pickup);
  const promise = network.calendars.arrivals.promise[arrival]!;
  if (promise < 0) return day;
  const carried = slot.perishable ? livingUntil(build, slot.mask, warehouse, promise) : slot.mask;
  const risk = riskIn(context, arrival);
  if (carried === 0 || risk > context.riskLimit) return day;
  build.served |= carried;
  if (table.count === table.warehouse.length) grow();
  const o = table.count++;
  table.warehouse[o] = warehouse;
  table.service[o] = service;
  table.lane[o] = lane;
  table.zone[o] = zone;
  table.mask[o] = carried;
  table.unitsLimit[o] = slot.unitsLimit;
  table.start[o] = slot.start;
  table.ready[o] = slot.ready;
  table.pickup[o] = pickup;
  table.pickupDay[o] = day;
  table.promise[o] = promise;
  table.lateness[o] = latenessIn(context, arrival);
  table.risk[o] = risk;
  return day;
}

/**
 * Builds the options of the candidate warehouses, all or those admitted; with `parcels` > 1 also the
 * later slots that are needed when so many parcels take each other's.
 * O(candidates × services per lane), times the slots that are tight.
 */
export function buildOptions(
  context: OrderContext,
  items: readonly Item[],
  candidates: readonly number[],
  candidateMask: readonly number[],
  admission: Admission | undefined,
  parcels = 1,
): { options: OptionTable; carried: number; served: number } {
  const build: Build = {
    context,
    items,
    classes: items.reduce((bits, item) => bits | item.classes, 0),
    longest: items.reduce((most, item) => Math.max(most, item.longest), 0),
    girthPlusLength: items.reduce((most, item) => Math.max(most, item.girthPlusLength), 0),
    minimumUnits: items.reduce((least, item) => Math.min(least, item.units), Infinity),
    parcels,
    admitted: undefined,
    carried: 0,
    served: 0,
  };
  const total = items.reduce((sum, item) => sum + item.units, 0);
  table.count = 0;
  table.first.length = 0;
  for (let c = 0; c < candidates.length; c++) {
    table.first.push(table.count);
    build.admitted = admission?.rowsOf(c);
    if (admission !== undefined && build.admitted === undefined) continue;
    const w = candidates[c]!;
    const mask = candidateMask[c]!;
    let units = 0;
    for (let bits = mask; bits !== 0; bits &= bits - 1) {
      units += items[31 - Math.clz32(bits & -bits)]!.units;
    }
    const perishable = anyPerishable(build, mask, w);
    const add = (start: number, unitsLimit: number): boolean => {
      if (unitsLimit >= build.minimumUnits) {
        addServices(build, w, mask, start, unitsLimit, perishable);
      }
      return true;
    };
    if (parcels === 1) eachStart(context, w, units, add);
    else everyStart(context, w, { units, total, parcels }, add);
  }
  table.first.push(table.count);
  return { options: table, carried: build.carried, served: build.served };
}
