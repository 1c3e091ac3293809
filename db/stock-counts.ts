/** Lots as warehouses count them: made when first heard of, locked in one order, corrected. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { asJson } from './rows.ts';

/** Names a lot of a SKU in a warehouse; '' is stock without a lot. */
export interface LotKey {
  readonly warehouse_id: string;
  readonly sku_id: string;
  readonly seller_id: string;
  readonly lot: string;
}

/** A lot and its balances, locked. */
export interface CountedLot extends LotKey {
  readonly stock_id: number;
  readonly expires_on: string | null;
  readonly on_hand: number;
  readonly reserved: number;
  readonly damaged: number;
  readonly quarantined: number;
  readonly incoming: number;
}

/** The key of a lot within its warehouse, for maps: ids and lots hold no line breaks. */
export function lotKey(sku_id: string, seller_id: string, lot: string): string {
  return `${sku_id}\n${seller_id}\n${lot}`;
}

/**
 * Makes the lots that are new (in key order, so two receipts wait instead of deadlocking), then locks
 * all of them by ascending id and returns them as of now. A lot made by a transaction that ends badly
 * was never there.
 */
export async function openLots(tx: Tx, lots: readonly LotKey[]): Promise<Map<string, CountedLot>> {
  if (lots.length === 0) return new Map();
  const wanted = sql`(select distinct warehouse_id, sku_id, seller_id, lot
    from json_to_recordset(${asJson(lots)}::json)
      as l(warehouse_id text, sku_id text, seller_id text, lot text))`;
  await sql`
    insert into stock (warehouse_id, sku_id, seller_id, lot)
    select w.warehouse_id, w.sku_id, w.seller_id, w.lot from ${wanted} w
    where not exists (select from stock s where s.warehouse_id = w.warehouse_id
      and s.sku_id = w.sku_id and s.seller_id = w.seller_id and s.lot = w.lot)
    order by w.warehouse_id, w.sku_id, w.seller_id, w.lot
    on conflict do nothing`.execute(tx);
  const rows = await sql<CountedLot>`
    select s.stock_id, s.warehouse_id, s.sku_id, s.seller_id, s.lot, s.expires_on, s.on_hand,
      s.reserved, s.damaged, s.quarantined, s.incoming
    from stock s join ${wanted} w using (warehouse_id, sku_id, seller_id, lot)
    order by s.stock_id for no key update of s`.execute(tx);
  return new Map(rows.rows.map((row) => [lotKey(row.sku_id, row.seller_id, row.lot), row]));
}

/** Notes the last day of use of locked lots that had none. */
export async function setLotExpiry(
  tx: Tx,
  lots: readonly { stock_id: number; expires_on: string }[],
): Promise<void> {
  if (lots.length === 0) return;
  await sql`
    update stock s set expires_on = l.expires_on
    from json_to_recordset(${asJson(lots)}::json) as l(stock_id bigint, expires_on date)
    where s.stock_id = l.stock_id and s.expires_on is null`.execute(tx);
}

/** What is kept of an adjustment to know it again. */
export interface KnownAdjustment {
  readonly body_hash: string;
}

/**
 * Locks a reference of a warehouse until the transaction ends and finds the adjustment that used it.
 * The journal's own unique key (entity, version) is what makes an adjustment count once.
 */
export async function findAdjustment(tx: Tx, entity_id: string): Promise<KnownAdjustment | null> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${entity_id}, 0))`.execute(tx);
  const rows = await sql<KnownAdjustment>`
    select data ->> 'body_hash' as body_hash from journal
    where entity = 'adjustment' and entity_id = ${entity_id} and version = 1`.execute(tx);
  return rows.rows[0] ?? null;
}
