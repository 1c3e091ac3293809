/** Inbound notices and the receipts that count them in. */
import { sql } from 'kysely';
import type { NoticeLine } from '../src/domain/inbound.ts';
import type { Tx } from './database.ts';
import { asJson, insertRows } from './rows.ts';

/** A new notice. */
export interface NewNotice {
  readonly notice_id: string;
  readonly seller_id: string;
  readonly warehouse_id: string;
  readonly reference: string;
  readonly expected_at: Temporal.Instant | null;
  readonly created_at: Temporal.Instant;
}

/** Inserts a notice; false when the warehouse has one of this reference already. */
export async function insertNotice(
  tx: Tx,
  notice: NewNotice,
  lines: readonly NoticeLine[],
): Promise<boolean> {
  const inserted = await sql`
    insert into inbound_notices (notice_id, seller_id, warehouse_id, reference, state, expected_at,
      created_at)
    select notice_id, seller_id, warehouse_id, reference, 'open', expected_at, created_at
    from json_populate_recordset(null::inbound_notices, ${asJson([notice])}::json)
    on conflict (warehouse_id, reference) do nothing`.execute(tx);
  if (inserted.numAffectedRows === 0n) return false;
  await insertRows(
    tx,
    'inbound_lines',
    lines.map((line) => ({ notice_id: notice.notice_id, ...line })),
  );
  return true;
}

/** A notice as it stands. */
export interface NoticeRow {
  readonly notice_id: string;
  readonly seller_id: string;
  readonly warehouse_id: string;
  readonly reference: string;
  readonly state: 'open' | 'received' | 'cancelled';
  readonly version: number;
  readonly expected_at: Temporal.Instant | null;
}

/** Locks a notice by its reference; null where the warehouse has none. Lock it before orders. */
export async function lockNotice(
  tx: Tx,
  warehouse_id: string,
  reference: string,
): Promise<NoticeRow | null> {
  const rows = await sql<NoticeRow>`
    select notice_id, seller_id, warehouse_id, reference, state, version, expected_at
    from inbound_notices where warehouse_id = ${warehouse_id} and reference = ${reference}
    for no key update`.execute(tx);
  return rows.rows[0] ?? null;
}

/** Lists the lines of a notice in order. */
export async function listNoticeLines(tx: Tx, notice_id: string): Promise<NoticeLine[]> {
  const rows = await sql<NoticeLine>`
    select line_no, sku_id, lot, expected, received, damaged from inbound_lines
    where notice_id = ${notice_id} order by line_no`.execute(tx);
  return rows.rows;
}

/** Saves a locked notice after a receipt: its state, its version one up, its lines' counts. */
export async function saveNotice(
  tx: Tx,
  notice_id: string,
  state: NoticeRow['state'],
  lines: readonly NoticeLine[],
): Promise<void> {
  await sql`update inbound_notices set state = ${state}, version = version + 1
    where notice_id = ${notice_id}`.execute(tx);
  await sql`
    update inbound_lines l set received = d.received, damaged = d.damaged
    from json_to_recordset(${asJson(lines)}::json)
      as d(line_no smallint, received integer, damaged integer)
    where l.notice_id = ${notice_id} and l.line_no = d.line_no
      and (l.received, l.damaged) <> (d.received, d.damaged)`.execute(tx);
}

/** A receipt that came before, with what was answered. */
export interface KnownReceipt {
  readonly body_hash: Buffer;
  readonly answer: unknown;
}

/**
 * Locks the warehouse's own id of a receipt until the transaction ends, and finds the receipt that
 * used it: copies that come at once wait for the first and then see it.
 */
export async function findReceipt(
  tx: Tx,
  warehouse_id: string,
  receipt_ref: string,
): Promise<KnownReceipt | null> {
  const name = `receipt ${warehouse_id} ${receipt_ref}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
  const rows = await sql<KnownReceipt>`
    select body_hash, lines as answer from receipts
    where warehouse_id = ${warehouse_id} and receipt_ref = ${receipt_ref}`.execute(tx);
  return rows.rows[0] ?? null;
}

/** A receipt to keep; `lines` is what is answered, so that a repeat is answered the same. */
export interface NewReceipt {
  readonly warehouse_id: string;
  readonly receipt_ref: string;
  readonly body_hash: string;
  readonly notice_id: string | null;
  readonly lines: object;
  readonly received_at: Temporal.Instant;
}

/** Keeps a receipt; the caller holds the lock of `findReceipt`. */
export async function insertReceipt(tx: Tx, receipt: NewReceipt): Promise<void> {
  await insertRows(tx, 'receipts', [receipt]);
}
