/** What became of all the orders of a database: for the last line of a demo. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';

/** Counts of orders, and times of their first decisions. */
export interface RunSummary {
  /** Orders accepted. */
  readonly orders: number;
  /** Orders for which shipments were planned, once at least. */
  readonly decided: number;
  /** Orders that had to wait for stock, for a while at least. */
  readonly backordered: number;
  readonly cancelled: number;
  readonly delivered: number;
  /** Orders that ended with something lost or returned. */
  readonly failed: number;
  /** Delivered orders whose last parcel came by the promise as sold. */
  readonly on_time: number;
  /** Orders whose promise was found broken. */
  readonly breached: number;
  /** Parcels of orders that were decided, and orders that took more than one. */
  readonly shipments: number;
  readonly split: number;
  /** From acceptance to the first decision, in ms of the engine's clock: median, 99 of 100. */
  readonly decision_p50_ms: number | null;
  readonly decision_p99_ms: number | null;
  /** Of these, what the solver took, in ms of the machine. */
  readonly solver_p50_ms: number | null;
  readonly solver_p99_ms: number | null;
  /** Decisions that came after their deadline. */
  readonly deadline_missed: number;
}

/** Reads the summary in one statement: a scan of orders, decisions and shipments. */
export async function readRunSummary(tx: Tx): Promise<RunSummary> {
  const result = await sql<RunSummary>`
    with last_parcel as (
      select order_id, max(delivered_at) as delivered_at from shipments
      where state = 'delivered' group by order_id),
    first_decision as (
      select extract(epoch from d.decided_at - o.accepted_at) * 1000 as waited_ms,
        d.elapsed_us / 1000.0 as solver_ms
      from decisions d join orders o using (order_id) where d.decision_no = 1),
    parcels as (
      select order_id, count(*) as count from shipments where state <> 'cancelled' group by 1)
    select count(*) as orders,
      (select count(distinct order_id) from decisions where outcome = 'sourced') as decided,
      (select count(distinct order_id) from decisions where outcome = 'backordered') as backordered,
      count(*) filter (where o.state = 'cancelled') as cancelled,
      count(*) filter (where o.state = 'delivered') as delivered,
      count(*) filter (where o.state = 'failed') as failed,
      count(*) filter (where o.state = 'delivered' and l.delivered_at <= o.promise_at) as on_time,
      (select count(distinct entity_id) from journal where type = 'order.promise_breached')
        as breached,
      (select coalesce(sum(count), 0)::bigint from parcels) as shipments,
      (select count(*) from parcels where count > 1) as split,
      (select percentile_cont(0.5) within group (order by waited_ms) from first_decision)
        ::double precision as decision_p50_ms,
      (select percentile_cont(0.99) within group (order by waited_ms) from first_decision)
        ::double precision as decision_p99_ms,
      (select percentile_cont(0.5) within group (order by solver_ms) from first_decision)
        ::double precision as solver_p50_ms,
      (select percentile_cont(0.99) within group (order by solver_ms) from first_decision)
        ::double precision as solver_p99_ms,
      (select count(*) from decisions where late) as deadline_missed
    from orders o left join last_parcel l using (order_id)`.execute(tx);
  return result.rows[0]!;
}
