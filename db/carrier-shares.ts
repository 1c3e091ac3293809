/**
 * Parcels by carrier and zone over a span of time. Hours that are over are counted once; what came
 * since is counted from the shipments themselves, found by their ids, which ascend with time (UUIDv7).
 */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { firstIdAt } from './id-times.ts';

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

/**
 * Counts the hours until `until`, a full hour so long ago that nothing is planned in it any more. The
 * first time it begins at `from`.
 */
export async function countCarrierHours(
  tx: Tx,
  from: Temporal.Instant,
  until: Temporal.Instant,
): Promise<void> {
  await sql`
    insert into carrier_hours (hour, carrier_id, zone_id, parcels)
    select date_trunc('hour', planned_at, 'UTC'), carrier_id, zone_id, count(*)
    from (${uncounted(from)}) u where planned_at < ${until.toString()}::timestamptz
    group by 1, 2, 3
    on conflict do nothing`.execute(tx);
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
