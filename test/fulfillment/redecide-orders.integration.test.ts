/** Orders that wait for their carriers change places: fewer parcels, the same promises, nothing oversold. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Network } from '../../src/domain/network.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { answerAssignments } from '../../src/fulfillment/answer-assignments.ts';
import { cancelOrder } from '../../src/fulfillment/cancel-order.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { redecideOrders } from '../../src/fulfillment/redecide-orders.ts';
import { anOrder, aReference, lines } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import { query } from '../postgres.ts';
import { contendedNetwork, contendedOrders, openSenders } from './contended-orders.ts';
import { answerAll, assignments, decided, orderOf, shipments, story } from './placed-orders.ts';

const OPERATOR = { role: 'operator', party_id: '*' };

let harness: Harness;
const start = async (policy: Partial<Network['policy']> = {}): Promise<void> => {
  harness = await startHarness({ network: contendedNetwork(policy) });
};
beforeEach(() => start());
afterEach(() => harness.close());

const contend = (pairs?: number) => contendedOrders(harness, pairs);
const sendersOf = (order_id: string) => openSenders(harness, order_id);
const later = () => harness.clock.advance(harness.engine.config.redecide_seconds);

describe('deciding again before a carrier has it', () => {
  test('puts a split order together, keeps its promise, and can be replayed', async () => {
    const { mug, split } = await contend();
    const before = await orderOf(harness, split[0]!);

    expect(await redecideOrders(harness.engine)).toEqual({ done: 2, more: false });

    expect(await sendersOf(split[0]!)).toEqual(['harbour']);
    expect(await sendersOf(mug[0]!)).toEqual(['inland']);
    for (const order_id of [...mug, ...split]) {
      const order = await orderOf(harness, order_id);
      expect(order).toMatchObject({ state: 'decided', decision_no: 2 });
      expect(await story(harness, order_id)).toEqual([
        'order.accepted',
        'order.decided',
        'order.redecided',
      ]);
      const explained = await explainDecision(harness.engine, OPERATOR, order_id);
      expect(explained).toMatchObject({ replayed: true, decision_no: 2, late: false });
    }
    const after = await orderOf(harness, split[0]!);
    expect(after.promise_at).toEqual(before.promise_at);
    expect(after.current_promise_at).toEqual(before.current_promise_at);
    const states = (await assignments(harness)).map(({ state }) => state).sort();
    expect(states).toEqual(['offered', 'offered', 'withdrawn', 'withdrawn', 'withdrawn']);
    later();
    expect((await redecideOrders(harness.engine)).done).toBe(0);
  });

  test('goes on as any order does: the carrier takes it, the old offer is refused', async () => {
    const { split } = await contend();
    const [old] = await assignments(harness, (await shipments(harness, split[0]!))[0]!.shipment_id);
    await redecideOrders(harness.engine);
    const { assignment_id, fencing_token } = old!;
    const answer = { assignment_id, fencing_token, answer: 'accept' as const };
    const [result] = await answerAssignments(harness.engine, 'swift', [answer], aReference('r'));
    expect(result).toMatchObject({ status: 'refused', code: 'stale_lease' });
    await answerAll(harness, 'accept');
    const open = (await shipments(harness)).filter(({ state }) => state !== 'cancelled');
    expect(open.map(({ state }) => state)).toEqual(['released', 'released']);
  });

  test.each([
    [
      'taken by a carrier',
      async ({ split }: { split: string[] }) => {
        const [shipment] = await shipments(harness, split[0]!);
        const [offer] = await assignments(harness, shipment!.shipment_id);
        const { assignment_id, fencing_token, carrier_id } = offer!;
        const row = { assignment_id, fencing_token, answer: 'accept' as const };
        await answerAssignments(harness.engine, carrier_id, [row], aReference('r'));
      },
    ],
    [
      'taken from whom would make room',
      async ({ mug }: { mug: string[] }) => {
        const [shipment] = await shipments(harness, mug[0]!);
        const [offer] = await assignments(harness, shipment!.shipment_id);
        const { assignment_id, fencing_token, carrier_id } = offer!;
        const row = { assignment_id, fencing_token, answer: 'accept' as const };
        await answerAssignments(harness.engine, carrier_id, [row], aReference('r'));
      },
    ],
    [
      'under an offer that has lapsed',
      async () => {
        harness.clock.advance(601);
      },
    ],
  ])('leaves alone what is %s', async (_what, change) => {
    const { mug, split } = await contend();
    await change({ mug, split });

    expect((await redecideOrders(harness.engine)).done).toBe(0);

    expect(await sendersOf(split[0]!)).toEqual(['harbour', 'inland']);
  });

  test('moves nobody to where its promise would not be kept, however much it would save', async () => {
    await harness.close();
    const network = contendedNetwork();
    const [service] = network.services;
    // From inland it is slower by far, and that costs nothing: but what was sold was sold.
    const lanes = service!.lanes.map((lane) =>
      lane.warehouses?.includes('inland') ? { ...lane, transit_time_id: 'days_4' } : lane,
    );
    harness = await startHarness({
      network: {
        ...network,
        policy: { ...network.policy, time_per_day: 0 },
        services: [{ ...service!, lanes }],
      },
    });
    const { mug } = await contend();
    const promised = (await orderOf(harness, mug[0]!)).promise_at;

    expect((await redecideOrders(harness.engine)).done).toBe(0);

    expect(await sendersOf(mug[0]!)).toEqual(['harbour']);
    expect((await orderOf(harness, mug[0]!)).current_promise_at).toEqual(promised);
  });

  test('leaves alone what must start soon, by what the policy says is soon', async () => {
    const { split } = await contend();
    const [shipment] = await shipments(harness, split[0]!);
    const due = shipment!.milestone_due[0]!;
    // Offers are live: nothing but the freeze keeps orders where they are.
    const left = due.since(harness.clock.now()).total('seconds');
    await harness.applyNetwork(contendedNetwork({ freeze_seconds: left + 1 }));
    expect((await redecideOrders(harness.engine)).done).toBe(0);
    expect(await sendersOf(split[0]!)).toEqual(['harbour', 'inland']);

    later();
    await harness.applyNetwork(contendedNetwork({ freeze_seconds: left - 60 }));
    expect((await redecideOrders(harness.engine)).done).toBe(2);
    expect(await sendersOf(split[0]!)).toEqual(['harbour']);
  });

  test('gives way to orders that have waited for their first decision', async () => {
    const { split } = await contend();
    await acceptOrders(harness.engine, [anOrder({ lines: lines(['lamp', 1]) })]);
    harness.clock.advance(2);
    expect((await redecideOrders(harness.engine)).done).toBe(0);

    await decideOrders(harness.engine);
    later();
    expect((await redecideOrders(harness.engine)).done).toBe(2);
    expect(await sendersOf(split[0]!)).toEqual(['harbour']);
  });

  test('asks of each move what the policy says it must save', async () => {
    await harness.close();
    await start({ redecide_saving: 100_000 });
    const { split } = await contend();
    expect((await redecideOrders(harness.engine)).done).toBe(0);
    await harness.applyNetwork(contendedNetwork({ redecide_saving: 1, freeze_seconds: 0 }));
    later();
    expect((await redecideOrders(harness.engine)).done).toBe(2);
    expect(await sendersOf(split[0]!)).toEqual(['harbour']);
  });

  test('does nothing where nothing was split, and nothing when it is turned off', async () => {
    await harness.stock({ warehouse_id: 'harbour', sku_id: 'lamp', quantity: 9 });
    const lamp = () => anOrder({ lines: lines(['lamp', 1]) });
    await decided(harness, lamp(), lamp());
    expect(await redecideOrders(harness.engine)).toEqual({ done: 0, more: false });
    await contend();
    later();
    const off = { ...harness.engine.config, redecide_seconds: 0 };
    expect((await redecideOrders({ ...harness.engine, config: off })).done).toBe(0);
  });
});

describe('deciding again under faults', () => {
  test('beside itself moves each order once', async () => {
    const { split } = await contend(6);
    await query(harness.url, `update redecide_runs set due_at = '1970-01-01T00:00:00Z'`);
    // Each run is let in, as if several workers had found the timer due at the same instant.
    const runs = [1, 2, 3].map(async () => {
      await query(harness.url, `update redecide_runs set due_at = '1970-01-01T00:00:00Z'`);
      return await redecideOrders(harness.engine);
    });
    await Promise.all(runs);
    later();
    await redecideOrders(harness.engine);

    for (const order_id of split) {
      expect(await sendersOf(order_id)).toEqual(['harbour']);
      expect((await orderOf(harness, order_id)).decision_no).toBe(2);
    }
  });

  test('leaves an exchange alone of which an order is cancelled meanwhile', async () => {
    const { mug, split } = await contend(2);
    const cancel = async () => {
      const order_id = split[0]!;
      const reason = 'changed their mind';
      await cancelOrder(harness.engine, {
        ...{ order_id, platform_id: 'shop', reason, request_id: aReference('request') },
      });
    };
    await Promise.all([redecideOrders(harness.engine), cancel()]);
    later();
    await redecideOrders(harness.engine);

    expect((await orderOf(harness, split[0]!)).state).toBe('cancelled');
    expect(await sendersOf(split[0]!)).toEqual([]);
    expect(await sendersOf(split[1]!)).toEqual(['harbour']);
    for (const order_id of mug) expect(await sendersOf(order_id)).toHaveLength(1);
  });

  test.each(['update on stock', 'insert on decisions'])(
    'killed at an %s changes nothing, and is made up for',
    async (where) => {
      const { split } = await contend();
      await query(
        harness.url,
        `create function killed() returns trigger language plpgsql as
         $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
       create trigger killed after ${where} for each statement execute function killed();`,
      );
      await expect(redecideOrders(harness.engine)).rejects.toThrow();
      expect(await harness.audit()).toEqual([]);
      expect(await sendersOf(split[0]!)).toEqual(['harbour', 'inland']);
      await query(harness.url, 'drop function killed cascade');
      later();

      expect((await redecideOrders(harness.engine)).done).toBe(2);
      expect(await sendersOf(split[0]!)).toEqual(['harbour']);
    },
  );
});
