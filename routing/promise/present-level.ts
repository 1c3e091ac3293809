/**
 * How slow everything is at present: season, strikes and weather move all journeys together, and the
 * sketches, which remember months, follow late. The level is read off the journeys that started of late,
 * those under way included (Kaplan–Meier), as the middle of what they take over what was expected.
 */

import { DAY_SECONDS, HOUR_SECONDS } from '../types.ts';
import type { Journey } from './calibration.ts';
import { LEVELS } from './duration-sketch.ts';
import { type Lifetime, survivalProbability, survivalQuantiles } from './kaplan-meier.ts';

/** Journeys that started this recently tell the level. */
const SINCE_DAYS = 28;
/** Part of it that is believed: the rest is taken for chance. */
const BELIEVED = 0.8;
/** Fewer journeys tell nothing. */
const LEAST_JOURNEYS = 40;
/** The mean of these is steadier than the median. */
const CENTRE: readonly number[] = [0.3, 0.4, 0.5, 0.6, 0.7];
const MIDDLE = LEVELS.indexOf(0.5);

/**
 * Logarithm by which times are longer now than their forecasts without a level; 0 while too few journeys
 * started lately, or too few of those have ended. O(n log n).
 */
export function presentLevel(journeys: readonly Journey[], now: number): number {
  const from = now - SINCE_DAYS * DAY_SECONDS;
  const lives = journeys
    .filter(({ started_seconds: at, forecast }) => {
      return at >= from && at < now && forecast.log_seconds.length > 0;
    })
    .map((journey) => lifetimeOf(journey, now));
  if (lives.length < LEAST_JOURNEYS) return 0;
  if (survivalProbability(lives, Number.POSITIVE_INFINITY) < CENTRE.at(-1)!) return 0;
  const middles = survivalQuantiles(lives, CENTRE);
  const middle = middles.reduce((sum, one) => sum + one, 0) / CENTRE.length;
  return Math.round(1e4 * BELIEVED * middle) / 1e4;
}

function lifetimeOf(journey: Journey, now: number): Lifetime {
  const { started_seconds, ended_seconds, forecast, level = 0, weight } = journey;
  const reached = ended_seconds !== null && ended_seconds <= now;
  const taken = Math.max(HOUR_SECONDS, (reached ? ended_seconds : now) - started_seconds);
  return { value: Math.log(taken) - (forecast.log_seconds[MIDDLE]! - level), weight, reached };
}
