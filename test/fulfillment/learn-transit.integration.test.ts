/** Times in transit are learned from what carriers report, once each, and decisions go by them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { learnTransit } from '../../src/fulfillment/learn-transit.ts';
import { quotePromise } from '../../src/fulfillment/quote-promise.ts';
import { anOrder } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import { overHubs } from './over-hubs.ts';
import { decided, postReports, released, report, shipments, theOrder } from './placed-orders.ts';

const OPERATOR = { role: 'operator', party_id: '*' } as const;
const ORDERS = 12;
const SLOW_HOURS = 24 * 9;
const LEARN_SECONDS = 900;

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({
    config: { transit_least_events: 5, transit_learn_seconds: LEARN_SECONDS },
  });
  await harness.stock({ quantity: 60 });
});
afterEach(async () => {
  await harness.close();
});

/** Delivers parcels nine days after their pickup, whatever their services publish. */
async function deliverLate(): Promise<void> {
  await released(harness, ...Array.from({ length: ORDERS }, () => anOrder()));
  harness.clock.advance(20 * 86_400);
  for (const { shipment_id, pickup_at } of await shipments(harness)) {
    const delivered = pickup_at.add({ hours: SLOW_HOURS });
    await postReports(
      harness,
      report(harness, shipment_id, 'picked_up', { occurred_at: pickup_at }),
      report(harness, shipment_id, 'delivered', { occurred_at: delivered }),
    );
  }
}

/** Learns twice: a look learns from what was there at the look before. */
async function learnAll() {
  const first = await learnTransit(harness.engine);
  harness.clock.advance(LEARN_SECONDS);
  const second = await learnTransit(harness.engine);
  return [first, second];
}

const versions = () =>
  harness.owner
    .selectFrom('transit_versions')
    .select(['transit_version', 'network_version', 'deliveries'])
    .execute();

const promisedHours = async (order_id: string): Promise<number> => {
  const rows = await shipments(harness, order_id);
  return rows[0]!.promise_at.since(rows[0]!.pickup_at).total('hours');
};

describe('learning times in transit', () => {
  test('moves the promises of the next orders to what is kept', async () => {
    await deliverLate();
    const before = await theOrder(harness);

    const looks = await learnAll();

    expect(looks[1]).toMatchObject({ more: false });
    expect(looks[1]!.done).toBeGreaterThanOrEqual(2 * ORDERS);
    expect(await versions()).toEqual([
      { transit_version: 1, network_version: 1, deliveries: ORDERS },
    ]);
    const live = await harness.engine.networks.current();
    expect(live?.transit_version).toBe(1);
    expect(live?.published.transit_times.length).toBeLessThan(live!.document.transit_times.length);
    const [after] = await decided(harness, anOrder());
    expect(await promisedHours(before.order_id)).toBeLessThan(5 * 24);
    expect(await promisedHours(after!)).toBeGreaterThan(await promisedHours(before.order_id));
  });

  test('leaves every decision, old and new, to be made again bit for bit', async () => {
    await deliverLate();
    await learnAll();
    const [order_id] = await decided(harness, anOrder());
    const { external_ref: _ref, ...basket } = anOrder();
    const quoted = await quotePromise(harness.engine, basket);
    const sold = anOrder({ quote_token: quoted.options[0]!.token });
    const [bought] = await decided(harness, sold);

    const all = await harness.owner.selectFrom('orders').select('order_id').execute();
    for (const one of all) {
      const explained = await explainDecision(harness.engine, OPERATOR, one.order_id);
      expect(explained?.replayed, one.order_id).toBe(true);
    }
    const used = await harness.owner
      .selectFrom('decisions')
      .innerJoin('decision_batches', 'decision_batches.batch_id', 'decisions.batch_id')
      .select(['order_id', 'transit_version'])
      .execute();
    const newer = used.filter((row) => row.transit_version === 1).map((row) => row.order_id);
    expect(newer.sort()).toEqual([order_id, bought].sort());
  });

  test('learns each event once, however often and by how many it is looked', async () => {
    await deliverLate();
    await learnTransit(harness.engine);
    harness.clock.advance(LEARN_SECONDS);

    const looks = await Promise.all([1, 2, 3].map(() => learnTransit(harness.engine)));
    harness.clock.advance(LEARN_SECONDS);
    const idle = await learnTransit(harness.engine);

    expect(looks.filter(({ done }) => done > 0)).toHaveLength(1);
    expect(idle).toEqual({ done: 0, more: false });
    expect(await versions()).toHaveLength(1);
    expect(await versions()).toMatchObject([{ deliveries: ORDERS }]);
  });

  test('goes on where a full look ended', async () => {
    await harness.close();
    harness = await startHarness({
      config: { transit_least_events: 5, transit_learn_events: 7 },
    });
    await harness.stock({ quantity: 60 });
    await deliverLate();
    await learnTransit(harness.engine);
    harness.clock.advance(LEARN_SECONDS);

    let looks = 0;
    while ((await learnTransit(harness.engine)).more) looks += 1;

    expect(looks).toBeGreaterThan(2);
    expect((await versions()).at(-1)).toMatchObject({ deliveries: ORDERS });
  });

  test('is not due again before its time', async () => {
    await learnTransit(harness.engine);
    await decided(harness, anOrder());
    harness.clock.advance(LEARN_SECONDS - 1);

    expect(await learnTransit(harness.engine)).toEqual({ done: 0, more: false });
    harness.clock.advance(1);
    expect((await learnTransit(harness.engine)).done).toBe(0);
    harness.clock.advance(LEARN_SECONDS);
    expect((await learnTransit(harness.engine)).done).toBeGreaterThan(0);
  });

  test('learns of shipments over hubs what their last mile takes, and promises go by it', async () => {
    const { services, ...rest } = overHubs();
    const routed = services.filter(({ id }) => id === 'night-line');
    await harness.applyNetwork({ ...rest, services: routed });
    await released(harness, ...Array.from({ length: ORDERS }, () => anOrder()));
    harness.clock.advance(20 * 86_400);
    for (const { shipment_id, pickup_at, route } of await shipments(harness)) {
      expect(route!.steps).toHaveLength(3);
      await postReports(
        harness,
        report(harness, shipment_id, 'picked_up', { occurred_at: pickup_at }),
        report(harness, shipment_id, 'delivered', { occurred_at: pickup_at.add({ hours: 40 }) }),
      );
    }
    const before = await theOrder(harness);

    await learnAll();

    const live = (await harness.engine.networks.current())!;
    expect(live.transit_version).toBe(1);
    const [after] = await decided(harness, anOrder());
    const [shipment] = await shipments(harness, after!);
    expect(shipment!.route!.steps.at(-1)).toMatchObject({ transit_time_id: 'door' });
    expect(await promisedHours(before.order_id)).toBeLessThan(20);
    expect(await promisedHours(after!)).toBeGreaterThan(25);
    for (const order_id of [before.order_id, after!]) {
      expect(await explainDecision(harness.engine, OPERATOR, order_id)).toMatchObject({
        replayed: true,
      });
    }
  });
});
