/**
 * Free slots on the board: the hours in which a warehouse can still pick, and the first pickup that
 * still takes a parcel.
 */
import { pairKey } from './board.ts';
import { firstPickup, readyAt, startAt } from './calendar.ts';
import type { OrderContext } from './problem.ts';
import { HOUR_SECONDS } from './types.ts';

/** First pickup from `ready` on with a parcel left in every limit, by index; -1 if there is none. */
export function freePickup(
  context: OrderContext,
  w: number,
  service: number,
  ready: number,
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
    if (closed?.has(day[i]!)) continue;
    const slot = day[i]! - calendars.firstDay;
    if ((warehouseUse === undefined ? 0 : warehouseUse[slot]!) >= warehouseLimit) continue;
    if ((serviceUse === undefined ? 0 : serviceUse[slot]!) >= serviceLimit) continue;
    if ((pairUse === undefined ? 0 : pairUse[slot]!) >= pairLimit) continue;
    return i;
  }
  return -1;
}

/**
 * Start instants of a warehouse with the units left in their hour, in which more units fit than in
 * any earlier one: a later start that takes no more is never better.
 */
export function eachStart(
  context: OrderContext,
  w: number,
  units: number,
  visit: (start: number, unitsLimit: number) => boolean,
): void {
  const { network, board, at } = context;
  const calendar = network.calendars.open[w]!;
  const limit = network.warehouses.picksPerHour[w]!;
  const used = board.picks[w];
  const firstHour = network.calendars.firstDay * 24;
  let best = 0;
  for (let start = startAt(calendar, at); start >= 0; ) {
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

/** First start of a warehouse in an hour that takes all units; -1 if there is none. */
export function startFor(context: OrderContext, warehouse: number, units: number): number {
  let start = -1;
  eachStart(context, warehouse, units, (instant, left) => {
    if (left < units) return true;
    start = instant;
    return false;
  });
  return start;
}

/** When a warehouse is done with an order started at `start`; -1 if never. */
export function readyFrom({ network }: OrderContext, w: number, start: number): number {
  if (start < 0) return -1;
  return readyAt(network.calendars.open[w]!, start, network.warehouses.processingSeconds[w]!);
}
