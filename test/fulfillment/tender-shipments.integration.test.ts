/** Tendering: silence is a no, the next best carrier is asked, the promise stays as sold. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerAssignments } from '../../src/fulfillment/answer-assignments.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { resolveException } from '../../src/fulfillment/resolve-exception.ts';
import { tenderShipments } from '../../src/fulfillment/tender-shipments.ts';
import { anOrder, aReference } from '../builders/commands.ts';
import { aNetwork, aService, aWarehouse } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';
import {
  answerAll,
  assignments,
  balances,
  decided,
  openExceptions,
  postReports,
  report,
  shipments,
  story,
  theOrder,
  theShipment,
} from './placed-orders.ts';
import { plantPrices } from './planted-prices.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  await harness.stock({ quantity: 50 });
});
afterEach(async () => {
  await harness.close();
});

async function tenderAll(): Promise<number> {
  let done = 0;
  for (;;) {
    const step = await tenderShipments(harness.engine);
    done += step.done;
    if (!step.more) return done;
  }
}

async function answer(shipment_id: string, said: 'accept' | 'reject'): Promise<void> {
  const offer = (await assignments(harness, shipment_id)).at(-1)!;
  const { assignment_id, fencing_token, carrier_id } = offer;
  const row = { assignment_id, fencing_token, answer: said };
  const [result] = await answerAssignments(harness.engine, carrier_id, [row], aReference('r'));
  expect(result).toMatchObject({ status: 'applied' });
}

describe('tendering shipments', () => {
  test('has nothing to do while a lease runs or a carrier holds the shipment', async () => {
    await decided(harness);
    expect(await tenderShipments(harness.engine)).toEqual({ done: 0, more: false });

    await answerAll(harness, 'accept');
    harness.clock.advance(3600);

    expect(await tenderShipments(harness.engine)).toEqual({ done: 0, more: false });
  });

  test('offers a rejected shipment to the next best carrier, once', async () => {
    await decided(harness);
    const before = await theShipment(harness);
    await answerAll(harness, 'reject');

    expect(await tenderAll()).toBe(1);
    expect(await tenderAll()).toBe(0);

    const [first, second, ...others] = await assignments(harness);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ state: 'rejected', reason: 'other' });
    expect(second).toMatchObject({ state: 'offered', fencing_token: 2 });
    expect(second!.carrier_id).not.toBe(first!.carrier_id);
    const after = await theShipment(harness);
    expect(after).toMatchObject({ carrier_id: second!.carrier_id, tenders: 2, state: 'planned' });
    expect(after.promise_at.equals(before.promise_at)).toBe(true);
    expect(after.milestone_due[6]!.equals(before.milestone_due[6]!)).toBe(true);
    const order = await theOrder(harness);
    expect(order.promise_at!.equals(before.promise_at)).toBe(true);
    expect(await story(harness, after.shipment_id)).toEqual([
      'shipment.planned',
      'shipment.rejected',
      'shipment.offered',
    ]);
  });

  test('asks the next best at the prices in force', async () => {
    await decided(harness, anOrder(), anOrder());
    const [one, other] = await shipments(harness);
    await answer(one!.shipment_id, 'reject');
    await tenderAll();
    const second = (await assignments(harness, one!.shipment_id))[1]!.carrier_id;

    await plantPrices(harness, { carriers: [[second, null, 'day', 100_000, 0, 0]] });
    await answer(other!.shipment_id, 'reject');
    await tenderAll();

    const [first, next] = await assignments(harness, other!.shipment_id);
    expect(next).toMatchObject({ state: 'offered' });
    expect([first!.carrier_id, second]).not.toContain(next!.carrier_id);
  });

  test('takes silence past the lease as a rejection', async () => {
    await decided(harness);
    harness.clock.advance(600);

    expect(await tenderAll()).toBe(1);

    expect((await assignments(harness)).map((a) => [a.state, a.reason])).toEqual([
      ['expired', 'silence'],
      ['offered', null],
    ]);
  });

  test('lets many tenderers at once make one offer per shipment', async () => {
    await decided(harness, ...Array.from({ length: 10 }, () => anOrder()));
    harness.clock.advance(600);

    await Promise.all(Array.from({ length: 5 }, tenderAll));
    await tenderAll();

    expect(await assignments(harness)).toHaveLength(20);
  });

  test('moves capacity from the old service to the new one', async () => {
    await decided(harness);
    await answerAll(harness, 'reject');
    await tenderAll();

    const shipment = await theShipment(harness);
    const used = await harness.owner
      .selectFrom('capacity_usage')
      .select('resource')
      .where('used', '>', 0)
      .execute();
    const taken = (shipment.capacity as { resource: string }[]).map((slot) => slot.resource);
    expect(used.map((slot) => slot.resource).sort()).toEqual(taken.sort());
  });

  test('gives up after the attempts allowed, and asks for another decision elsewhere', async () => {
    await harness.stock({ warehouse_id: 'warsaw', quantity: 5 });
    const [order_id] = await decided(harness);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await answerAll(harness, 'reject');
      await tenderAll();
    }

    const [shipment] = await shipments(harness);
    expect(shipment).toMatchObject({ state: 'cancelled', tenders: 3, next_due_at: null });
    expect(await theOrder(harness)).toMatchObject({
      state: 'accepted',
      excluded_warehouses: ['rotterdam'],
    });
    expect(await openExceptions(harness)).toEqual(['no_carrier operator']);
    expect(await balances(harness)).toMatchObject({ on_hand: 50, reserved: 0 });
    await decideOrders(harness.engine);
    const again = (await shipments(harness, order_id!)).find((s) => s.state === 'planned');
    expect(again).toMatchObject({ warehouse_id: 'warsaw', decision_no: 2 });
    expect(await openExceptions(harness)).toEqual(['no_carrier operator']);
  });

  test('never tenders a shipment that a carrier has scanned', async () => {
    await decided(harness);
    await answerAll(harness, 'accept');
    const { shipment_id } = await theShipment(harness);
    await postReports(harness, report(harness, shipment_id, 'picked_up'));
    harness.clock.advance(7 * 86_400);

    expect(await tenderAll()).toBe(0);
  });
});

describe('a network with one warehouse and one service', () => {
  beforeEach(async () => {
    await harness.close();
    const network = aNetwork({
      warehouses: [aWarehouse({ id: 'rotterdam' })],
      services: [aService({ id: 'swift-standard' })],
    });
    harness = await startHarness({ network });
    await harness.stock({ quantity: 5 });
  });

  test('leaves the order to the operator when its only carrier says no', async () => {
    await decided(harness);
    await answerAll(harness, 'reject');

    await tenderAll();

    const order = await theOrder(harness);
    expect(order.state).toBe('unfillable');
    expect((await story(harness, order.order_id)).slice(2)).toEqual([
      'order.reopened',
      'order.unfillable',
    ]);
    expect(await openExceptions(harness)).toEqual(['no_carrier operator']);
  });

  test('decides again when the operator says so', async () => {
    await decided(harness);
    await answerAll(harness, 'reject');
    await tenderAll();
    const { exception_id } = await harness.owner
      .selectFrom('exceptions')
      .select('exception_id')
      .executeTakeFirstOrThrow();
    const command = { exception_id, resolution: 'retry', by: 'ada', request_id: 'r' } as const;

    const results = [
      await resolveException(harness.engine, command),
      await resolveException(harness.engine, command),
    ];
    await decideOrders(harness.engine);

    expect(results.map((result) => result.status)).toEqual(['applied', 'duplicate']);
    expect(await theOrder(harness)).toMatchObject({ state: 'decided', excluded_warehouses: [] });
    expect(await openExceptions(harness)).toEqual([]);
    await expect(
      resolveException(harness.engine, { ...command, resolution: 'close' }),
    ).rejects.toMatchObject({ code: 'state_conflict' });
  });
});
