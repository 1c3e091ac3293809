/** What was promised, held against what was kept. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';

/** By what promises are told apart, besides what was stated. */
export const REPORT_GROUPS = ['month', 'carrier', 'service', 'lane'] as const;
export type ReportGroup = (typeof REPORT_GROUPS)[number];

/** Promises of one group at one stated probability; what they are not told apart by is null. */
export interface PromiseGroup {
  readonly stated: number;
  /** `YYYY-MM` (UTC) of planning. */
  readonly month: string | null;
  readonly carrier_id: string | null;
  readonly service_id: string | null;
  readonly warehouse_id: string | null;
  readonly zone_id: string | null;
  /** Parcels whose promised instant has passed, without the lost. */
  readonly due: number;
  /** Of those: at the door by then. */
  readonly kept: number;
  /** Promised for later, whether delivered by now or not: counting the early ones would flatter. */
  readonly open: number;
  /** Lost or returned: a claim, not a delay. */
  readonly lost: number;
  /** Mean days from planning to the promised instant, of those due. */
  readonly promised_days: number | null;
}

const COLUMNS = ['month', 'carrier_id', 'service_id', 'warehouse_id', 'zone_id'] as const;
const KEYS: { readonly [group in ReportGroup]: readonly (typeof COLUMNS)[number][] } = {
  month: ['month'],
  carrier: ['carrier_id'],
  service: ['carrier_id', 'service_id'],
  lane: ['carrier_id', 'service_id', 'warehouse_id', 'zone_id'],
};

/**
 * Groups shipments planned in [from, until), those with most parcels first, at most `limit`; `by` null
 * tells them apart by what was stated alone. Reads the shipments of the whole span.
 */
export async function listPromiseGroups(
  tx: Tx,
  ask: {
    readonly by: ReportGroup | null;
    readonly from: Temporal.Instant;
    readonly until: Temporal.Instant;
    readonly now: Temporal.Instant;
    readonly limit: number;
  },
): Promise<PromiseGroup[]> {
  const keys = ask.by === null ? [] : KEYS[ask.by];
  const columns = COLUMNS.map((name) =>
    keys.includes(name) ? sql`${sql.ref(name)}` : sql`null::text as ${sql.ref(name)}`,
  );
  const groups = sql.join(['stated', ...keys].map((name) => sql.ref(name)));
  const rows = await sql<PromiseGroup>`
    with promised as (
      select o.promise_confidence as stated, s.carrier_id, s.service_id, s.warehouse_id, s.zone_id,
        to_char(s.planned_at at time zone 'UTC', 'YYYY-MM') as month,
        s.state in ('lost', 'returned') as is_lost,
        s.promise_at <= ${ask.now.toString()}::timestamptz as is_due,
        coalesce(s.delivered_at <= s.promise_at, false) as is_kept,
        extract(epoch from s.promise_at - s.planned_at) / 86400 as days
      from shipments s join orders o using (order_id)
      where s.planned_at >= ${ask.from.toString()}::timestamptz
        and s.planned_at < ${ask.until.toString()}::timestamptz
        and s.state <> 'cancelled' and o.promise_confidence is not null)
    select stated, ${sql.join(columns)},
      count(*) filter (where is_due and not is_lost)::int as due,
      count(*) filter (where is_due and not is_lost and is_kept)::int as kept,
      count(*) filter (where not is_due and not is_lost)::int as open,
      count(*) filter (where is_lost)::int as lost,
      (avg(days) filter (where is_due and not is_lost))::float8 as promised_days
    from promised group by ${groups} order by count(*) desc, ${groups}
    limit ${ask.limit}`.execute(tx);
  return rows.rows;
}
