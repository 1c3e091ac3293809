/**
 * The journey of one order, from the network to the doorstep, as its parties live it: everything
 * through the HTTP interface, on a real database. It runs with the steps called by hand and with
 * real workers on each queue there is; if a step were built but never wired, it would end here.
 */
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildApp } from '../../src/api/app.ts';
import type { Role } from '../../src/fulfillment/create-key.ts';
import { startWorkers } from '../../workers/worker.ts';
import { type Harness, startHarness } from '../harness.ts';
import { until } from '../workers/until.ts';
import { type Answer, aParty, type Party } from './parties.ts';

const REDIS_URL = process.env.PORTOLAN_TEST_REDIS_URL || undefined;

/** Who does the engine's own work, and how the test knows that it is done. */
const DRIVERS = [
  { name: 'steps called by hand', redis_url: undefined, hasWorkers: false },
  { name: 'workers on PostgreSQL', redis_url: undefined, hasWorkers: true },
  // Another database of that server than the queue tests use, so that neither hears the other.
  ...(REDIS_URL === undefined
    ? []
    : [{ name: 'workers on Redis', redis_url: `${REDIS_URL}/7`, hasWorkers: true }]),
];

describe.skipIf(REDIS_URL !== undefined)('the journey with workers on Redis', () => {
  it.skip('skipped: PORTOLAN_TEST_REDIS_URL names no Redis', () => {});
});

describe.each(DRIVERS)('the journey of an order, $name', ({ redis_url, hasWorkers }) => {
  let harness: Harness;
  let app: FastifyInstance;
  let stopWorkers: () => Promise<void>;

  beforeEach(async () => {
    harness = await startHarness({ network: null, config: { redis_url, sweep_interval_ms: 100 } });
    app = await buildApp(harness.engine);
    const workers = hasWorkers ? startWorkers(harness.engine) : null;
    stopWorkers = async () => await workers?.stop();
  });
  afterEach(async () => {
    await stopWorkers();
    await app.close();
    await harness.close();
  });

  /** Waits until the engine has done its part, by hand or by its workers. */
  async function engineDoes(isDone: () => Promise<boolean>): Promise<void> {
    if (hasWorkers) await until(isDone, 30);
    else await harness.settle();
    expect(await isDone()).toBe(true);
  }

  const now = () => harness.clock.now().toString();
  const party = (role: Role, id: string) => aParty(app, harness.engine, role, id);

  it('brings a mug from the shelf to the doorstep, as promised', async () => {
    await importNetwork(await party('operator', '*'));
    const seller = await party('seller', 'acme');
    const platform = await party('platform', 'shop');
    const warehouse = await party('warehouse', 'rotterdam');

    await fillShelf(seller, warehouse);
    const quoted = await quoteAndOrder(platform);
    const order = await decided(platform, quoted);
    const shipment = order.shipments[0];
    await carrierAccepts(shipment);
    await warehousePacks(warehouse, shipment.shipment_id);
    await carrierDelivers(shipment);
    await everythingIsTold(platform, quoted);

    expect(await harness.audit()).toEqual([]);
  });

  async function importNetwork(operator: Party): Promise<void> {
    const { aNetwork } = await import('../builders/network.ts');
    const headers = { authorization: `Bearer ${operator.key}` };
    const answer = await app.inject({
      method: 'PUT',
      url: '/v1/network',
      headers,
      payload: aNetwork(),
    });
    expect(answer.json()).toMatchObject({ version: 1, changed: true });
  }

  async function fillShelf(seller: Party, warehouse: Party): Promise<void> {
    await seller.post('/v1/inbound/notices', {
      warehouse_id: 'rotterdam',
      reference: 'truck-1',
      lines: [{ line_no: 1, sku_id: 'mug', quantity: 12 }],
    });
    expect((await seller.get('/v1/stock')).stock).toMatchObject([{ on_hand: 0, incoming: 12 }]);
    await warehouse.post('/v1/inbound/receipts', {
      receipt_ref: 'gate-7',
      notice_reference: 'truck-1',
      final: true,
      lines: [{ sku_id: 'mug', quantity: 10, damaged: 1 }],
    });
    expect((await seller.get('/v1/stock')).stock).toMatchObject([
      { on_hand: 10, damaged: 1, incoming: 0, reserved: 0 },
    ]);
  }

  async function quoteAndOrder(platform: Party): Promise<Answer> {
    const basket = {
      destination: { postal_code: '1011AB', country: 'NL', city: 'Amsterdam' },
      lines: [{ line_no: 1, sku_id: 'mug', quantity: 2 }],
    };
    const { options } = await platform.post('/v1/promises/quote', basket);
    const option = options[0];
    const body = { ...basket, external_ref: 'web-1001', quote_token: option.token };
    const accepted = await platform.post('/v1/orders', body, 201);
    const again = await platform.post('/v1/orders', body, 200);
    expect(again.order_id).toBe(accepted.order_id);
    return { option, order_id: accepted.order_id };
  }

  async function decided(platform: Party, { option, order_id }: Answer): Promise<Answer> {
    const read = () => platform.get(`/v1/orders/${order_id}`);
    await engineDoes(async () => (await read()).state === 'decided');
    const order = await read();
    // Quote = commit: what was offered is what is promised.
    expect(order.promise_at).toBe(option.promise_at);
    expect(order.shipments).toMatchObject([{ state: 'planned', warehouse_id: 'rotterdam' }]);
    const decision = await platform.get(`/v1/orders/${order_id}/decision`);
    // Decided when it was quoted: the order took the plan over, there was nothing to solve again.
    expect(decision).toMatchObject({ outcome: 'sourced', replayed: true, from_quote: true });
    return order;
  }

  async function carrierAccepts(shipment: Answer): Promise<void> {
    const carrier = await aParty(app, harness.engine, 'carrier', shipment.carrier_id);
    const { assignments } = await carrier.get('/v1/assignments?wait=20');
    expect(assignments).toMatchObject([{ shipment_id: shipment.shipment_id, fencing_token: 1 }]);
    const { assignment_id, fencing_token } = assignments[0];
    const path = `/v1/assignments/${assignment_id}/accept`;
    expect(await carrier.post(path, { fencing_token })).toMatchObject({ state: 'accepted' });
    expect(await carrier.post(path, { fencing_token })).toMatchObject({ state: 'accepted' });
  }

  async function warehousePacks(warehouse: Party, shipment_id: string): Promise<void> {
    const { work } = await warehouse.get('/v1/warehouses/rotterdam/work?wait=20');
    expect(work).toMatchObject([
      { shipment_id, state: 'released', lines: [{ sku_id: 'mug', quantity: 2 }] },
    ]);
    for (const kind of ['picked', 'packed', 'handed_over']) {
      harness.clock.advance(600);
      const event = { event_id: `wms-${kind}`, shipment_id, kind, occurred_at: now() };
      const answer = await warehouse.post('/v1/warehouse-events', [event, event]);
      expect(answer).toMatchObject({ applied: 1, duplicate: 1, refused: 0 });
    }
    const { stock } = await warehouse.get('/v1/stock');
    expect(stock).toMatchObject([{ on_hand: 8, reserved: 0, picked: 0 }]);
    expect((await warehouse.get('/v1/warehouses/rotterdam/work')).work).toEqual([]);
  }

  async function carrierDelivers({ shipment_id, carrier_id }: Answer): Promise<void> {
    const carrier = await aParty(app, harness.engine, 'carrier', carrier_id);
    for (const status of ['picked_up', 'in_transit', 'out_for_delivery', 'delivered']) {
      harness.clock.advance(3600);
      const event = { event_id: `scan-${status}`, shipment_id, status, occurred_at: now() };
      expect(await carrier.post('/v1/tracking-events', [event])).toMatchObject({ applied: 1 });
    }
  }

  async function everythingIsTold(platform: Party, { option, order_id }: Answer): Promise<void> {
    await engineDoes(
      async () => (await platform.get(`/v1/orders/${order_id}`)).state === 'delivered',
    );
    const order = await platform.get(`/v1/orders/${order_id}`);
    const [shipment] = order.shipments;
    expect(order.promise_at).toBe(option.promise_at);
    expect(Date.parse(shipment.delivered_at)).toBeLessThan(Date.parse(order.promise_at));
    expect(shipment.milestones.map((milestone: Answer) => milestone.state)).toEqual(
      Array(7).fill('met'),
    );
    expect(order.lines).toMatchObject([{ quantity: 2, allocated: 2, shipped: 2, cancelled: 0 }]);
    const told = order.timeline.map((event: Answer) => event.type);
    expect(told).not.toContain('milestone.breached');
    expect(told.filter((type: string) => !type.startsWith('milestone.'))).toEqual([
      'order.accepted',
      'order.decided',
      'shipment.planned',
      'shipment.released',
      'shipment.picked',
      'shipment.packed',
      'shipment.handed_over',
      'order.shipped',
      'shipment.tracked',
      'shipment.in_transit',
      'shipment.out_for_delivery',
      'shipment.delivered',
      'order.delivered',
    ]);
  }
});
