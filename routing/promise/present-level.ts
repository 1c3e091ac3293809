/**
 * How slow everything is at present: season, strikes and weather move all journeys together, and the
 * sketches, which remember months, follow late.
 *
 * The level is told by what happened in the last days, not by who started then: every journey that was
 * under way is watched from the age that it had when the days began until it ended, or until now. The level
 * is the factor on all times with which as many journeys would have ended in these days as did, had they
 * gone as those of the past year (ends observed over ends expected, as in demography's period life tables;
 * times that are left-truncated and right-censored: Andersen et al., Statistical Models Based on Counting
 * Processes, 1993, section IV.1). So a strike shows while its parcels are still stuck, and is over soon after
 * they move: a window of starts would hold them as slow ones for weeks.
 *
 * Over a year the level is none: it says how times differ from what they usually are over their forecasts.
 * What forecasts are usually wrong by is the calibration's matter.
 *
 * Slow times scatter more: not all parcels are held up. So a level moves late quantiles further than early
 * ones, as a normal distribution of logarithms whose width grows with its middle.
 */
import { DAY_SECONDS } from '../types.ts';
import { CALIBRATION_OPTIONS, type Journey } from './calibration.ts';
import { LEVELS } from './duration-sketch.ts';
import { hazardBy } from './hazard.ts';
import { survivalQuantiles } from './kaplan-meier.ts';

/** What happened this recently tells the level. */
const SINCE_DAYS = 14;
/** Ends that weigh as much as the level of the group around, which is none around all. */
const SHRINK_COUNT = 20;
/** Ended journeys from which on a group tells what is usual. */
const LEAST_COUNT = 60;
/** Who is later than this share of a year's journeys is stuck or lost and no longer watched. */
const WATCHED = LEVELS.indexOf(0.95);
/** Times are not longer or shorter by more than this, as a logarithm. */
const MOST = 1;
/** Halvings of the range until 1e-4 is sure. */
const HALVINGS = 15;
const MIDDLE = LEVELS.indexOf(0.5);
/** Growth of the scatter of logarithms with the level. */
const WIDENING = 0.3;
/** Standard normal quantiles at `LEVELS`. */
const NORMAL: readonly number[] = [
  -2.3263, -1.6449, -1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.0364, 1.2816,
  1.6449, 1.96, 2.3263,
];

/** Levels by group; `levelIn` reads them. */
export type PresentLevels = ReadonlyMap<string, number>;

/** The level of the finest group that has one; 0 without any. O(groups). */
export function levelIn(levels: PresentLevels, groups: readonly string[]): number {
  for (const group of groups) {
    const level = levels.get(group);
    if (level !== undefined) return level;
  }
  return 0;
}

/**
 * Logarithms by which times at `LEVELS` are longer at a level; the middle ones by the level itself.
 * O(levels).
 */
export function shiftsOf(level: number): number[] {
  return NORMAL.map((z) => level * (1 + WIDENING * z));
}

/** A journey of the past year on the scale of its forecast without a level: ln(age / median). */
interface Life {
  /** At the beginning of the last days: -Infinity of who started since. */
  readonly from: number;
  /** At its end, or where it is now. */
  readonly until: number;
  readonly hasEnded: boolean;
  readonly weight: number;
}

interface Group {
  readonly around: string | undefined;
  readonly lives: Life[];
}

/**
 * Logarithms by which times are longer now than they usually are over their forecasts without a level, by
 * group: `(n own + k around) / (n + k)` with n the group's ends, seen or expected; none around all, and the
 * same for a group with few ends, or one that is all of the group around it. O(n log n) of journeys and
 * their groups. After Andersen et al. 1993, section IV.1.
 */
export function presentLevels(journeys: readonly Journey[], now: number): PresentLevels {
  const groups = livesByGroup(journeys, now);
  const levels = new Map<string, number>();
  const levelOf = (name: string): number => {
    const known = levels.get(name);
    if (known !== undefined) return known;
    const { around, lives } = groups.get(name)!;
    const parent = around === undefined ? 0 : levelOf(around);
    const isAll = around !== undefined && groups.get(around)!.lives.length === lives.length;
    const level = isAll ? parent : levelIs(lives, parent);
    levels.set(name, level);
    return level;
  };
  for (const name of groups.keys()) levelOf(name);
  return levels;
}

function levelIs(lives: readonly Life[], parent: number): number {
  const ends = lives.reduce((sum, { hasEnded, weight }) => sum + (hasEnded ? weight : 0), 0);
  if (ends < LEAST_COUNT) return parent;
  const usual = survivalQuantiles(
    lives.map(({ until, hasEnded, weight }) => ({ value: until, weight, reached: hasEnded })),
    LEVELS,
  );
  const { watched, ended } = watchUntil(lives, usual[WATCHED]!);
  let [low, high] = [-MOST, MOST];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    // The slower, the fewer would have ended.
    if (expectedEnds(watched, usual, middle) > ended) low = middle;
    else high = middle;
  }
  // At a standstill nothing ends, which says much.
  const n = Math.max(ended, expectedEnds(watched, usual, parent));
  const own = (low + high) / 2;
  return Math.round((1e4 * (n * own + SHRINK_COUNT * parent)) / (n + SHRINK_COUNT)) / 1e4;
}

/** What was seen in the last days up to an age on the scale of the lives, and how many ended in that. */
function watchUntil(lives: readonly Life[], last: number) {
  const watched = lives
    .filter(({ from, until }) => from < Math.min(until, last))
    .map((life) => (life.until <= last ? life : { ...life, until: last, hasEnded: false }));
  const ended = watched.reduce((sum, { hasEnded, weight }) => sum + (hasEnded ? weight : 0), 0);
  return { watched, ended };
}

/** How many would have ended while watched, were all times longer than usual by `level`. */
function expectedEnds(watched: readonly Life[], usual: readonly number[], level: number): number {
  let sum = 0;
  for (const { from, until, weight } of watched) {
    sum += weight * (hazardBy(usual, until - level) - hazardBy(usual, from - level));
  }
  return sum;
}

/** Journeys that began, in units of the heaviest, by group; who is lost ends nowhere. */
function livesByGroup(journeys: readonly Journey[], now: number): Map<string, Group> {
  const groups = new Map<string, Group>();
  const heaviest = journeys.reduce((most, { weight }) => Math.max(most, weight), 0);
  const since = now - SINCE_DAYS * DAY_SECONDS;
  for (const journey of journeys) {
    const { started_seconds: at, ended_seconds, forecast, level = 0 } = journey;
    if (at >= now) continue;
    const until = Math.min(now, at + CALIBRATION_OPTIONS.lost_after_days * DAY_SECONDS);
    const hasEnded = ended_seconds !== null && ended_seconds <= until;
    const middle = forecast.log_seconds[MIDDLE]! - level;
    const age = (instant: number): number => Math.log(Math.max(1, instant - at)) - middle;
    const life: Life = {
      from: since > at ? age(since) : Number.NEGATIVE_INFINITY,
      until: age(hasEnded ? ended_seconds : until),
      hasEnded,
      weight: journey.weight / heaviest,
    };
    journey.groups.forEach((name, i) => {
      const group = groups.get(name) ?? { around: journey.groups[i + 1], lives: [] };
      groups.set(name, group);
      group.lives.push(life);
    });
  }
  return groups;
}
