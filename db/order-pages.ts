/** Orders as their platforms and the operator read them. Rows are those the party may see. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import type { StoredRoute } from './schema.ts';

/** An order on a list. */
export interface OrderRow {
  readonly order_id: string;
  readonly platform_id: string;
  readonly external_ref: string;
  readonly state: string;
  readonly accepted_at: Temporal.Instant;
  readonly decide_by: Temporal.Instant;
  readonly promise_at: Temporal.Instant | null;
  readonly current_promise_at: Temporal.Instant | null;
}

const LISTED = [
  'order_id',
  'platform_id',
  'external_ref',
  'state',
  'accepted_at',
  'decide_by',
  'promise_at',
  'current_promise_at',
] as const;

export interface OrderFilter {
  /** Null = of every platform, for an operator. */
  readonly platform_id: string | null;
  readonly state: string | undefined;
  readonly external_ref: string | undefined;
  readonly accepted_from: Temporal.Instant | undefined;
  readonly accepted_to: Temporal.Instant | undefined;
  /** Ids below this one: ids ascend with time, so a list runs from the newest to the oldest. */
  readonly before: string | null;
  readonly limit: number;
}

/** Every platform that has an order: one index probe each (a loose index scan). */
const PLATFORMS_WITH_ORDERS = sql`array(
  with recursive platforms as (
    select min(platform_id) as id from orders
    union all
    select (select min(o.platform_id) from orders o where o.platform_id > p.id) from platforms p
    where p.id is not null)
  select id from platforms where id is not null)`;

/**
 * Orders, newest first. Keyset paging on the id: orders that arrive meanwhile come before the first
 * page, so every older one is visited exactly once.
 */
export async function listOrders(tx: Tx, filter: OrderFilter): Promise<OrderRow[]> {
  let query = tx.selectFrom('orders').select(LISTED);
  const { platform_id, state, external_ref, accepted_from, accepted_to, before } = filter;
  if (platform_id !== null) query = query.where('platform_id', '=', platform_id);
  if (state !== undefined) query = query.where('state', '=', state);
  if (external_ref !== undefined) query = query.where('external_ref', '=', external_ref);
  // The index on references starts with the platform: without one, each platform is looked up in it.
  if (external_ref !== undefined && platform_id === null) {
    query = query.where(sql<boolean>`platform_id = any(${PLATFORMS_WITH_ORDERS})`);
  }
  if (accepted_from) query = query.where(sql<boolean>`accepted_at >= ${accepted_from.toString()}`);
  if (accepted_to) query = query.where(sql<boolean>`accepted_at < ${accepted_to.toString()}`);
  if (before !== null) query = query.where('order_id', '<', before);
  return await query.orderBy('order_id', 'desc').limit(filter.limit).execute();
}

export interface OrderLineRow {
  readonly line_no: number;
  readonly sku_id: string;
  readonly quantity: number;
  readonly allocated: number;
  readonly shipped: number;
  readonly cancelled: number;
}

export interface MilestoneRow {
  readonly kind: string;
  readonly owner: string;
  readonly due_at: Temporal.Instant;
  readonly met_at: Temporal.Instant | null;
  readonly state: string;
}

export interface ShipmentRow {
  readonly shipment_id: string;
  readonly state: string;
  readonly warehouse_id: string;
  readonly carrier_id: string;
  readonly service_id: string;
  readonly weight_grams: number;
  readonly pickup_at: Temporal.Instant;
  readonly promise_at: Temporal.Instant;
  readonly expected_at: Temporal.Instant;
  readonly delivered_at: Temporal.Instant | null;
  readonly tracking_number: string | null;
  readonly tracking_status: string | null;
  readonly lines: { readonly line_no: number; readonly quantity: number }[];
  readonly route: StoredRoute | null;
  readonly milestones: MilestoneRow[];
}

export interface TimelineRow {
  readonly at: Temporal.Instant;
  readonly type: string;
  readonly entity: string;
  readonly entity_id: string;
}

/** An order with all that happened to it. */
export interface OrderPage extends OrderRow {
  readonly destination: Record<string, unknown>;
  readonly deliver_by: Temporal.Instant | null;
  readonly promise_confidence: number | null;
  readonly lines: OrderLineRow[];
  readonly shipments: ShipmentRow[];
  readonly timeline: TimelineRow[];
}

/** The timeline is cut at this many events, the oldest first. */
const MAX_TIMELINE = 1000;

/** One order, if the transaction's party may see it. Five reads by primary key or by order. */
export async function findOrderPage(tx: Tx, order_id: string): Promise<OrderPage | undefined> {
  const order = await tx
    .selectFrom('orders')
    .select([...LISTED, 'destination', 'deliver_by', 'promise_confidence'])
    .where('order_id', '=', order_id)
    .executeTakeFirst();
  if (order === undefined) return undefined;
  const lines = await tx
    .selectFrom('order_lines')
    .select(['line_no', 'sku_id', 'quantity', 'allocated', 'shipped', 'cancelled'])
    .where('order_id', '=', order_id)
    .orderBy('line_no')
    .execute();
  const shipments = await listShipments(tx, order_id);
  const timeline = await tx
    .selectFrom('journal')
    .select(['at', 'type', 'entity', 'entity_id'])
    .where('entity_id', 'in', [order_id, ...shipments.map((shipment) => shipment.shipment_id)])
    .orderBy('seq')
    .limit(MAX_TIMELINE)
    .execute();
  const destination = order.destination as Record<string, unknown>;
  return { ...order, destination, lines, shipments, timeline };
}

async function listShipments(tx: Tx, order_id: string): Promise<ShipmentRow[]> {
  const shipments = await sql<Omit<ShipmentRow, 'milestones'>>`
    select s.shipment_id, s.state, s.warehouse_id, s.carrier_id, s.service_id, s.weight_grams,
      s.pickup_at, s.promise_at, s.expected_at, s.delivered_at, s.tracking_number,
      s.tracking_status, s.route,
      coalesce((select json_agg(json_build_object('line_no', u.line_no, 'quantity', u.quantity)
          order by u.line_no)
        from (select r.line_no, sum(r.quantity) as quantity from reservations r
          where r.shipment_id = s.shipment_id and r.state in ('open', 'shipped')
          group by r.line_no) u), '[]') as lines
    from shipments s where s.order_id = ${order_id}
    order by s.planned_at, s.shipment_id`.execute(tx);
  const milestones = await tx
    .selectFrom('milestones')
    .select(['shipment_id', 'kind', 'owner', 'due_at', 'met_at', 'state'])
    .where('order_id', '=', order_id)
    .orderBy('position')
    .execute();
  const byShipment = Map.groupBy(milestones, ({ shipment_id }) => shipment_id);
  return shipments.rows.map((shipment) => ({
    ...shipment,
    milestones: byShipment.get(shipment.shipment_id) ?? [],
  }));
}
