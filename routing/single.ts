/** Orders of one line: their best parcel is the whole decision. */
import { bestParcel } from './best-parcel.ts';
import { type Item, makeItem } from './items.ts';
import { buildParcel, type Placed } from './parcel.ts';
import type { OrderContext } from './problem.ts';
import type { ParcelPlan } from './types.ts';

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
 * are more lines or no single parcel can carry it. `lowerBound` in minor units.
 * O(warehouses + rows looked at), as `bestParcel`.
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
