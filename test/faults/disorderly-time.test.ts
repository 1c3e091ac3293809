/**
 * Time that does not behave: the clock jumps back and forth between any two steps, quotes run out
 * while their orders are being accepted, carriers answer as their leases end, and the network changes
 * under everything.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { answerAssignments } from '../../src/fulfillment/answer-assignments.ts';
import { applyNetwork } from '../../src/fulfillment/apply-network.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { expireQuotes } from '../../src/fulfillment/expire-quotes.ts';
import { quotePromise } from '../../src/fulfillment/quote-promise.ts';
import { recordTrackingEvents } from '../../src/fulfillment/record-tracking-events.ts';
import { recordWarehouseEvents } from '../../src/fulfillment/record-warehouse-events.ts';
import { tenderShipments } from '../../src/fulfillment/tender-shipments.ts';
import { aLine, anOrder, aReference } from '../builders/commands.ts';
import { aNetwork } from '../builders/network.ts';
import { decided, released, shipments, work } from '../fulfillment/placed-orders.ts';
import { type Harness, START, startHarness } from '../harness.ts';
import { seededChance } from './seed.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({ network: null });
  await applyNetwork(harness.engine, { document: aNetwork(), applied_by: 'operator:*' });
  await harness.stock({ quantity: 500 }, { quantity: 500, warehouse_id: 'warsaw' });
});
afterEach(async () => {
  await harness.close();
});

const states = async () => {
  const rows = await harness.owner.selectFrom('orders').select('state').execute();
  return rows.map((row) => row.state);
};

describe('time that does not behave', () => {
  it('breaks no invariant when the clock jumps back and forth between any two steps', async () => {
    const chance = seededChance('jumps of the clock');
    const jump = () => {
      const hours = chance.below(13) - 6;
      harness.clock.set(Temporal.Instant.from(START).add({ hours }));
    };
    for (let round = 0; round < 6; round += 1) {
      jump();
      await quotePromise(harness.engine, { ...anOrder(), request_id: aReference('ask') });
      jump();
      const all = await released(harness, anOrder(), anOrder({ lines: [aLine({ quantity: 2 })] }));
      jump();
      for (const { shipment_id, warehouse_id, carrier_id, state } of all) {
        if (state !== 'released') continue;
        const sent = work(harness, shipment_id, 'handed_over');
        await recordWarehouseEvents(harness.engine, warehouse_id, [sent], aReference('request'));
        jump();
        const occurred_at = harness.clock.now();
        const status = chance.below(2) === 0 ? 'delivered' : 'in_transit';
        const report = { event_id: aReference('scan'), shipment_id, status, occurred_at } as const;
        await recordTrackingEvents(harness.engine, carrier_id, [report], aReference('request'));
      }
      jump();
      await harness.settle();
      expect(await harness.audit(), `round ${round}`).toEqual([]);
    }
    expect(await states()).not.toContain('accepted');
  });

  it('honours a quote or refuses it, never half, when it runs out while orders come', async () => {
    const quotes = [];
    for (let n = 0; n < 12; n += 1) {
      quotes.push(await quotePromise(harness.engine, { ...anOrder(), request_id: 'ask' }));
    }
    const { expires_at } = quotes[0]!.options[0]!;
    harness.clock.set(expires_at.subtract({ milliseconds: 1 }));
    const orders = quotes.map(({ options }) => anOrder({ quote_token: options[0]!.token }));
    const post = async (at: number) => {
      if (at === 6) harness.clock.set(expires_at);
      return (await acceptOrders(harness.engine, [orders[at]!]))[0]!;
    };
    const expire = async () => {
      for (let n = 0; n < 6; n += 1) await expireQuotes(harness.engine);
    };

    const [, ...results] = await Promise.all([expire(), ...orders.map((_, at) => post(at))]);

    for (const result of results) {
      if (result.status === 'refused') expect(result.code).toBe('quote_expired');
    }
    await expire();
    await decideOrders(harness.engine);
    const taken = results.filter((result) => result.status === 'applied').length;
    expect(await states()).toEqual(Array(taken).fill('decided'));
    const { reserved } = await harness.owner
      .selectFrom('stock')
      .select(({ fn }) => fn.sum<number>('reserved').as('reserved'))
      .executeTakeFirstOrThrow();
    expect(Number(reserved)).toBe(taken);
  });

  it('gives a shipment to one carrier when answers race the end of their lease', async () => {
    await decided(harness, ...Array.from({ length: 10 }, () => anOrder()));
    const offers = await harness.owner.selectFrom('assignments').selectAll().execute();
    const { lease_until } = offers[0]!;
    harness.clock.set(lease_until.subtract({ milliseconds: 1 }));
    const accept = async (at: number) => {
      const { assignment_id, fencing_token, carrier_id } = offers[at % offers.length]!;
      if (at === 12) harness.clock.set(lease_until);
      const row = { assignment_id, fencing_token, answer: 'accept' } as const;
      return await answerAssignments(harness.engine, carrier_id, [row], aReference('request'));
    };

    await Promise.all([
      ...Array.from({ length: 30 }, (_, at) => accept(at)),
      ...Array.from({ length: 6 }, () => tenderShipments(harness.engine)),
    ]);

    for (const shipment of await shipments(harness)) {
      const own = await harness.owner
        .selectFrom('assignments')
        .select(['state', 'carrier_id'])
        .where('shipment_id', '=', shipment.shipment_id)
        .where('state', 'in', ['offered', 'accepted'])
        .execute();
      expect(own.length).toBeLessThanOrEqual(1);
      if (own[0]?.state === 'accepted') expect(own[0].carrier_id).toBe(shipment.carrier_id);
    }
  });

  it('decides every order on one version or another while the network changes under it', async () => {
    const { policy } = aNetwork();
    const change = async () => {
      for (let n = 1; n <= 8; n += 1) {
        const document = aNetwork({ policy: { ...policy, time_per_day: n } });
        await applyNetwork(harness.engine, { document, applied_by: 'operator:*' });
      }
    };
    const post = async () => {
      for (let n = 0; n < 15; n += 1) {
        await acceptOrders(harness.engine, [anOrder()]);
        const ask = { ...anOrder(), request_id: aReference('ask') };
        const { options } = await quotePromise(harness.engine, ask);
        const quote_token = options[0]?.token;
        if (quote_token !== undefined) {
          await acceptOrders(harness.engine, [{ ...ask, quote_token }]);
        }
      }
    };
    const decide = async () => {
      for (let n = 0; n < 25; n += 1) await decideOrders(harness.engine);
    };

    await Promise.all([change(), post(), post(), decide(), decide()]);
    await harness.settle();

    const all = await states();
    expect(all.length).toBeGreaterThanOrEqual(30);
    expect(new Set(all)).toEqual(new Set(['decided']));
  });
});
