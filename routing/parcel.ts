/**
 * From a decided parcel (items, warehouse, service, slots) to its plan: lots first-expired-first-out,
 * capacity taken, weights and cost terms. Reads the board as it is, so parcels of one order are
 * built one after the other with {@link take} between them.
 */

import { arrivalSlot, latenessIn, medianAt, riskIn } from './arrivals.ts';
import { type Board, stockRow } from './board.ts';
import { doorAt } from './calendar.ts';
import { carbonCost } from './carbon.ts';
import { type Item, partMilligrams } from './items.ts';
import type { CompiledNetwork } from './network.ts';
import type { OrderContext } from './problem.ts';
import { billedMilligrams, freightOf, roundMoney } from './rates.ts';
import { planRoute } from './routes/route-plan.ts';
import { freePickup, readyFrom, startFor } from './slots.ts';
import {
  type CapacityTake,
  DAY_SECONDS,
  HOUR_SECONDS,
  type ParcelPlan,
  type StockTake,
} from './types.ts';

/** A parcel decided: indices into the network, instants in epoch seconds. */
export interface Placed {
  readonly items: readonly Item[];
  readonly warehouse: number;
  readonly service: number;
  readonly lane: number;
  readonly zone: number;
  readonly start: number;
  readonly ready: number;
  readonly pickup: number;
  readonly pickupDay: number;
  readonly promise: number;
  /** Price of lateness, minor units. */
  readonly lateness: number;
  /** See `lateRisk`. */
  readonly risk: number;
}

/** Where a parcel goes out and by what. */
export type Way = Pick<Placed, 'items' | 'warehouse' | 'service' | 'lane' | 'zone'>;

const unitsOf = (items: readonly Item[]): number =>
  items.reduce((units, item) => units + item.units, 0);

/**
 * Gives a parcel the first slots free on the board; undefined if there are none.
 * O(hours and pickups that are full + points + doors).
 */
export function place(context: OrderContext, way: Way): Placed | undefined {
  const { network } = context;
  const { warehouse, service, lane, zone } = way;
  const units = unitsOf(way.items);
  const start = startFor(context, warehouse, units);
  const ready = readyFrom(context, warehouse, start);
  if (ready < 0) return undefined;
  const index = freePickup(context, warehouse, service, ready);
  if (index < 0) return undefined;
  const pickups = network.calendars.pickups(warehouse, service);
  const pickup = pickups.at[index]!;
  const transit = network.lanes.transit[lane]!;
  const slot = arrivalSlot(context, transit, warehouse, zone, pickup);
  const promise = network.calendars.arrivals.promise[slot]!;
  if (promise < 0) return undefined;
  const lateness = latenessIn(context, slot);
  const risk = riskIn(context, slot);
  if (risk > context.riskLimit) return undefined;
  return { ...way, start, ready, pickup, pickupDay: pickups.day[index]!, promise, lateness, risk };
}

/** First-expired-first-out takes from the board; undefined if the lots do not suffice. */
function drawLots(context: OrderContext, placed: Placed): StockTake[] | undefined {
  const { board, lines, network } = context;
  const drawn = new Map<number, number>();
  const takes: StockTake[] = [];
  for (const { line, quantity } of placed.items.flatMap((item) => item.parts)) {
    const { sku, lineNo } = lines[line]!;
    const stock = board.skus.get(sku);
    const row = stock === undefined ? -1 : stockRow(stock, placed.warehouse);
    if (stock === undefined || row < 0) return undefined;
    const until = placed.promise + network.skus.lifeSeconds[sku]!;
    let open = quantity;
    for (let lot = stock.lotStart[row]!; open > 0 && lot < stock.lotStart[row + 1]!; lot++) {
      if (board.lotExpires[lot]! < until) continue;
      const units = Math.min(open, board.lotAvailable[lot]! - (drawn.get(lot) ?? 0));
      if (units <= 0) continue;
      open -= units;
      drawn.set(lot, (drawn.get(lot) ?? 0) + units);
      takes.push({ line_no: lineNo, stock_id: board.lotId[lot]!, quantity: units });
    }
    if (open > 0) return undefined;
  }
  return mergeTakes(takes);
}

/** Pieces of one line that fell together again in one parcel are one take per lot. */
function mergeTakes(takes: readonly StockTake[]): StockTake[] {
  const merged: StockTake[] = [];
  for (const take of takes) {
    const i = merged.findIndex(
      (other) => other.line_no === take.line_no && other.stock_id === take.stock_id,
    );
    if (i < 0) merged.push(take);
    else merged[i] = { ...take, quantity: merged[i]!.quantity + take.quantity };
  }
  return merged;
}

const UNLIMITED = Number.POSITIVE_INFINITY;

/** Capacity of limited resources that a parcel takes. */
function capacityOf(board: Board, placed: Placed): CapacityTake[] {
  const { warehouses, services } = board.network;
  const { warehouse: w, service: s } = placed;
  const hour = Math.floor(placed.start / HOUR_SECONDS) * HOUR_SECONDS;
  const day = placed.pickupDay * DAY_SECONDS;
  const takes: CapacityTake[] = [];
  const add = (resource: string, slot_seconds: number, amount: number, limit: number): void => {
    takes.push({ resource, slot_seconds, amount, limit });
  };
  const picks = warehouses.picksPerHour[w]!;
  if (picks < UNLIMITED) add(warehouses.picksNames[w]!, hour, unitsOf(placed.items), picks);
  const parcels = warehouses.parcelsPerDay[w]!;
  if (parcels < UNLIMITED) add(warehouses.parcelsNames[w]!, day, 1, parcels);
  const daily = services.parcelsPerDay[s]!;
  if (daily < UNLIMITED) add(services.names[s]!, day, 1, daily);
  const here = services.parcelsPerDayPerWarehouse[s]!;
  if (here < UNLIMITED) add(`${services.names[s]!}/${warehouses.ids[w]!}`, day, 1, here);
  return takes;
}

/** Weight and volume of items; the pieces of one line together weigh what its share weighs. */
function measure(context: OrderContext, items: readonly Item[]): { mg: number; mm3: number } {
  const byLine = new Map<number, number>();
  let mm3 = 0;
  for (const item of items) {
    mm3 += item.mm3;
    for (const { line, quantity } of item.parts) {
      byLine.set(line, (byLine.get(line) ?? 0) + quantity);
    }
  }
  let mg = 0;
  for (const [line, units] of byLine) mg += partMilligrams(context.lines[line]!, units);
  return { mg, mm3 };
}

/**
 * The plan of one parcel from the board as it is, without the order's split and time terms;
 * undefined if stock, weight or rates do not allow it. O(parts × lots + takes² + bands), and for a route
 * as `planRoute`.
 */
export function buildParcel(context: OrderContext, placed: Placed): ParcelPlan | undefined {
  const { network, board } = context;
  const { warehouse, service, zone } = placed;
  const takes = drawLots(context, placed);
  if (takes === undefined) return undefined;
  const { mg, mm3 } = measure(context, placed.items);
  const card = network.services.card[service]!;
  const row = network.lanes.rateRow[placed.lane]!;
  const remote = network.zones.remote[zone] === 1;
  const freight = freightOf(network.rates, card, row, mg, mm3, remote);
  if (freight === Number.POSITIVE_INFINITY || mg > network.services.maxMg[service]!) {
    return undefined;
  }
  const { handlingPerParcel, handlingPerUnit } = network.warehouses;
  const handling =
    handlingPerParcel[warehouse]! + handlingPerUnit[warehouse]! * unitsOf(placed.items);
  const carbon = carbonCost(context, warehouse, placed.lane, mg);
  const transit = network.lanes.transit[placed.lane]!;
  const median = medianAt(context, transit, warehouse, placed.pickup);
  const doors = network.calendars.doors[zone];
  return {
    warehouse_id: network.warehouses.ids[warehouse]!,
    service_id: network.services.ids[service]!,
    carrier_id: network.services.carrierIds[service]!,
    zone_id: network.zones.ids[zone]!,
    takes,
    capacity: capacityOf(board, placed),
    weight_grams: mg / 1000,
    billed_weight_grams: billedMilligrams(network.rates, card, mg, mm3) / 1000,
    pick_from_seconds: placed.start,
    ready_seconds: placed.ready,
    pickup_seconds: placed.pickup,
    expected_seconds: Math.min(placed.promise, doorAt(doors, placed.pickup + median)),
    promise_seconds: placed.promise,
    ...(context.riskLimit === Number.POSITIVE_INFINITY
      ? {}
      : { on_time_probability: Math.exp(-placed.risk) }),
    ...routeOf(network, placed),
    cost: {
      freight,
      handling: roundMoney(handling),
      split: 0,
      lateness: placed.lateness,
      time: 0,
      ...(context.carbon === undefined ? {} : { carbon }),
    },
  };
}

/** The route of a parcel whose lane goes over hubs. */
function routeOf(network: CompiledNetwork, { lane, service, pickup }: Placed) {
  const route = network.lanes.transit[lane]! - network.transit.fixed;
  if (network.routes === undefined || route < 0) return {};
  const carrier = network.services.carrierIds[service]!;
  return { route: planRoute(network.routes, network.routes.routes[route]!, pickup, carrier) };
}

/** Own cost of a parcel, minor units: without split and time. O(1). */
export function ownCost(parcel: ParcelPlan): number {
  const { freight, handling, lateness, carbon = 0 } = parcel.cost;
  return freight + handling + lateness + carbon;
}
