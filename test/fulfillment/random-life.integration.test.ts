/**
 * A random life: everybody does everything at once, twice, late and out of turn, on a small stock.
 * Nobody fails with anything but a refusal, the auditor finds nothing, and all of it ends.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Refusal } from '../../src/domain/errors.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { adjustStock } from '../../src/fulfillment/adjust-stock.ts';
import { answerAssignments } from '../../src/fulfillment/answer-assignments.ts';
import { cancelOrder } from '../../src/fulfillment/cancel-order.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { receiveInbound } from '../../src/fulfillment/receive-inbound.ts';
import { recordTrackingEvents } from '../../src/fulfillment/record-tracking-events.ts';
import { recordWarehouseEvents } from '../../src/fulfillment/record-warehouse-events.ts';
import { tenderShipments } from '../../src/fulfillment/tender-shipments.ts';
import { wakeOrders } from '../../src/fulfillment/wake-orders.ts';
import { watchMilestones } from '../../src/fulfillment/watch-milestones.ts';
import { anOrder, aReceipt, aReference, lines } from '../builders/commands.ts';
import { assertClean, type Harness, startHarness } from '../harness.ts';
import { assignments, report, shipments, work } from './placed-orders.ts';

const SEED = Number(process.env.PORTOLAN_TEST_SEED ?? Date.now() % 1_000_000);
const ROUNDS = 8;
const AT_ONCE = 24;

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  await harness.stock(
    { quantity: 30 },
    { sku_id: 'book', quantity: 30 },
    { warehouse_id: 'warsaw', quantity: 10 },
    { warehouse_id: 'warsaw', sku_id: 'book', quantity: 10 },
  );
});
afterEach(async () => {
  await harness.close();
});

/** A small seeded generator (mulberry32). */
function chance(seed: number) {
  let a = seed;
  const next = () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { below, pick: <T>(items: readonly T[]) => items[below(items.length)]! };
}
type Chance = ReturnType<typeof chance>;

/** What is there when a round begins; everything in it may be stale a moment later. */
async function look() {
  const all = await shipments(harness);
  const offers = await assignments(harness);
  const orders = await harness.owner.selectFrom('orders').select('order_id').execute();
  return { all, offers, orders };
}
type View = Awaited<ReturnType<typeof look>>;

const WORK = ['picked', 'short_picked', 'packed', 'handed_over', 'handed_over'] as const;
const SCANS = [
  'picked_up',
  'in_transit',
  'out_for_delivery',
  'delivered',
  'lost',
  'returned',
] as const;

function anAct({ below, pick }: Chance, { all, offers, orders }: View): () => Promise<unknown> {
  const { engine } = harness;
  const shipment = all.length === 0 ? null : pick(all);
  const some = [pick(all), pick(all), pick(all)].filter((one) => one !== undefined);
  switch (below(12)) {
    case 0: {
      const order = anOrder({ lines: lines(['mug', 1 + below(4)], ['book', 1 + below(3)]) });
      return () => acceptOrders(engine, [order, order, anOrder()]);
    }
    case 1:
      return () => decideOrders(engine);
    case 2:
    case 3: {
      const own = offers.filter((offer) => offer.carrier_id === pick(offers).carrier_id);
      const rows = own.slice(-5).map(({ assignment_id, fencing_token }) => ({
        ...{ assignment_id, fencing_token },
        answer: below(4) === 0 ? ('reject' as const) : ('accept' as const),
      }));
      const carrier_id = own[0]?.carrier_id ?? 'swift';
      return () => answerAssignments(engine, carrier_id, rows, 'request');
    }
    case 4:
    case 5:
    case 6: {
      const at = shipment?.warehouse_id ?? 'rotterdam';
      const events = some.map(({ shipment_id }) => {
        const kind = pick(WORK);
        const found = kind === 'short_picked' ? { lines: [{ line_no: 1, picked: below(2) }] } : {};
        return work(harness, shipment_id, kind, found);
      });
      return () => recordWarehouseEvents(engine, at, [...events, ...events.slice(0, 1)], 'request');
    }
    case 7:
    case 8: {
      const events = some.map(({ shipment_id }) => report(harness, shipment_id, pick(SCANS)));
      return () =>
        recordTrackingEvents(engine, pick(all)?.carrier_id ?? 'swift', events, 'request');
    }
    case 9:
      return () => tenderShipments(engine);
    case 10:
      return () => (below(2) === 0 ? watchMilestones(engine) : wakeOrders(engine));
    default:
      return rareAct({ below, pick }, orders);
  }
}

function rareAct({ below, pick }: Chance, orders: View['orders']): () => Promise<unknown> {
  const { engine } = harness;
  const sku_id = pick(['mug', 'book']);
  const at = { warehouse_id: pick(['rotterdam', 'warsaw']), request_id: 'request' };
  if (below(3) === 0) {
    const line = { sku_id, on_hand: pick([-2, -1, 3]), reason: 'count' };
    const adjustment_ref = aReference('adjustment');
    return () => adjustStock(engine, { ...at, adjustment_ref, lines: [line] });
  }
  if (below(2) === 0 || orders.length === 0) {
    const receipt = aReceipt({ ...at, lines: [{ sku_id, quantity: below(5), damaged: below(2) }] });
    return () => Promise.all([receiveInbound(engine, receipt), receiveInbound(engine, receipt)]);
  }
  const { order_id } = pick(orders);
  return () => cancelOrder(engine, { platform_id: null, order_id, reason: 'x', request_id: 'r' });
}

async function refusalsAreFine(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

test(`a random life breaks nothing (seed ${SEED})`, async () => {
  const random = chance(SEED);
  for (let round = 0; round < ROUNDS; round += 1) {
    const view = await look();
    const acts = Array.from({ length: AT_ONCE }, () => anAct(random, view));
    await Promise.all(acts.map(refusalsAreFine));
    harness.clock.advance(random.pick([1, 60, 700, 7200]));
    assertClean(await harness.audit());
  }

  await harness.settle();

  const orders = await harness.owner.selectFrom('orders').select('state').execute();
  expect(orders.length).toBeGreaterThan(10);
  expect(orders.filter((order) => order.state === 'accepted')).toEqual([]);
}, 120_000);
