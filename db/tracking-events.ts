/** What carriers report of shipments: every report is kept, once, by the carrier's own id of it. */
import { sql } from 'kysely';
import type { MilestoneKind } from '../src/domain/milestones.ts';
import type { Tx } from './database.ts';
import { asJson } from './rows.ts';
import type { KnownEvent } from './warehouse-events.ts';

/** A report to keep. */
export interface NewTrackingEvent {
  readonly carrier_id: string;
  readonly event_id: string;
  /** SHA-256 of what was posted, as `\x…` text. */
  readonly body_hash: string;
  readonly shipment_id: string;
  readonly status: string;
  readonly occurred_at: Temporal.Instant;
  readonly received_at: Temporal.Instant;
  readonly carrier_code: string | null;
  readonly description: string | null;
  readonly position: readonly [number, number] | null;
}

/** Lists which of these reports a carrier has posted before. */
export async function listKnownTrackingEvents(
  tx: Tx,
  carrier_id: string,
  eventIds: readonly string[],
): Promise<KnownEvent[]> {
  if (eventIds.length === 0) return [];
  const rows = await sql<KnownEvent>`
    select event_id, body_hash from tracking_events
    where carrier_id = ${carrier_id} and event_id = any(${eventIds}::text[])`.execute(tx);
  return rows.rows;
}

/**
 * Keeps reports. Returns false when one of them was posted by somebody else in the meantime (two
 * posts of one id about two shipments): the caller must roll back and look again.
 */
export async function insertTrackingEvents(
  tx: Tx,
  events: readonly NewTrackingEvent[],
): Promise<boolean> {
  if (events.length === 0) return true;
  const inserted = await sql`
    insert into tracking_events (carrier_id, event_id, body_hash, shipment_id, status, occurred_at,
      received_at, carrier_code, description, position)
    select carrier_id, event_id, body_hash, shipment_id, status, occurred_at, received_at,
      carrier_code, description, position
    from json_populate_recordset(null::tracking_events, ${asJson(events)}::json)
    order by event_id
    on conflict do nothing`.execute(tx);
  return Number(inserted.numAffectedRows ?? 0) === events.length;
}

/** Evidence of milestones that were met too late, as the journal keeps it, by shipment and kind. */
export interface LateEvidence {
  readonly shipment_id: string;
  readonly kind: MilestoneKind;
  readonly at: Temporal.Instant;
}

/**
 * Lists the earliest late evidence told of shipments. Reads `journal_by_order`: a handful of events
 * per order.
 */
export async function listLateEvidence(
  tx: Tx,
  shipments: readonly { shipment_id: string; order_id: string }[],
): Promise<LateEvidence[]> {
  if (shipments.length === 0) return [];
  const rows = await sql<LateEvidence>`
    select j.entity_id as shipment_id, e.key as kind, min(e.value::timestamptz) as at
    from journal j, json_each_text(j.data -> 'late') e
    where j.order_id = any(${shipments.map((s) => s.order_id)}::uuid[])
      and j.entity_id = any(${shipments.map((s) => s.shipment_id)}::text[])
      and j.entity = 'shipment' and j.data -> 'late' is not null
    group by 1, 2`.execute(tx);
  return rows.rows;
}
