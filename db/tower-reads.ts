/**
 * What the control tower reads: everything that is open once, then only what has changed. No read here
 * grows with the number of orders that have ended: open rows come from partial indexes, changed ones by
 * primary key, the past from a bounded tail of the journal.
 */
import { sql } from 'kysely';
import type { ShipmentState } from '../src/domain/shipment.ts';
import type { Tx } from './database.ts';

/** A shipment as the tower keeps it. Instants are seconds since 1970: there may be 100,000 of them. */
export interface TowerShipmentRow {
  readonly shipment_id: string;
  readonly order_id: string;
  readonly warehouse_id: string;
  readonly carrier_id: string;
  readonly service_id: string;
  readonly zone_id: string;
  readonly state: ShipmentState;
  readonly pickup_seconds: number;
  readonly expected_seconds: number;
  readonly promise_seconds: number;
  readonly delivered_seconds: number | null;
  /** Where it goes, [lon, lat], if the order said so. */
  readonly position: [number, number] | null;
  /** Place (from 1) of the first milestone that is not met; null = all are. */
  readonly next_milestone: number | null;
  readonly next_due_seconds: number | null;
  readonly next_state: string | null;
  readonly is_breached: boolean;
}

/** A shipment that has changed, with what became of its milestones. */
export interface ChangedShipmentRow extends TowerShipmentRow {
  /** One letter per milestone: k kept, m missed, o open. */
  readonly kept: string;
}

/** Rows of one fetch of the first load: what the process does at once before it serves others. */
const FETCH_ROWS = 4000;

const COLUMNS = sql`
  s.shipment_id, s.order_id, s.warehouse_id, s.carrier_id, s.service_id, s.zone_id, s.state,
  extract(epoch from s.pickup_at)::bigint as pickup_seconds,
  extract(epoch from s.expected_at)::bigint as expected_seconds,
  extract(epoch from s.promise_at)::bigint as promise_seconds,
  extract(epoch from s.delivered_at)::bigint as delivered_seconds,
  s.destination -> 'position' as position,
  array_position(s.milestone_met, null) as next_milestone,
  extract(epoch from s.milestone_due[array_position(s.milestone_met, null)])::bigint
    as next_due_seconds,
  s.milestone_state[array_position(s.milestone_met, null)] as next_state,
  s.milestone_state[7] = 'breached' as is_breached`;

const KEPT = sql`
  (select string_agg(case when m.state = 'breached' or m.met > m.due then 'm'
      when m.met is null then 'o' else 'k' end, '' order by m.position)
    from unnest(s.milestone_due, s.milestone_met, s.milestone_state)
      with ordinality as m(due, met, state, position)) as kept`;

/**
 * Hands over every open shipment, some thousands at a time, as of one snapshot. Reads the partial
 * indexes `shipments_due` and `shipments_overdue`; O(open).
 */
export async function eachOpenShipment(
  tx: Tx,
  take: (rows: readonly TowerShipmentRow[]) => Promise<void>,
): Promise<void> {
  await sql`declare tower_open no scroll cursor for
    select ${COLUMNS} from shipments s
    where s.next_due_at is not null and s.state not in ('delivered', 'returned', 'lost', 'cancelled')
    union all
    select ${COLUMNS} from shipments s
    where s.next_due_at is null and s.state not in ('delivered', 'returned', 'lost', 'cancelled')
  `.execute(tx);
  for (;;) {
    const { rows } = await sql<TowerShipmentRow>`
      fetch ${sql.raw(String(FETCH_ROWS))} from tower_open`.execute(tx);
    if (rows.length > 0) await take(rows);
    if (rows.length < FETCH_ROWS) return;
  }
}

/** Shipments by id, in whatever state they are now. */
export async function listTowerShipments(
  tx: Tx,
  ids: readonly string[],
): Promise<ChangedShipmentRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<ChangedShipmentRow>`
    select ${COLUMNS}, ${KEPT} from shipments s where s.shipment_id = any(${ids}::uuid[])`.execute(
    tx,
  );
  return rows;
}

/** An order that no shipment carries yet. */
export interface WaitingOrderRow {
  readonly order_id: string;
  readonly state: 'accepted' | 'backordered' | 'unfillable';
  readonly accepted_seconds: number;
  readonly decide_by_seconds: number;
}

/**
 * Orders with units to decide, without stock, or in an operator's hands. Reads `orders_to_decide`, the
 * backorders and the open exceptions.
 */
export async function listWaitingOrders(tx: Tx): Promise<WaitingOrderRow[]> {
  const { rows } = await sql<WaitingOrderRow>`
    with waiting as (
      select order_id from orders where state = 'accepted'
      union select order_id from backorders
      union select order_id from exceptions where kind = 'unfillable' and resolved_at is null)
    select o.order_id, o.state, extract(epoch from o.accepted_at)::float8 as accepted_seconds,
      extract(epoch from o.decide_by)::float8 as decide_by_seconds
    from waiting w join orders o using (order_id)
    where o.state in ('accepted', 'backordered', 'unfillable')`.execute(tx);
  return rows;
}

/** How one order was decided: the solver's time, and the time since acceptance against its budget. */
export interface DecisionTimeRow {
  readonly decided_seconds: number;
  readonly elapsed_us: number;
  readonly waited_seconds: number;
  readonly budget_seconds: number;
}

/**
 * The newest decision of each of these orders. One that was decided again (a short pick, stock that came)
 * has waited since it was put to be decided again: its time to decide is as long as the first one's.
 */
export async function listDecisionTimes(
  tx: Tx,
  order_ids: readonly string[],
): Promise<DecisionTimeRow[]> {
  if (order_ids.length === 0) return [];
  const { rows } = await sql<DecisionTimeRow>`
    select distinct on (d.order_id) d.elapsed_us,
      extract(epoch from d.decided_at)::float8 as decided_seconds,
      extract(epoch from f.deadline - o.accepted_at)::float8 as budget_seconds,
      extract(epoch from d.decided_at - (d.deadline - (f.deadline - o.accepted_at)))::float8
        as waited_seconds
    from decisions d join orders o using (order_id)
    join decisions f on f.order_id = d.order_id and f.decision_no = 1
    where d.order_id = any(${order_ids}::uuid[])
    order by d.order_id, d.decision_no desc`.execute(tx);
  return rows;
}

/** What the journal says of the past, as far as the tower counts it. */
export interface PastEventRow {
  readonly type: string;
  readonly at_seconds: number;
  readonly order_id: string | null;
  readonly entity_id: string;
  readonly carrier_id: string | null;
  readonly warehouse_id: string | null;
  readonly cost: number | null;
  readonly parcels: number | null;
  readonly after_state: string | null;
}

/** Events that count in a figure or a scorecard. */
export const COUNTED_EVENTS = [
  'order.accepted',
  'order.decided',
  'order.backordered',
  'order.promise_breached',
  'order.delivered',
  'order.cancelled',
  'order.failed',
  'shipment.released',
  'shipment.rejected',
  'shipment.offered',
  'shipment.short_picked',
  'shipment.delivered',
  'shipment.returned',
  'shipment.lost',
  'shipment.cancelled',
] as const;

/**
 * Counted events of the newest `most` of the journal, since `from`, up to number `up_to`, in order.
 * Reads a range of the primary key.
 */
export async function listPastEvents(
  tx: Tx,
  range: { up_to: number; most: number; from: Temporal.Instant },
): Promise<PastEventRow[]> {
  const { rows } = await sql<PastEventRow>`
    select type, extract(epoch from at)::bigint as at_seconds, order_id, entity_id, carrier_id,
      warehouse_id, (data ->> 'cost')::float8 as cost,
      json_array_length(data -> 'shipment_ids') as parcels,
      data -> 'after' ->> 'state' as after_state
    from journal
    where seq > ${range.up_to - range.most} and seq <= ${range.up_to}
      and at >= ${range.from.toString()} and type = any(${[...COUNTED_EVENTS]}::text[])
    order by seq`.execute(tx);
  return rows;
}

/** Capacity used of these resources, in slots from `from_seconds` on. Primary key probes. */
export async function listCapacityUsed(
  tx: Tx,
  resources: readonly string[],
  from_seconds: number,
): Promise<{ resource: string; slot_seconds: number; used: number }[]> {
  if (resources.length === 0) return [];
  const { rows } = await sql<{ resource: string; slot_seconds: number; used: number }>`
    select resource, extract(epoch from slot)::bigint as slot_seconds, used from capacity_usage
    where resource = any(${resources}::text[]) and slot >= to_timestamp(${from_seconds})
    order by resource, slot`.execute(tx);
  return rows;
}

/** What people call these orders. */
export async function listOrderReferences(
  tx: Tx,
  order_ids: readonly string[],
): Promise<{ order_id: string; platform_id: string; external_ref: string }[]> {
  if (order_ids.length === 0) return [];
  return await tx
    .selectFrom('orders')
    .select(['order_id', 'platform_id', 'external_ref'])
    .where('order_id', 'in', order_ids)
    .execute();
}
