/** What was ordered of late, as forecasting needs it: when, and of what, to where. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';

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
      sum(quantity)::integer as units
    from lines join wanted using (sku_id)
    group by sku_id, destination ->> 'country', destination ->> 'postal_code'
    order by sku_id, destination ->> 'country', destination ->> 'postal_code'`.execute(tx);
  return rows.rows;
}
