/**
 * The feeds that warehouses and carriers poll, in commit order, and the marks by which the journal's
 * end is followed.
 *
 * A feed is ordered by (transaction id, number) and shows only rows of transactions below the oldest
 * one still running. A row can therefore never appear behind a position that was given out, however
 * long its transaction overlapped with others.
 */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import type { StoredRoute } from './schema.ts';

/** A position in a feed: the row last seen; ids as text, because `xid8` does not fit a number. */
export interface FeedPosition {
  readonly xid: string;
  readonly seq: string;
}

const BEGINNING: FeedPosition = { xid: '0', seq: '0' };
/** No row of a transaction that may still gain company. */
const SETTLED = sql`pg_snapshot_xmin(pg_current_snapshot())`;

/** One line of a shipment in one lot. */
export interface WorkLine {
  readonly line_no: number;
  readonly sku_id: string;
  readonly lot: string;
  readonly expires_on: string | null;
  readonly quantity: number;
  readonly picked: number;
}

/** A shipment on a warehouse's work list. */
export interface WorkRow extends FeedPosition {
  readonly shipment_id: string;
  readonly order_id: string;
  readonly state: string;
  readonly carrier_id: string;
  readonly service_id: string;
  readonly destination: Record<string, unknown>;
  readonly weight_grams: number;
  /** RFC 3339, like the other instants. */
  readonly pick_from: string;
  readonly pick_by: string;
  readonly pack_by: string;
  readonly pickup_at: string;
  readonly lines: WorkLine[];
}

/** Shipments a warehouse has to pick, pack or hand over; uses the index `shipments_work`. */
export async function listWork(
  tx: Tx,
  page: { warehouse_id: string; after: FeedPosition | null; limit: number },
): Promise<WorkRow[]> {
  const { xid, seq } = page.after ?? BEGINNING;
  const found = await sql<WorkRow>`
    with page as materialized (
      select * from shipments
      where warehouse_id = ${page.warehouse_id} and state in ('released', 'picked', 'packed')
        and (released_xid, released_seq) > (${xid}::xid8, ${seq}::bigint)
        and released_xid < ${SETTLED}
      order by released_xid, released_seq limit ${page.limit})
    select s.released_xid::text as xid, s.released_seq::text as seq, s.shipment_id, s.order_id, s.state,
      s.carrier_id, s.service_id, s.destination, s.weight_grams,
      s.pick_from at time zone 'UTC' as pick_from, s.pickup_at at time zone 'UTC' as pickup_at,
      s.milestone_due[2] at time zone 'UTC' as pick_by,
      s.milestone_due[3] at time zone 'UTC' as pack_by,
      coalesce(l.lines, '[]') as lines
    from page s left join lateral (
      select json_agg(json_build_object('line_no', r.line_no, 'sku_id', k.sku_id, 'lot', k.lot,
        'expires_on', k.expires_on, 'quantity', r.quantity, 'picked', r.picked)
        order by r.line_no, k.expires_on, k.lot) as lines
      from reservations r join stock k on k.stock_id = r.stock_id
      where r.shipment_id = s.shipment_id and r.state = 'open') l on true
    order by s.released_xid, s.released_seq`.execute(tx);
  return found.rows;
}

/** An assignment offered to a carrier, or one it has accepted. */
export interface AssignmentRow extends FeedPosition {
  readonly assignment_id: string;
  readonly shipment_id: string;
  readonly service_id: string;
  readonly state: string;
  readonly fencing_token: number;
  /** RFC 3339, like the other instants. */
  readonly offered_at: string;
  readonly lease_until: string;
  readonly tracking_number: string | null;
  readonly weight_grams: number;
  readonly units: number;
  readonly destination: Record<string, unknown>;
  readonly warehouse_id: string;
  readonly pickup_at: string;
  readonly deliver_by: string;
  readonly route: StoredRoute | null;
}

/** A carrier's live leases; uses the index `assignments_feed`. */
export async function listAssignments(
  tx: Tx,
  page: { carrier_id: string; state: string; after: FeedPosition | null; limit: number },
): Promise<AssignmentRow[]> {
  const { xid, seq } = page.after ?? BEGINNING;
  const found = await sql<AssignmentRow>`
    with page as materialized (
      select * from assignments
      where carrier_id = ${page.carrier_id} and state in ('offered', 'accepted')
        and state = ${page.state}
        and (xid, seq) > (${xid}::xid8, ${seq}::bigint) and xid < ${SETTLED}
      order by xid, seq limit ${page.limit})
    select a.xid::text as xid, a.seq::text as seq, a.assignment_id, a.shipment_id, a.service_id,
      a.state, a.fencing_token, s.tracking_number,
      a.offered_at at time zone 'UTC' as offered_at, a.lease_until at time zone 'UTC' as lease_until,
      s.weight_grams, a.units, s.destination, s.warehouse_id,
      s.pickup_at at time zone 'UTC' as pickup_at, s.promise_at at time zone 'UTC' as deliver_by,
      s.route
    from page a join shipments s on s.shipment_id = a.shipment_id
    order by a.xid, a.seq`.execute(tx);
  return found.rows;
}

/** A balance as its warehouse, its owner and an operator see it. */
export interface StockRow {
  readonly stock_id: number;
  readonly warehouse_id: string;
  readonly sku_id: string;
  readonly seller_id: string;
  readonly lot: string;
  readonly expires_on: string | null;
  readonly on_hand: number;
  readonly reserved: number;
  readonly picked: number;
  readonly damaged: number;
  readonly quarantined: number;
  readonly incoming: number;
}

/** Balances that the transaction's party may see, in a fixed order, after `after`. */
export async function listStock(
  tx: Tx,
  page: {
    warehouse_id: string | undefined;
    sku_id: string | undefined;
    after: string | null;
    limit: number;
  },
): Promise<StockRow[]> {
  return await tx
    .selectFrom('stock')
    .selectAll()
    .$if(page.warehouse_id !== undefined, (q) => q.where('warehouse_id', '=', page.warehouse_id!))
    .$if(page.sku_id !== undefined, (q) => q.where('sku_id', '=', page.sku_id!))
    .$if(page.after !== null, (q) => q.where('stock_id', '>', Number(page.after)))
    .orderBy('stock_id')
    .limit(page.limit)
    .execute();
}

/** Something that a person must look at. */
export interface ExceptionRow {
  readonly exception_id: string;
  readonly kind: string;
  readonly order_id: string | null;
  readonly shipment_id: string | null;
  /** What the order's platform calls it. */
  readonly external_ref: string | null;
  readonly owner: string;
  readonly reason: string;
  readonly detail: Record<string, unknown>;
  readonly opened_at: Temporal.Instant;
  readonly resolved_at: Temporal.Instant | null;
  readonly resolution: string | null;
}

/** Exceptions, open or resolved, oldest first. */
export async function listExceptions(
  tx: Tx,
  page: {
    state: 'open' | 'resolved';
    after: { opened_at: string; exception_id: string } | null;
    limit: number;
  },
): Promise<ExceptionRow[]> {
  return await tx
    .selectFrom('exceptions')
    .leftJoin('orders', 'orders.order_id', 'exceptions.order_id')
    .selectAll('exceptions')
    .select('orders.external_ref')
    .where('resolved_at', page.state === 'open' ? 'is' : 'is not', null)
    .$if(page.after !== null, (q) =>
      q.where(
        sql<boolean>`(opened_at, exception_id) > (${page.after?.opened_at}, ${page.after?.exception_id})`,
      ),
    )
    .orderBy('opened_at')
    .orderBy('exception_id')
    .limit(page.limit)
    .execute();
}
