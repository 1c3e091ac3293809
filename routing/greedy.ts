/**
 * The plain greedy decision: again and again the warehouse that can send most of what is open, by
 * its cheapest service, on live stock and capacity; for one line that is the cheapest decision
 * there is. Baseline of the comparisons, and the answer when there is no time for a better one.
 * O(parcels × warehouses looked at × services).
 */
import { type Board, giveBack, stockRow, take } from './board.ts';
import { type Item, mustPart } from './items.ts';
import { latestPromise, planCost, riskOfPlan, timeCost } from './objective.ts';
import { buildParcel, ownCost, place } from './parcel.ts';
import { needsOf, type OrderContext } from './problem.ts';
import type { ParcelPlan } from './types.ts';

/** Warehouses tried in a round, those that hold most first. */
const TRIED = 24;

interface Holder {
  readonly warehouse: number;
  readonly items: Item[];
}

/** Warehouses by what they hold of the open items, most items first, then by id. */
function holders(context: OrderContext, open: readonly Item[]): Holder[] {
  const { board, lines, network, barredWarehouses } = context;
  const byWarehouse = new Map<number, Item[]>();
  for (const item of open) {
    const needs = needsOf(lines, item);
    const stock = board.skus.get(needs[0]![0]);
    for (const w of stock?.warehouses ?? []) {
      if (barredWarehouses?.[w] === 1) continue;
      if ((item.classes & ~network.warehouses.classes[w]!) !== 0) continue;
      if (!needs.every(([sku, quantity]) => unitsAt(board, sku, w) >= quantity)) continue;
      const items = byWarehouse.get(w);
      if (items === undefined) byWarehouse.set(w, [item]);
      else items.push(item);
    }
  }
  const found = [...byWarehouse].map(([warehouse, items]) => ({ warehouse, items }));
  return found.sort((a, b) => b.items.length - a.items.length || a.warehouse - b.warehouse);
}

function unitsAt(board: Board, sku: number, w: number): number {
  const stock = board.skus.get(sku);
  const row = stock === undefined ? -1 : stockRow(stock, w);
  return row < 0 ? 0 : stock!.total[row]!;
}

/** Cheapest parcel of these items from one warehouse; undefined if no service takes them. */
function cheapestParcel(
  context: OrderContext,
  warehouse: number,
  items: readonly Item[],
  latest: number,
): { parcel: ParcelPlan; price: number } | undefined {
  const { lanes, network, barredServices } = context;
  const classes = items.reduce((bits, item) => bits | item.classes, 0);
  const longest = items.reduce((most, item) => Math.max(most, item.longest), 0);
  const girth = items.reduce((most, item) => Math.max(most, item.girthPlusLength), 0);
  const mg = items.reduce((sum, item) => sum + item.mg, 0);
  let best: { parcel: ParcelPlan; price: number } | undefined;
  const first = lanes.firstFrom(warehouse);
  const end = lanes.endFrom(warehouse);
  for (let at = first; at < end; at++) {
    const row = lanes.rows[at]!;
    const service = lanes.service[row]!;
    const { services } = network;
    if (barredServices?.[service] === 1 || (classes & ~services.classes[service]!) !== 0) continue;
    if (mg > services.maxMg[service]! || longest > services.maxLength[service]!) continue;
    if (girth > services.maxGirthPlusLength[service]!) continue;
    const way = { items, warehouse, service, lane: lanes.lane[row]!, zone: lanes.zone[row]! };
    const placed = place(context, way);
    const parcel = placed && buildParcel(context, placed);
    if (parcel === undefined) continue;
    const promise = Math.max(latest, parcel.promise_seconds);
    const price = ownCost(parcel) + timeCost(context.timePerDay, context.at, promise);
    if (best === undefined || price < best.price) best = { parcel, price };
  }
  return best;
}

/** Items that may share a parcel with those before them. */
function sociable(items: readonly Item[]): Item[] {
  const chosen: Item[] = [];
  for (const item of items) {
    if (item.shuns === 0 || !chosen.some((other) => mustPart(item, other))) chosen.push(item);
  }
  return chosen;
}

/** Largest leading part of the items that one parcel takes. */
function fittingParcel(context: OrderContext, holder: Holder, latest: number) {
  const together = sociable(holder.items);
  for (let count = together.length; count > 0; count = count > 1 ? count >> 1 : 0) {
    const items = together.slice(0, count);
    const found = cheapestParcel(context, holder.warehouse, items, latest);
    if (found !== undefined) return { ...found, items };
  }
  return undefined;
}

/**
 * Greedy parcels for the items, or undefined if greed runs into a dead end. Board unchanged.
 * O(parcels × warehouses × services). Costs in minor units.
 */
export function greedyParcels(
  context: OrderContext,
  items: readonly Item[],
  splitLimit: number,
): { parcels: ParcelPlan[]; cost: number; work: number } | undefined {
  const parcels: ParcelPlan[] = [];
  let work = 0;
  let open = [...items];
  while (open.length > 0 && parcels.length < splitLimit) {
    let best: { parcel: ParcelPlan; price: number; items: Item[] } | undefined;
    const all = holders(context, open);
    // Later parcels may only take what risk is left.
    const sure = { ...context, riskLimit: context.riskLimit - riskOfPlan(parcels) };
    for (let i = 0; i < all.length; i++) {
      // Past the first few, a warehouse is only looked at while nothing was found at all.
      if (best !== undefined && (i >= TRIED || all[i]!.items.length < best.items.length)) break;
      work += context.lanes.countFrom(all[i]!.warehouse);
      const found = fittingParcel(sure, all[i]!, latestPromise(parcels));
      if (found === undefined) continue;
      const more = found.items.length - (best?.items.length ?? 0);
      if (more > 0 || (more === 0 && found.price < best!.price)) best = found;
    }
    if (best === undefined) break;
    const { parcel, items: sent } = best;
    take(context.board, { parcels: [parcel] });
    parcels.push(parcel);
    open = open.filter((item) => !sent.includes(item));
  }
  giveBack(context.board, { parcels });
  return open.length === 0 ? { parcels, cost: planCost(context, parcels), work } : undefined;
}
