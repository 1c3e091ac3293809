/** The control tower's routes: what is open, counted right, whatever happens while somebody looks. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inTransaction } from '../../db/database.ts';
import { saveBeat } from '../../db/workers.ts';
import { QUEUE_NAMES } from '../../workers/queues.ts';
import { until } from '../workers/until.ts';
import { type Api, orderBody, startApi } from './api-harness.ts';

let api: Api;
beforeEach(async () => {
  api = await startApi();
  await api.stock({ quantity: 10 });
});
afterEach(() => api.close());

const look = async (path: string) => {
  const answer = await api.ask(`GET /v1/tower/${path}`, { as: '*' });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};
const post = async (ref: string, changes: object = {}) => {
  const answer = await api.ask('POST /v1/orders', { as: 'shop', body: orderBody(ref, changes) });
  expect(answer.status, answer.text).toBe(201);
  return answer.body.order_id as string;
};

describe('the control tower', () => {
  test('knows what was open before the first viewer came', async () => {
    const order_id = await post('before');
    await api.settle();
    await post('waits');

    const { now } = await look('figures');
    const parcels = await look('parcels');

    expect(now).toMatchObject({ open_orders: 2, open_parcels: 1, waiting: 1, at_risk: 0 });
    expect(parcels.order_id).toEqual([order_id]);
    expect(parcels.states[parcels.state[0]]).toBe('planned');
    expect(parcels.warehouses).toEqual(['rotterdam']);
  });

  test('follows an order to its end and forgets it', async () => {
    expect((await look('figures')).now.open_orders).toBe(0);
    await post('followed');
    await until(async () => (await look('figures')).now.waiting === 1, 10);
    await api.settle();
    await until(async () => (await look('figures')).now.open_parcels === 1, 10);
    await acceptAll();
    const [row] = await shipments();
    const event = { event_id: 'e', shipment_id: row!.shipment_id, status: 'delivered' };
    const occurred_at = api.clock.now().toString();
    const as = row!.carrier_id as 'swift';
    const told = await api.ask('POST /v1/tracking-events', {
      as,
      body: [{ ...event, occurred_at }],
    });
    expect(told.body, told.text).toMatchObject({ applied: 1 });

    await until(async () => (await look('figures')).now.open_orders === 0, 10);

    const { now, history } = await look('figures');
    expect(now).toMatchObject({ open_parcels: 0, on_time_share: 1, split_share: 0 });
    expect(now.decision_p99_us).toBeGreaterThan(0);
    expect(history.orders_per_second.filter((value: number) => value > 0)).toHaveLength(1);
    const carrier = await look(`carriers/${row!.carrier_id}`);
    expect(carrier.scorecard.parcels).toBe(1);
    expect(carrier.scorecard.milestones.at(-1)).toEqual({ kind: 'delivered', owed: 1, kept: 1 });
    const warehouse = await look('warehouses/rotterdam');
    expect(warehouse.scorecard.milestones.map((m: { kept: number }) => m.kept)).toEqual([1, 1, 1]);
  });

  test('lists parcels at risk by urgency, page by page, and breached ones apart', async () => {
    for (const ref of ['one', 'two', 'three']) await post(ref);
    await api.settle();
    await acceptAll();
    const { milestone_due } = await api.owner
      .selectFrom('shipments')
      .select('milestone_due')
      .executeTakeFirstOrThrow();
    api.clock.set(milestone_due[1]!.subtract({ seconds: 1 }));
    await api.settle();
    await until(async () => (await look('at-risk')).parcels.length === 3, 10);

    const first = await look('at-risk?limit=2');
    const rest = await look(`at-risk?limit=2&cursor=${first.next_cursor}`);

    const refs = [...first.parcels, ...rest.parcels].map((parcel) => parcel.external_ref);
    expect(refs.sort()).toEqual(['one', 'three', 'two']);
    expect(rest.next_cursor).toBeNull();
    expect(first.parcels[0]).toMatchObject({ risk: 'at_risk', owes: 'pick' });
    expect((await look('at-risk?risk=breached')).parcels).toEqual([]);

    api.clock.set(milestone_due.at(-1)!.add({ hours: 1 }));
    await api.settle();
    await until(async () => (await look('at-risk?risk=breached')).parcels.length === 3, 10);
    expect((await look('figures')).now).toMatchObject({ at_risk: 0, breached: 3 });
  });

  test('pages through open parcels without a gap or a double', async () => {
    for (const ref of ['a', 'b', 'c', 'd', 'e']) {
      await post(ref, { lines: [{ line_no: 1, sku_id: 'mug', quantity: 1 }] });
    }
    await api.settle();
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { shipment_id: string[]; next_cursor: string | null } = await look(
        `parcels?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...page.shipment_id);
      cursor = page.next_cursor;
    }
    expect(seen).toEqual((await shipments()).map(({ shipment_id }) => shipment_id).sort());
  });

  test('counts an order without stock, and says who waits', async () => {
    await look('figures');
    await post('too-many', { lines: [{ line_no: 1, sku_id: 'mug', quantity: 50 }] });
    await api.settle();
    await until(async () => (await look('figures')).now.backordered === 1, 10);
    expect((await look('figures')).now).toMatchObject({ stock_outs: 1, open_orders: 1 });
  });

  test('counts the wait of an order that is decided again from when it was due again', async () => {
    await post('waits-a-day', { lines: [{ line_no: 1, sku_id: 'mug', quantity: 12 }] });
    await api.settle();
    api.clock.advance(86_400);
    await api.stock({ quantity: 5, lot: 'next day' });
    await api.settle();

    await until(async () => (await look('figures')).now.open_parcels > 0, 10);
    const { now } = await look('figures');

    expect(now.backordered).toBe(0);
    expect(now.budget_share_p99).toBeLessThan(0.5);
  });

  test('shows a worker that falls silent as stale, and as alive when it is heard again', async () => {
    const at = api.clock.now();
    const worker = {
      worker_id: api.engine.newId(),
      ...{ host: 'dock', pid: 7, queues: ['decide'], is_linked: true, started_at: at, seen_at: at },
    };
    const beat = (beat_no: number) =>
      inTransaction(api.database, (tx) => saveBeat(tx, { ...worker, beat_no }));
    await beat(1);
    expect((await look('workers')).workers).toMatchObject([{ host: 'dock', is_stale: false }]);

    const { queues } = await look('workers');
    expect(queues.map(({ queue }: { queue: string }) => queue)).toEqual(QUEUE_NAMES);
    await until(async () => (await look('workers')).workers[0].is_stale, 20);
    expect((await look('workers')).queues[0]).toEqual({ queue: 'decide', alive: 0, stale: 1 });
    await beat(2);
    await until(async () => !(await look('workers')).workers[0].is_stale, 10);
  });

  test('names warehouses, carriers and lanes of the network, and refuses others', async () => {
    const network = await look('network');
    expect(network.warehouses.map((w: { warehouse_id: string }) => w.warehouse_id)).toContain(
      'rotterdam',
    );
    await post('on-a-lane');
    await api.settle();
    const map = await look('map');
    expect(map.lanes).toMatchObject([{ warehouse_id: 'rotterdam', open: 1 }]);
    for (const path of ['warehouses/nowhere', 'carriers/nobody']) {
      const answer = await api.ask(`GET /v1/tower/${path}`, { as: '*' });
      expect(answer.body.code).toBe('not_found');
    }
  });
});

/** Every carrier takes what it was offered. */
async function acceptAll(): Promise<void> {
  const offers = await api.owner
    .selectFrom('assignments')
    .select(['assignment_id', 'carrier_id'])
    .where('state', '=', 'offered')
    .execute();
  for (const { assignment_id, carrier_id } of offers) {
    const line = `POST /v1/assignments/${assignment_id}/accept`;
    const ask = { as: carrier_id as 'swift', body: { fencing_token: 1 } };
    const answer = await api.ask(line, ask);
    expect(answer.status, answer.text).toBe(200);
  }
}

async function shipments() {
  return await api.owner.selectFrom('shipments').select(['shipment_id', 'carrier_id']).execute();
}
