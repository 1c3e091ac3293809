/**
 * One parcel: the cheapest (warehouse, service) for items that travel together, by looking at all
 * of them, floors first, so that most are dismissed before their prices and slots are looked up.
 * O(warehouses × services), exact. For an order of one line it is the whole decision.
 */

import { arrivalSlot, latenessIn, riskIn } from './arrivals.ts';
import { stockRow, usableUnits } from './board.ts';
import { carbonCost } from './carbon.ts';
import { FreightFloors, latenessFloor, promiseFloor } from './floors.ts';
import { type Item, makeItem } from './items.ts';
import type { ServiceTable } from './network.ts';
import { timeCost } from './objective.ts';
import { buildParcel, type Placed } from './parcel.ts';
import type { OrderContext } from './problem.ts';
import { floorIndex, freightOf, roundMoney } from './rates.ts';
import { freePickup, readyFrom, startFor } from './slots.ts';
import type { ParcelPlan } from './types.ts';

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

/** No parcel yet: everything is better. */
export function noParcel(): BestParcel {
  const none = Number.POSITIVE_INFINITY;
  const nowhere = { warehouse: -1, row: -1, start: 0, ready: 0, pickup: 0, pickupDay: 0 };
  return { ...nowhere, cost: none, promise: none, lateness: 0, risk: 0, work: 0 };
}

/** Freight and carbon of the item from warehouse `w` by one row of the lane table. */
function freightBy(context: OrderContext, w: number, row: number, item: Item): number {
  const { network, lanes } = context;
  const card = network.services.card[lanes.service[row]!]!;
  const rateRow = network.lanes.rateRow[lanes.lane[row]!]!;
  const remote = network.zones.remote[lanes.zone[row]!] === 1;
  const freight = freightOf(network.rates, card, rateRow, item.mg, item.mm3, remote);
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

/** True if cost, then promise, then the lower warehouse wins against the best so far. */
function beats(best: BestParcel, cost: number, promise: number, w: number): boolean {
  if (cost !== best.cost) return cost < best.cost;
  return promise < best.promise || (promise === best.promise && w < best.warehouse);
}

/** Handling of the item in warehouse `w`, minor units. */
function handlingIn({ network }: OrderContext, w: number, item: Item): number {
  const { handlingPerParcel, handlingPerUnit } = network.warehouses;
  return roundMoney(handlingPerParcel[w]! + handlingPerUnit[w]! * item.units);
}

/** Looks at the services of warehouse `w`, which holds the item. */
function tryWarehouse(context: OrderContext, item: Item, w: number, best: BestParcel): void {
  const { network, lanes, barredServices, at, timePerDay } = context;
  const handling = handlingIn(context, w, item);
  let start = 0;
  let ready = 0;
  for (let row = lanes.start[w]!; row < lanes.start[w + 1]!; row++) {
    const service = lanes.service[row]!;
    best.work++;
    const own = handling + freightBy(context, w, row, item);
    // Time and lateness can only add to this.
    if (own > best.cost || own === Number.POSITIVE_INFINITY) continue;
    const earliest = promiseFloor(context, row);
    const timed = own + timeCost(timePerDay, at, earliest);
    if (!beats(best, timed, earliest, w)) continue;
    if (!beats(best, timed + latenessFloor(context, row), earliest, w)) continue;
    if (barredServices !== undefined && barredServices[service] === 1) continue;
    if (refuses(network.services, service, item)) continue;
    if (ready === 0) {
      start = startFor(context, w, item.units);
      ready = readyFrom(context, w, start);
      if (ready < 0) return;
    }
    tryService(context, item, { warehouse: w, row, start, ready, own }, best);
  }
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
  const transit = network.lanes.transit[lanes.lane[row]!]!;
  const slot = arrivalSlot(context, transit, warehouse, lanes.zone[row]!, pickup);
  const promise = network.calendars.arrivals.promise[slot]!;
  if (promise < 0) return;
  const timed = own + timeCost(timePerDay, at, promise);
  if (!beats(best, timed, promise, warehouse)) return;
  const lateness = latenessIn(context, slot);
  if (!beats(best, timed + lateness, promise, warehouse)) return;
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

/**
 * The best parcel of an item (of different SKUs) from one of the warehouses, which hold it: the
 * cheapest, then earliest, then of the lowest ids.
 */
export function bestParcel(
  context: OrderContext,
  item: Item,
  warehouses: readonly number[],
): BestParcel {
  const best = noParcel();
  const freight = new FreightFloors(context, floorIndex(context.network.rates, item.mg, item.mm3));
  const floors = new Float64Array(warehouses.length);
  let first = 0;
  for (let i = 0; i < warehouses.length; i++) {
    const w = warehouses[i]!;
    floors[i] = handlingIn(context, w, item) + freight.from(w);
    if (floors[i]! < floors[first]!) first = i;
  }
  // The one that promises most goes first: it dismisses most of the others.
  if (warehouses.length > 0) tryWarehouse(context, item, warehouses[first]!, best);
  for (let i = 0; i < warehouses.length; i++) {
    best.work++;
    if (i !== first && floors[i]! <= best.cost) tryWarehouse(context, item, warehouses[i]!, best);
  }
  return best;
}

/** Warehouses that hold the one line of an order and may send it. */
function holdersOf(context: OrderContext, item: Item): number[] {
  const { lines, network, board, barredWarehouses } = context;
  const stock = board.skus.get(lines[0]!.sku);
  const holders: number[] = [];
  if (stock === undefined) return holders;
  const { warehouses, total } = stock;
  for (let row = 0; row < warehouses.length; row++) {
    const w = warehouses[row]!;
    if (total[row]! < item.units || barredWarehouses?.[w] === 1) continue;
    if ((item.classes & ~network.warehouses.classes[w]!) === 0) holders.push(w);
  }
  return holders;
}

/**
 * The best parcel of a one-line order: cheapest, then earliest, then lowest ids. Undefined if there
 * are more lines or no single parcel can carry it.
 */
export function singleParcel(
  context: OrderContext,
): { parcel: ParcelPlan; lowerBound: number; method: 'exact'; work: number } | undefined {
  const { lines, network, lanes } = context;
  if (lines.length !== 1) return undefined;
  const item = makeItem(network, lines, [{ line: 0, quantity: lines[0]!.quantity }]);
  const best = bestParcel(context, item, holdersOf(context, item));
  if (best.warehouse < 0) return undefined;
  const { row, cost, work, ...found } = best;
  const ways = { service: lanes.service[row]!, lane: lanes.lane[row]!, zone: lanes.zone[row]! };
  const placed: Placed = { ...found, ...ways, items: [item] };
  const parcel = buildParcel(context, placed);
  return parcel && { parcel, lowerBound: cost, method: 'exact', work };
}
