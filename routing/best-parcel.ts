/**
 * The best parcel: the cheapest (warehouse, service) for items that travel together, by looking at all
 * of them, floors first, so that most are dismissed before their prices and slots are looked up.
 * O(warehouses × services), exact.
 */

import { arrivalSlot, latenessIn, riskIn } from './arrivals.ts';
import { stockRow, usableUnits } from './board.ts';
import { carbonCost } from './carbon.ts';
import { FEW_ROWS, latenessFloor, leastTime, timeFloor, timesFrom, timingTime } from './floors.ts';
import { type FreightFloors, freightFloors } from './freight-floors.ts';
import type { Item } from './items.ts';
import type { ServiceTable } from './network.ts';
import { timeCost } from './objective.ts';
import type { OrderContext } from './problem.ts';
import { floorIndex, freightOf, roundMoney } from './rates.ts';
import { freePickup, readyFrom, startFor } from './slots.ts';

/** The best parcel so far, as numbers: nothing is allocated for those that lose. */
export interface BestParcel {
  /** With lateness and time, minor units; Infinity if there is none. */
  cost: number;
  promise: number;
  warehouse: number;
  /** Row of the lane table. */
  row: number;
  start: number;
  ready: number;
  pickup: number;
  pickupDay: number;
  lateness: number;
  /** See `lateRisk`. */
  risk: number;
  work: number;
}

/** No parcel yet: everything is better. O(1). */
export function noParcel(): BestParcel {
  const none = Number.POSITIVE_INFINITY;
  const nowhere = { warehouse: -1, row: -1, start: 0, ready: 0, pickup: 0, pickupDay: 0 };
  return { ...nowhere, cost: none, promise: none, lateness: 0, risk: 0, work: 0 };
}

/** Freight and carbon of the item from warehouse `w` by one row of the lane table. */
function freightBy(context: OrderContext, w: number, row: number, item: Item): number {
  const { network, lanes } = context;
  const card = network.services.card[lanes.service[row]!]!;
  const remote = network.zones.remote[lanes.zone[row]!] === 1;
  const freight = freightOf(network.rates, card, lanes.rateRow[row]!, item.mg, item.mm3, remote);
  return freight + carbonCost(context, w, lanes.lane[row]!, item.mg);
}

/** True if a service may not carry the item, by class, weight or size. */
function refuses(services: ServiceTable, service: number, item: Item): boolean {
  return (
    (item.classes & ~services.classes[service]!) !== 0 ||
    item.mg > services.maxMg[service]! ||
    item.longest > services.maxLength[service]! ||
    item.girthPlusLength > services.maxGirthPlusLength[service]!
  );
}

/** True if cost, then promise, then the lower warehouse, then the lower row wins against the best. */
function beats(best: BestParcel, cost: number, promise: number, w: number, row: number): boolean {
  if (cost !== best.cost) return cost < best.cost;
  if (promise !== best.promise) return promise < best.promise;
  return w < best.warehouse || (w === best.warehouse && row < best.row);
}

/** Handling of the item in warehouse `w`, minor units. */
function handlingIn({ network }: OrderContext, w: number, item: Item): number {
  const { handlingPerParcel, handlingPerUnit } = network.warehouses;
  return roundMoney(handlingPerParcel[w]! + handlingPerUnit[w]! * item.units);
}

/** Warehouse at hand, with what is the same for all its services. */
interface House {
  readonly warehouse: number;
  /** Minor units. */
  readonly handling: number;
  /** First start of picking that takes the item, and when it is done. */
  readonly start: number;
  readonly ready: number;
}

/** What a parcel costs at least, minor units: its freight, and its time by any row. */
interface Floors {
  readonly freight: FreightFloors;
  readonly leastTime: number;
}

/** Looks at the services of warehouse `w`, which holds the item. */
function tryWarehouse(
  context: OrderContext,
  item: Item,
  w: number,
  floors: Floors,
  best: BestParcel,
): void {
  const { lanes } = context;
  const first = lanes.firstFrom(w);
  const end = lanes.endFrom(w);
  if (end - first <= FEW_ROWS) tryFew(context, item, w, floors, { first, end }, best);
  else tryMany(context, item, w, floors, { first, end }, best);
}

/** Places of a warehouse's rows. */
type Places = { readonly first: number; readonly end: number };

/** Looks at a few rows, each by itself. */
function tryFew(
  context: OrderContext,
  item: Item,
  w: number,
  { freight, leastTime }: Floors,
  { first, end }: Places,
  best: BestParcel,
): void {
  const { rows } = context.lanes;
  const { byRow } = freight;
  best.work += end - first;
  const handling = handlingIn(context, w, item);
  let start = -1;
  let ready = 0;
  for (let place = first; place < end; place++) {
    const row = rows[place]!;
    const floor = handling + byRow[row]!;
    if (floor + leastTime > best.cost) continue;
    const time = timeFloor(context, row);
    if (floor + time > best.cost) continue;
    if (ready === 0) {
      start = startFor(context, w, item.units);
      ready = readyFrom(context, w, start);
      if (ready < 0) return;
    }
    tryRow(context, item, { warehouse: w, handling, start, ready }, row, time, best);
  }
}

/** Rows of a warehouse that their floors do not dismiss. */
let near = new Int32Array(FEW_ROWS);

/**
 * Looks at many rows, first at the one that promises most, with the pickups in mind that they have
 * from when the warehouse is done.
 */
function tryMany(
  context: OrderContext,
  item: Item,
  w: number,
  { freight, leastTime }: Floors,
  { first, end }: Places,
  best: BestParcel,
): void {
  const { rows, timing } = context.lanes;
  const { byRow } = freight;
  const start = startFor(context, w, item.units);
  const ready = readyFrom(context, w, start);
  if (ready < 0) return;
  const handling = handlingIn(context, w, item);
  const house: House = { warehouse: w, handling, start, ready };
  const times = timesFrom(context, w, ready);
  if (handling + freight.timedFrom(context, w, ready, times) > best.cost) return;
  best.work += end - first;
  if (near.length < end - first) near = new Int32Array((end - first) * 2);
  const most = best.cost - handling;
  let count = 0;
  let [seed, least] = [-1, Number.POSITIVE_INFINITY];
  for (let place = first; place < end; place++) {
    const row = rows[place]!;
    if (byRow[row]! + leastTime > most) continue;
    const floor = byRow[row]! + timingTime(context, times, w, ready, timing[row]!);
    if (floor > most) continue;
    near[count++] = row;
    if (floor < least) [seed, least] = [row, floor];
  }
  if (seed < 0) return;
  tryRow(context, item, house, seed, least - byRow[seed]!, best);
  for (let i = 0; i < count; i++) {
    const row = near[i]!;
    if (row === seed) continue;
    const time = timingTime(context, times, w, ready, timing[row]!);
    if (handling + byRow[row]! + time <= best.cost) tryRow(context, item, house, row, time, best);
  }
}

/** Looks at one row whose time costs at least `time`: first without its slots. */
function tryRow(
  context: OrderContext,
  item: Item,
  house: House,
  row: number,
  time: number,
  best: BestParcel,
): void {
  const { network, lanes, barredServices } = context;
  const { warehouse, handling, start, ready } = house;
  const own = handling + freightBy(context, warehouse, row, item);
  if (own === Number.POSITIVE_INFINITY || own + time > best.cost) return;
  if (own + time + latenessFloor(context, row) > best.cost) return;
  const service = lanes.service[row]!;
  if (barredServices !== undefined && barredServices[service] === 1) return;
  if (refuses(network.services, service, item)) return;
  tryService(context, item, { warehouse, row, start, ready, own }, best);
}

/** A row of the lane table that no floor has dismissed. */
interface Contender {
  readonly warehouse: number;
  readonly row: number;
  readonly start: number;
  readonly ready: number;
  /** Freight, carbon and handling, minor units. */
  readonly own: number;
}

/** Looks up the slots of one row and keeps it if it is better. */
function tryService(
  context: OrderContext,
  item: Item,
  { warehouse, row, start, ready, own }: Contender,
  best: BestParcel,
): void {
  const { network, lanes, at, timePerDay } = context;
  const service = lanes.service[row]!;
  const index = freePickup(context, warehouse, service, ready);
  if (index < 0) return;
  const pickups = network.calendars.pickups(warehouse, service);
  const pickup = pickups.at[index]!;
  const transit = lanes.arrivalTransit[lanes.arrival[row]!]!;
  const slot = arrivalSlot(context, transit, warehouse, lanes.zone[row]!, pickup);
  const promise = network.calendars.arrivals.promise[slot]!;
  if (promise < 0) return;
  const timed = own + timeCost(timePerDay, at, promise);
  if (timed > best.cost) return;
  const lateness = latenessIn(context, slot);
  if (!beats(best, timed + lateness, promise, warehouse, row)) return;
  const risk = riskIn(context, slot);
  if (risk > context.riskLimit || !livesUntil(context, item, warehouse, promise)) return;
  best.cost = timed + lateness;
  best.promise = promise;
  best.warehouse = warehouse;
  best.row = row;
  best.start = start;
  best.ready = ready;
  best.pickup = pickup;
  best.pickupDay = pickups.day[index]!;
  best.lateness = lateness;
  best.risk = risk;
}

/** True if the warehouse's lots of the item's SKUs live long enough after the promise. */
function livesUntil(context: OrderContext, item: Item, w: number, promise: number): boolean {
  const { lines, board, network } = context;
  for (const { line, quantity } of item.parts) {
    const { sku } = lines[line]!;
    const stock = board.skus.get(sku)!;
    const row = stockRow(stock, w);
    if (stock.perishable[row] === 0) continue;
    const until = promise + network.skus.lifeSeconds[sku]!;
    if (usableUnits(board, stock, row, until) < quantity) return false;
  }
  return true;
}

let floors = new Float64Array(64);

/**
 * The best parcel of an item (of different SKUs) from one of the first `count` warehouses, which hold
 * it: the cheapest, then earliest, then of the lowest ids. O(warehouses + rows of those whose floor
 * is not above the best), exact.
 */
export function bestParcel(
  context: OrderContext,
  item: Item,
  warehouses: ArrayLike<number>,
  count = warehouses.length,
): BestParcel {
  const best = noParcel();
  const index = floorIndex(context.network.rates, item.mg, item.mm3);
  const freight = freightFloors(context, index, item.classes);
  const least: Floors = { freight, leastTime: leastTime(context) };
  if (floors.length < count) floors = new Float64Array(count * 2);
  let first = 0;
  for (let i = 0; i < count; i++) {
    const w = warehouses[i]!;
    floors[i] = handlingIn(context, w, item) + freight.from(w) + least.leastTime;
    if (floors[i]! < floors[first]!) first = i;
  }
  // The one that promises most goes first: it dismisses most of the others.
  if (count > 0) tryWarehouse(context, item, warehouses[first]!, least, best);
  for (let i = 0; i < count; i++) {
    best.work++;
    if (i !== first && floors[i]! <= best.cost) {
      tryWarehouse(context, item, warehouses[i]!, least, best);
    }
  }
  return best;
}
