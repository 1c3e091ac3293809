/** Each condition of a route by itself: one that goes otherwise than stated, or than it runs, is named. */
import { describe, expect, it } from 'vitest';
import type {
  MileInput,
  NetworkInput,
  ParcelPlan,
  RouteStep,
  SourcedPlan,
} from '../../routing/index.ts';
import {
  customs,
  DAY,
  decide,
  disrupted,
  fixed,
  found,
  HOUR,
  lorry,
  MIDNIGHT,
  network,
  plan,
  via,
  week,
  withLegs,
  withVia,
} from './lorry-line.ts';
import { MONDAY } from './small-world.ts';

const [parcel] = plan.parcels as [ParcelPlan];
const { steps } = parcel.route!;
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
    expect(hours[3]![1]).toBeCloseTo(38 + 1 / 3, 9);
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

describe('the time of a mile', () => {
  it('is what was learned of it on its lane, where something was', () => {
    const slower = { learned_time_id: 'SLOW' };
    const others = (mile: MileInput) => [
      { ...mile, hub_id: 'D', learned_time_id: 'DAYS' },
      { ...mile, transit_time_id: 'SLOW', learned_time_id: 'DAYS' },
    ];
    const transit_times = [...network.transit_times, fixed('DAYS', 48)];
    for (const document of [
      withVia({ first_mile: [...others(first!), { ...first!, ...slower }] }),
      withVia({ last_mile: [...others(last!), { ...last!, ...slower }] }),
    ]) {
      const learned = { ...document, transit_times };
      const now = decide(learned) as SourcedPlan;
      expect(found(learned, now)).toEqual([]);
      expect(found(learned)).not.toEqual([]);
      expect(now.promise_seconds).toBeGreaterThanOrEqual(plan.promise_seconds);
    }
  });

  it('lets a parcel leave with what departs as it is ready', () => {
    for (const [times, hours] of [
      [['20:10', '23:00'], 20 + 1 / 6],
      [['20:09', '23:00'], 23],
    ] as const) {
      const document = withLegs({ ...lorry, departures: week(times) }, customs);
      const now = decide(document) as SourcedPlan;
      expect(now.parcels[0]!.route!.steps[1]!.departs_seconds).toBe(MIDNIGHT + hours * HOUR);
      expect(found(document, now)).toEqual([]);
    }
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
