/** Each condition of a route by itself: one that goes otherwise than stated, or than it runs, is named. */
import { describe, expect, it } from 'vitest';
import {
  type CompiledNetwork,
  checkPlan,
  compileNetwork,
  type DisruptionInput,
  disruptNetwork,
  type LegInput,
  type NetworkInput,
  openBoard,
  type ParcelPlan,
  type RouteStep,
  type SourcedPlan,
  type SourcingOrder,
  source,
  type TransitTimeInput,
  type ViaInput,
} from '../../routing/index.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { runs, seedOf } from './runs.ts';
import { MONDAY } from './small-world.ts';

const SEED = seedOf(60_400);

const HOUR = 3600;
const DAY = 24 * HOUR;
const MIDNIGHT = MONDAY - (MONDAY % DAY);
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const week = (times: readonly string[]) => Object.fromEntries(DAYS.map((day) => [day, times]));
const fixed = (id: string, hours: number) => ({ id, quantiles: [[1, hours * HOUR] as const] });
const via: ViaInput = {
  first_mile: [{ hub_id: 'A', transit_time_id: 'FIRST' }],
  last_mile: [{ hub_id: 'C', transit_time_id: 'LAST', carrier_id: 'POST' }],
  carriers: ['LORRY', 'CUSTOMS'],
};
const lorry: LegInput = {
  ...{ id: 'AB', carrier_id: 'LORRY', from_hub_id: 'A', to_hub_id: 'B', cost: 100 },
  ...{ departures: week(['06:00', '18:00']), duration_seconds: 4 * HOUR, carbon_grams: 500 },
};
const customs: LegInput = {
  ...{ id: 'BC', carrier_id: 'CUSTOMS', from_hub_id: 'B', to_hub_id: 'C' },
  ...{ duration_seconds: HOUR, cost: 40, carbon_grams: 20 },
};
/** Two hours to A; there from 20:10 on for the lorry of 6:00; B 10:00, C 11:20, the door at 14:35. */
const network = {
  skus: [{ id: 'MUG', weight_grams: 100, length_mm: 10, width_mm: 10, height_mm: 10 }],
  warehouses: [
    {
      ...{ id: 'W', position: [0, 0], time_zone: 'UTC', processing_seconds: 600 },
      hours: Object.fromEntries(DAYS.map((day) => [day, [['00:00', '24:00']]])),
    },
  ],
  zones: [{ id: 'Z', country: 'DE', time_zone: 'UTC' }],
  rate_cards: [{ id: 'R', weight_breaks_grams: [9e6], rates: { all: [{ base: 500 }] } }],
  transit_times: [fixed('FIRST', 2), fixed('LAST', 3), fixed('SLOW', 8)],
  services: [
    {
      ...{ id: 'SEA', carrier_id: 'SHIPPER', rate_card_id: 'R', pickups: week(['18:00']) },
      lanes: [{ rate_area: 'all', via }],
    },
  ],
  hubs: [
    { id: 'A', time_zone: 'UTC', transfer_seconds: 600 },
    { id: 'B', time_zone: 'UTC', transfer_seconds: 1200 },
    { id: 'C', time_zone: 'UTC', transfer_seconds: 900 },
    { id: 'D', time_zone: 'UTC' },
  ],
  legs: [lorry, customs],
  policy: {
    ...{ confidence: 0.9, split_limit: 1, split_penalty: 0 },
    ...{ lateness_per_day: 0, time_per_day: 0 },
  },
} as unknown as NetworkInput;
const order: SourcingOrder = {
  at_seconds: MONDAY,
  destination: { country: 'DE', postal_code: '1' },
  lines: [{ line_no: 1, sku_id: 'MUG', quantity: 1 }],
};
const stock = [{ stock_id: 1, sku_id: 'MUG', warehouse_id: 'W', available: 9 }];

const compile = (document: NetworkInput) => compileNetwork(document, { from_seconds: MIDNIGHT });
const decideOn = (compiled: CompiledNetwork) =>
  source(compiled, openBoard(compiled, stock, []), order, { work: 1e6 });
const decide = (document: NetworkInput) => decideOn(compile(document));

const plan = decide(network) as SourcedPlan;
const [parcel] = plan.parcels as [ParcelPlan];
const { steps } = parcel.route!;
const found = (document: NetworkInput, changed: SourcedPlan = plan): string[] =>
  checkPlan({ network: document, stock, capacity: [], order, plan: changed }).map(
    ({ rule, detail }) => `${rule}: ${detail}`,
  );
const withParcel = (change: Partial<ParcelPlan>): SourcedPlan => ({
  ...plan,
  parcels: [{ ...parcel, ...change }],
});
const withSteps = (change: (step: RouteStep, i: number) => Partial<RouteStep>): SourcedPlan =>
  withParcel({
    route: { ...parcel.route!, steps: steps.map((step, i) => ({ ...step, ...change(step, i) })) },
  });
const withStep = (at: number, change: Partial<RouteStep>) =>
  withSteps((_, i) => (i === at ? change : {}));
const withVia = (change: Partial<ViaInput>): NetworkInput => ({
  ...network,
  services: network.services.map((service) => ({
    ...service,
    lanes: service.lanes.map((lane) => ({ ...lane, via: { ...via, ...change } })),
  })),
});
const withLegs = (...legs: readonly LegInput[]): NetworkInput => ({ ...network, legs });
const disrupted = (...disruptions: readonly DisruptionInput[]): NetworkInput => ({
  ...network,
  disruptions,
});
const [first] = via.first_mile;
const [last] = via.last_mile;
const FIRST_MILE = 'route: the first mile is not one of its lane';
const LAST_MILE = 'route: the last mile is not one of its lane';

describe('a sound route', () => {
  it('goes as the timetable says, and nothing is found wrong with it', () => {
    const hours = steps.map(({ departs_seconds, arrives_seconds }) =>
      [departs_seconds, arrives_seconds].map((at) => (at - MIDNIGHT) / HOUR),
    );
    expect(hours[0]).toEqual([18, 20]);
    expect(hours[1]).toEqual([30, 34]);
    expect(hours[2]).toEqual([34 + 1 / 3, 35 + 1 / 3]);
    expect(hours[3]![1]).toBeCloseTo(38 + 7 / 12, 9);
    expect(found(network)).toEqual([]);
  });

  it('may be a second off, may be of one mile among others, and may use any leg of a free lane', () => {
    for (const second of [-1, 1]) {
      const off = withSteps(({ departs_seconds, arrives_seconds }) => ({
        departs_seconds: departs_seconds + second,
        arrives_seconds: arrives_seconds + second,
      }));
      expect(found(network, off)).toEqual([]);
    }
    const more = { hub_id: 'D', transit_time_id: 'SLOW' };
    const wider = withVia({ first_mile: [more, first!], last_mile: [last!, more] });
    expect(found(wider)).toEqual([]);
    expect(found(withVia({ carriers: undefined }))).toEqual([]);
  });
});

describe('a route that is not one of its lane', () => {
  const mistakes: [string, string, NetworkInput, SourcedPlan][] = [
    [
      'first mile to another hub',
      FIRST_MILE,
      withVia({ first_mile: [{ ...first!, hub_id: 'D' }] }),
      plan,
    ],
    [
      'first mile by other times',
      FIRST_MILE,
      withVia({ first_mile: [{ ...first!, transit_time_id: 'SLOW' }] }),
      plan,
    ],
    [
      'first mile by another carrier',
      FIRST_MILE,
      withVia({ first_mile: [{ ...first!, carrier_id: 'POST' }] }),
      plan,
    ],
    ['first step that is no mile', FIRST_MILE, network, withStep(0, { kind: 'last_mile' })],
    [
      'last mile from another hub',
      LAST_MILE,
      withVia({ last_mile: [{ ...last!, hub_id: 'D' }] }),
      plan,
    ],
    [
      'last mile by other times',
      LAST_MILE,
      withVia({ last_mile: [{ ...last!, transit_time_id: 'SLOW' }] }),
      plan,
    ],
    [
      'last mile by the seller',
      LAST_MILE,
      withVia({ last_mile: [{ ...last!, carrier_id: undefined }] }),
      plan,
    ],
    ['last step that is no mile', LAST_MILE, network, withStep(3, { kind: 'first_mile' })],
    ['gap after the first mile', 'route: A follows on D', network, withStep(0, { to_hub_id: 'D' })],
    [
      'gap before the last mile',
      'route: D follows on C',
      network,
      withStep(3, { from_hub_id: 'D' }),
    ],
    ['gap between legs', 'route: B follows on D', network, withStep(1, { to_hub_id: 'D' })],
    [
      'leg from elsewhere',
      'route: AB is not the leg that is stated',
      withLegs({ ...lorry, from_hub_id: 'D' }, customs),
      plan,
    ],
    [
      'leg to elsewhere',
      'route: AB is not the leg that is stated',
      withLegs({ ...lorry, to_hub_id: 'D' }, customs),
      plan,
    ],
    [
      'leg of another carrier',
      'route: AB is not the leg that is stated',
      withLegs({ ...lorry, carrier_id: 'CUSTOMS' }, customs),
      plan,
    ],
    [
      'leg that is called a mile',
      'route: AB is not the leg that is stated',
      network,
      withStep(1, { kind: 'first_mile' }),
    ],
    ['leg that is unknown', 'route: BC is not the leg that is stated', withLegs(lorry), plan],
    [
      'leg of a carrier that the lane leaves out',
      'route: CUSTOMS is not a carrier that the lane uses',
      withVia({ carriers: ['LORRY'] }),
      plan,
    ],
  ];
  it.each(mistakes)('is named: a %s', (_, what, document, changed) => {
    expect(found(document, changed)).toContain(what);
  });

  it('is named where only one of parcel and lane goes over hubs', () => {
    const straight: NetworkInput = {
      ...network,
      services: network.services.map((service) => ({
        ...service,
        lanes: [{ rate_area: 'all', transit_time_id: 'FIRST' }],
      })),
    };
    expect(found(straight)).toContain('route: the parcel goes over hubs, the lane does not');
    expect(found(network, withParcel({ route: undefined }))).toContain(
      'route: the lane goes over hubs, the parcel does not',
    );
  });
});

describe('what a route states', () => {
  it('is named where cost or carbon are not the sum of its legs, by too much or too little', () => {
    const stated = (change: { cost?: number; carbon_grams?: number }) =>
      found(network, withParcel({ route: { ...parcel.route!, ...change } }));
    for (const one of [-1, 1]) {
      expect(stated({ cost: 140 + one })).toEqual([`route: ${140 + one} stated for legs of 140`]);
      expect(stated({ carbon_grams: 520 + one })).toEqual([
        `route: ${520 + one} g stated for legs of 520 g`,
      ]);
    }
  });

  it('is named where an instant does not follow, of every step, by two seconds', () => {
    steps.forEach(({ leg_id, kind, departs_seconds, arrives_seconds }, i) => {
      const off = [`route: the instants of ${leg_id ?? kind} do not follow`];
      for (const seconds of [-2, 2]) {
        const departs = withStep(i, { departs_seconds: departs_seconds + seconds });
        expect(found(network, departs), `${i} departs`).toEqual(off);
        const arrives = withStep(i, { arrives_seconds: arrives_seconds + seconds });
        expect(found(network, arrives), `${i} arrives`).toEqual(off);
      }
    });
  });

  it('is named where promise and expectation do not follow from it, by three seconds', () => {
    const { promise_seconds, expected_seconds } = parcel;
    for (const seconds of [-3, 3]) {
      const promised = found(network, {
        ...withParcel({ promise_seconds: promise_seconds + seconds }),
        promise_seconds: promise_seconds + seconds,
      });
      expect(promised.some((one) => one.startsWith('promise: '))).toBe(true);
      const expected = found(network, withParcel({ expected_seconds: expected_seconds + seconds }));
      expect(expected.some((one) => one.startsWith('promise: '))).toBe(true);
    }
  });

  it('is named where a mile or a leg leads nowhere', () => {
    const never = { from_seconds: 0, until_seconds: MONDAY + 900 * DAY };
    const nowhere = 'route: the route leads nowhere';
    expect(found(disrupted({ kind: 'leg_cancelled', leg_id: 'AB', ...never }))).toContain(nowhere);
    expect(found(network, withStep(0, { transit_time_id: 'NONE' }))).toContain(nowhere);
    expect(found(network, withStep(3, { transit_time_id: 'NONE' }))).toContain(nowhere);
  });
});

/** Windows that begin or end a little before, at or after an instant. */
const windowsAt = (at: number) =>
  [-2, 0, 2].flatMap((off) => [
    { from_seconds: at + off, until_seconds: at + off + 5000 },
    { from_seconds: at + off - 5000, until_seconds: at + off },
  ]);

/** Disruptions that only just touch the route, or only just do not. */
function disruptionsAround(): DisruptionInput[] {
  const hour = (hours: number, minutes = 0) => MIDNIGHT + hours * HOUR + minutes * 60;
  const hubs = { A: [hour(20), hour(20, 10), hour(30)], B: [hour(34), hour(34, 20)] };
  const closed = Object.entries({ ...hubs, C: [hour(35, 20), hour(35, 35)], D: [hour(34)] });
  const legs = Object.entries({ AB: [hour(18), hour(30), hour(42)], BC: [hour(34, 20)] });
  return [
    ...closed.flatMap(([hub_id, instants]) =>
      instants.flatMap(windowsAt).map((one) => ({ kind: 'hub_closed' as const, hub_id, ...one })),
    ),
    ...legs.flatMap(([leg_id, instants]) =>
      instants.flatMap(windowsAt).flatMap((one): DisruptionInput[] => [
        { kind: 'leg_cancelled', leg_id, ...one },
        { kind: 'leg_delayed', leg_id, delay_seconds: 1800, ...one },
        { kind: 'leg_delayed', leg_id, delay_seconds: 30 * HOUR, ...one },
      ]),
    ),
  ];
}

const instantsOf = (decided: ReturnType<typeof decide>) =>
  decided.outcome === 'unsourced'
    ? decided.reason
    : decided.parcels.map(({ route, promise_seconds }) => [
        promise_seconds,
        ...route!.steps.flatMap((step) => [step.departs_seconds, step.arrives_seconds]),
      ]);

/** The plan made as if nothing were disrupted is sound exactly where it is also the plan made now. */
function agree(...disruptions: readonly DisruptionInput[]): boolean {
  const document = disrupted(...disruptions);
  const now = decide(document);
  const name = JSON.stringify(disruptions);
  if (now.outcome === 'sourced') expect(found(document, now), name).toEqual([]);
  const isSame = JSON.stringify(instantsOf(now)) === JSON.stringify(instantsOf(plan));
  expect(found(document).length === 0, name).toBe(isSame);
  return isSame;
}

describe('a disruption', () => {
  it('makes a plan unsound exactly where the next plan would differ, to the second', () => {
    const same = disruptionsAround().map((one) => agree(one));
    expect(same.filter(Boolean).length).toBeGreaterThan(30);
    expect(same.filter((one) => !one).length).toBeGreaterThan(30);
  });

  it('holds a parcel one after the other, however they are listed', () => {
    const at = (hours: number) => MIDNIGHT + hours * HOUR;
    const closed = (hub_id: string, from: number, until: number): DisruptionInput => ({
      ...{ kind: 'hub_closed', hub_id },
      ...{ from_seconds: at(from), until_seconds: at(until) },
    });
    const delayed = (leg_id: string, from: number, until: number, hours: number) => ({
      ...{ kind: 'leg_delayed' as const, leg_id, delay_seconds: hours * HOUR },
      ...{ from_seconds: at(from), until_seconds: at(until) },
    });
    const cancelled = (from: number, until: number): DisruptionInput => ({
      ...{ kind: 'leg_cancelled', leg_id: 'BC' },
      ...{ from_seconds: at(from), until_seconds: at(until) },
    });
    const several: DisruptionInput[][] = [
      [closed('C', 35.5, 37), closed('C', 35, 36)],
      [closed('A', 20.05, 40), closed('A', 19, 21)],
      [cancelled(34.5, 36), cancelled(34, 35)],
      [delayed('BC', 35, 40, 2), delayed('BC', 34, 41, 1)],
      [delayed('BC', 34, 35, 5), delayed('BC', 34.9, 37, 1)],
      [delayed('AB', 29, 31, 1), delayed('AB', 28, 32, 2)],
      [delayed('AB', 17, 19, 13), delayed('AB', 29, 31, 2)],
      [delayed('AB', 29, 31, 1), closed('A', 30.9, 31.1)],
      [delayed('AB', 29, 31, 1), closed('B', 34.9, 35.1)],
    ];
    for (const both of several) {
      expect(agree(...both)).toBe(false);
      expect(agree(...both.toReversed())).toBe(false);
    }
  });

  it(`holds spread arrivals at the same instants for solver and checker (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const spread = { id: 'SPREAD', quantiles: [0.1, 0.5, 0.9, 1].map((p) => [p, p * 9 * HOUR]) };
    const first_mile = [{ hub_id: 'B', transit_time_id: 'SPREAD' }];
    const transit_times = [...network.transit_times, spread as unknown as TransitTimeInput];
    const window = () => {
      const from_seconds = MIDNIGHT + random.between(18 * 60, 28 * 60) * 60;
      return { from_seconds, until_seconds: from_seconds + random.between(1, 240) * 60 };
    };
    const draw = (): DisruptionInput =>
      random.pick([
        { kind: 'hub_closed', hub_id: random.pick(['B', 'C']), ...window() },
        { kind: 'leg_cancelled', leg_id: 'BC', ...window() },
        {
          kind: 'leg_delayed',
          leg_id: 'BC',
          delay_seconds: random.between(1, 8) * 900,
          ...window(),
        },
      ]);
    const promises = new Set<number>();
    for (let i = 0; i < runs(80); i++) {
      const document = {
        ...withVia({ first_mile }),
        transit_times,
        policy: { ...network.policy, confidence: random.pick([0.2, 0.6, 0.8, 0.95]) },
        disruptions: Array.from({ length: random.between(0, 3) }, draw),
      };
      const now = decide(document) as SourcedPlan;
      expect(found(document, now), `run ${i}`).toEqual([]);
      promises.add(now.promise_seconds);
    }
    expect(promises.size).toBeGreaterThan(runs(80) / 4);
  });

  it('of days brings departures of days ago, daily and weekly ones', () => {
    for (const days of [1, 2, 3, 4, 10, 30]) {
      const from_seconds = MIDNIGHT + 18 * HOUR - days * DAY;
      const delay_seconds = days * DAY + 4 * HOUR;
      const late = { kind: 'leg_delayed' as const, leg_id: 'AB', from_seconds, delay_seconds };
      const disruptions = [{ ...late, until_seconds: from_seconds + 60 }];
      expect(agree(...disruptions), `${days} days`).toBe(false);
      const weekday = DAYS.at(-days % 7)!;
      const weekly = withLegs({ ...lorry, departures: { [weekday]: ['18:00'] } }, customs);
      const now = decide({ ...weekly, disruptions }) as SourcedPlan;
      expect(now.parcels[0]!.route!.steps[1]!.departs_seconds).toBe(MIDNIGHT + 22 * HOUR);
      expect(found({ ...weekly, disruptions }, now), `${days} days`).toEqual([]);
      const told = disruptNetwork(compile(weekly), disruptions);
      expect(decideOn(told), `${days} days, told later`).toEqual(now);
    }
  });
});
