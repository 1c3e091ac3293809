/**
 * Free slots on the board: the hours in which a warehouse can still pick, and the first pickup that
 * still takes a parcel.
 */
import { pairKey } from './board.ts';
import { firstPickup, readyAt, startAt } from './calendar.ts';
import type { OrderContext } from './problem.ts';
import { HOUR_SECONDS } from './types.ts';

/**
 * First pickup from `ready` on, not before local day `fromDay`, with a parcel left in every limit, by
 * index; -1 if there is none. O(pickups that are full). Instants in epoch seconds, days since 1970-01-01.
 */
export function freePickup(
  context: OrderContext,
  w: number,
  service: number,
  ready: number,
  fromDay = 0,
): number {
  const { network, board } = context;
  const { calendars, warehouses, services } = network;
  const pickups = calendars.pickups(w, service);
  const { day, at } = pickups;
  const closed = calendars.closedDays[w];
  const warehouseUse = board.parcels[w];
  const serviceUse = board.services[service];
  const warehouseLimit = warehouses.parcelsPerDay[w]!;
  const serviceLimit = services.parcelsPerDay[service]!;
  const pairLimit = services.parcelsPerDayPerWarehouse[service]!;
  const pairUse =
    pairLimit === Number.POSITIVE_INFINITY
      ? undefined
      : board.serviceWarehouses.get(pairKey(network, service, w));
  for (let i = firstPickup(pickups, ready); i < at.length; i++) {
    if (day[i]! < fromDay || closed?.has(day[i]!)) continue;
    const slot = day[i]! - calendars.firstDay;
    if ((warehouseUse === undefined ? 0 : warehouseUse[slot]!) >= warehouseLimit) continue;
    if ((serviceUse === undefined ? 0 : serviceUse[slot]!) >= serviceLimit) continue;
    if ((pairUse === undefined ? 0 : pairUse[slot]!) >= pairLimit) continue;
    return i;
  }
  return -1;
}

/** Parcels that still fit in every limit on the day of a pickup. O(1). */
export function parcelsLeft(
  { network, board }: OrderContext,
  w: number,
  service: number,
  day: number,
): number {
  const { warehouses, services, calendars } = network;
  const slot = day - calendars.firstDay;
  const pair = services.parcelsPerDayPerWarehouse[service]!;
  const own = pair === Number.POSITIVE_INFINITY ? undefined : pairKey(network, service, w);
  const pairUse = own === undefined ? undefined : board.serviceWarehouses.get(own);
  return Math.min(
    warehouses.parcelsPerDay[w]! - (board.parcels[w]?.[slot] ?? 0),
    services.parcelsPerDay[service]! - (board.services[service]?.[slot] ?? 0),
    pair - (pairUse?.[slot] ?? 0),
  );
}

/**
 * Start instants of a warehouse, one an hour, until so many hours have room for all `units`, or one
 * that no other parcel of the order can fill: it has room for all `total` units of it.
 * O(hours looked at). Epoch seconds.
 */
export function everyStart(
  context: OrderContext,
  w: number,
  { units, total, parcels }: { units: number; total: number; parcels: number },
  visit: (start: number, unitsLimit: number) => void,
): void {
  const { network, board, workFrom } = context;
  const calendar = network.calendars.open[w]!;
  const limit = network.warehouses.picksPerHour[w]!;
  const used = board.picks[w];
  const firstHour = network.calendars.firstDay * 24;
  let roomy = 0;
  for (let start = startAt(calendar, workFrom); start >= 0; ) {
    const hour = Math.floor(start / HOUR_SECONDS);
    const left = limit - (used === undefined ? 0 : used[hour - firstHour]!);
    if (left > 0) visit(start, left);
    if (left >= total) return;
    if (left >= Math.min(units, limit) && ++roomy === parcels) return;
    start = startAt(calendar, (hour + 1) * HOUR_SECONDS);
  }
}

/**
 * Start instants of a warehouse with the units left in their hour, in which more units fit than in
 * any earlier one: a later start that takes no more is never better. O(hours looked at). Epoch seconds.
 */
export function eachStart(
  context: OrderContext,
  w: number,
  units: number,
  visit: (start: number, unitsLimit: number) => boolean,
): void {
  const { network, board, workFrom } = context;
  const calendar = network.calendars.open[w]!;
  const limit = network.warehouses.picksPerHour[w]!;
  const used = board.picks[w];
  const firstHour = network.calendars.firstDay * 24;
  let best = 0;
  for (let start = startAt(calendar, workFrom); start >= 0; ) {
    const hour = Math.floor(start / HOUR_SECONDS);
    const left = limit - (used === undefined ? 0 : used[hour - firstHour]!);
    if (left > best) {
      best = left;
      if (!visit(start, left)) return;
    }
    if (best >= Math.min(units, limit)) return;
    start = startAt(calendar, (hour + 1) * HOUR_SECONDS);
  }
}

/**
 * First start of a warehouse in an hour that takes all units, epoch seconds; -1 if there is none.
 * O(hours that are full).
 */
export function startFor(context: OrderContext, warehouse: number, units: number): number {
  let start = -1;
  eachStart(context, warehouse, units, (instant, left) => {
    if (left < units) return true;
    start = instant;
    return false;
  });
  return start;
}

/**
 * When a warehouse has anything of the order ready at the earliest, as if it were idle, epoch seconds; -1
 * if never. O(intervals worked through).
 */
export function earliestReady(context: OrderContext, w: number): number {
  return readyFrom(context, w, startAt(context.network.calendars.open[w]!, context.workFrom));
}

/**
 * When a warehouse is done with an order started at `start`, epoch seconds; -1 if never.
 * O(intervals worked through).
 */
export function readyFrom({ network }: OrderContext, w: number, start: number): number {
  if (start < 0) return -1;
  return readyAt(network.calendars.open[w]!, start, network.warehouses.processingSeconds[w]!);
}
