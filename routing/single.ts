/**
 * One line, one parcel: the cheapest (warehouse, service) by looking at all of them, freight first,
 * so that most are dismissed before their slots are looked up. O(warehouses × services), exact.
 */

import { arrivalSlot, latenessIn } from './arrivals.ts';
import { stockRow, usableUnits } from './board.ts';
import { readyAt } from './calendar.ts';
import { type Item, makeItem } from './items.ts';
import type { ServiceTable } from './network.ts';
import { timeCost } from './objective.ts';
import { eachStart, freePickup } from './options.ts';
import { buildParcel, type Placed } from './parcel.ts';
import type { OrderContext } from './problem.ts';
import { freightOf, roundMoney } from './rates.ts';
import type { ParcelPlan } from './types.ts';

/** The best parcel so far, as numbers: nothing is allocated for those that lose. */
interface Best {
  cost: number;
  promise: number;
  warehouse: number;
  row: number;
  start: number;
  ready: number;
  pickup: number;
  pickupDay: number;
  lateness: number;
  work: number;
}

/** First start of a warehouse whose hour takes all units; -1 if there is none. */
function startFor(context: OrderContext, warehouse: number, units: number): number {
  let start = -1;
  eachStart(context, warehouse, units, (instant, left) => {
    if (left < units) return true;
    start = instant;
    return false;
  });
  return start;
}

/** When a warehouse is done with an order started at `start`; -1 if never. */
function readyFrom({ network }: OrderContext, w: number, start: number): number {
  if (start < 0) return -1;
  return readyAt(network.calendars.open[w]!, start, network.warehouses.processingSeconds[w]!);
}

/** Freight of the item by one row of the lane table. */
function freightBy({ network, lanes }: OrderContext, row: number, item: Item): number {
  const card = network.services.card[lanes.service[row]!]!;
  const rateRow = network.lanes.rateRow[lanes.lane[row]!]!;
  const remote = network.zones.remote[lanes.zone[row]!] === 1;
  return freightOf(network.rates, card, rateRow, item.mg, item.mm3, remote);
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

/** Looks at one warehouse's services. */
function tryWarehouse(context: OrderContext, item: Item, w: number, best: Best): void {
  const { network, lanes, barredServices, at, timePerDay } = context;
  const { services, warehouses } = network;
  const handling = roundMoney(
    warehouses.handlingPerParcel[w]! + warehouses.handlingPerUnit[w]! * item.units,
  );
  let start = 0;
  let ready = 0;
  for (let row = lanes.start[w]!; row < lanes.start[w + 1]!; row++) {
    const service = lanes.service[row]!;
    best.work++;
    if (barredServices !== undefined && barredServices[service] === 1) continue;
    if (refuses(services, service, item)) continue;
    const lane = lanes.lane[row]!;
    const zone = lanes.zone[row]!;
    const own = handling + freightBy(context, row, item);
    // Time and lateness can only add to this.
    if (own > best.cost || own === Number.POSITIVE_INFINITY) continue;
    if (ready === 0) {
      start = startFor(context, w, item.units);
      ready = readyFrom(context, w, start);
      if (ready < 0) return;
    }
    const index = freePickup(context, w, service, ready);
    if (index < 0) continue;
    const pickups = network.calendars.pickups(w, service);
    const pickup = pickups.at[index]!;
    const transit = network.lanes.transit[lane]!;
    const slot = arrivalSlot(context, transit, zone, pickup);
    const promise = network.calendars.arrivals.promise[slot]!;
    if (promise < 0) continue;
    const timed = own + timeCost(timePerDay, at, promise);
    if (timed > best.cost || (timed === best.cost && promise >= best.promise)) continue;
    const lateness = latenessIn(context, slot);
    const cost = timed + lateness;
    if (cost > best.cost || (cost === best.cost && promise >= best.promise)) continue;
    if (!livesUntil(context, item, w, promise)) continue;
    const pickupDay = pickups.day[index]!;
    Object.assign(best, {
      cost,
      promise,
      warehouse: w,
      row,
      start,
      ready,
      pickup,
      pickupDay,
      lateness,
    });
  }
}

/** True if the warehouse's lots of the item's SKU live long enough after the promise. */
function livesUntil(context: OrderContext, item: Item, w: number, promise: number): boolean {
  const { sku } = context.lines[item.parts[0]!.line]!;
  const stock = context.board.skus.get(sku)!;
  const row = stockRow(stock, w);
  const until = promise + context.network.skus.lifeSeconds[sku]!;
  return usableUnits(context.board, stock, row, until) >= item.units;
}

/**
 * The best parcel of a one-line order: cheapest, then earliest, then lowest ids. Undefined if there
 * are more lines or no single parcel can carry it.
 */
export function singleParcel(
  context: OrderContext,
): { parcel: ParcelPlan; lowerBound: number; method: 'exact'; work: number } | undefined {
  const { lines, network, lanes, board, barredWarehouses } = context;
  const stock = lines.length === 1 ? board.skus.get(lines[0]!.sku) : undefined;
  if (stock === undefined) return undefined;
  const item = makeItem(network, lines, [{ line: 0, quantity: lines[0]!.quantity }]);
  const none = Number.POSITIVE_INFINITY;
  const best: Best = {
    cost: none,
    promise: none,
    warehouse: -1,
    row: -1,
    start: 0,
    ready: 0,
    pickup: 0,
    pickupDay: 0,
    lateness: 0,
    work: 0,
  };
  const { warehouses, total } = stock;
  for (let row = 0; row < warehouses.length; row++) {
    const w = warehouses[row]!;
    if (total[row]! < item.units || barredWarehouses?.[w] === 1) continue;
    if ((item.classes & ~network.warehouses.classes[w]!) !== 0) continue;
    tryWarehouse(context, item, w, best);
  }
  if (best.warehouse < 0) return undefined;
  const { row, cost, work, ...found } = best;
  const ways = { service: lanes.service[row]!, lane: lanes.lane[row]!, zone: lanes.zone[row]! };
  const placed: Placed = { ...found, ...ways, items: [item] };
  const parcel = buildParcel(context, placed);
  return parcel && { parcel, lowerBound: cost, method: 'exact', work };
}
