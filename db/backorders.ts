/** Backorders: which SKUs an order waits for, and waking the orders that new units can fill. */
import { type RawBuilder, sql } from 'kysely';
import type { Tx } from './database.ts';
import { appendEvents } from './journal.ts';
import { asJson } from './rows.ts';

/** Units of a SKU that an order waits for. */
export interface NewBackorder {
  readonly order_id: string;
  readonly sku_id: string;
  readonly quantity: number;
}

/**
 * Notes what orders wait for. An order's place in the queue is its acceptance (first come, first
 * served), so an order that was woken in vain does not lose it. The caller holds the orders' locks.
 */
export async function insertBackorders(
  tx: Tx,
  backorders: readonly NewBackorder[],
  at: Temporal.Instant,
): Promise<void> {
  if (backorders.length === 0) return;
  await sql`
    insert into backorders (order_id, sku_id, quantity, since)
    select b.order_id, b.sku_id, b.quantity, coalesce(o.accepted_at, ${at.toString()})
    from json_to_recordset(${asJson(backorders)}::json)
      as b(order_id uuid, sku_id text, quantity integer)
    left join orders o using (order_id)`.execute(tx);
}

/** Units of a SKU that are about to become free. */
export interface ArrivingUnits {
  readonly sku_id: string;
  readonly quantity: number;
}

/** Seconds that an order of a platform may take to be decided. */
export interface DecisionBudgets {
  readonly by_platform: Readonly<Record<string, number>>;
  readonly otherwise: number;
}

/** When and for whom orders are woken. */
export interface Waking {
  readonly at: Temporal.Instant;
  readonly budgets: DecisionBudgets;
  readonly request_id: string | null;
}

/**
 * Wakes backordered orders that the arriving units, with what is free already, can fill: oldest
 * first, and only as many as the units reach for. An order that wants more than there is does not
 * block a smaller one behind it; an order is woken only when all the SKUs it waits for are there.
 * Returns the orders woken.
 *
 * Locks the orders by id, so call it before any stock row is locked (orders → stock). The orders
 * stay backordered if the transaction ends badly; twice the same units wake nothing twice, since a
 * woken order waits no more.
 */
export async function wakeBackorders(
  tx: Tx,
  arriving: readonly ArrivingUnits[],
  waking: Waking,
): Promise<string[]> {
  const units = arriving
    .filter(({ quantity }) => quantity > 0)
    .map(({ sku_id, quantity }) => ({ sku_id, quantity }));
  if (units.length === 0) return [];
  const found = await sql<{ order_id: string }>`
    with arriving as (
      select sku_id, sum(quantity)::bigint as quantity
      from json_to_recordset(${asJson(units)}::json) as a(sku_id text, quantity bigint)
      where exists (select from backorders b where b.sku_id = a.sku_id)
      group by sku_id),
    free as materialized (
      select a.sku_id, a.quantity + coalesce((select sum(s.on_hand - s.reserved) from stock s
        where s.sku_id = a.sku_id), 0) as units
      from arriving a),
    waiting as materialized (
      select b.order_id, b.sku_id, b.quantity, b.since, f.units
      from free f cross join lateral (
        select order_id, sku_id, quantity, since from backorders b
        where b.sku_id = f.sku_id and b.quantity <= f.units
        order by since, order_id limit ${MOST_WAITING}) b),
    fillable as (
      select w.* from waiting w where not exists (
        select from backorders o where o.order_id = w.order_id and o.sku_id <> w.sku_id
          and o.quantity > coalesce((select units from free f where f.sku_id = o.sku_id),
            (select sum(s.on_hand - s.reserved) from stock s where s.sku_id = o.sku_id), 0))),
    queued as (
      select order_id, units,
        sum(quantity) over (partition by sku_id order by since, order_id) as reach
      from fillable)
    select order_id from queued group by order_id having bool_and(reach <= units)`.execute(tx);
  return await reopenWaiting(
    tx,
    found.rows.map((row) => row.order_id),
    waking,
  );
}

/** Most orders looked at per SKU in one waking; the sweep finds the rest. */
const MOST_WAITING = 10_000;

/**
 * Units freed up to this long before an order was decided may have been missed by the decision: it
 * is how long transactions may overlap, in seconds of the machine.
 */
const MISSED_SECONDS = 10;

/**
 * Finds backordered orders whose stock came while nobody looked: freed by a cancellation, a lapsed
 * quote or a rejected tender, or counted in at the very moment the order was put to wait. All of the
 * SKUs that such an order waits for are free now, in warehouses that it may use, and some of that
 * stock grew since its last decision; oldest first, and only as many as the units reach for. An order
 * that was decided in vain is not found again until stock grows again. `speed` is that of the clock
 * by which all of these instants were taken.
 */
export function overlookedOrders(limit: number, speed: number): RawBuilder<{ order_id: string }> {
  return sql<{ order_id: string }>`
    with free as materialized (
      select s.sku_id, s.warehouse_id, sum(s.on_hand - s.reserved) as units
      from (select distinct sku_id from backorders) b
      join stock s using (sku_id) where s.on_hand > s.reserved group by 1, 2),
    usable as (
      select b.order_id, b.sku_id, b.since, b.quantity, coalesce((select sum(f.units) from free f
        where f.sku_id = b.sku_id and f.warehouse_id <> all (o.excluded_warehouses)
          and not o.excluded_stock @> jsonb_build_array(jsonb_build_object(
            'warehouse_id', f.warehouse_id, 'sku_id', f.sku_id))), 0) as units
      from backorders b join orders o using (order_id)
      where b.sku_id in (select sku_id from free)),
    queued as (
      select order_id, sku_id, since, units,
        sum(quantity) over (partition by sku_id order by since, order_id) as reach
      from usable u where quantity <= units and not exists (select from backorders o
        where o.order_id = u.order_id and not exists (select from usable v
          where v.order_id = o.order_id and v.sku_id = o.sku_id and v.quantity <= v.units)))
    select q.order_id from queued q
    join orders o using (order_id)
    join decisions d on d.order_id = o.order_id and d.decision_no = o.decision_no
    group by q.order_id, d.decided_at
    having bool_and(q.reach <= q.units) and exists (
      select from backorders b join stock s using (sku_id) join stock_ledger l using (stock_id)
      where b.order_id = q.order_id and (l.on_hand > 0 or l.reserved < 0)
        and l.at >= d.decided_at - make_interval(secs => ${MISSED_SECONDS * speed}))
    order by min(q.since) limit ${limit}`;
}

/**
 * Wakes overlooked orders and returns them. Locks the orders by id; what was woken or cancelled in
 * between is left alone.
 */
export async function wakeOverlooked(
  tx: Tx,
  waking: Waking,
  { limit, speed }: { limit: number; speed: number },
): Promise<string[]> {
  const found = await overlookedOrders(limit, speed).execute(tx);
  return await reopenWaiting(
    tx,
    found.rows.map((row) => row.order_id),
    waking,
  );
}

interface WokenRow {
  readonly order_id: string;
  readonly platform_id: string;
  readonly version: number;
  readonly decide_by: Temporal.Instant;
}

/** Backordered → accepted, with a fresh deadline; what is not backordered (any more) is left. */
async function reopenWaiting(
  tx: Tx,
  orderIds: readonly string[],
  { at, budgets, request_id }: Waking,
): Promise<string[]> {
  if (orderIds.length === 0) return [];
  // A statement of its own: while it waits for a lock, an order may be decided and put to wait anew,
  // and the snapshot of the statement that waited does not see what it waits for then.
  const locked = await sql<{ order_id: string }>`
    select order_id from orders
    where order_id = any(${orderIds}::uuid[]) and state = 'backordered'
    order by order_id for no key update`.execute(tx);
  if (locked.rows.length === 0) return [];
  const ids = locked.rows.map((row) => row.order_id);
  const woken = await sql<WokenRow>`
    with gone as (delete from backorders where order_id = any(${ids}::uuid[]))
    update orders o set state = 'accepted', version = o.version + 1, attempts = 0,
      decide_by = ${at.toString()}::timestamptz + make_interval(secs => coalesce(
        (${JSON.stringify(budgets.by_platform)}::jsonb ->> o.platform_id)::double precision,
        ${budgets.otherwise}))
    where o.order_id = any(${ids}::uuid[])
    returning o.order_id, o.platform_id, o.version, o.decide_by`.execute(tx);
  await appendEvents(
    tx,
    woken.rows.map(({ order_id, platform_id, version, decide_by }) => ({
      entity: 'order',
      entity_id: order_id,
      version,
      type: 'order.reopened',
      at,
      order_id,
      platform_id,
      data: { state: 'accepted', reason: 'stock_arrived', decide_by },
      request_id,
    })),
  );
  return woken.rows.map((row) => row.order_id);
}
