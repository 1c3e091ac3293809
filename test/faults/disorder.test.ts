/** Events of warehouses and carriers in any order, in any portions, twice: one final state. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrackingEvent, WarehouseEvent } from '../../src/domain/commands.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { answerAssignments } from '../../src/fulfillment/answer-assignments.ts';
import { recordTrackingEvents } from '../../src/fulfillment/record-tracking-events.ts';
import { recordWarehouseEvents } from '../../src/fulfillment/record-warehouse-events.ts';
import { anOrder } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';

/** What happens to a parcel, in the order it really happened, by minutes after the start. */
const STORY = [
  ['picked', 60],
  ['packed', 80],
  ['handed_over', 120],
  ['picked_up', 130],
  ['in_transit', 200],
  ['out_for_delivery', 1300],
  ['delivery_failed', 1400],
  ['delivered', 1500],
] as const;
const WAREHOUSE_KINDS = new Set<string>(['picked', 'packed', 'handed_over']);

type Told = { readonly word: string; readonly minutes: number };

describe('events in any order', () => {
  let harness: Harness;
  let serial = 0;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.stock({ quantity: 1000 });
  });
  afterAll(async () => {
    await harness.close();
  });

  /** An order whose one shipment was released to the warehouse. */
  async function aReleasedShipment(): Promise<{ shipment_id: string; carrier_id: string }> {
    const [accepted] = await acceptOrders(harness.engine, [anOrder()]);
    if (accepted?.status !== 'applied') throw new Error('the order was not accepted');
    await harness.settle();
    const offer = await harness.owner
      .selectFrom('assignments')
      .innerJoin('shipments', 'shipments.shipment_id', 'assignments.shipment_id')
      .select(['assignment_id', 'assignments.carrier_id', 'shipments.shipment_id', 'fencing_token'])
      .where('order_id', '=', accepted.order_id)
      .executeTakeFirstOrThrow();
    const { assignment_id, carrier_id, fencing_token, shipment_id } = offer;
    const answer = { assignment_id, fencing_token, answer: 'accept' } as const;
    const [result] = await answerAssignments(harness.engine, carrier_id, [answer], 'r');
    expect(result).toMatchObject({ status: 'applied' });
    return { shipment_id, carrier_id };
  }

  /** Tells one portion of the story: each party's part of it is one request. */
  async function tell(
    { shipment_id, carrier_id }: { shipment_id: string; carrier_id: string },
    portion: readonly Told[],
    start: Temporal.Instant,
  ): Promise<void> {
    const event = ({ word, minutes }: Told) => ({
      event_id: `${shipment_id} ${word}`,
      shipment_id,
      occurred_at: start.add({ minutes }),
    });
    const [ours, theirs] = [true, false].map((isOurs) =>
      portion.filter(({ word }) => WAREHOUSE_KINDS.has(word) === isOurs),
    );
    await recordWarehouseEvents(
      harness.engine,
      'rotterdam',
      ours!.map((told) => ({ ...event(told), kind: told.word }) as WarehouseEvent),
      'r',
    );
    await recordTrackingEvents(
      harness.engine,
      carrier_id,
      theirs!.map((told) => ({ ...event(told), status: told.word }) as TrackingEvent),
      'r',
    );
  }

  /** What is left when all is told, without what legitimately counts the tellings. */
  async function finalState(shipment_id: string): Promise<object> {
    const row = await harness.owner
      .selectFrom('shipments')
      .innerJoin('orders', 'orders.order_id', 'shipments.order_id')
      .select([
        'shipments.state',
        'orders.state as order_state',
        'tracking_rank',
        'tracking_status',
        'tracking_at',
        'delivered_at',
        'milestone_met',
        'milestone_state',
        'next_due_at',
      ])
      .where('shipment_id', '=', shipment_id)
      .executeTakeFirstOrThrow();
    return JSON.parse(JSON.stringify(row));
  }

  it('give one final state, told whole or in portions, once or twice', async () => {
    const start = harness.clock.now();
    const told = STORY.map(([word, minutes]) => ({ word, minutes }));
    const straight = await aReleasedShipment();
    harness.clock.advance(1600 * 60);
    for (const one of told) await tell(straight, [one], start);
    const expected = await finalState(straight.shipment_id);
    expect(expected).toMatchObject({ state: 'delivered', order_state: 'delivered' });

    const orders = fc.tuple(
      fc.shuffledSubarray([...told, ...told], { minLength: 16, maxLength: 16 }),
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 16, maxLength: 16 }),
    );
    const property = fc.asyncProperty(orders, async ([shuffled, sizes]) => {
      harness.clock.set(start);
      serial += 1;
      const parcel = await aReleasedShipment();
      harness.clock.set(start.add({ minutes: 1600 }));
      const rest = [...shuffled];
      for (const size of sizes) await tell(parcel, rest.splice(0, size), start);

      expect(await finalState(parcel.shipment_id)).toEqual(expected);
    });

    await fc.assert(property, { numRuns: 25, endOnFailure: true });
    expect(serial).toBeGreaterThan(0);
  });
});
