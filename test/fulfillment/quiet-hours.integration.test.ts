/** Hours at which nobody delivers are learned from what carriers report, and promises keep clear of them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NetworkInput } from '../../routing/index.ts';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { learnTransit } from '../../src/fulfillment/learn-transit.ts';
import { quotePromise } from '../../src/fulfillment/quote-promise.ts';
import { anOrder } from '../builders/commands.ts';
import { aNetwork, aService, aWarehouse, everyDay } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';
import { decided, postReports, released, report, shipments } from './placed-orders.ts';

const OPERATOR = { role: 'operator', party_id: '*' } as const;
const LEARN_SECONDS = 900;
const ZONE = 'Europe/Amsterdam';
const HOURS = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`);

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({
    config: { transit_least_events: 5, transit_learn_seconds: LEARN_SECONDS },
  });
  // A carrier that collects every hour: promises fall into all hours.
  const always = everyDay<[string, string][]>([['00:00', '24:00']]);
  const warehouses = [aWarehouse({ id: 'rotterdam', hours: always, processing_seconds: 0 })];
  const services = [aService({ id: 'post', pickups: everyDay(HOURS) })];
  await harness.applyNetwork(aNetwork({ warehouses, services }));
  await harness.stock({ quantity: 600 });
});
afterEach(async () => {
  await harness.close();
});

/** Parcels that come after three to twelve days, on workdays between 9 and 18 o'clock. */
async function deliver(count: number): Promise<void> {
  const before = new Set((await shipments(harness)).map(({ shipment_id }) => shipment_id));
  const all = await released(harness, ...Array.from({ length: count }, () => anOrder()));
  harness.clock.advance(20 * 86_400);
  const own = all.filter(({ shipment_id }) => !before.has(shipment_id));
  const reports = own.flatMap(({ shipment_id, pickup_at }, i) => {
    let at = pickup_at.toZonedDateTimeISO(ZONE).add({ days: 3 + (i % 10) });
    while (at.dayOfWeek > 5) at = at.add({ days: 1 });
    const delivered = at.with({ hour: 9 + (i % 9), minute: i % 60 }).toInstant();
    return [
      report(harness, shipment_id, 'picked_up', { occurred_at: pickup_at }),
      report(harness, shipment_id, 'delivered', { occurred_at: delivered }),
    ];
  });
  await postReports(harness, ...reports);
}

async function learnAll(): Promise<void> {
  await learnTransit(harness.engine);
  harness.clock.advance(LEARN_SECONDS);
  await learnTransit(harness.engine);
  harness.clock.advance(LEARN_SECONDS);
}

async function quietHours(): Promise<NetworkInput['quiet_hours']> {
  const document: NetworkInput = (await harness.engine.networks.current())!.document;
  return document.quiet_hours;
}

const hourOfWeek = (at: Temporal.Instant): number => {
  const { dayOfWeek, hour, minute, second } = at.toZonedDateTimeISO(ZONE);
  return (dayOfWeek - 1) * 24 + hour + minute / 60 + second / 3600;
};

test('a quote names the evening before, the order gets what was quoted, and all replays', async () => {
  await deliver(12);
  await learnAll();
  // A version from so few parcels knows no hours; decisions by it stay what they are.
  expect(await quietHours()).toBeUndefined();
  const [early] = await decided(harness, anOrder());
  // Nor does one from many in less than four weeks.
  await deliver(130);
  await learnAll();
  expect(await quietHours()).toBeUndefined();
  await deliver(130);
  await learnAll();

  const [row] = (await quietHours())!;
  expect(row).toMatchObject({ service_id: 'post', region: null });
  const weekend = row!.runs.find(([first]) => first >= 4 * 24 && first < 5 * 24)!;
  expect(weekend[1]).toBeGreaterThan(48);

  const { external_ref: _ref, ...basket } = anOrder();
  const promises: { at: Temporal.Instant; token: string }[] = [];
  for (let hour = 0; hour < 7 * 24; hour++) {
    harness.clock.advance(3600);
    const { options } = await quotePromise(harness.engine, basket);
    promises.push({ at: options[0]!.promise_at, token: options[0]!.token });
    if (hourOfWeek(options[0]!.promise_at) === weekend[0]) break;
  }

  const last = promises.at(-1)!;
  expect(hourOfWeek(last.at)).toBe(weekend[0]);
  const [order_id] = await decided(harness, anOrder({ quote_token: last.token }));
  const [shipment] = await shipments(harness, order_id!);
  expect(shipment!.promise_at.equals(last.at)).toBe(true);
  const [other] = await decided(harness, anOrder());
  const [same] = await shipments(harness, other!);
  expect(same!.promise_at.equals(last.at)).toBe(true);
  for (const one of [early!, order_id!, other!]) {
    const explained = await explainDecision(harness.engine, OPERATOR, one);
    expect(explained?.replayed, one).toBe(true);
  }
}, 60_000);
