/** Units that shipments hold: read with their lots, and moved set by set with their ledger. */
import { sql } from 'kysely';
import type { HeldUnits, LedgerEntry, UnitBook } from '../src/domain/units.ts';
import type { Tx } from './database.ts';
import { asJson, insertRows } from './rows.ts';

/** Held units with what a new plan for them needs to know. */
export interface HeldRow extends HeldUnits {
  readonly warehouse_id: string;
  readonly expires_on: string | null;
  /** Measured weight of these units; null = by the SKU. */
  readonly weight_grams: number | null;
}

/** Lists the open reservations of shipments whose locks the caller holds, in order of reservation. */
export async function listHeldUnits(tx: Tx, shipmentIds: readonly string[]): Promise<HeldRow[]> {
  if (shipmentIds.length === 0) return [];
  const rows = await sql<HeldRow>`
    select r.reservation_id, r.stock_id, r.order_id, r.shipment_id, r.line_no, k.sku_id,
      r.quantity, r.picked, r.state, k.warehouse_id, k.expires_on,
      l.weight_grams * r.quantity / l.quantity as weight_grams
    from reservations r
    join stock k using (stock_id)
    join order_lines l on l.order_id = r.order_id and l.line_no = r.line_no
    where r.shipment_id = any(${shipmentIds}::uuid[]) and r.state = 'open'
    order by r.reservation_id`.execute(tx);
  return rows.rows;
}

/** Lists what cancelled shipments gave back, in order of reservation. Their locks are held. */
export async function listFreedUnits(tx: Tx, shipmentIds: readonly string[]): Promise<HeldUnits[]> {
  if (shipmentIds.length === 0) return [];
  const rows = await sql<HeldUnits>`
    select r.reservation_id, r.stock_id, r.order_id, r.shipment_id, r.line_no, k.sku_id,
      r.quantity, r.picked, r.state
    from reservations r join stock k using (stock_id)
    where r.shipment_id = any(${shipmentIds}::uuid[]) and r.state = 'released'
    order by r.reservation_id`.execute(tx);
  return rows.rows;
}

/**
 * Counts the units that were ever set aside for shipments, by `<shipment> <line>`: what was written
 * off or has left is counted too, so the number never changes.
 */
export async function countUnitsSetAside(
  tx: Tx,
  shipmentIds: readonly string[],
): Promise<Map<string, number>> {
  if (shipmentIds.length === 0) return new Map();
  const rows = await sql<{ shipment_id: string; line_no: number; units: number }>`
    select shipment_id, line_no, sum(quantity)::bigint as units from reservations
    where shipment_id = any(${shipmentIds}::uuid[]) group by shipment_id, line_no`.execute(tx);
  return new Map(rows.rows.map((row) => [`${row.shipment_id} ${row.line_no}`, row.units]));
}

/**
 * Writes a book of units: reservations, lots, ledger and order lines, all or nothing. Lots are
 * locked in ascending id first; orders and shipments are locked by the caller. The CHECKs of the
 * tables are the last line: a sum that does not add up fails the transaction.
 */
export async function saveUnits(tx: Tx, book: UnitBook, at: Temporal.Instant): Promise<void> {
  if (book.changed.size === 0) return;
  await moveStock(tx, book.entries, at);
  await sql`
    update reservations r set quantity = d.quantity, picked = d.picked, state = d.state
    from json_to_recordset(${asJson([...book.changed])}::json) as d(reservation_id bigint,
      quantity integer, picked integer, state text)
    where r.reservation_id = d.reservation_id`.execute(tx);
  await insertRows(tx, 'reservations', book.splits);
  if (book.lines.length === 0) return;
  await sql`
    update order_lines l set allocated = l.allocated + d.allocated, shipped = l.shipped + d.shipped
    from (select order_id, line_no, sum(allocated)::integer as allocated,
        sum(shipped)::integer as shipped
      from json_to_recordset(${asJson(book.lines)}::json) as e(order_id uuid, line_no smallint,
        allocated integer, shipped integer)
      group by order_id, line_no) d
    where l.order_id = d.order_id and l.line_no = d.line_no`.execute(tx);
}

/**
 * Changes balances and writes the ledger: one statement each whatever the number of entries. Locks
 * the lots in ascending id first, so two batches wait for each other instead of deadlocking.
 */
export async function moveStock(
  tx: Tx,
  entries: readonly LedgerEntry[],
  at: Temporal.Instant,
): Promise<void> {
  if (entries.length === 0) return;
  const ids = [...new Set(entries.map((entry) => entry.stock_id))];
  await sql`select from stock where stock_id = any(${ids}::bigint[])
    order by stock_id for no key update`.execute(tx);
  await sql`
    with entries as materialized (
      select stock_id, kind, coalesce(on_hand, 0) as on_hand, coalesce(reserved, 0) as reserved,
        coalesce(picked, 0) as picked, coalesce(damaged, 0) as damaged,
        coalesce(quarantined, 0) as quarantined, coalesce(incoming, 0) as incoming, reference,
        reason
      from json_to_recordset(${asJson(entries)}::json) as e(stock_id bigint, kind text,
        on_hand integer, reserved integer, picked integer, damaged integer, quarantined integer,
        incoming integer, reference text, reason text)),
    totals as (
      select stock_id, sum(on_hand)::integer as on_hand, sum(reserved)::integer as reserved,
        sum(picked)::integer as picked, sum(damaged)::integer as damaged,
        sum(quarantined)::integer as quarantined, sum(incoming)::integer as incoming
      from entries group by stock_id),
    moved as (
      update stock s set on_hand = s.on_hand + t.on_hand, reserved = s.reserved + t.reserved,
        picked = s.picked + t.picked, damaged = s.damaged + t.damaged,
        quarantined = s.quarantined + t.quarantined, incoming = s.incoming + t.incoming
      from totals t where s.stock_id = t.stock_id)
    insert into stock_ledger (stock_id, kind, on_hand, reserved, picked, damaged, quarantined,
      incoming, reference, reason, at)
    select stock_id, kind, on_hand, reserved, picked, damaged, quarantined, incoming, reference,
      reason, ${at.toString()}::timestamptz
    from entries
    where on_hand <> 0 or reserved <> 0 or picked <> 0 or damaged <> 0 or quarantined <> 0
      or incoming <> 0`.execute(tx);
}
