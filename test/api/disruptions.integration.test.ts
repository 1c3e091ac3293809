/** Routes and disruptions as parties meet them over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNetworkSource } from '../../src/fulfillment/network-source.ts';
import { testConfig } from '../../src/runtime/config.ts';
import { overHubs } from '../fulfillment/over-hubs.ts';
import { type Api, orderBody, startApi } from './api-harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi({ network: overHubs() });
  await api.stock({ quantity: 50 });
});
afterAll(() => api.close());

const TONIGHT = { from_at: '2026-03-18T18:00:00Z', until_at: '2026-03-18T23:00:00Z' };
const post = (body: object) => api.ask('POST /v1/disruptions', { as: '*', body });

describe('a route', () => {
  test('is shown with the order, its decision and the carrier’s assignment', async () => {
    const posted = await api.ask('POST /v1/orders', { as: 'shop', body: orderBody('routed') });
    await api.settle();

    const order = await api.ask(`GET /v1/orders/${posted.body.order_id}`, { as: 'shop' });
    const [{ route }] = order.body.shipments;
    expect(route.steps.map((step: { leg_id: string | null }) => step.leg_id)).toEqual([
      null,
      'truck',
      null,
    ]);
    expect(route.steps[1]).toMatchObject({
      kind: 'leg',
      carrier_id: 'swift',
      from_hub_id: 'harbour',
      to_hub_id: 'city',
      departs_at: '2026-03-18T19:00:00Z',
      arrives_at: '2026-03-18T21:00:00Z',
    });
    const path = `GET /v1/orders/${posted.body.order_id}/decision`;
    const decision = await api.ask(path, { as: 'shop' });
    expect(decision.body.plan.parcels[0].route).toEqual(route);
    expect(decision.body).toMatchObject({ replayed: true, disruption_no: 0 });
    const { body } = await api.ask('GET /v1/assignments', { as: 'swift' });
    expect(body.assignments[0].route).toEqual(route);
  });
});

describe('a disruption', () => {
  test('is opened once, listed, lifted once, and known to other processes within a second', async () => {
    const config = { ...api.engine.config, network_poll_ms: testConfig().network_poll_ms };
    const other = createNetworkSource({ ...api.engine, config });
    expect((await other.current())?.disruption_no).toBe(0);
    const body = { reference: 'storm', kind: 'hub_closed', hub_id: 'city', ...TONIGHT };

    const first = await post(body);
    const again = await post(body);

    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    expect(first.body).toMatchObject({ reference: 'storm', opened_no: 1, lifted_at: null });
    await expect
      .poll(async () => (await other.current())?.disruption_no, { interval: 20, timeout: 10_000 })
      .toBe(1);
    expect(config.network_poll_ms).toBeLessThanOrEqual(500);
    await api.settle();
    const lift = `POST /v1/disruptions/${first.body.disruption_id}/lift`;
    const lifted = await api.ask(lift, { as: '*' });
    expect(lifted.body).toMatchObject({ lifted_no: 2 });
    expect((await api.ask(lift, { as: '*' })).body).toEqual(lifted.body);
    const listed = await api.ask('GET /v1/disruptions', { as: '*' });
    expect(listed.body.disruptions).toEqual([lifted.body]);
    await api.settle();
  });

  test('is refused with the field, what was got and what was expected', async () => {
    const body = { reference: 'x', kind: 'leg_delayed', leg_id: 'plane', ...TONIGHT };
    const missing = await post(body);
    expect(missing.body).toMatchObject({
      status: 400,
      code: 'invalid_request',
      errors: [{ pointer: '/delay_seconds' }],
    });
    const unknown = await post({ ...body, delay_seconds: 60 });
    expect(unknown.body).toMatchObject({
      status: 422,
      code: 'unknown_reference',
      errors: [{ pointer: '/leg_id', detail: 'got "plane", expected a leg of the network' }],
    });
    const other = await post({ ...body, reference: 'storm', leg_id: 'truck', delay_seconds: 60 });
    expect(other.body).toMatchObject({ status: 409, code: 'event_conflict' });
  });
});
