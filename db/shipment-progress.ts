/**
 * Orders and shipments on their way: locked together in the one global order (orders, then
 * shipments), loaded whole, written back set by set. The steps decide in between.
 */
import { sql } from 'kysely';
import type { TrackingStatus } from '../src/domain/commands.ts';
import type { MilestoneState } from '../src/domain/milestones.ts';
import type { OrderState } from '../src/domain/order.ts';
import type { OrderProgress, ShipmentState, TakenSlot } from '../src/domain/shipment.ts';
import type { Tx } from './database.ts';
import { asJson } from './rows.ts';
import type { ExcludedStock, StoredRoute } from './schema.ts';

/** An order as the steps after the decision move it. They change their copy, then save it. */
export interface OrderDraft {
  readonly order_id: string;
  readonly platform_id: string;
  state: OrderState;
  version: number;
  decide_by: Temporal.Instant;
  attempts: number;
  readonly deliver_by: Temporal.Instant | null;
  readonly promise_at: Temporal.Instant | null;
  current_promise_at: Temporal.Instant | null;
  excluded_warehouses: readonly string[];
  /** SKUs that were not found where the books had them. */
  excluded_stock: readonly ExcludedStock[];
  readonly request_id: string | null;
}

/** A shipment as the steps move it. They change their copy, then save it. */
export interface ShipmentDraft {
  readonly shipment_id: string;
  readonly order_id: string;
  readonly platform_id: string;
  readonly warehouse_id: string;
  carrier_id: string;
  service_id: string;
  zone_id: string;
  state: ShipmentState;
  version: number;
  readonly destination: {
    readonly country: string;
    readonly postal_code: string;
    readonly position?: readonly [number, number];
  };
  weight_grams: number;
  cost: object;
  capacity: readonly Slot[];
  network_version: number;
  readonly planned_at: Temporal.Instant;
  pick_from: Temporal.Instant;
  pickup_at: Temporal.Instant;
  readonly promise_at: Temporal.Instant;
  expected_at: Temporal.Instant;
  delivered_at: Temporal.Instant | null;
  /** The carrier's number of the parcel, as the warehouse told it last. */
  tracking_number: string | null;
  tracking_rank: number;
  tracking_status: TrackingStatus | null;
  tracking_at: Temporal.Instant | null;
  excluded_services: readonly string[];
  tenders: number;
  milestone_due: readonly Temporal.Instant[];
  milestone_met: readonly (Temporal.Instant | null)[];
  milestone_state: readonly MilestoneState[];
  next_due_at: Temporal.Instant | null;
  /** Its way over hubs, what that passes, and the disruptions it was priced with. */
  route: StoredRoute | null;
  route_parts: readonly string[] | null;
  disruption_no: number;
}

/** Capacity that a shipment took. */
export type Slot = TakenSlot;

const ORDER_COLUMNS =
  sql.raw(`order_id, platform_id, state, version, decide_by, attempts, deliver_by,
  promise_at, current_promise_at, excluded_warehouses, excluded_stock, request_id`);

const SHIPMENT_COLUMNS = sql.raw(`shipment_id, order_id, platform_id, warehouse_id, carrier_id,
  service_id, zone_id, state, version, destination, weight_grams, cost, capacity, network_version,
  planned_at, pick_from, pickup_at, promise_at, expected_at, delivered_at, tracking_number, tracking_rank,
  tracking_status,  tracking_at, excluded_services, tenders, milestone_due, milestone_met, milestone_state,
  next_due_at, route, route_parts, disruption_no`);

/** Locks orders by ascending id and returns them by id. Waits for whoever holds one. */
export async function lockOrders(
  tx: Tx,
  orderIds: readonly string[],
): Promise<Map<string, OrderDraft>> {
  if (orderIds.length === 0) return new Map();
  const rows = await sql<OrderDraft>`
    select ${ORDER_COLUMNS} from orders where order_id = any(${orderIds}::uuid[])
    order by order_id for no key update`.execute(tx);
  return new Map(rows.rows.map((row) => [row.order_id, row]));
}

/** Claims orders for a worker's batch: like `lockOrders`, but leaves out what another one holds. */
export async function claimOrders(
  tx: Tx,
  orderIds: readonly string[],
): Promise<Map<string, OrderDraft>> {
  if (orderIds.length === 0) return new Map();
  const rows = await sql<OrderDraft>`
    select ${ORDER_COLUMNS} from orders where order_id = any(${orderIds}::uuid[])
    order by order_id for no key update skip locked`.execute(tx);
  return new Map(rows.rows.map((row) => [row.order_id, row]));
}

/** Locks shipments by ascending id and returns them by id. Lock their orders first, if at all. */
export async function lockShipments(
  tx: Tx,
  shipmentIds: readonly string[],
): Promise<Map<string, ShipmentDraft>> {
  if (shipmentIds.length === 0) return new Map();
  const rows = await sql<ShipmentDraft>`
    select ${SHIPMENT_COLUMNS} from shipments where shipment_id = any(${shipmentIds}::uuid[])
    order by shipment_id for no key update`.execute(tx);
  return new Map(rows.rows.map((row) => [row.shipment_id, row]));
}

/** A shipment whose milestones want a look. */
export interface DueShipment {
  readonly shipment_id: string;
  readonly order_id: string;
  /** True when the promised delivery has passed: then the order is concerned too. */
  readonly concerns_order: boolean;
}

/**
 * Lists shipments whose `next_due_at` has come, earliest first. Takes no lock. Planned shipments
 * without a live offer are left to the tender step, which runs at once and plans them anew.
 */
export async function listDueShipments(
  tx: Tx,
  now: Temporal.Instant,
  limit: number,
): Promise<DueShipment[]> {
  const rows = await sql<DueShipment>`
    select s.shipment_id, s.order_id,
      s.milestone_due[7] < ${now.toString()}::timestamptz
        and s.milestone_state[7] in ('open', 'at_risk') as concerns_order
    from shipments s
    where s.next_due_at <= ${now.toString()}::timestamptz
      and (s.state <> 'planned' or exists (select from assignments a
        where a.shipment_id = s.shipment_id and a.state in ('offered', 'accepted')))
    order by s.next_due_at limit ${limit}`.execute(tx);
  return rows.rows;
}

/**
 * Claims the shipments of a list that are still due and that nobody else holds. The caller has
 * claimed the orders of those that concern one.
 */
export async function claimDueShipments(
  tx: Tx,
  shipmentIds: readonly string[],
  now: Temporal.Instant,
): Promise<ShipmentDraft[]> {
  if (shipmentIds.length === 0) return [];
  const rows = await sql<ShipmentDraft>`
    select ${SHIPMENT_COLUMNS} from shipments
    where shipment_id = any(${shipmentIds}::uuid[])
      and next_due_at <= ${now.toString()}::timestamptz
    order by shipment_id for no key update skip locked`.execute(tx);
  return rows.rows;
}

/** Lists which of these locked orders have a shipment whose promised delivery is breached. */
export async function listBreachedOrders(tx: Tx, orderIds: readonly string[]): Promise<string[]> {
  if (orderIds.length === 0) return [];
  const rows = await sql<{ order_id: string }>`
    select distinct order_id from shipments
    where order_id = any(${orderIds}::uuid[]) and milestone_state[7] = 'breached'`.execute(tx);
  return rows.rows.map((row) => row.order_id);
}

/**
 * Saves locked orders. Orders that are `accepted` wait for no stock any more. The caller journals
 * the same versions in the same transaction, so a crash saves both or neither.
 */
export async function saveOrders(tx: Tx, orders: readonly OrderDraft[]): Promise<void> {
  if (orders.length === 0) return;
  const rows = orders.map((order) => ({
    order_id: order.order_id,
    state: order.state,
    version: order.version,
    decide_by: order.decide_by,
    attempts: order.attempts,
    current_promise_at: order.current_promise_at,
    excluded_warehouses: order.excluded_warehouses,
    excluded_stock: order.excluded_stock,
  }));
  await sql`
    update orders o set state = d.state, version = d.version, decide_by = d.decide_by,
      attempts = d.attempts, current_promise_at = d.current_promise_at,
      excluded_warehouses = d.excluded_warehouses, excluded_stock = d.excluded_stock
    from json_to_recordset(${asJson(rows)}::json) as d(order_id uuid, state text, version integer,
      decide_by timestamptz, attempts integer, current_promise_at timestamptz,
      excluded_warehouses text[], excluded_stock jsonb)
    where o.order_id = d.order_id`.execute(tx);
  const open = orders.filter((order) => order.state !== 'backordered');
  await sql`delete from backorders
    where order_id = any(${open.map((order) => order.order_id)}::uuid[])`.execute(tx);
}

/**
 * Saves what progress changes of locked shipments. The caller journals the same versions. Shipments
 * in `asWork` go on their warehouses' work lists: the transaction has its id before it draws a list
 * number, so a reader of the list that stops at its horizon misses none (see db/journal.ts).
 */
export async function saveShipments(
  tx: Tx,
  shipments: readonly ShipmentDraft[],
  asWork: ReadonlySet<ShipmentDraft>,
): Promise<void> {
  if (shipments.length === 0) return;
  const rows = shipments.map((shipment) => ({
    shipment_id: shipment.shipment_id,
    state: shipment.state,
    version: shipment.version,
    is_work: asWork.has(shipment),
    delivered_at: shipment.delivered_at,
    tracking_rank: shipment.tracking_rank,
    tracking_status: shipment.tracking_status,
    tracking_at: shipment.tracking_at,
    milestone_met: shipment.milestone_met,
    milestone_state: shipment.milestone_state,
    next_due_at: shipment.next_due_at,
  }));
  await sql`
    update shipments s set state = d.state, version = d.version, delivered_at = d.delivered_at,
      tracking_rank = d.tracking_rank, tracking_status = d.tracking_status,
      tracking_at = d.tracking_at, milestone_met = d.milestone_met,
      milestone_state = d.milestone_state, next_due_at = d.next_due_at,
      released_xid = case when d.is_work then pg_current_xact_id() else s.released_xid end,
      released_seq = case when d.is_work then nextval('work_seq') else s.released_seq end
    from json_to_recordset(${asJson(rows)}::json) as d(shipment_id uuid, state text,
      version integer, is_work boolean, delivered_at timestamptz, tracking_rank smallint,
      tracking_status text, tracking_at timestamptz, milestone_met timestamptz[],
      milestone_state text[], next_due_at timestamptz)
    where s.shipment_id = d.shipment_id`.execute(tx);
}

/** Ends the live assignments of shipments that are cancelled; their locks are held. */
export async function withdrawAssignments(
  tx: Tx,
  shipmentIds: readonly string[],
  at: Temporal.Instant,
): Promise<void> {
  if (shipmentIds.length === 0) return;
  await sql`
    update assignments set state = 'withdrawn', answered_at = ${at.toString()}
    where shipment_id = any(${shipmentIds}::uuid[]) and state in ('offered', 'accepted')`.execute(
    tx,
  );
}

/** Sums up how locked orders stand, after lines and shipments were saved. */
export async function listOrderProgress(
  tx: Tx,
  orderIds: readonly string[],
): Promise<(OrderProgress & { readonly order_id: string })[]> {
  if (orderIds.length === 0) return [];
  const rows = await sql<OrderProgress & { order_id: string }>`
    select o.order_id, l.units_wanted, l.units_shipped, s.shipments_open, s.shipments_failed
    from unnest(${orderIds}::uuid[]) as o(order_id)
    cross join lateral (
      select coalesce(sum(quantity - cancelled), 0)::bigint as units_wanted,
        coalesce(sum(shipped), 0)::bigint as units_shipped
      from order_lines where order_id = o.order_id) l
    cross join lateral (
      select count(*) filter (where state not in ('delivered', 'returned', 'lost', 'cancelled'))
          as shipments_open,
        count(*) filter (where state in ('returned', 'lost')) as shipments_failed
      from shipments where order_id = o.order_id) s`.execute(tx);
  return rows.rows;
}
