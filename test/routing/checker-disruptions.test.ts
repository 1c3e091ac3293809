/** Disruptions, to the second: what they hold is held alike by the solver and by the checker. */
import { describe, expect, it } from 'vitest';
import {
  type DisruptionInput,
  disruptNetwork,
  type ParcelPlan,
  type RouteStep,
  type SourcedPlan,
  type TransitTimeInput,
} from '../../routing/index.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import {
  compile,
  customs,
  DAY,
  DAYS,
  decide,
  decideOn,
  disrupted,
  found,
  HOUR,
  lorry,
  MIDNIGHT,
  network,
  plan,
  withLegs,
  withVia,
} from './lorry-line.ts';
import { runs, seedOf } from './runs.ts';

const SEED = seedOf(60_400);

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
  const closed = Object.entries({ ...hubs, C: [hour(35, 20)], D: [hour(34)] });
  const legs = Object.entries({ AB: [18, 30, 34.25, 42], BC: [30, 34 + 1 / 3] });
  return [
    ...closed.flatMap(([hub_id, instants]) =>
      instants.flatMap(windowsAt).map((one) => ({ kind: 'hub_closed' as const, hub_id, ...one })),
    ),
    ...legs.flatMap(([leg_id, instants]) =>
      instants
        .flatMap((hours) => windowsAt(hour(hours)))
        .flatMap((one): DisruptionInput[] => [
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
      [delayed('AB', 0, 84, 120)],
    ];
    for (const both of several) {
      expect(agree(...both)).toBe(false);
      expect(agree(...both.toReversed())).toBe(false);
    }
  });

  it(`holds spread arrivals at the same instants for solver and checker (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const spread = { id: 'SPREAD', quantiles: [0.1, 0.5, 0.9, 1].map((p) => [p, p * 9 * HOUR]) };
    const legs = [lorry, { ...customs, transit_time_id: 'SPREAD' }];
    let off = 0;
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
      const first_mile = [{ hub_id: random.pick(['A', 'B', 'B']), transit_time_id: 'SPREAD' }];
      const document = {
        ...withVia({ first_mile }),
        transit_times,
        legs: random.chance(0.2) ? legs : network.legs!,
        policy: { ...network.policy, confidence: random.pick([0.2, 0.6, 0.8, 0.95]) },
        disruptions: Array.from({ length: random.between(0, 3) }, draw),
      };
      const now = decide(document) as SourcedPlan;
      expect(found(document, now), `run ${i}`).toEqual([]);
      promises.add(now.promise_seconds);
      // Where half the parcels have come is a matter of seconds, if no window begins or ends there.
      if (document.disruptions.length > 0) continue;
      const [own] = now.parcels as [ParcelPlan];
      for (const seconds of [-20, 20]) {
        const [mile, ...rest] = own.route!.steps as [RouteStep, ...RouteStep[]];
        const steps = [{ ...mile, arrives_seconds: mile.arrives_seconds + seconds }, ...rest];
        const changes: Partial<ParcelPlan>[] = [
          { promise_seconds: own.promise_seconds + seconds },
          { expected_seconds: own.expected_seconds + seconds },
          { route: { ...own.route!, steps } },
        ];
        for (const change of changes) {
          const parcels = [{ ...own, ...change }];
          const promise_seconds = change.promise_seconds ?? own.promise_seconds;
          expect(found(document, { ...now, promise_seconds, parcels })).not.toEqual([]);
          off++;
        }
      }
    }
    expect(off).toBeGreaterThan(runs(80) / 2);
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
