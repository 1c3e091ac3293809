/** Shipments over hubs: their route is decided and stored, disruptions are met once, replays hold. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OpenDisruption } from '../../src/domain/disruption.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { createNetworkSource } from '../../src/fulfillment/network-source.ts';
import { liftDisruption, openDisruption } from '../../src/fulfillment/open-disruption.ts';
import { quotePromise } from '../../src/fulfillment/quote-promise.ts';
import { repriceShipments } from '../../src/fulfillment/reprice-shipments.ts';
import { resolveException } from '../../src/fulfillment/resolve-exception.ts';
import { anOrder, aReference } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import { overHubs } from './over-hubs.ts';
import {
  answerAll,
  assignments,
  decided,
  openExceptions,
  postReports,
  postWork,
  released,
  report,
  story,
  theOrder,
  theShipment,
  work,
} from './placed-orders.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({ network: overHubs() });
  await harness.stock({ quantity: 50 });
});
afterEach(async () => {
  await harness.close();
});

const OPERATOR = { role: 'operator', party_id: '*' } as const;
const AUTHOR = { by: 'operator:key', request_id: 'request' };
const at = (text: string) => Temporal.Instant.from(text);
/** Tonight, while trucks leave and arrive. */
const TONIGHT = { from_at: at('2026-03-18T18:00Z'), until_at: at('2026-03-18T23:00Z') };

const disruption = (changes: Partial<OpenDisruption> = {}): OpenDisruption => ({
  ...{ reference: aReference('disruption'), kind: 'leg_cancelled', leg_id: 'truck' },
  ...TONIGHT,
  ...changes,
});
const open = (changes: Partial<OpenDisruption> = {}) =>
  openDisruption(harness.engine, disruption(changes), AUTHOR);
const CITY_SHUT = { kind: 'hub_closed', leg_id: undefined, hub_id: 'city' } as const;

async function repriceAll(): Promise<number> {
  let done = 0;
  for (;;) {
    const step = await repriceShipments(harness.engine);
    done += step.done;
    if (!step.more) return done;
  }
}

const theException = () =>
  harness.owner.selectFrom('exceptions').select('exception_id').executeTakeFirstOrThrow();

const resolved = () =>
  harness.owner
    .selectFrom('journal')
    .select('data')
    .where('type', '=', 'exception.resolved')
    .orderBy('seq')
    .execute();

const legsOf = ({ route }: Awaited<ReturnType<typeof theShipment>>) =>
  route?.steps.map((step) => step.leg_id ?? step.kind);

describe('a shipment over hubs', () => {
  test('stores the route it was decided with, and is asked of the service’s carrier', async () => {
    const [order_id] = await decided(harness);

    const shipment = await theShipment(harness);
    expect(shipment).toMatchObject({ service_id: 'night-line', carrier_id: 'swift' });
    expect(legsOf(shipment)).toEqual(['first_mile', 'truck', 'last_mile']);
    expect(shipment.route!.steps.map(({ carrier_id }) => carrier_id)).toEqual([
      'swift',
      'swift',
      'polder',
    ]);
    expect(shipment.route_parts).toEqual(['hub/city', 'hub/harbour', 'leg/truck']);
    // 20:00 in Amsterdam; two hours of driving, half an hour of sorting, and 3.5 hours to nine doors of ten.
    expect(shipment.route!.steps[1]!.departs_seconds).toBe(
      at('2026-03-18T19:00Z').epochMilliseconds / 1000,
    );
    expect(shipment.promise_at.toString()).toBe('2026-03-19T01:00:00Z');
    const explained = await explainDecision(harness.engine, OPERATOR, order_id!);
    expect(explained).toMatchObject({ replayed: true, disruption_no: 0 });
    expect(await assignments(harness)).toMatchObject([{ carrier_id: 'swift', state: 'offered' }]);
  });

  test('goes by the legs that emit less where the policy has a price of carbon', async () => {
    const { policy, legs } = overHubs();
    const [truck, train] = legs;
    await harness.applyNetwork(
      overHubs({
        policy: { ...policy, carbon_per_kg: 2000 },
        legs: [
          { ...truck!, carbon_grams: 400 },
          { ...train!, carbon_grams: 60 },
        ],
      }),
    );
    const [order_id] = await decided(harness);

    const { route, cost } = await theShipment(harness);
    expect(route).toMatchObject({ carbon_grams: 60, cost: 200 });
    expect(cost).toMatchObject({ carbon: 120 });
    const explained = await explainDecision(harness.engine, OPERATOR, order_id!);
    // The truck would be 200 cheaper, and 680 dearer for what it emits.
    expect(explained).toMatchObject({ replayed: true });
  });

  test('travels to its end like any other', async () => {
    const [shipment] = await released(harness);
    const { shipment_id } = shipment!;
    await postWork(
      harness,
      work(harness, shipment_id, 'picked'),
      work(harness, shipment_id, 'handed_over'),
    );
    await postReports(
      harness,
      report(harness, shipment_id, 'in_transit'),
      report(harness, shipment_id, 'delivered'),
    );
    await harness.settle();

    expect(await theOrder(harness)).toMatchObject({ state: 'delivered' });
  });
});

describe('a disruption', () => {
  test('is seen by decisions from then on, and each decision replays with what it knew', async () => {
    const [before] = await decided(harness);
    const first = await theShipment(harness);
    await open();
    const [after] = await decided(harness, anOrder({ deliver_by: first.promise_at }));

    const second = await harness.owner
      .selectFrom('shipments')
      .selectAll()
      .where('order_id', '=', after!)
      .executeTakeFirstOrThrow();
    expect(legsOf(first)).toContain('truck');
    expect(legsOf(second)).toContain('train');
    expect(second.disruption_no).toBe(1);
    // A process that starts now, with all of it in the past.
    const networks = createNetworkSource(harness.engine, { believe_ms: 0 });
    for (const [order_id, disruption_no] of [[before!, 0] as const, [after!, 1] as const]) {
      const explained = await explainDecision({ ...harness.engine, networks }, OPERATOR, order_id);
      expect(explained).toMatchObject({ replayed: true, disruption_no });
    }
  });

  test('sends an open shipment another way of its service where that keeps the promise', async () => {
    const [shipment] = await released(harness);
    await open();

    expect(await repriceAll()).toBe(1);
    expect(await repriceAll()).toBe(0);

    const now = await theShipment(harness);
    expect(legsOf(now)).toEqual(['first_mile', 'train', 'last_mile']);
    expect(now).toMatchObject({ service_id: 'night-line', state: 'released', disruption_no: 1 });
    const freight = (row: typeof now) => (row.cost as { freight: number }).freight;
    expect(freight(now) - freight(shipment!)).toBe(200);
    expect(await assignments(harness)).toMatchObject([{ state: 'accepted' }]);
    expect((await story(harness, now.shipment_id)).at(-1)).toBe('shipment.repriced');
    expect(await openExceptions(harness)).toEqual([]);
  });

  test('is met by the workers’ own queue', async () => {
    await released(harness);
    await open();
    await harness.settle();

    expect(legsOf(await theShipment(harness))).toEqual(['first_mile', 'train', 'last_mile']);
  });

  test('takes an offer back and offers it where the promise is kept', async () => {
    await decided(harness);
    const before = await theShipment(harness);
    await open(CITY_SHUT);

    expect(await repriceAll()).toBe(1);

    const now = await theShipment(harness);
    expect(now).toMatchObject({ service_id: 'direct', carrier_id: 'polder', route: null });
    expect(now.promise_at.equals(before.promise_at)).toBe(true);
    expect(await assignments(harness)).toMatchObject([
      { carrier_id: 'swift', state: 'withdrawn' },
      { carrier_id: 'polder', state: 'offered', fencing_token: 2 },
    ]);
    await answerAll(harness, 'accept');
    expect(await theShipment(harness)).toMatchObject({ state: 'released' });
  });

  test('that no plan meets is an exception once, and the promise as it stands moves', async () => {
    await released(harness);
    await open(CITY_SHUT);
    await repriceAll();
    await open({ ...CITY_SHUT, from_at: at('2026-03-18T17:00Z') });
    await repriceAll();

    expect(await openExceptions(harness)).toEqual(['disrupted operator']);
    const shipment = await theShipment(harness);
    expect(shipment).toMatchObject({ state: 'released', service_id: 'night-line' });
    expect(Temporal.Instant.compare(shipment.expected_at, shipment.promise_at)).toBe(1);
    const order = await theOrder(harness);
    expect(Temporal.Instant.compare(order.current_promise_at!, order.promise_at!)).toBe(1);
    const told = (await story(harness, shipment.shipment_id)).filter(
      (type) => type === 'shipment.repriced',
    );
    expect(told).toHaveLength(2);
  });

  test('leaves alone what does not pass it, and is forgotten when it is lifted', async () => {
    await released(harness);
    const before = await theShipment(harness);
    await open({ leg_id: 'train' });
    expect(await repriceAll()).toBe(0);

    const { disruption: shut } = await open(CITY_SHUT);
    await repriceAll();
    const late = await theShipment(harness);
    expect(late.expected_at.equals(before.expected_at)).toBe(false);
    await liftDisruption(harness.engine, shut.disruption_id, AUTHOR);
    await repriceAll();

    expect((await theShipment(harness)).expected_at.equals(before.expected_at)).toBe(true);
    const again = await liftDisruption(harness.engine, shut.disruption_id, AUTHOR);
    expect(again.status).toBe('duplicate');
  });

  test.each([
    ['first', [0, 1]],
    ['last', [1, 0]],
  ])('that overlaps another holds until both are lifted, the %s one first', async (_, places) => {
    await released(harness);
    const before = await theShipment(harness);
    const overlapping = [
      await open(CITY_SHUT),
      await open({
        ...CITY_SHUT,
        from_at: at('2026-03-18T20:00Z'),
        until_at: at('2026-03-19T05:00Z'),
      }),
    ];
    const lift = (place: number) =>
      liftDisruption(harness.engine, overlapping[place]!.disruption.disruption_id, AUTHOR);
    await repriceAll();
    await harness.applyNetwork(overHubs({ name: 'Another version' }));
    await lift(places[0]!);
    await repriceAll();

    const between = await theShipment(harness);
    expect(Temporal.Instant.compare(between.expected_at, between.promise_at)).toBe(1);
    await decided(harness);
    await lift(places[1]!);
    await lift(places[0]!);
    await repriceAll();

    const shipments = await harness.owner
      .selectFrom('shipments')
      .select(['shipment_id', 'promise_at', 'expected_at'])
      .orderBy('shipment_id')
      .execute();
    expect(shipments).toHaveLength(2);
    // What was decided in between knew that the other was still in force.
    const [first, later] = shipments;
    expect(Temporal.Instant.compare(later!.promise_at, before.promise_at)).toBe(1);
    expect(first).toMatchObject({ shipment_id: before.shipment_id });
    expect(String(first!.expected_at)).toBe(String(before.expected_at));
    expect(await openExceptions(harness)).toEqual([]);
  });

  test('closes its exception once when the promise stands again, and opens another for another', async () => {
    await released(harness);
    const { disruption: shut } = await open(CITY_SHUT);
    await repriceAll();
    await liftDisruption(harness.engine, shut.disruption_id, AUTHOR);
    expect(await openExceptions(harness)).toEqual(['disrupted operator']);

    await Promise.all([repriceAll(), repriceAll(), repriceAll()]);
    await repriceAll();

    expect(await openExceptions(harness)).toEqual([]);
    expect(await resolved()).toMatchObject([
      { data: { kind: 'disrupted', resolution: 'close', by: 'engine' } },
    ]);
    await open(CITY_SHUT);
    await repriceAll();
    expect(await openExceptions(harness)).toEqual(['disrupted operator']);
    expect(await resolved()).toHaveLength(1);
  });

  test('does not close again what an operator has closed', async () => {
    await released(harness);
    const { disruption: shut } = await open(CITY_SHUT);
    await repriceAll();
    const { exception_id } = await theException();
    await liftDisruption(harness.engine, shut.disruption_id, AUTHOR);

    await Promise.all([
      repriceAll(),
      resolveException(harness.engine, { exception_id, resolution: 'close', request_id: 'close' }),
    ]);
    await repriceAll();

    expect(await openExceptions(harness)).toEqual([]);
    expect(await resolved()).toHaveLength(1);
  });

  test('leaves no exception open about a shipment that has come to its end', async () => {
    await released(harness);
    await open(CITY_SHUT);
    await repriceAll();
    const { shipment_id } = await theShipment(harness);

    await postWork(
      harness,
      work(harness, shipment_id, 'picked'),
      work(harness, shipment_id, 'handed_over'),
    );
    await postReports(harness, report(harness, shipment_id, 'delivered'));
    await harness.settle();

    expect(await openExceptions(harness)).toEqual([]);
    expect(await resolved()).toHaveLength(1);
  });

  test('finds also shipments of quotes that were sold before it', async () => {
    const order = anOrder();
    const { options } = await quotePromise(harness.engine, {
      platform_id: 'shop',
      destination: order.destination,
      lines: order.lines,
      request_id: 'ask',
    } as Parameters<typeof quotePromise>[1]);
    await open();
    await repriceAll();
    await acceptOrders(harness.engine, [{ ...order, quote_token: options[0]!.token }]);
    while ((await decideOrders(harness.engine)).more);
    const sold = await theShipment(harness);
    expect(legsOf(sold)).toContain('truck');

    expect(await repriceAll()).toBe(1);

    expect(legsOf(await theShipment(harness))).toContain('train');
  });

  test('refuses what it cannot mean, by field, and counts the same reference once', async () => {
    const ask = disruption();
    const first = await openDisruption(harness.engine, ask, AUTHOR);
    const second = await openDisruption(harness.engine, ask, AUTHOR);

    expect(first.status).toBe('applied');
    expect(second).toEqual({ status: 'duplicate', disruption: first.disruption });
    await expect(
      openDisruption(harness.engine, { ...ask, leg_id: 'train' }, AUTHOR),
    ).rejects.toMatchObject({ code: 'event_conflict' });
    await expect(open({ leg_id: 'plane' })).rejects.toMatchObject({
      code: 'unknown_reference',
      faults: [{ pointer: '/leg_id', detail: 'got "plane", expected a leg of the network' }],
    });
    await expect(open({ until_at: TONIGHT.from_at, delay_seconds: 5 })).rejects.toMatchObject({
      code: 'invalid_request',
      faults: [{ pointer: '/delay_seconds' }, { pointer: '/until_at' }],
    });
  });
});
