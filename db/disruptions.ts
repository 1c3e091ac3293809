/** What does not go as planned at hubs and on legs: numbered, so that what was in force can be asked for. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { announceNetwork } from './networks.ts';

/** A disruption as stored. Instants: from … until, the end excluded. */
export interface DisruptionRow {
  readonly disruption_id: string;
  readonly reference: string;
  readonly kind: 'hub_closed' | 'leg_cancelled' | 'leg_delayed';
  readonly hub_id: string | null;
  readonly leg_id: string | null;
  readonly from_at: Temporal.Instant;
  readonly until_at: Temporal.Instant;
  readonly delay_seconds: number | null;
  readonly reason: string | null;
  readonly opened_no: number;
  readonly opened_at: Temporal.Instant;
  readonly opened_by: string;
  readonly lifted_no: number | null;
  readonly lifted_at: Temporal.Instant | null;
}

/** The number of the last opening or lifting; 0 before the first. */
export async function findDisruptionNumber(tx: Tx): Promise<number> {
  const found = await sql<{ disruption_no: number }>`
    select disruption_no from disruption_numbers`.execute(tx);
  return found.rows[0]!.disruption_no;
}

/** Days after its end for which a disruption can still matter: the longest delay, and a margin. */
const MATTERS_DAYS = 40;

/** What was in force at a number, as far as it matters from `at` on; by number. */
export async function listDisruptionsInForce(
  tx: Tx,
  disruption_no: number,
  at: Temporal.Instant,
): Promise<DisruptionRow[]> {
  if (disruption_no === 0) return [];
  const since = at.subtract({ hours: MATTERS_DAYS * 24 });
  const rows = await sql<DisruptionRow>`
    select * from disruptions
    where opened_no <= ${disruption_no} and (lifted_no is null or lifted_no > ${disruption_no})
      and until_at > ${since.toString()}::timestamptz
    order by opened_no`.execute(tx);
  return rows.rows;
}

/** Takes the next number and announces it; the row's lock puts openings and liftings in order. */
export async function takeDisruptionNumber(tx: Tx): Promise<number> {
  const taken = await sql<{ disruption_no: number }>`
    update disruption_numbers set disruption_no = disruption_no + 1
    returning disruption_no`.execute(tx);
  await announceNetwork(tx);
  return taken.rows[0]!.disruption_no;
}

/** Finds a disruption by the operator's own reference. */
export async function findDisruption(tx: Tx, reference: string): Promise<DisruptionRow | null> {
  const rows = await sql<DisruptionRow>`
    select * from disruptions where reference = ${reference}`.execute(tx);
  return rows.rows[0] ?? null;
}

/** Locks a disruption by id; null if there is none. */
export async function lockDisruption(tx: Tx, id: string): Promise<DisruptionRow | null> {
  const rows = await sql<DisruptionRow>`
    select * from disruptions where disruption_id = ${id} for no key update`.execute(tx);
  return rows.rows[0] ?? null;
}

/** Stores a new disruption. */
export async function insertDisruption(tx: Tx, row: DisruptionRow): Promise<void> {
  await sql`
    insert into disruptions (disruption_id, reference, kind, hub_id, leg_id, from_at, until_at,
      delay_seconds, reason, opened_no, opened_at, opened_by)
    values (${row.disruption_id}, ${row.reference}, ${row.kind}, ${row.hub_id}, ${row.leg_id},
      ${row.from_at.toString()}, ${row.until_at.toString()}, ${row.delay_seconds}, ${row.reason},
      ${row.opened_no}, ${row.opened_at.toString()}, ${row.opened_by})`.execute(tx);
}

/** Ends a locked disruption. */
export async function liftDisruptionRow(
  tx: Tx,
  disruption_id: string,
  { lifted_no, at }: { readonly lifted_no: number; readonly at: Temporal.Instant },
): Promise<void> {
  await sql`
    update disruptions set lifted_no = ${lifted_no}, lifted_at = ${at.toString()}
    where disruption_id = ${disruption_id}`.execute(tx);
}

/** A page of disruptions, newest first. */
export async function listDisruptions(
  tx: Tx,
  page: { readonly before: number | null; readonly limit: number },
): Promise<DisruptionRow[]> {
  const rows = await sql<DisruptionRow>`
    select * from disruptions where ${page.before}::bigint is null or opened_no < ${page.before}
    order by opened_no desc limit ${page.limit}`.execute(tx);
  return rows.rows;
}

/** How far open shipments are priced anew. Locked until the transaction ends: null if another has it. */
export async function takeRepricing(
  tx: Tx,
): Promise<{ disruption_no: number; repriced_no: number } | null> {
  const rows = await sql<{ disruption_no: number; repriced_no: number }>`
    select disruption_no, repriced_no from disruption_numbers
    where repriced_no < disruption_no for no key update skip locked`.execute(tx);
  return rows.rows[0] ?? null;
}

/** Notes that all shipments are priced with a number. */
export async function saveRepricing(tx: Tx, repriced_no: number): Promise<void> {
  await sql`update disruption_numbers set repriced_no = ${repriced_no}`.execute(tx);
}

/** Notes that a shipment was planned with an older number than shipments are priced with. */
export async function owePricing(tx: Tx, disruption_no: number): Promise<void> {
  await sql`
    update disruption_numbers set repriced_no = ${disruption_no}
    where repriced_no > ${disruption_no}`.execute(tx);
}

/** An open shipment that passes what was disrupted or lifted since it was priced. */
export interface DisruptedShipment {
  readonly shipment_id: string;
  readonly order_id: string;
}

/**
 * Lists such shipments up to a number, oldest id first. By the index `shipments_routed`, once per
 * disruption since `after_no`.
 */
export async function listDisruptedShipments(
  tx: Tx,
  range: { readonly after_no: number; readonly up_to_no: number; readonly limit: number },
): Promise<DisruptedShipment[]> {
  const rows = await sql<DisruptedShipment>`
    with changed as (
      select coalesce('hub/' || hub_id, 'leg/' || leg_id) as part,
        greatest(opened_no, coalesce(lifted_no, 0)) as no
      from disruptions
      where greatest(opened_no, coalesce(lifted_no, 0)) > ${range.after_no}
        and opened_no <= ${range.up_to_no})
    select distinct s.shipment_id, s.order_id
    from changed c join shipments s on s.route_parts @> array[c.part] and s.disruption_no < c.no
    where s.route_parts is not null and s.disruption_no < ${range.up_to_no}
      and s.state not in ('delivered', 'returned', 'lost', 'cancelled')
    order by s.shipment_id limit ${range.limit}`.execute(tx);
  return rows.rows;
}
