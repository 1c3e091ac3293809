/** What parties choose follows from the seed and the label of a thing, and has the shape it should. */
import { describe, expect, it } from 'vitest';
import {
  chooseAnswer,
  doorAt,
  fateOf,
  laneOf,
  transitSeconds,
  truckAt,
} from '../../src/simulation/carrier-plan.ts';
import { planJourney } from '../../src/simulation/journey.ts';
import { generateNetwork } from '../../src/simulation/network/generate-network.ts';
import type { AssignmentItem, WorkItem } from '../../src/simulation/protocol.ts';
import { chanceOf } from '../../src/simulation/random.ts';
import { planOrder } from '../../src/simulation/shop-plan.ts';
import { planWork } from '../../src/simulation/warehouse-plan.ts';

const seed = 99;
const network = generateNetwork({ seed, scale: 1 });
const HOUR = 3_600_000;
const pickup = Date.parse('2026-05-12T18:00:00+09:00');
const promise = pickup + 24 * HOUR;

function offer(number: number): AssignmentItem {
  return {
    assignment_id: 'random in every run',
    shipment_id: 'random in every run',
    service_id: 'parcel-1.standard',
    fencing_token: 1,
    lease_until: '2026-05-12T10:00:00Z',
    pickup: {
      warehouse_id: network.warehouses[0]!.id,
      position: network.warehouses[0]!.position,
      at: new Date(pickup).toISOString(),
    },
    destination: { name: `Buyer ${number}`, postal_code: '04524', country: 'KR' },
    deliver_by: new Date(promise).toISOString(),
  };
}

function work(number: number): WorkItem {
  return {
    shipment_id: 'random in every run',
    destination: { name: `Buyer ${number}`, postal_code: '04524', country: 'KR' },
    pick_from: '2026-05-12T02:00:00Z',
    lines: [{ line_no: 1, quantity: 2 }],
  };
}

const numbers = Array.from({ length: 5000 }, (_, number) => number);
const shareOf = (test: (number: number) => boolean) => numbers.filter(test).length / numbers.length;
const service = network.services.find((one) => one.id === 'parcel-1.standard')!;
const lane = laneOf(network, service, network.warehouses[0]!.id, offer(0).destination);

describe(`chance (seed ${seed})`, () => {
  it('is even, and independent of what else is asked', () => {
    const draws = numbers.map((number) => chanceOf(seed, 'any', number));
    const tenths = Array.from({ length: 10 }, (_, tenth) =>
      draws.filter((draw) => Math.floor(draw * 10) === tenth),
    );

    for (const tenth of tenths) expect(tenth.length / draws.length).toBeCloseTo(0.1, 1);
    expect(chanceOf(seed, 'any', 7)).toBe(draws[7]);
    expect(chanceOf(seed, 'other', 7)).not.toBe(draws[7]);
  });
});

describe(`a carrier (seed ${seed})`, () => {
  it('chooses by the label of a parcel, not by ids that differ from run to run', () => {
    const again = { ...offer(5), assignment_id: 'another', shipment_id: 'another' };

    expect(chooseAnswer(seed, 'parcel-1', again)).toEqual(chooseAnswer(seed, 'parcel-1', offer(5)));
  });

  it('takes most of what it is offered, refuses some and does not answer a few', () => {
    const carriers = network.carriers.map((carrier) => carrier.id);
    const answers = numbers.map(
      (number) => chooseAnswer(seed, carriers[number % carriers.length]!, offer(number)).answer,
    );
    const share = (answer: string) => answers.filter((one) => one === answer).length / 5000;

    expect(share('accept')).toBeGreaterThan(0.9);
    expect(share('reject')).toBeGreaterThan(0.01);
    expect(share('silent')).toBeGreaterThan(0.002);
    expect(share('silent')).toBeLessThan(0.05);
  });

  it('sends one truck for all parcels of a pickup, which is seldom late', () => {
    const times = numbers.map((day) => truckAt(seed, 'parcel-1', 'w', pickup + day * 24 * HOUR));
    const late = times.filter((at, day) => at > pickup + day * 24 * HOUR);

    expect(truckAt(seed, 'parcel-1', 'w', pickup)).toBe(times[0]);
    expect(late.length / times.length).toBeGreaterThan(0.01);
    expect(late.length / times.length).toBeLessThan(0.05);
  });

  it('finds its lane and drives it as the network says', () => {
    expect(lane.zone?.postal_prefixes).toContain('045');
    expect(lane.transit?.id).toContain('parcel-standard');
    const quantiles = lane.transit!.quantiles;
    for (const [share, seconds] of quantiles) {
      expect(transitSeconds(lane.transit!, share)).toBeCloseTo(seconds, 6);
    }
    expect(transitSeconds(lane.transit!, 0)).toBe(quantiles[0]![1]);
  });

  it('keeps the promise that the network makes at 95 of 100, but for what never arrives', () => {
    const nearly_all = transitSeconds(lane.transit!, 0.95) * 1000;
    const inTime = shareOf((number) => {
      const point = chanceOf(seed, 'transit', `label ${number}`);
      return doorAt(lane, point, { from: pickup, deliver_by: promise }) <= pickup + nearly_all;
    });
    const arrives = shareOf(
      (number) => !['lost', 'vanished', 'returned'].includes(fateOf(seed, `label ${number}`, 0.5)),
    );

    expect(inTime).toBeGreaterThan(0.93);
    expect(arrives).toBeGreaterThan(0.985);
    expect(arrives).toBeLessThan(1);
  });
});

describe(`a journey (seed ${seed})`, () => {
  const journeys = numbers.slice(0, 2000).map((number) =>
    planJourney({
      ...{ seed, carrier_id: 'parcel-1', item: offer(number), lane, collected_at: pickup },
      hubs: [
        [127.4, 36.3],
        [127, 37.5],
      ],
    }),
  );

  it('begins with the pickup, and has one end or, if it vanished, none', () => {
    const ends = journeys.map((scans) =>
      scans.filter(({ what }) => ['delivered', 'lost', 'returned'].includes(what.status)),
    );
    const without = ends.filter((found) => found.length === 0).length;

    for (const scans of journeys) expect(scans[0]!.what.status).toBe('picked_up');
    expect(Math.max(...ends.map((found) => found.length))).toBe(1);
    expect(without / journeys.length).toBeLessThan(0.01);
  });

  it('is told twice, late and out of order now and then, and never before it happens', () => {
    const told = journeys.flat();
    const first = (scan: (typeof told)[number]) => Math.min(...scan.post_at);

    for (const scan of told) expect(first(scan)).toBeGreaterThanOrEqual(scan.at - 60_001);
    expect(told.some((scan) => scan.post_at.length > 1)).toBe(true);
    const disordered = journeys.filter((scans) =>
      scans.some((scan, at) => at > 0 && first(scan) < first(scans[at - 1]!)),
    );
    expect(disordered.length).toBeGreaterThan(0);
  });

  it('delivers when somebody is there to open', () => {
    const hours = journeys.flat().flatMap(({ what, at }) => {
      if (what.status !== 'delivered') return [];
      const instant = Temporal.Instant.fromEpochMilliseconds(Math.floor(at));
      return [instant.toZonedDateTimeISO(lane.zone!.time_zone).hour];
    });

    expect(hours.length).toBeGreaterThan(1900);
    expect(Math.min(...hours)).toBeGreaterThanOrEqual(8);
    expect(Math.max(...hours)).toBeLessThanOrEqual(22);
  });
});

describe(`a warehouse (seed ${seed})`, () => {
  const warehouse = network.warehouses.find((one) => one.id.startsWith('shop'))!;
  /** Before it opens at ten. */
  const morning = Date.parse('2026-05-12T06:00:00+09:00');
  const plans = numbers.map((number) => planWork(seed, warehouse, work(number), morning, morning));

  it('works while it is open, and mostly within the time that it allows itself', () => {
    const opens = Date.parse('2026-05-12T10:00:00+09:00');
    const allowed = opens + warehouse.processing_seconds * 1000;

    expect(Math.min(...plans.map((plan) => plan.packed_at))).toBeGreaterThan(opens);
    expect(shareOf((number) => plans[number]!.packed_at <= allowed)).toBeGreaterThan(0.95);
    expect(shareOf((number) => plans[number]!.packed_at <= allowed)).toBeLessThan(1);
  });

  it('misses units now and then, and says how many it found', () => {
    const short = plans.flatMap((plan) =>
      plan.told.flatMap(({ what }) => (what.kind === 'short_picked' ? what.lines : [])),
    );

    expect(short.length / plans.length).toBeGreaterThan(0.003);
    expect(short.length / plans.length).toBeLessThan(0.02);
    for (const line of short) expect([0, 1]).toContain(line.picked);
  });

  it('plans the same for the same buyer, whatever the ids', () => {
    const again = { ...work(3), shipment_id: 'another' };

    expect(planWork(seed, warehouse, again, morning, morning)).toEqual(plans[3]);
  });
});

describe(`a buyer (seed ${seed})`, () => {
  const plans = numbers.map((number) =>
    planOrder(seed, {
      ...{ platform_id: 'market', external_ref: `market-${number}`, lines: [] },
      destination: { name: '', address: '', city: '', postal_code: '04524', country: 'KR' },
      wanted_within_hours: null,
    }),
  );

  it('asks for a date before a third of the orders, and thinks better of few', () => {
    expect(shareOf((number) => plans[number]!.quote !== null)).toBeCloseTo(0.35, 1);
    const cancels = shareOf((number) => plans[number]!.cancel_after_seconds !== null);
    expect(cancels).toBeGreaterThan(0.01);
    expect(cancels).toBeLessThan(0.03);
  });
});
