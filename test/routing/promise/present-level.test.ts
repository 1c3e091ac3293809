/** The present level follows a season at once, and says nothing where little is known. */
import { describe, expect, it } from 'vitest';
import type { Journey } from '../../../routing/promise/calibration.ts';
import { LEVELS } from '../../../routing/promise/duration-sketch.ts';
import { presentLevel } from '../../../routing/promise/present-level.ts';
import { DAY_SECONDS } from '../../../routing/types.ts';
import { SEED, seeded } from './chance.ts';

const AT = Date.UTC(2026, 2, 1) / 1000;
const EXPECTED = 5;

/** Journeys of 28 days, `perDay` a day, that take `days`, held against five; seen at the end. */
function journeys(days: number, perDay: number, level = 0): Journey[] {
  const chance = seeded(SEED);
  return Array.from({ length: 28 * perDay }, (_, i) => {
    const started_seconds = AT + Math.floor((i / perDay) * DAY_SECONDS);
    const took = days * DAY_SECONDS * Math.exp(0.3 * chance.normal());
    const log = Math.log(EXPECTED * DAY_SECONDS) + level;
    return {
      groups: [''],
      started_seconds,
      forecast: { log_seconds: LEVELS.map(() => log), spread: 1 },
      level,
      weight: 1,
      ended_seconds: started_seconds + took,
    };
  });
}
const now = AT + 28 * DAY_SECONDS;

describe(`the present level (seed ${SEED})`, () => {
  it('is most of what all journeys take over what was expected, those under way included', () => {
    for (const days of [3, 5, 8]) {
      const level = presentLevel(journeys(days, 20), now);
      expect(Math.abs(level - 0.8 * Math.log(days / EXPECTED))).toBeLessThan(0.06);
    }
  });

  it('is told of the forecasts without the level that they had', () => {
    const [plain, levelled] = [journeys(8, 20), journeys(8, 20, 0.4)];
    expect(presentLevel(levelled, now)).toBeCloseTo(presentLevel(plain, now), 3);
  });

  it('is none while too few journeys began, or too few of them have ended', () => {
    expect(presentLevel(journeys(8, 1), now)).toBe(0);
    expect(presentLevel(journeys(60, 20), now)).toBe(0);
  });
});
