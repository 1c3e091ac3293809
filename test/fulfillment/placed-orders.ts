/** Orders brought to where a test begins: decided and offered, or taken by a carrier and released. */
import type { AcceptOrder, TrackingEvent, WarehouseEvent } from '../../src/domain/commands.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { answerAssignments } from '../../src/fulfillment/answer-assignments.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { recordTrackingEvents } from '../../src/fulfillment/record-tracking-events.ts';
import { recordWarehouseEvents } from '../../src/fulfillment/record-warehouse-events.ts';
import { anOrder, aReference } from '../builders/commands.ts';
import type { Harness } from '../harness.ts';

/** Accepts and decides orders; returns their ids. */
export async function decided(harness: Harness, ...orders: AcceptOrder[]): Promise<string[]> {
  const results = await acceptOrders(harness.engine, orders.length === 0 ? [anOrder()] : orders);
  const ids = results.map((result) => {
    if (result.status === 'refused') throw new Error(result.detail);
    return result.order_id;
  });
  while ((await decideOrders(harness.engine)).more);
  return ids;
}

/** The shipments of an order (all of them, without one), oldest first. */
export async function shipments(harness: Harness, order_id?: string) {
  let query = harness.owner.selectFrom('shipments').selectAll().orderBy('shipment_id');
  if (order_id !== undefined) query = query.where('order_id', '=', order_id);
  return await query.execute();
}

/** The one shipment there is. */
export async function theShipment(harness: Harness) {
  const rows = await shipments(harness);
  if (rows.length !== 1) throw new Error(`expected one shipment, got ${rows.length}`);
  return rows[0]!;
}

/** An order. */
export async function orderOf(harness: Harness, order_id: string) {
  const orders = harness.owner.selectFrom('orders').selectAll();
  return await orders.where('order_id', '=', order_id).executeTakeFirstOrThrow();
}

/** The one order there is. */
export async function theOrder(harness: Harness) {
  return await harness.owner.selectFrom('orders').selectAll().executeTakeFirstOrThrow();
}

/** Assignments by shipment and token. */
export async function assignments(harness: Harness, shipment_id?: string) {
  let query = harness.owner
    .selectFrom('assignments')
    .selectAll()
    .orderBy('shipment_id')
    .orderBy('fencing_token');
  if (shipment_id !== undefined) query = query.where('shipment_id', '=', shipment_id);
  return await query.execute();
}

/** Answers the live offer of every planned shipment. */
export async function answerAll(harness: Harness, answer: 'accept' | 'reject'): Promise<void> {
  for (const offer of await assignments(harness)) {
    if (offer.state !== 'offered') continue;
    const { assignment_id, fencing_token, carrier_id } = offer;
    const row = { assignment_id, fencing_token, answer };
    const [result] = await answerAssignments(harness.engine, carrier_id, [row], aReference('r'));
    if (result!.status === 'refused') throw new Error(result!.detail);
  }
}

/** Accepts, decides and releases orders; returns the shipments. */
export async function released(harness: Harness, ...orders: AcceptOrder[]) {
  await decided(harness, ...orders);
  await answerAll(harness, 'accept');
  return await shipments(harness);
}

/** A warehouse event at the clock's instant. */
export function work(
  harness: Harness,
  shipment_id: string,
  kind: WarehouseEvent['kind'],
  changes: Partial<WarehouseEvent> = {},
): WarehouseEvent {
  const event_id = aReference('work');
  return { event_id, shipment_id, kind, occurred_at: harness.clock.now(), ...changes };
}

/** A tracking event at the clock's instant. */
export function report(
  harness: Harness,
  shipment_id: string,
  status: TrackingEvent['status'],
  changes: Partial<TrackingEvent> = {},
): TrackingEvent {
  const event_id = aReference('scan');
  return { event_id, shipment_id, status, occurred_at: harness.clock.now(), ...changes };
}

/** Posts warehouse events of Rotterdam. */
export async function postWork(harness: Harness, ...events: WarehouseEvent[]) {
  return await recordWarehouseEvents(harness.engine, 'rotterdam', events, aReference('request'));
}

/** Posts tracking events of the carrier that holds the first event's shipment. */
export async function postReports(harness: Harness, ...events: TrackingEvent[]) {
  const { carrier_id } = await harness.owner
    .selectFrom('shipments')
    .select('carrier_id')
    .where('shipment_id', '=', events[0]!.shipment_id)
    .executeTakeFirstOrThrow();
  return await recordTrackingEvents(harness.engine, carrier_id, events, aReference('request'));
}

/** Types of the journal events of an order or shipment, in order of version. */
export async function story(harness: Harness, entity_id: string): Promise<string[]> {
  const rows = await harness.owner
    .selectFrom('journal')
    .select('type')
    .where('entity_id', '=', entity_id)
    .orderBy('version')
    .execute();
  return rows.map((row) => row.type);
}

/** The open exceptions as `kind owner`. */
export async function openExceptions(harness: Harness): Promise<string[]> {
  const rows = await harness.owner
    .selectFrom('exceptions')
    .select(['kind', 'owner'])
    .where('resolved_at', 'is', null)
    .orderBy('exception_id')
    .execute();
  return rows.map((row) => `${row.kind} ${row.owner}`);
}

/** The balances of a SKU, summed over its lots. */
export async function balances(harness: Harness, sku_id = 'mug', warehouse_id = 'rotterdam') {
  const { fn } = harness.owner;
  const sum = await harness.owner
    .selectFrom('stock')
    .select([
      fn.sum<number>('on_hand').as('on_hand'),
      fn.sum<number>('reserved').as('reserved'),
      fn.sum<number>('picked').as('picked'),
      fn.sum<number>('damaged').as('damaged'),
      fn.sum<number>('quarantined').as('quarantined'),
      fn.sum<number>('incoming').as('incoming'),
    ])
    .where('sku_id', '=', sku_id)
    .where('warehouse_id', '=', warehouse_id)
    .executeTakeFirstOrThrow();
  return Object.fromEntries(Object.entries(sum).map(([name, value]) => [name, Number(value ?? 0)]));
}
