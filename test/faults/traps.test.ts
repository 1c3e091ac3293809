/**
 * Mistakes that other engines made in promising, in working with others and in keeping their books,
 * each kept out by a test (those of choosing stock are in sourcing-traps.test.ts). The last of them, a
 * feature that was built and never wired, is what the journey is for (test/journey).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildApp } from '../../src/api/app.ts';
import type { AcceptOrder } from '../../src/domain/commands.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { answerAssignments } from '../../src/fulfillment/answer-assignments.ts';
import { createKey } from '../../src/fulfillment/create-key.ts';
import { quotePromise } from '../../src/fulfillment/quote-promise.ts';
import { recordTrackingEvents } from '../../src/fulfillment/record-tracking-events.ts';
import { recordWarehouseEvents } from '../../src/fulfillment/record-warehouse-events.ts';
import { aLine, anOrder } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(async () => {
  await harness.close();
});

async function accept(changes: Partial<AcceptOrder> = {}): Promise<string> {
  const [result] = await acceptOrders(harness.engine, [anOrder(changes)]);
  if (result?.status !== 'applied') throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return result.order_id;
}

const orderOf = (order_id: string) =>
  harness.owner
    .selectFrom('orders')
    .selectAll()
    .where('order_id', '=', order_id)
    .executeTakeFirstOrThrow();
const shipmentsOf = (order_id: string) =>
  harness.owner.selectFrom('shipments').selectAll().where('order_id', '=', order_id).execute();

/** Lets the carrier of a shipment accept it and returns who that is. */
async function acceptTender(shipment_id: string): Promise<string> {
  const offer = await harness.owner
    .selectFrom('assignments')
    .selectAll()
    .where('shipment_id', '=', shipment_id)
    .where('state', '=', 'offered')
    .executeTakeFirstOrThrow();
  const { assignment_id, carrier_id, fencing_token } = offer;
  const answer = { assignment_id, fencing_token, answer: 'accept' } as const;
  const [result] = await answerAssignments(harness.engine, carrier_id, [answer], 'r');
  expect(result).toMatchObject({ status: 'applied' });
  return carrier_id;
}

describe('promising', () => {
  it('ties what is set aside to a warehouse, so a date can be shown before the sale', async () => {
    await harness.stock({ quantity: 2 });

    const { options } = await quotePromise(harness.engine, anOrder());

    expect(options.length).toBeGreaterThan(0);
    const held = await harness.owner
      .selectFrom('reservations')
      .innerJoin('stock', 'stock.stock_id', 'reservations.stock_id')
      .select(['warehouse_id', 'quote_id'])
      .execute();
    expect(held.map((row) => row.warehouse_id)).toEqual(['rotterdam']);
  });

  it('states instants with their zone, and keeps the local hour when clocks change', async () => {
    await harness.stock({ quantity: 20 });
    // The Friday before clocks go forward in Europe; the parcel arrives after.
    harness.clock.set('2026-03-27T09:00:00Z');
    const { key } = await createKey(harness.engine, { role: 'platform', party_id: 'shop' });
    const app = await buildApp(harness.engine);
    const order_id = await accept();
    await harness.settle();

    const headers = { authorization: `Bearer ${key}` };
    const answer = await app.inject({ url: `/v1/orders/${order_id}`, headers });
    await app.close();

    const order = answer.json();
    expect(order.promise_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    const [shipment] = await shipmentsOf(order_id);
    const pickup = shipment!.pickup_at.toZonedDateTimeISO('Europe/Amsterdam');
    expect(['12:00', '16:00', '18:00']).toContain(pickup.toPlainTime().toString().slice(0, 5));
  });

  it('judges being on time by when it happened, not by when a row was last touched', async () => {
    await harness.stock({ quantity: 2 });
    const order_id = await accept();
    await harness.settle();
    const [shipment] = await shipmentsOf(order_id);
    const carrier_id = await acceptTender(shipment!.shipment_id);
    const onTime = shipment!.promise_at.subtract({ minutes: 1 });
    // Everybody reports days late; what they report happened in time.
    const at = (hours: number) => shipment!.pickup_at.subtract({ hours });
    harness.clock.set(shipment!.promise_at.subtract({ seconds: 1 }));
    const event = { shipment_id: shipment!.shipment_id, occurred_at: at(1) };
    const handed = { ...event, event_id: 'h', kind: 'handed_over' } as const;
    await recordWarehouseEvents(harness.engine, 'rotterdam', [handed], 'r');
    harness.clock.set(shipment!.promise_at.add({ hours: 72 }));
    const delivered = {
      ...event,
      event_id: 'd',
      status: 'delivered',
      occurred_at: onTime,
    } as const;
    await recordTrackingEvents(harness.engine, carrier_id, [delivered], 'r');

    const [after] = await shipmentsOf(order_id);
    expect(after!.delivered_at!.equals(onTime)).toBe(true);
    expect(after!.milestone_state.at(-1)).toBe('met');
  });

  it('counts a parcel that never arrives as late: it is breached without any event', async () => {
    await harness.stock({ quantity: 2 });
    const order_id = await accept();
    await harness.settle();
    const [shipment] = await shipmentsOf(order_id);
    await acceptTender(shipment!.shipment_id);

    harness.clock.set(shipment!.promise_at.add({ seconds: 1 }));
    await harness.settle();
    await harness.settle();

    const [after] = await shipmentsOf(order_id);
    expect(after!.milestone_state.at(-1)).toBe('breached');
    const told = await harness.owner
      .selectFrom('journal')
      .select('type')
      .where('type', '=', 'order.promise_breached')
      .execute();
    expect(told).toHaveLength(1);
  });
});

describe('working with others', () => {
  it('never asks carriers while it decides: one that is silent delays nobody', async () => {
    await harness.stock({ quantity: 2 });
    const order_id = await accept();
    await harness.settle();
    const [offered] = await shipmentsOf(order_id);

    // Silence: the lease runs out, and the next best service is asked.
    harness.clock.advance(601);
    await harness.settle();

    expect((await orderOf(order_id)).state).toBe('decided');
    const offers = await harness.owner
      .selectFrom('assignments')
      .select(['service_id', 'state', 'fencing_token'])
      .where('shipment_id', '=', offered!.shipment_id)
      .orderBy('fencing_token')
      .execute();
    expect(offers).toMatchObject([
      { state: 'expired', fencing_token: 1 },
      { state: 'offered', fencing_token: 2 },
    ]);
    expect(offers[1]!.service_id).not.toBe(offers[0]!.service_id);
  });

  it('keeps no key that could be read back: only its hash is stored', async () => {
    const { key } = await createKey(harness.engine, { role: 'carrier', party_id: 'swift' });
    const secret = key.split('_').at(-1)!;

    const tables = ['api_keys', 'journal', 'idempotency_keys'] as const;
    const rows = await Promise.all(
      tables.map((table) => harness.owner.selectFrom(table).selectAll().execute()),
    );

    expect(JSON.stringify(rows)).not.toContain(secret);
    const [stored] = await harness.owner.selectFrom('api_keys').select('secret_hash').execute();
    expect(stored!.secret_hash).toHaveLength(32);
  });
});

describe('drift', () => {
  it('does not arise: cancelling in every state gives back exactly what was taken', async () => {
    const { cancelOrder } = await import('../../src/fulfillment/cancel-order.ts');
    await harness.stock({ quantity: 3 });
    const ids = [await accept(), await accept(), await accept({ lines: [aLine({ quantity: 9 })] })];
    await harness.settle();
    const [first] = await shipmentsOf(ids[0]!);
    await acceptTender(first!.shipment_id);
    const picked = {
      event_id: 'p',
      shipment_id: first!.shipment_id,
      kind: 'picked',
      occurred_at: harness.clock.now(),
    } as const;
    await recordWarehouseEvents(harness.engine, 'rotterdam', [picked], 'r');
    ids.push(await accept());

    for (const order_id of ids) {
      const command = { order_id, platform_id: 'shop', reason: 'test', request_id: 'r' };
      await cancelOrder(harness.engine, command);
      // No script repairs anything between; the auditor would see what leaked.
      expect(await harness.audit()).toEqual([]);
    }

    const stock = await harness.owner.selectFrom('stock').selectAll().executeTakeFirstOrThrow();
    expect(stock).toMatchObject({ on_hand: 3, reserved: 0, picked: 0 });
  });
});
