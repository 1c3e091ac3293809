/** Assignments: shipments offered to carriers under a lease, and the carriers' answers. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { asJson, insertRows } from './rows.ts';

/** A shipment offered to a carrier. `fencing_token` counts the offers of the shipment from 1. */
export interface NewAssignment {
  readonly assignment_id: string;
  readonly shipment_id: string;
  readonly carrier_id: string;
  readonly service_id: string;
  /** Units in the parcel as it is offered. */
  readonly units: number;
  readonly fencing_token: number;
  readonly offered_at: Temporal.Instant;
  readonly lease_until: Temporal.Instant;
}

/**
 * Offers shipments to carriers. A second live offer of one shipment, or a token used before, fails
 * the transaction (unique indexes): two carriers never hold the same parcel.
 */
export async function offerAssignments(tx: Tx, offers: readonly NewAssignment[]): Promise<void> {
  await insertRows(tx, 'assignments', offers, { state: 'offered' });
}

export type AssignmentState = 'offered' | 'accepted' | 'rejected' | 'expired' | 'withdrawn';

/** An assignment as an answer needs it. */
export interface AssignmentRow {
  readonly assignment_id: string;
  readonly shipment_id: string;
  readonly carrier_id: string;
  readonly service_id: string;
  readonly fencing_token: number;
  readonly state: AssignmentState;
  readonly lease_until: Temporal.Instant;
}

/** Lists the shipments of these assignments of one carrier. Takes no lock. */
export async function listAssignedShipments(
  tx: Tx,
  carrier_id: string,
  assignmentIds: readonly string[],
): Promise<string[]> {
  if (assignmentIds.length === 0) return [];
  const rows = await sql<{ shipment_id: string }>`
    select distinct shipment_id from assignments
    where assignment_id = any(${assignmentIds}::uuid[]) and carrier_id = ${carrier_id}`.execute(tx);
  return rows.rows.map((row) => row.shipment_id);
}

/** Lists these assignments of one carrier. What they say holds while their shipments are locked. */
export async function listAssignments(
  tx: Tx,
  carrier_id: string,
  assignmentIds: readonly string[],
): Promise<AssignmentRow[]> {
  if (assignmentIds.length === 0) return [];
  const rows = await sql<AssignmentRow>`
    select assignment_id, shipment_id, carrier_id, service_id, fencing_token, state, lease_until
    from assignments
    where assignment_id = any(${assignmentIds}::uuid[]) and carrier_id = ${carrier_id}`.execute(tx);
  return rows.rows;
}

/** How an offer ended. */
export interface EndedOffer {
  readonly assignment_id: string;
  readonly state: 'accepted' | 'rejected' | 'expired';
  readonly reason: string | null;
}

/**
 * Ends offers. Guarded: only what is still `offered` moves. The caller holds the shipments' locks;
 * returns how many moved, so a caller that decided on stale rows can tell. What was accepted goes to
 * the end of its carrier's feed: a cursor that is past the offer has not seen the acceptance.
 */
export async function endOffers(
  tx: Tx,
  ended: readonly EndedOffer[],
  at: Temporal.Instant,
): Promise<number> {
  if (ended.length === 0) return 0;
  const moved = await sql`
    update assignments a set state = e.state, reason = e.reason, answered_at = ${at.toString()},
      xid = pg_current_xact_id(), seq = default
    from json_to_recordset(${asJson(ended)}::json)
      as e(assignment_id uuid, state text, reason text)
    where a.assignment_id = e.assignment_id and a.state = 'offered'`.execute(tx);
  return Number(moved.numAffectedRows ?? 0);
}

/** A planned shipment that needs another carrier. */
export interface TenderCandidate {
  readonly shipment_id: string;
  readonly order_id: string;
}

/**
 * Lists planned shipments without a carrier: their offer was rejected (then `next_due_at` is the
 * instant of the answer, see `answerAssignments`) or its lease ended in silence. Takes no lock.
 * Reads the partial indexes `shipments_due` and `assignments_due`; both hold little that is due.
 */
export async function listTenderCandidates(
  tx: Tx,
  now: Temporal.Instant,
  limit: number,
): Promise<TenderCandidate[]> {
  const rows = await sql<TenderCandidate>`
    (select s.shipment_id, s.order_id from shipments s
      where s.next_due_at <= ${now.toString()} and s.state = 'planned'
        and not exists (select from assignments a where a.shipment_id = s.shipment_id
          and a.state in ('offered', 'accepted'))
      order by s.next_due_at limit ${limit})
    union
    (select s.shipment_id, s.order_id from assignments a join shipments s using (shipment_id)
      where a.state = 'offered' and a.lease_until <= ${now.toString()} and s.state = 'planned'
      order by a.lease_until limit ${limit})
    limit ${limit}`.execute(tx);
  return rows.rows;
}

/** Lists the newest assignment of each of these shipments; the caller holds their locks. */
export async function listNewestAssignments(
  tx: Tx,
  shipmentIds: readonly string[],
): Promise<AssignmentRow[]> {
  if (shipmentIds.length === 0) return [];
  const rows = await sql<AssignmentRow>`
    select distinct on (shipment_id) assignment_id, shipment_id, carrier_id, service_id,
      fencing_token, state, lease_until
    from assignments where shipment_id = any(${shipmentIds}::uuid[])
    order by shipment_id, fencing_token desc`.execute(tx);
  return rows.rows;
}

/** Lists which of these shipments a carrier holds an accepted assignment for. Takes no lock. */
export async function listHeldShipments(
  tx: Tx,
  carrier_id: string,
  shipmentIds: readonly string[],
): Promise<TenderCandidate[]> {
  if (shipmentIds.length === 0) return [];
  const rows = await sql<TenderCandidate>`
    select s.shipment_id, s.order_id
    from assignments a join shipments s using (shipment_id)
    where a.shipment_id = any(${shipmentIds}::uuid[]) and a.carrier_id = ${carrier_id}
      and a.state = 'accepted'`.execute(tx);
  return rows.rows;
}
