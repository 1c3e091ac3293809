/** What live stock and the use of capacity must be for a board to mean anything. */
import { assertInstant, assertRows, assertText, fault } from './assert-field.ts';
import type { CapacityUse, StockPosition } from './types.ts';

interface Known {
  readonly skus: { readonly indexOf: ReadonlyMap<string, number> };
  readonly warehouses: { readonly indexOf: ReadonlyMap<string, number> };
}

/** True for units: whole ones; Infinity is a source without end, and less than none counts as none. */
const isUnits = (value: number): boolean =>
  Number.isSafeInteger(value) || value === Number.POSITIVE_INFINITY;

function assertPosition({ stock_id, available, expires_seconds }: StockPosition): void {
  if (!Number.isSafeInteger(stock_id)) throw fault('stock_id', stock_id, 'a whole number');
  if (!isUnits(available)) throw fault('available', available, 'a whole number of units');
  const expires = expires_seconds ?? Number.POSITIVE_INFINITY;
  if (expires !== Number.POSITIVE_INFINITY) assertInstant(expires, 'expires_seconds');
}

/** Refuses what is no compiled network. O(1). @throws RangeError that names it. */
export function assertCompiled(network: Known): void {
  if (network?.skus?.indexOf instanceof Map) return;
  throw fault('network', network, 'one that `compileNetwork` made');
}

/**
 * Checks rows of stock; what they are of need not be known. O(rows).
 *
 * @throws RangeError that names the field by its path, what was got and what was expected.
 */
export function assertStock(stock: readonly StockPosition[]): void {
  assertRows(stock, 'stock', assertPosition);
}

/**
 * Refuses two rows of one lot among those that a network knows. O(rows).
 *
 * @throws RangeError as {@link assertStock}.
 */
export function assertOwnLots(stock: readonly StockPosition[], { skus, warehouses }: Known): void {
  const seen = new Set<number>();
  assertRows(stock, 'stock', ({ stock_id, sku_id, warehouse_id }) => {
    if (!skus.indexOf.has(sku_id) || !warehouses.indexOf.has(warehouse_id)) return;
    if (seen.has(stock_id)) throw fault('stock_id', stock_id, 'a lot of its own');
    seen.add(stock_id);
  });
}

function assertUse({ resource, slot_seconds, used }: CapacityUse): void {
  assertText(resource, 'resource');
  assertInstant(slot_seconds, 'slot_seconds');
  if (typeof used !== 'number' || Number.isNaN(used)) throw fault('used', used, 'a number');
}

/**
 * Checks the use of capacity; resources need not be known, and less than nothing may be used (by what is
 * about to be freed). O(rows).
 *
 * @throws RangeError as {@link assertStock}.
 */
export function assertCapacity(capacity: readonly CapacityUse[]): void {
  assertRows(capacity, 'capacity', assertUse);
}
