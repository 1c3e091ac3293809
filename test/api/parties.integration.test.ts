/** One parcel's way through all interfaces: announced, counted in, ordered, carried, delivered. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { type Api, orderBody, type Party, startApi } from './api-harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const NOTICE = {
  reference: 'notice-1',
  expected_at: '2026-03-19T08:00:00+01:00',
  lines: [{ line_no: 1, sku_id: 'mug', quantity: 20 }],
};
const RECEIPT = {
  receipt_ref: 'receipt-1',
  notice_reference: 'notice-1',
  final: true,
  lines: [{ sku_id: 'mug', quantity: 18, damaged: 1 }],
};
const stockOf = async (as: Party) => (await api.ask('GET /v1/stock', { as })).body.stock;
const at = () => api.clock.now().toString();

test('a seller announces, the warehouse counts in; both see it, once', async () => {
  const announce = () =>
    api.ask('POST /v1/inbound/notices', {
      as: 'acme',
      body: { ...NOTICE, warehouse_id: 'rotterdam' },
    });
  const notice = await announce();
  expect(notice.status, notice.text).toBe(201);
  expect(notice.body).toMatchObject({ state: 'open', seller_id: 'acme', reference: 'notice-1' });
  const again = await announce();
  expect([again.status, again.text]).toEqual([200, notice.text]);
  expect(await stockOf('acme')).toMatchObject([{ incoming: 20, on_hand: 0 }]);

  const receive = () => api.ask('POST /v1/inbound/receipts', { as: 'rotterdam', body: RECEIPT });
  const receipt = await receive();
  expect(receipt.status, receipt.text).toBe(201);
  expect(receipt.body.missing).toEqual([{ line_no: 1, sku_id: 'mug', quantity: 1 }]);
  const repeated = await receive();
  expect([repeated.status, repeated.text]).toEqual([200, receipt.text]);
  expect(await stockOf('rotterdam')).toMatchObject([{ incoming: 0, on_hand: 18, damaged: 1 }]);
  expect(await stockOf('acme')).toEqual(await stockOf('rotterdam'));

  const other = { ...RECEIPT, lines: [{ sku_id: 'mug', quantity: 17 }] };
  const conflict = await api.ask('POST /v1/inbound/receipts', { as: 'rotterdam', body: other });
  expect(conflict.body).toMatchObject({ status: 409, code: 'event_conflict' });
});

test('a correction below what is there is refused with its place', async () => {
  const lines = [{ sku_id: 'mug', on_hand: -3, reason: 'miscounted' }];
  const adjust = (adjustment_ref: string, changes: object[]) =>
    api.ask('POST /v1/stock/adjustments', {
      as: 'rotterdam',
      body: { adjustment_ref, lines: changes },
    });
  expect((await adjust('adjust-1', lines)).status).toBe(201);
  expect((await adjust('adjust-1', lines)).status).toBe(200);
  expect(await stockOf('rotterdam')).toMatchObject([{ on_hand: 15 }]);

  const tooMuch = await adjust('adjust-2', [{ ...lines[0], on_hand: -16 }]);
  expect(tooMuch.body).toMatchObject({ status: 422, code: 'not_enough_stock' });
  expect(tooMuch.body.errors[0].pointer).toMatch(/^\/lines\/0/);
});

test('an order is carried by whom it was offered to, and its platform sees it delivered', async () => {
  const posted = await api.ask('POST /v1/orders', { as: 'shop', body: orderBody('way') });
  while ((await decideOrders(api.engine)).more);

  // The carrier takes it.
  const carrier = await carrierWithWork();
  const { body: offers } = await api.ask('GET /v1/assignments?wait=10', { as: carrier });
  const [offer] = offers.assignments;
  expect(offer).toMatchObject({ parcel: { units: 2 }, pickup: { warehouse_id: 'rotterdam' } });
  const answer = (verb: string, fencing_token: number) =>
    api.ask(`POST /v1/assignments/${offer.assignment_id}/${verb}`, {
      as: carrier,
      body: { fencing_token },
    });
  expect((await answer('accept', 9)).body).toMatchObject({ status: 409, code: 'stale_lease' });
  const accepted = await answer('accept', offer.fencing_token);
  expect(accepted.body).toEqual({ assignment_id: offer.assignment_id, state: 'accepted' });
  expect((await answer('accept', offer.fencing_token)).text).toBe(accepted.text);
  expect((await answer('reject', offer.fencing_token)).status).toBe(409);

  // The warehouse picks, packs and hands over.
  const path = '/v1/warehouses/rotterdam/work?wait=10';
  const { body: list } = await api.ask(`GET ${path}`, { as: 'rotterdam' });
  const [work] = list.work;
  expect(work).toMatchObject({
    shipment_id: offer.shipment_id,
    state: 'released',
    lines: [{ line_no: 1, sku_id: 'mug', quantity: 2 }],
  });
  const { shipment_id } = work;
  const done = ['picked', 'packed', 'handed_over'].map((kind) => ({
    event_id: `way-${kind}`,
    shipment_id,
    kind,
    occurred_at: at(),
  }));
  const body = [...done, done[0], { event_id: 'way-x' }];
  const events = await api.ask('POST /v1/warehouse-events', { as: 'rotterdam', body });
  expect(events.body, events.text).toMatchObject({ applied: 3, duplicate: 1, refused: 1 });

  // The carrier delivers, telling it in the wrong order.
  const tracked = ['delivered', 'picked_up', 'out_for_delivery'].map((status) => ({
    event_id: `way-${status}`,
    shipment_id,
    status,
    occurred_at: at(),
  }));
  const tracking = await api.ask('POST /v1/tracking-events', { as: carrier, body: tracked });
  expect(tracking.body, tracking.text).toMatchObject({ applied: 3, refused: 0 });

  const order = await api.ask(`GET /v1/orders/${posted.body.order_id}`, { as: 'shop' });
  expect(order.body).toMatchObject({
    state: 'delivered',
    lines: [{ shipped: 2 }],
    shipments: [{ state: 'delivered', lines: [{ line_no: 1, quantity: 2 }] }],
  });
  const met = order.body.shipments[0].milestones.map((m: { state: string }) => m.state);
  expect(new Set(met)).toEqual(new Set(['met']));
  expect(await stockOf('rotterdam')).toMatchObject([{ on_hand: 13, reserved: 0 }]);
});

test('an order nobody can fill says why, and an operator settles the exception', async () => {
  const lines = [{ line_no: 1, sku_id: 'mug', quantity: 1 }];
  const far = { postal_code: '00000', country: 'ZZ' };
  const { body: posted } = await api.ask('POST /v1/orders', {
    as: 'shop',
    body: orderBody('far', { lines, destination: far }),
  });
  while ((await decideOrders(api.engine)).more);
  const decision = await api.ask(`GET /v1/orders/${posted.order_id}/decision`, { as: 'shop' });
  expect(decision.body).toMatchObject({ outcome: 'unfillable', plan: null, reason: 'no_zone' });

  const { body: list } = await api.ask('GET /v1/exceptions', { as: '*' });
  const [exception] = list.exceptions;
  expect(exception).toMatchObject({ kind: 'unfillable', order_id: posted.order_id });
  const resolve = (resolution: string) =>
    api.ask(`POST /v1/exceptions/${exception.exception_id}/resolve`, {
      as: '*',
      body: { resolution },
    });
  const resolved = await resolve('cancel');
  expect(resolved.status, resolved.text).toBe(200);
  expect((await resolve('cancel')).text).toBe(resolved.text);
  expect((await resolve('close')).body.code).toBe('state_conflict');
  expect((await api.ask('GET /v1/exceptions', { as: '*' })).body.exceptions).toEqual([]);
  const past = await api.ask('GET /v1/exceptions?state=resolved', { as: '*' });
  expect(past.body.exceptions).toMatchObject([{ resolution: 'cancel' }]);
});

async function carrierWithWork(): Promise<Party> {
  const { carrier_id } = await api.owner
    .selectFrom('assignments')
    .select('carrier_id')
    .where('state', '=', 'offered')
    .executeTakeFirstOrThrow();
  return carrier_id as Party;
}
