/**
 * Parcels by carrier and zone over a span of time. Hours that are over are counted once; what came
 * since is counted from the shipments themselves, found by their ids, which ascend with time (UUIDv7).
 */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { firstIdAt } from './id-times.ts';
import { asJson } from './rows.ts';

/** Parcels of one carrier to one zone. */
export interface CarrierParcels {
  readonly carrier_id: string;
  readonly zone_id: string;
  readonly parcels: number;
}

/** Where counted hours end, as far as they reach `from`. */
const countedUntil = (from: Temporal.Instant) => sql`(
  select greatest(max(hour) + interval '1 hour', ${from.toString()}::timestamptz)
  from carrier_hours)`;

/** Shipments planned from the end of the counted hours on. Reads those alone, by the primary key. */
const uncounted = (from: Temporal.Instant) => sql`
  select s.carrier_id, s.zone_id, s.planned_at from shipments s
  where s.shipment_id >= ${firstIdAt(countedUntil(from))}
    and s.planned_at >= ${countedUntil(from)} and s.state <> 'cancelled'`;

/** One writer of counted hours at a time: until its end the others wait, and then see what it wrote. */
const lockCounted = sql`select pg_advisory_xact_lock(hashtextextended('portolan.carrier_hours', 0))`;

/**
 * Counts the hours until `until`, a full hour so long ago that nothing is planned in it any more. The
 * first time it begins at `from`.
 */
export async function countCarrierHours(
  tx: Tx,
  from: Temporal.Instant,
  until: Temporal.Instant,
): Promise<void> {
  await lockCounted.execute(tx);
  await sql`
    insert into carrier_hours (hour, carrier_id, zone_id, parcels)
    select date_trunc('hour', planned_at, 'UTC'), carrier_id, zone_id, count(*)
    from (${uncounted(from)}) u where planned_at < ${until.toString()}::timestamptz
    group by 1, 2, 3
    on conflict do nothing`.execute(tx);
}

/** A parcel that its carrier lost after it was planned (−1), or that it got in another's place (+1). */
export interface ParcelMoved {
  readonly carrier_id: string;
  readonly zone_id: string;
  readonly planned_at: Temporal.Instant;
  readonly parcels: -1 | 1;
}

/** Hours younger than this (minutes) cannot be counted by anybody yet, whatever their clocks say. */
const UNCOUNTED_MINUTES = 30;

/**
 * Sets right what counted hours say of parcels that have moved. Call it after their shipments were
 * changed, behind all other locks of the transaction. Costs nothing where all were planned of late,
 * which is nearly always: those hours are counted from the shipments as they are.
 */
export async function moveCountedParcels(
  tx: Tx,
  moved: readonly ParcelMoved[],
  at: Temporal.Instant,
): Promise<void> {
  const young = at.subtract({ minutes: UNCOUNTED_MINUTES });
  const old = moved.filter((one) => Temporal.Instant.compare(one.planned_at, young) < 0);
  if (old.length === 0) return;
  await lockCounted.execute(tx);
  await sql`
    merge into carrier_hours h using (
      select date_trunc('hour', planned_at, 'UTC') as hour, carrier_id, zone_id,
        sum(parcels)::int as parcels
      from json_to_recordset(${asJson(old)}::json)
        as m(planned_at timestamptz, carrier_id text, zone_id text, parcels integer)
      where date_trunc('hour', planned_at, 'UTC')
        between (select min(hour) from carrier_hours) and (select max(hour) from carrier_hours)
      group by 1, 2, 3) m
    on h.hour = m.hour and h.carrier_id = m.carrier_id and h.zone_id = m.zone_id
    when matched and h.parcels + m.parcels > 0 then update set parcels = h.parcels + m.parcels
    when matched then delete
    when not matched and m.parcels > 0 then
      insert values (m.hour, m.carrier_id, m.zone_id, m.parcels)`.execute(tx);
}

/** Forgets hours before `before`. */
export async function deleteCarrierHours(tx: Tx, before: Temporal.Instant): Promise<void> {
  await sql`delete from carrier_hours where hour < ${before.toString()}::timestamptz`.execute(tx);
}

/** Lists parcels planned from `from` (a full hour) on. Reads one row an hour, carrier and zone. */
export async function listCarrierParcels(
  tx: Tx,
  from: Temporal.Instant,
): Promise<CarrierParcels[]> {
  const rows = await sql<CarrierParcels>`
    select carrier_id, zone_id, sum(parcels)::int as parcels from (
      select carrier_id, zone_id, parcels from carrier_hours
      where hour >= ${from.toString()}::timestamptz
      union all
      select carrier_id, zone_id, 1 from (${uncounted(from)}) u) p
    group by 1, 2 order by 1, 2`.execute(tx);
  return rows.rows;
}
