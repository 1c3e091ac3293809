/** Shipments over hubs teach of the last mile, from its planned start; promises over hubs go by it. */
import { describe, expect, it } from 'vitest';
import {
  checkPlan,
  compileNetwork,
  type LearnedRow,
  type LearnedTransit,
  lastMileOf,
  type NetworkInput,
  openBoard,
  otherRoutes,
  type PlannedShipment,
  priceRoute,
  type SourcedPlan,
  type SourcingOrder,
  source,
  TransitLearner,
  withLearnedTransit,
} from '../../../routing/index.ts';
import { overHubs } from '../../fulfillment/over-hubs.ts';
import { SEED, seeded } from './chance.ts';

const OPTIONS = { journeys_max: 2000, least_events: 20, lanes_max: 50 };
const AT = Date.UTC(2026, 2, 18, 9) / 1000;
const FROM = AT - (AT % 86_400);
const plain: NetworkInput = overHubs();
const zones = plain.zones.map(({ id }) => id);
const network: NetworkInput = {
  ...plain,
  services: plain.services.map((service) => ({
    ...service,
    lanes: service.lanes.map((lane) => ({ ...lane, zones })),
  })),
};
const PUBLISHED = network.transit_times.find(({ id }) => id === 'door')!.quantiles;
const stock = [{ stock_id: 1, warehouse_id: 'rotterdam', sku_id: 'mug', available: 50 }];
const order: SourcingOrder = {
  at_seconds: AT,
  destination: { country: 'NL', postal_code: '1011AB' },
  lines: [{ line_no: 1, sku_id: 'mug', quantity: 1 }],
  only_services: ['night-line'],
};

function planWith(rows: readonly LearnedRow[]) {
  const document = withLearnedTransit(network, rows);
  const compiled = compileNetwork(document, { from_seconds: FROM });
  const plan = source(compiled, openBoard(compiled, stock, []), order, { work: 1e6 });
  expect(plan.outcome).toBe('sourced');
  return { document, compiled, plan: plan as SourcedPlan };
}

/** Last miles that take so many times the published median, spread around it. */
function taught(learner: TransitLearner, zone_id: string, times: number, count: number): number {
  const chance = seeded(SEED);
  let now = AT;
  for (let i = 0; i < count; i++) {
    now += 7200;
    const shipment: PlannedShipment = {
      shipment_id: `${zone_id}-${i}`,
      carrier_id: 'swift',
      service_id: 'night-line',
      warehouse_id: 'rotterdam',
      zone_ids: [zone_id],
      region: zone_id.toUpperCase(),
      time_zone: 'UTC',
      transit_time_id: lastMileOf('door'),
      published: PUBLISHED,
      pickup_seconds: now,
    };
    learner.plan(shipment, now);
    const delivered = now + times * 7200 * Math.exp(0.1 * chance.normal());
    // That it was handed over a day before is no wait at the warehouse: the plan knew of it.
    learner.handOver(shipment, now - 86_400, now);
    learner.deliver(shipment, { handed_over: now - 86_400, delivered }, delivered);
  }
  return now + 86_400;
}

describe(`a learner of last miles (seed ${SEED})`, () => {
  it('learns them apart from lanes of the same table, by service and by lane', () => {
    const learner = new TransitLearner(OPTIONS);
    const now = taught(learner, 'nl', 4, 60);

    const rows = learner.learned(network, now) as LearnedTransit[];

    // By service, by lane, and to the zone from wherever; and nobody has waited at the warehouse.
    expect(rows.map(({ transit_time_id }) => transit_time_id)).toEqual(
      [1, 2, 3].map(() => lastMileOf('door')),
    );
    expect(rows.map(({ lane }) => lane)).toEqual([
      null,
      { warehouse_id: 'rotterdam', zone_id: 'nl' },
      { warehouse_id: null, zone_id: 'nl' },
    ]);
    for (const { quantiles } of rows) {
      const median = quantiles.find(([level]) => level === 0.5)![1];
      expect(Math.abs(Math.log(median / (4 * 7200)))).toBeLessThan(0.25);
    }
    const again = TransitLearner.restore(JSON.parse(JSON.stringify(learner.store())), OPTIONS);
    expect(again.learned(network, now)).toEqual(rows);
  });

  it('moves the promise over hubs, of which the checker and repricing know', () => {
    const learner = new TransitLearner(OPTIONS);
    const rows = learner.learned(network, taught(learner, 'nl', 4, 60));
    const before = planWith([]).plan;

    const { document, compiled, plan } = planWith(rows);

    expect(plan.promise_seconds - before.promise_seconds).toBeGreaterThan(3 * 3600);
    expect(checkPlan({ network: document, stock, capacity: [], order, plan })).toEqual([]);
    const [{ route, ...parcel }] = plan.parcels as [SourcedPlan['parcels'][number]];
    // The name of what was learned is this version's alone: what is stored names what is published.
    expect(route!.steps.at(-1)!.transit_time_id).toBe('door');
    const at = { ...parcel, route: route! };
    const price = priceRoute(compiled, at, plan.promise_seconds)!;
    expect(price.promise_seconds).toBe(plan.promise_seconds);
    expect(otherRoutes(compiled, at, plan.promise_seconds).map((one) => one.route)).toContainEqual(
      price.route,
    );
  });

  it('leaves other zones, and other services, to what is published until they are known', () => {
    const lane: LearnedTransit = {
      service_id: 'night-line',
      transit_time_id: lastMileOf('door'),
      lane: { warehouse_id: 'rotterdam', zone_id: 'pl' },
      quantiles: [[1, 900_000]],
    };
    const elsewhere = { ...lane, service_id: 'direct', lane: null };
    const here = { ...lane, lane: { ...lane.lane!, zone_id: 'nl' } };

    expect(planWith([lane, elsewhere]).plan).toEqual(planWith([]).plan);
    expect(planWith([lane, here]).plan.promise_seconds).toBeGreaterThan(AT + 900_000);
  });
});
