/**
 * How many parcels were at risk or broken at past instants, worked out of their milestones: so a tower
 * that is opened later shows what one that was open all along would have shown.
 */
import { sql } from 'kysely';
import type { Tx } from './database.ts';

/** A parcel that has ended, and when (seconds since 1970). */
export interface EndedParcel {
  readonly shipment_id: string;
  readonly ended_seconds: number;
}

/** By how much the counts changed between the end of the bucket before and the end of this one. */
export interface RiskChange {
  /** Start of the bucket over its width: buckets are counted from 1970. */
  readonly bucket: number;
  readonly at_risk: number;
  readonly breached: number;
}

/** Which parcels, in which buckets, and when a milestone is at risk. */
export interface RiskWindow {
  readonly ended: readonly EndedParcel[];
  readonly bucket_seconds: number;
  /** Changes before this bucket are counted in it. */
  readonly first_bucket: number;
  /** Share of a milestone's own time that is left when it is at risk. */
  readonly at_risk_share: number;
}

/** At its very instant a promise is not broken yet: a millisecond later it is. */
const AFTER_SECONDS = 0.001;

/**
 * Reads every open parcel (partial indexes) and the ended ones (primary key) once, and returns at most
 * one row per bucket. A parcel is at risk from the last quarter of the time of the milestone it is at,
 * until that is met; broken from its promise on; and neither when it has ended. O(parcels read).
 */
export async function listRiskChanges(tx: Tx, window: RiskWindow): Promise<RiskChange[]> {
  const { ended, bucket_seconds, first_bucket, at_risk_share } = window;
  const ids = ended.map((parcel) => parcel.shipment_id);
  const ends = ended.map((parcel) => parcel.ended_seconds);
  const columns = sql`s.shipment_id, s.milestone_due, s.milestone_met, s.milestone_state`;
  const { rows } = await sql<RiskChange>`
    with parcels as (
      select ${columns}, null::float8 as ended from shipments s
      where s.next_due_at is not null
        and s.state not in ('delivered', 'returned', 'lost', 'cancelled')
      union all
      select ${columns}, null from shipments s
      where s.next_due_at is null and s.state not in ('delivered', 'returned', 'lost', 'cancelled')
      union all
      select ${columns}, e.ended from unnest(${ids}::uuid[], ${ends}::float8[]) as e(id, ended)
      join shipments s on s.shipment_id = e.id),
    milestones as (
      select p.shipment_id, p.ended, m.position, extract(epoch from m.due)::float8 as due,
        extract(epoch from m.met)::float8 as met,
        case when p.milestone_state[7] = 'breached' or p.milestone_met[7] > p.milestone_due[7]
          then extract(epoch from p.milestone_due[7])::float8 + ${AFTER_SECONDS} end as broken
      from parcels p, unnest(p.milestone_due, p.milestone_met)
        with ordinality as m(due, met, position)),
    steps as (
      select *, lag(due) over own as due_before, max(met) over before as met_before,
        count(met) over before as met_count
      from milestones
      window own as (partition by shipment_id order by position),
        before as (own rows between unbounded preceding and 1 preceding)),
    spans as (
      select 1 as at_risk, 0 as breached,
        greatest(due - (due - coalesce(due_before, due)) * ${at_risk_share}, met_before) as since,
        least(met, ended, broken) as until
      from steps where met_count = position - 1
      union all
      select 0, 1, broken, ended from steps where position = 7 and broken is not null),
    changes as (
      select ceil(since / ${bucket_seconds}) - 1 as bucket, at_risk, breached from spans
      where until is null or since < until
      union all
      select ceil(until / ${bucket_seconds}) - 1, -at_risk, -breached from spans
      where since < until)
    select greatest(bucket, ${first_bucket})::bigint as bucket, sum(at_risk)::int as at_risk,
      sum(breached)::int as breached
    from changes group by 1 order by 1`.execute(tx);
  return rows;
}
