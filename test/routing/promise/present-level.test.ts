/** The present level follows what happens at once, both ways, and says little where little is known. */
import { describe, expect, it } from 'vitest';
import type { Journey } from '../../../routing/promise/calibration.ts';
import { LEVELS } from '../../../routing/promise/duration-sketch.ts';
import { levelIn, presentLevels, shiftsOf } from '../../../routing/promise/present-level.ts';
import { DAY_SECONDS } from '../../../routing/types.ts';
import { SEED, seeded } from './chance.ts';

const AT = Date.UTC(2026, 2, 1) / 1000;
const EXPECTED = 5;
const SCATTER = 0.4;
/** When what is usual is known, and a day at which the new is there for a month. */
const [CHANGE, LATER] = [300, 330];

interface Life {
  readonly perDay: number;
  /** Days at the median, of who starts on a day. */
  readonly took: (day: number) => number;
  readonly groups?: readonly string[];
  /** Of the forecasts. */
  readonly level?: number;
  /** Moves the day of an end. */
  readonly moved?: (day: number) => number;
  readonly weight?: number;
}

/** Journeys from `AT` on, held against five days at the median, whatever the shape. */
function journeys({ perDay, took, groups = [''], level = 0, ...rest }: Life): Journey[] {
  const { moved = (day: number) => day, weight = 1 } = rest;
  const chance = seeded(SEED);
  const log = Math.log(EXPECTED * DAY_SECONDS) + level;
  return Array.from({ length: 400 * perDay }, (_, i) => {
    const start = i / perDay;
    const end = moved(start + took(start) * Math.exp(SCATTER * chance.normal()));
    return {
      groups,
      started_seconds: AT + start * DAY_SECONDS,
      forecast: { log_seconds: LEVELS.map(() => log), spread: 1 },
      level,
      weight,
      ended_seconds: AT + end * DAY_SECONDS,
    };
  });
}

const on = (day: number): number => AT + day * DAY_SECONDS;
const levelOn = (day: number, known: readonly Journey[], groups = ['']): number => {
  const told = known.filter(({ started_seconds: at }) => at < on(day));
  return levelIn(presentLevels(told, on(day)), groups);
};
const since = (days: number) => (day: number) => (day < CHANGE ? EXPECTED : days);

describe(`the present level (seed ${SEED})`, () => {
  it('is what times are over what they usually are, those under way included', () => {
    for (const days of [3, 5, 8]) {
      const level = levelOn(LATER, journeys({ perDay: 15, took: since(days) }));
      expect(Math.abs(level - Math.log(days / EXPECTED))).toBeLessThan(0.15);
    }
  });

  it('is none where forecasts are always wrong by as much', () => {
    for (const days of [2, 12]) {
      const level = levelOn(LATER, journeys({ perDay: 15, took: () => days }));
      expect(Math.abs(level)).toBeLessThan(0.1);
    }
  });

  it('is told of the forecasts without the level that they had', () => {
    const life = { perDay: 10, took: since(8) };
    const [plain, levelled] = [journeys(life), journeys({ ...life, level: 0.4 })];
    expect(levelOn(LATER, levelled)).toBeCloseTo(levelOn(LATER, plain), 3);
  });

  it('counts a sample as what it stands for', () => {
    const life = { perDay: 2, took: since(8) };
    expect(levelOn(LATER, journeys({ ...life, weight: 7 }))).toBe(levelOn(LATER, journeys(life)));
  });

  it('rises while nothing moves, and is gone two weeks after things move again', () => {
    // For two weeks nothing is delivered; then what waits, within four days.
    const [from, to] = [CHANGE, CHANGE + 14];
    const chance = seeded(SEED + 1);
    const moved = (day: number) => (day < from || day > to ? day : to + 4 * chance.next());
    const known = journeys({ perDay: 15, took: () => EXPECTED, moved });

    expect(Math.abs(levelOn(from, known))).toBeLessThan(0.1);
    expect(levelOn(from + 7, known)).toBeGreaterThan(0.25);
    expect(levelOn(to, known)).toBeGreaterThan(0.6);
    expect(levelOn(to + 7, known)).toBeLessThan(levelOn(to, known) - 0.2);
    for (const days of [15, 18, 21, 28, 42, 70]) {
      expect(Math.abs(levelOn(to + days, known))).toBeLessThan(0.15);
    }
  });

  it('is of each service where enough of its journeys tell, and of all where they do not', () => {
    const steady = () => EXPECTED;
    const known = [
      ...journeys({ perDay: 10, took: since(8), groups: ['slow', ''] }),
      ...journeys({ perDay: 30, took: steady, groups: ['swift', ''] }),
      ...journeys({ perDay: 0.1, took: since(20), groups: ['rare', ''] }),
    ];

    const slow = levelOn(LATER, known, ['slow', '']);
    expect(Math.abs(slow - Math.log(8 / EXPECTED))).toBeLessThan(0.15);
    expect(Math.abs(levelOn(LATER, known, ['swift', '']))).toBeLessThan(0.1);
    expect(levelOn(LATER, known, ['rare', ''])).toBe(levelOn(LATER, known, ['']));
    expect(levelOn(LATER, known, ['unheard of', ''])).toBe(levelOn(LATER, known, ['']));
  });

  it('moves the middle by itself, and late quantiles further than early ones', () => {
    expect(shiftsOf(0)).toEqual(LEVELS.map(() => 0));
    for (const level of [-0.5, 0.5]) {
      const shifts = shiftsOf(level).map((shift) => shift / level);
      expect(shifts[LEVELS.indexOf(0.5)]).toBe(1);
      expect(shifts).toEqual([...shifts].sort((a, b) => a - b));
      expect(shifts[0]).toBeGreaterThan(0.2);
      expect(shifts.at(-1)).toBeLessThan(1.8);
    }
  });

  it('is the same for a group that is all of the one around it', () => {
    const known = journeys({ perDay: 10, took: since(8), groups: ['land', 'post', ''] });
    expect(levelOn(LATER, known, ['land', 'post', ''])).toBe(levelOn(LATER, known, ['']));
  });

  it('is little while little happens, and none before anything did', () => {
    expect(levelOn(LATER, [])).toBe(0);
    expect(levelOn(4, journeys({ perDay: 10, took: () => 8 }))).toBe(0);
    const few = levelOn(LATER, journeys({ perDay: 0.4, took: since(8) }));
    expect(few).toBeGreaterThan(0);
    expect(few).toBeLessThan(0.3);
  });
});
