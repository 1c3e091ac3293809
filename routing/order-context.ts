/**
 * Opens an order on a board: resolves its lines, zones, lanes and exclusions once, or says why it
 * cannot be sourced at all.
 */
import { fault } from './assert-field.ts';
import { assertOrder } from './assert-order.ts';
import { type Board, withoutStock } from './board.ts';
import { carbonPrice } from './carbon.ts';
import { arrivalFloors } from './floors.ts';
import { type Line, resolveLines } from './items.ts';
import type { CompiledNetwork } from './network.ts';
import type { OrderContext } from './problem.ts';
import { DAY_SECONDS, type SourcingOrder, type Unsourced } from './types.ts';
import { findZones } from './zones.ts';

function barred(
  indexOf: ReadonlyMap<string, number>,
  excluded: readonly string[] | undefined,
  only: readonly string[] | undefined,
): Uint8Array | undefined {
  if (only === undefined && (excluded === undefined || excluded.length === 0)) return undefined;
  const bars = new Uint8Array(indexOf.size).fill(only === undefined ? 0 : 1);
  for (const [ids, bar] of [
    [only ?? [], 0],
    [excluded ?? [], 1],
  ] as const) {
    for (const id of ids) {
      const index = indexOf.get(id);
      if (index !== undefined) bars[index] = bar;
    }
  }
  return bars;
}

/** Refusal of an order. O(1). */
export function unsourced(
  reason: Unsourced['reason'],
  lineNos: readonly number[],
  work: number,
): Unsourced {
  return { outcome: 'unsourced', reason, line_nos: lineNos, work };
}

/** What the policy demands of an order with a date; the small term absorbs the noise of sums. */
function riskLimitOf({ policy }: CompiledNetwork, { deliver_by_seconds }: SourcingOrder): number {
  if (policy.on_time_confidence === undefined || deliver_by_seconds === undefined) {
    return Number.POSITIVE_INFINITY;
  }
  return -Math.log(policy.on_time_confidence) + 1e-9;
}

/** Most parcels of an order: what it asks for itself, within the policy's limit. */
function splitLimitOf(most: number, { split_limit, ship_complete }: SourcingOrder): number {
  return ship_complete === true ? 1 : Math.max(1, Math.min(most, split_limit ?? most));
}

/** Refuses an instant that no calendar of the network reaches: what it says then means nothing. */
function assertCovered({ calendars }: CompiledNetwork, at_seconds: number): void {
  const from = calendars.firstDay * DAY_SECONDS;
  const until = from + calendars.days * DAY_SECONDS;
  if (at_seconds >= from && at_seconds < until) return;
  throw fault(
    'at_seconds',
    at_seconds,
    `an instant in the network's calendars, ${from} to ${until}`,
  );
}

/**
 * The order's context, or its refusal. `timePerDay` (minor units) replaces the policy's price of time.
 * O(lines × groups + arrivals) beside the look-up of zones and lanes (`findZones`, `LaneCache.towards`);
 * O(warehouses + services + SKUs) more where some are excluded or carbon has a price.
 *
 * @throws RangeError as `assertOrder`, or of an order outside of the calendars.
 */
export function openOrder(
  network: CompiledNetwork,
  board: Board,
  order: SourcingOrder,
  timePerDay: number,
): OrderContext | Unsourced {
  assertOrder(order);
  assertCovered(network, order.at_seconds);
  const resolved = resolveLines(network, order);
  const unknown = order.lines.filter((_, i) => resolved[i] === undefined);
  if (unknown.length > 0) {
    return unsourced(
      'unknown_sku',
      unknown.map((line) => line.line_no),
      0,
    );
  }
  const zones = findZones(network.zones.index, order.destination);
  if (zones.length === 0) return unsourced('no_zone', [], 0);
  const lanes = network.laneCache.towards(zones);
  return {
    network,
    board: withoutStock(board, order.excluded_stock),
    lines: resolved as Line[],
    lanes,
    carbon: carbonPrice(network, order.destination),
    arrivalFloors: arrivalFloors(lanes.arrivalZone.length),
    at: Math.ceil(order.at_seconds),
    workFrom: Math.ceil(order.at_seconds + (network.policy.answer_seconds ?? 0)),
    riskLimit: riskLimitOf(network, order),
    splitLimit: splitLimitOf(network.policy.split_limit, order),
    deliverBy: order.deliver_by_seconds ?? Number.POSITIVE_INFINITY,
    timePerDay,
    latenessPerDay: network.policy.lateness_per_day,
    barredWarehouses: barred(
      network.warehouses.indexOf,
      order.excluded_warehouses,
      order.only_warehouses,
    ),
    barredServices: barred(network.services.indexOf, order.excluded_services, order.only_services),
  };
}
