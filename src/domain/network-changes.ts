/**
 * What a new version of the network takes away. Only that can orphan work, and it is usually
 * nothing or a few rows, so it is what the database is asked about.
 */
import type { Network } from './network.ts';

/** Kinds of thing that open work may need: tables by name, and three facts that must not change. */
export type NeededKind =
  | 'platforms'
  | 'sellers'
  | 'skus'
  | 'warehouses'
  | 'zones'
  | 'carriers'
  | 'services'
  | 'sku_sellers'
  | 'currency';

/** Something of the old version that the new one has not. */
export interface Removed {
  readonly kind: NeededKind;
  readonly id: string;
  /** Of a SKU that changed its seller: its place in the new document, and the new seller. */
  readonly now?: { readonly index: number; readonly seller_id: string };
}

const NEEDED_TABLES = [
  'platforms',
  'sellers',
  'skus',
  'warehouses',
  'zones',
  'carriers',
  'services',
] as const;

/** Rows that are gone, SKUs that changed their seller (by SKU id), and a changed currency. O(rows). */
export function removedBetween(before: Network, after: Network): Removed[] {
  const removed: Removed[] = [];
  for (const kind of NEEDED_TABLES) {
    const left = new Set(after[kind].map((row) => row.id));
    for (const { id } of before[kind]) if (!left.has(id)) removed.push({ kind, id });
  }
  const sellers = new Map(
    after.skus.map(({ id, seller_id }, index) => [id, { index, seller_id }] as const),
  );
  for (const { id, seller_id } of before.skus) {
    const now = sellers.get(id);
    if (now !== undefined && now.seller_id !== seller_id) {
      removed.push({ kind: 'sku_sellers', id, now });
    }
  }
  if (before.currency !== after.currency) removed.push({ kind: 'currency', id: before.currency });
  return removed;
}
