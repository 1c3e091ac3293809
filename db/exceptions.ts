/** Exceptions: opened once per kind and shipment (or order), resolved by their owner. */
import { sql } from 'kysely';
import type { ExceptionKind, NewException, Resolution } from '../src/domain/exceptions.ts';
import type { Tx } from './database.ts';
import { asJson } from './rows.ts';

/**
 * Opens exceptions. One that is already open for the same kind and shipment (or order) stays as it
 * is, so a repeated step opens nothing twice. Waits only for a writer of the same exception.
 */
export async function openExceptions(tx: Tx, exceptions: readonly NewException[]): Promise<void> {
  if (exceptions.length === 0) return;
  await sql`
    insert into exceptions (exception_id, kind, order_id, shipment_id, owner, reason, detail,
      opened_at)
    select exception_id, kind, order_id, shipment_id, owner, reason, detail, opened_at
    from json_populate_recordset(null::exceptions, ${asJson(exceptions)}::json)
    order by kind, coalesce(shipment_id, order_id)
    on conflict do nothing`.execute(tx);
}

/** An exception with the order it concerns. */
export interface ExceptionRow {
  readonly exception_id: string;
  readonly kind: ExceptionKind;
  readonly order_id: string | null;
  readonly shipment_id: string | null;
  readonly owner: string;
  readonly resolved_at: Temporal.Instant | null;
  readonly resolution: Resolution | null;
}

/** Finds an exception; `order_id` is filled in from the shipment where only that is known. */
export async function findException(tx: Tx, exception_id: string): Promise<ExceptionRow | null> {
  const rows = await sql<ExceptionRow>`
    select e.exception_id, e.kind, coalesce(e.order_id, s.order_id) as order_id, e.shipment_id,
      e.owner, e.resolved_at, e.resolution
    from exceptions e left join shipments s using (shipment_id)
    where e.exception_id = ${exception_id}`.execute(tx);
  return rows.rows[0] ?? null;
}

/** Resolves an open exception; false when it was resolved before, also by a concurrent caller. */
export async function closeException(
  tx: Tx,
  exception_id: string,
  resolution: Resolution,
  at: Temporal.Instant,
): Promise<boolean> {
  const closed = await sql`
    update exceptions set resolved_at = ${at.toString()}, resolution = ${resolution}
    where exception_id = ${exception_id} and resolved_at is null`.execute(tx);
  return closed.numAffectedRows === 1n;
}

/**
 * Resolves every open exception of these kinds that concerns one order: a retry answers them all.
 * The caller holds the order's lock.
 */
export async function closeExceptionsOfOrder(
  tx: Tx,
  order_id: string,
  kinds: readonly ExceptionKind[],
  resolution: Resolution,
  at: Temporal.Instant,
): Promise<void> {
  await sql`
    update exceptions set resolved_at = ${at.toString()}, resolution = ${resolution}
    where order_id = ${order_id} and kind = any(${kinds}::text[]) and resolved_at is null
  `.execute(tx);
}

/** An exception that was open until now, with the order of its shipment. */
export interface ClosedException {
  readonly exception_id: string;
  readonly shipment_id: string;
  readonly order_id: string;
}

/**
 * Notes the open exceptions of a kind that concern these shipments as seen to, and gives those that this
 * call closed: of concurrent callers one gets each. By the index `exceptions_one_open`.
 */
export async function closeExceptionsOfShipments(
  tx: Tx,
  shipment_ids: readonly string[],
  kind: ExceptionKind,
  at: Temporal.Instant,
): Promise<ClosedException[]> {
  if (shipment_ids.length === 0) return [];
  const resolution: Resolution = 'close';
  const closed = await sql<ClosedException>`
    with open as (
      select exception_id from exceptions
      where kind = ${kind} and coalesce(shipment_id, order_id) = any(${shipment_ids}::uuid[])
        and resolved_at is null
      order by exception_id for no key update)
    update exceptions e set resolved_at = ${at.toString()}, resolution = ${resolution}
    from open, shipments s
    where e.exception_id = open.exception_id and s.shipment_id = e.shipment_id
    returning e.exception_id, e.shipment_id, s.order_id`.execute(tx);
  return closed.rows;
}
