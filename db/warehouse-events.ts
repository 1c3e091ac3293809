/** What warehouses post about their work: each event once, by the warehouse's own id of it. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { asJson } from './rows.ts';

/** A posted event to keep. */
export interface NewWarehouseEvent {
  readonly warehouse_id: string;
  readonly event_id: string;
  /** SHA-256 of what was posted, as `\x…` text. */
  readonly body_hash: string;
  readonly shipment_id: string;
  readonly kind: string;
  readonly lines: object | null;
  readonly occurred_at: Temporal.Instant;
  readonly received_at: Temporal.Instant;
  /** `applied` when it changed something, else `ignored`: late, or said before by another event. */
  readonly outcome: 'applied' | 'ignored';
}

/** An event that came before. */
export interface KnownEvent {
  readonly event_id: string;
  readonly body_hash: Buffer;
}

/** Lists which of these events a warehouse has posted before. */
export async function listKnownWarehouseEvents(
  tx: Tx,
  warehouse_id: string,
  eventIds: readonly string[],
): Promise<KnownEvent[]> {
  if (eventIds.length === 0) return [];
  const rows = await sql<KnownEvent>`
    select event_id, body_hash from warehouse_events
    where warehouse_id = ${warehouse_id} and event_id = any(${eventIds}::text[])`.execute(tx);
  return rows.rows;
}

/** Lists which of these shipments leave from a warehouse, with their orders. Takes no lock. */
export async function listShipmentsOfWarehouse(
  tx: Tx,
  warehouse_id: string,
  shipmentIds: readonly string[],
): Promise<{ shipment_id: string; order_id: string }[]> {
  if (shipmentIds.length === 0) return [];
  const rows = await sql<{ shipment_id: string; order_id: string }>`
    select shipment_id, order_id from shipments
    where shipment_id = any(${shipmentIds}::uuid[]) and warehouse_id = ${warehouse_id}`.execute(tx);
  return rows.rows;
}

/**
 * Keeps events. Returns false when one of them was posted by somebody else in the meantime (two
 * posts of one id about two shipments): the caller must roll back and look again.
 */
export async function insertWarehouseEvents(
  tx: Tx,
  events: readonly NewWarehouseEvent[],
): Promise<boolean> {
  if (events.length === 0) return true;
  const inserted = await sql`
    insert into warehouse_events (warehouse_id, event_id, body_hash, shipment_id, kind, lines,
      occurred_at, received_at, outcome)
    select warehouse_id, event_id, body_hash, shipment_id, kind, lines, occurred_at, received_at,
      outcome
    from json_populate_recordset(null::warehouse_events, ${asJson(events)}::json)
    order by event_id
    on conflict do nothing`.execute(tx);
  return Number(inserted.numAffectedRows ?? 0) === events.length;
}
