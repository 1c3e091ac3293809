/** What was ordered of late, as forecasting needs it: when, and of what, to where. */
import { sql } from 'kysely';
import type { OrderRules } from '../src/domain/order.ts';
import type { Tx } from './database.ts';
import { firstIdAt } from './id-times.ts';

/** Which orders to look at. */
export interface DemandWindow {
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  /** Newest orders looked at, at most. */
  readonly orders_max: number;
}

/** The newest orders of a window. Order ids are UUIDv7: their order is that of time. */
const recent = ({ from, until, orders_max }: DemandWindow) => sql`
  select order_id, accepted_at, destination from (
    select order_id, accepted_at, destination from orders
    order by order_id desc limit ${orders_max}) newest
  where accepted_at >= ${from.toString()} and accepted_at < ${until.toString()}`;

/** Orders of one hour, with its start. */
export interface HourlyOrders {
  readonly hour: Temporal.Instant;
  readonly orders: number;
}

/** Counts orders per clock hour (UTC), oldest first. Reads at most `orders_max` orders. */
export async function countOrdersByHour(tx: Tx, window: DemandWindow): Promise<HourlyOrders[]> {
  const rows = await sql<HourlyOrders>`
    select date_trunc('hour', accepted_at, 'UTC') as hour, count(*) as orders
    from (${recent(window)}) o group by 1 order by 1`.execute(tx);
  return rows.rows;
}

/** Where an order went. */
export interface OrderDestination {
  readonly country: string;
  readonly postal_code: string;
  readonly position?: readonly [number, number];
}

/** Counts the orders accepted from `at` on. Reads those alone, by the primary key. */
export async function countOrdersSince(tx: Tx, at: Temporal.Instant): Promise<number> {
  const since = sql`${at.toString()}::timestamptz`;
  const rows = await sql<{ orders: number }>`
    select count(*)::int as orders from orders
    where order_id >= ${firstIdAt(since)} and accepted_at >= ${since}`.execute(tx);
  return rows.rows[0]!.orders;
}

/** An order as it was accepted. */
export interface SampledOrder {
  readonly accepted_at: Temporal.Instant;
  readonly destination: OrderDestination;
  readonly deliver_by: Temporal.Instant | null;
  readonly rules: OrderRules | null;
  readonly lines: readonly {
    readonly line_no: number;
    readonly sku_id: string;
    readonly quantity: number;
    readonly weight_grams: number | null;
  }[];
}

/**
 * Lists `count` orders of a window, spread evenly over it (all, where there are no more), oldest
 * first. Reads at most `orders_max` orders, and the lines of those listed.
 */
export async function sampleOrders(
  tx: Tx,
  window: DemandWindow,
  count: number,
): Promise<SampledOrder[]> {
  const most = sql`${count}::bigint`;
  const rows = await sql<SampledOrder>`
    with numbered as (
      select order_id, row_number() over (order by order_id) as n, count(*) over () as total
      from (${recent(window)}) o),
    picked as (select order_id from numbered
      where (n * ${most}) / greatest(total, ${most}) <> ((n - 1) * ${most}) / greatest(total, ${most}))
    select o.accepted_at, o.destination, o.deliver_by, o.rules,
      (select json_agg(json_build_object('line_no', l.line_no, 'sku_id', l.sku_id,
          'quantity', l.quantity, 'weight_grams', l.weight_grams) order by l.line_no)
        from order_lines l where l.order_id = o.order_id) as lines
    from picked join orders o using (order_id) order by o.order_id`.execute(tx);
  return rows.rows;
}

/** Orders of one SKU to one postal code, with one of their destinations. */
export interface PlaceDemand {
  readonly sku_id: string;
  readonly destination: OrderDestination;
  readonly orders: number;
  readonly units: number;
}

/**
 * Lists demand of the SKUs that more than `orders_least` orders of the window wanted, by SKU and
 * postal code. Reads at most `orders_max` orders with their lines.
 */
export async function listPlaceDemand(
  tx: Tx,
  window: DemandWindow,
  orders_least: number,
): Promise<PlaceDemand[]> {
  const rows = await sql<PlaceDemand>`
    with lines as materialized (
      select l.sku_id, l.quantity, o.destination
      from (${recent(window)}) o join order_lines l using (order_id)),
    wanted as (select sku_id from lines group by sku_id having count(*) >= ${orders_least})
    select sku_id, (array_agg(destination))[1] as destination, count(*) as orders,
      sum(quantity) as units
    from lines join wanted using (sku_id)
    group by sku_id, destination ->> 'country', destination ->> 'postal_code'
    order by sku_id, destination ->> 'country', destination ->> 'postal_code'`.execute(tx);
  return rows.rows;
}
