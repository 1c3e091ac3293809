import { describe, expect, it } from 'vitest';
import {
  CALIBRATION_OPTIONS,
  type Forecast,
  type Journey,
  RollingCalibration,
} from '../../../routing/promise/calibration.ts';
import { LEVELS } from '../../../routing/promise/duration-sketch.ts';
import { survivalProbability, survivalQuantiles } from '../../../routing/promise/kaplan-meier.ts';
import { DAY_SECONDS } from '../../../routing/types.ts';
import { SEED, seeded } from './chance.ts';

describe('the Kaplan–Meier estimate', () => {
  // Weeks of remission under 6-mercaptopurine, + = censored: Freireich et al., Blood 21 (1963), as
  // worked out in Cox, Oakes: Analysis of Survival Data (1984).
  const remissions = '6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+'.split(
    ' ',
  );
  const lifetimes = remissions.map((week) => ({
    value: Number.parseInt(week, 10),
    weight: 1,
    reached: !week.endsWith('+'),
  }));

  it.each([
    [6, 0.857],
    [7, 0.807],
    [10, 0.753],
    [13, 0.69],
    [16, 0.627],
    [22, 0.538],
    [23, 0.448],
    [35, 0.448],
  ])('leaves beyond week %d the published share %d', (week, beyond) => {
    expect(1 - survivalProbability(lifetimes, week)).toBeCloseTo(beyond, 3);
  });

  it('reads quantiles off the same curve, and the largest value where it ends', () => {
    expect(survivalQuantiles(lifetimes, [0.1, 0.2, 0.4, 0.9])).toEqual([6, 10, 22, 35]);
    expect(survivalQuantiles([], [0.5])).toEqual([Number.NaN]);
    expect(survivalProbability([], 1)).toBe(0);
  });

  it(`is the product over those at risk, in whatever order they come (seed ${SEED})`, () => {
    const chance = seeded(SEED);
    for (const n of [1, 7, 8, 9, 40, 333]) {
      const some = Array.from({ length: n }, () => ({
        ...{ value: Math.floor(20 * chance.next()), weight: 1 + chance.next() },
        reached: chance.next() < 0.7,
      }));
      for (let limit = 0; limit < 20; limit++) {
        const beyond = some.reduce((product, { value, weight, reached }, place) => {
          if (!reached || value > limit) return product;
          // Those that ended at the same value end one after the other, as they came.
          const atRisk = some
            .filter(
              (one, i) => one.value > value || (one.value === value && !(one.reached && i < place)),
            )
            .reduce((sum, one) => sum + one.weight, 0);
          return product * (1 - weight / atRisk);
        }, 1);
        expect(survivalProbability(some, limit)).toBeCloseTo(1 - beyond, 10);
      }
    }
  });

  it('counts a weighted value as that many', () => {
    const doubled = lifetimes.map((one) => ({ ...one, weight: 2 }));
    const twice = [...lifetimes, ...lifetimes];

    expect(survivalQuantiles(doubled, LEVELS)).toEqual(survivalQuantiles(twice, LEVELS));
  });
});

/** Of journeys that take exp(N(ln 5 days, 0.5)), each forecast as `log` and `spread` of a normal. */
interface World {
  readonly seed: number;
  readonly days: number;
  readonly perDay: number;
  readonly forecast: Forecast;
  /** ln of the real median, by day. */
  readonly middle: (day: number, group: string) => number;
  readonly lost?: number;
  /** Calibrate by ended journeys alone, as if the rest were not there. */
  readonly onlyEnded?: boolean;
}

const normal = (log: number, spread: number): Forecast => ({
  log_seconds: [
    -2.3263, -1.6449, -1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.0364, 1.2816,
    1.6449, 1.96, 2.3263,
  ].map((z) => log + z * spread),
  spread,
});

/** Share of arrived journeys within their promise at each level, over the second half of the days. */
function keptShares(world: World, groups: readonly string[] = ['a']): Map<string, number[]> {
  const { seed, days, perDay, forecast, middle, lost = 0, onlyEnded = false } = world;
  const chance = seeded(seed);
  const calibration = new RollingCalibration({ ...CALIBRATION_OPTIONS, refresh_seconds: 172_800 });
  const kept = new Map(groups.map((group) => [group, LEVELS.map(() => 0)]));
  const waiting: Journey[] = [];
  const counts = new Map(groups.map((group) => [group, 0]));
  for (let i = 0; i < days * perDay; i++) {
    const started = 1.75e9 + Math.floor((i * DAY_SECONDS) / perDay);
    const day = i / perDay;
    const group = groups[i % groups.length]!;
    const took = Math.exp(middle(day, group) + 0.5 * chance.normal());
    const arrives = chance.next() >= lost;
    const promised = calibration.calibrated(forecast, [group, ''], started);
    const journey: Journey = {
      groups: [group, ''],
      started_seconds: started,
      forecast,
      weight: 1,
      ended_seconds: arrives ? started + took : null,
    };
    if (onlyEnded) waiting.push(journey);
    else calibration.begin(journey);
    for (const one of waiting.filter(({ ended_seconds: end }) => end !== null && end <= started)) {
      calibration.begin(one);
      waiting.splice(waiting.indexOf(one), 1);
    }
    if (day < days / 2 || !arrives) continue;
    counts.set(group, counts.get(group)! + 1);
    kept.get(group)!.forEach((_, level, own) => {
      own[level]! += +(took <= promised[level]!);
    });
  }
  return new Map(
    [...kept].map(([group, own]) => [group, own.map((count) => count / counts.get(group)!)]),
  );
}

const DAYS_5 = Math.log(5 * DAY_SECONDS);
const level = (stated: number): number => LEVELS.indexOf(stated);

describe(`a rolling calibration (seed ${SEED})`, { timeout: 30_000 }, () => {
  const wrong = normal(DAYS_5 + 0.4, 0.2);
  const steady = { seed: SEED, days: 240, perDay: 12, forecast: wrong, middle: () => DAYS_5 };

  it('makes what is stated true of a forecast that is wrong in place and in width', () => {
    const shares = keptShares(steady).get('a')!;

    for (const stated of [0.2, 0.5, 0.8, 0.9, 0.95]) {
      expect(Math.abs(shares[level(stated)]! - stated)).toBeLessThan(0.04);
    }
    expect(Math.abs(shares[level(0.95)]! - 0.95)).toBeLessThan(0.018);
  });

  it('speaks of parcels that arrive, however many never do', () => {
    const shares = keptShares({ ...steady, lost: 0.03 }).get('a')!;

    expect(Math.abs(shares[level(0.95)]! - 0.95)).toBeLessThan(0.018);
  });

  it('takes who is still under way for slow, where looking only at ended journeys would not', () => {
    // Five weeks of parcels that take two: the slow ones of late are still to come.
    const middle = () => DAYS_5 + 1;
    const young = { ...steady, days: 36, perDay: 60, middle, forecast: normal(DAYS_5 + 1, 0.5) };

    const share = keptShares(young).get('a')![level(0.9)]!;
    const naive = keptShares({ ...young, onlyEnded: true }).get('a')![level(0.9)]!;

    expect(Math.abs(share - 0.9)).toBeLessThan(0.05);
    expect(naive).toBeLessThan(share - 0.03);
  });

  it('does not forget the tail over a quiet month', () => {
    const chance = seeded(SEED + 2);
    const calibration = new RollingCalibration();
    const forecast = normal(DAYS_5, 0.5);
    const from = 1.75e9;
    for (let i = 0; i < 3600; i++) {
      const started_seconds = from + i * 8640;
      // In the last of twelve months nobody is late.
      const quiet = i > 3300 ? 0 : 1;
      const z = chance.normal();
      const took = Math.exp(DAYS_5 + 0.5 * Math.min(z, quiet === 0 ? 1 : 9));
      const ended_seconds = started_seconds + took;
      calibration.begin({ groups: [''], started_seconds, forecast, weight: 1, ended_seconds });
    }
    const stated = calibration.calibrated(forecast, [''], from + 3600 * 8640);
    const usual = Math.exp(forecast.log_seconds[level(0.95)]!);
    expect(Math.abs(Math.log(stated[level(0.95)]! / usual))).toBeLessThan(0.1);
  });

  it('lets each group answer for itself', () => {
    const middle = (_: number, group: string): number => DAYS_5 + (group === 'far' ? 0.6 : 0);

    const shares = keptShares({ ...steady, perDay: 24, middle }, ['near', 'far']);

    for (const own of shares.values()) {
      expect(Math.abs(own[level(0.95)]! - 0.95)).toBeLessThan(0.03);
    }
  });

  it('leaves a forecast as it is while too little has ended, and states rising quantiles', () => {
    const calibration = new RollingCalibration();
    const raw = calibration.calibrated(wrong, ['a', ''], 1.75e9);

    expect(raw).toEqual(wrong.log_seconds.map(Math.exp));
    expect(calibration.probabilityWithin(wrong, ['a', ''], 1.75e9, DAY_SECONDS)).toBeUndefined();
    const crossed: Forecast = { ...wrong, log_seconds: [...wrong.log_seconds].reverse() };
    const stated = calibration.calibrated(crossed, [''], 1.75e9);
    expect(stated).toEqual([...stated].sort((a, b) => a - b));
  });

  it('says how probable it is to arrive within a time', () => {
    const chance = seeded(SEED + 1);
    const calibration = new RollingCalibration();
    for (let i = 0; i < 2000; i++) {
      const started = 1.75e9 + i * 1000;
      calibration.begin({
        groups: [''],
        started_seconds: started,
        forecast: wrong,
        weight: 1,
        ended_seconds: started + Math.exp(DAYS_5 + 0.5 * chance.normal()),
      });
    }

    const within = (log: number) =>
      calibration.probabilityWithin(wrong, [''], 1.75e9 + 2_000_000, Math.exp(log))!;
    expect(within(DAYS_5)).toBeCloseTo(0.5, 1);
    expect(within(DAYS_5 + 0.5 * 1.2816)).toBeCloseTo(0.9, 1);
  });

  it('forgets a journey that was called off', () => {
    const journey: Journey = {
      groups: [''],
      started_seconds: 1.75e9,
      forecast: wrong,
      weight: 1,
      ended_seconds: null,
    };
    const calibration = new RollingCalibration();
    calibration.begin(journey);
    calibration.withdraw(journey);

    expect(calibration.journeys()).toEqual([]);
  });
});
