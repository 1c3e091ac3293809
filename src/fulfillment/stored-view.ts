/** What a decision saw of stock and capacity: kept compactly, and put on a board again. No I/O. */
import type { CapacityRow } from '../../db/capacity.ts';
import type { StoredCapacity, StoredStock } from '../../db/decisions.ts';
import { type Board, openBoard, type StockPosition } from '../../routing/index.ts';
import type { LiveNetwork } from './engine.ts';

/** Stock and capacity as stored. */
export interface StoredView {
  readonly stock: readonly StoredStock[];
  readonly capacity: readonly StoredCapacity[];
}

/** The view in its stored form. */
export function storedView(view: {
  readonly stock: readonly StockPosition[];
  readonly capacity: readonly CapacityRow[];
}): StoredView {
  return {
    stock: view.stock.map((row) => [
      row.stock_id,
      row.warehouse_id,
      row.sku_id,
      row.available,
      row.expires_seconds ?? null,
    ]),
    capacity: view.capacity.map((row) => [row.resource, row.slot_seconds, row.used]),
  };
}

/** A board as it was when the view was stored. */
export function rebuildBoard(network: LiveNetwork, view: StoredView): Board {
  const stock = view.stock.map(([stock_id, warehouse_id, sku_id, available, expires_seconds]) => ({
    stock_id,
    warehouse_id,
    sku_id,
    available,
    ...(expires_seconds === null ? {} : { expires_seconds }),
  }));
  const capacity = view.capacity.map(([resource, slot_seconds, used]) => ({
    resource,
    slot_seconds,
    used,
  }));
  return openBoard(network.compiled, stock, capacity);
}
