/**
 * Stock as deciding needs it: read free units, lock rows in one global order, set units aside, give
 * them back. Never `skip locked`: a row that is busy is waited for, or stock would seem to vanish.
 */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { rowSource } from './rows.ts';

/** Free units of one lot; `expires_on` is the last day of use. */
export interface FreeStock {
  readonly stock_id: number;
  readonly warehouse_id: string;
  readonly sku_id: string;
  readonly available: number;
  readonly expires_on: string | null;
}

/** Lists the lots of these SKUs that have free units, ordered by id. Takes no lock. */
export async function listFreeStock(tx: Tx, skuIds: readonly string[]): Promise<FreeStock[]> {
  if (skuIds.length === 0) return [];
  const rows = await sql<FreeStock>`
    select stock_id, warehouse_id, sku_id, on_hand - reserved as available, expires_on
    from stock where sku_id = any(${skuIds}::text[]) and on_hand > reserved
    order by stock_id`.execute(tx);
  return rows.rows;
}

/** Locks stock rows in ascending id and returns what is free in each, as of now. */
export async function lockStock(tx: Tx, stockIds: readonly number[]): Promise<Map<number, number>> {
  if (stockIds.length === 0) return new Map();
  const rows = await sql<{ stock_id: number; available: number }>`
    select stock_id, on_hand - reserved as available from stock
    where stock_id = any(${stockIds}::bigint[]) order by stock_id for no key update`.execute(tx);
  return new Map(rows.rows.map((row) => [row.stock_id, row.available]));
}

/** Units to set aside in a lot, and for what. */
export interface StockMove {
  readonly stock_id: number;
  readonly quantity: number;
  /** The shipment or quote that the units are for. */
  readonly reference: string;
}

const STOCK_MOVE = { stock_id: 'bigint', quantity: 'integer', reference: 'text' } as const;

/**
 * Sets units aside and writes the ledger. Guarded: a row that no longer has the units is not
 * touched, and the function throws, which undoes the transaction; the CHECK is the last line.
 */
export async function reserveStock(
  tx: Tx,
  moves: readonly StockMove[],
  at: Temporal.Instant,
): Promise<void> {
  if (moves.length === 0) return;
  const rows = await sql<{ touched: number; wanted: number }>`
    with moves as materialized (
      select * from ${rowSource('m', STOCK_MOVE, moves)}),
    totals as (select stock_id, sum(quantity)::integer as quantity from moves group by stock_id),
    updated as (
      update stock s set reserved = s.reserved + t.quantity from totals t
      where s.stock_id = t.stock_id and s.on_hand - s.reserved >= t.quantity
      returning s.stock_id),
    written as (
      insert into stock_ledger (stock_id, kind, reserved, reference, at)
      select stock_id, 'reserve', quantity, reference, ${at.toString()}::timestamptz from moves)
    select (select count(*) from updated) as touched, (select count(*) from totals) as wanted
  `.execute(tx);
  const { touched, wanted } = rows.rows[0]!;
  if (touched !== wanted) {
    throw new Error(`stock moved under a held lock: ${touched} of ${wanted} rows reserved`);
  }
}

/**
 * Gives back units that were set aside (`picked` of them were already off the shelf) and writes the
 * ledger. The caller has closed the reservations that held them, so it happens once.
 */
export async function releaseStock(
  tx: Tx,
  moves: readonly (StockMove & { readonly picked?: number })[],
  at: Temporal.Instant,
): Promise<void> {
  if (moves.length === 0) return;
  await sql`
    with moves as materialized (
      select * from ${rowSource('m', { ...STOCK_MOVE, picked: 'integer' }, moves)}),
    totals as (
      select stock_id, sum(quantity)::integer as quantity, coalesce(sum(picked), 0)::integer as picked
      from moves group by stock_id),
    updated as (
      update stock s set reserved = s.reserved - t.quantity, picked = s.picked - t.picked
      from totals t where s.stock_id = t.stock_id)
    insert into stock_ledger (stock_id, kind, reserved, picked, reference, at)
    select stock_id, 'release', -quantity, -coalesce(picked, 0), reference, ${at.toString()}::timestamptz
    from moves`.execute(tx);
}
