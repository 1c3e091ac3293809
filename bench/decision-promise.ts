/**
 * Promises on real orders (Olist): each order of the last quarter is promised as of its purchase from
 * what was known then, and the promises are held against what happened and against the retailer's own
 * estimates. `--orders=FILE` reads other orders of the same columns; `--test=FILE` promises the orders
 * of that file, with those of the first as their past.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LEVELS } from '../routing/promise/duration-sketch.ts';
import { isRecording, option } from './command-line.ts';
import { type OlistOrder, readOlist } from './olist-orders.ts';
import {
  interval,
  keptShare,
  keptShareOfAll,
  levelOf,
  promisedDays,
  type Reading,
  retailer,
  shorterAtEqualReliability,
  shorterBy,
} from './promise-figures.ts';
import { plotCalibration } from './promise-plot.ts';
import { type Promised, replay } from './promise-replay.ts';
import type { Results } from './results.ts';

const SEED = 20261125;
/** `PORTOLAN_SHARED_DATA` names another folder of public data than the one beside the project. */
const DATA = process.env.PORTOLAN_SHARED_DATA ?? join(import.meta.dirname, '../../shared/data');
const DEFAULT = join(DATA, 'olist/orders_train.csv');
const LEAST_GROUP = 60;

/** The instant from which a quarter of the delivered orders was purchased. */
function lastQuarter(orders: readonly OlistOrder[]): number {
  const delivered = orders.filter((order) => order.delivered !== null);
  return delivered[Math.floor(delivered.length * 0.75)]!.purchased;
}

const isParcel = ({ order }: Promised): boolean =>
  order.delivered !== null || order.handed_over !== null;

/** Figures of the promises on the parcels under test, held to the targets. */
function report(results: Results, rows: readonly Promised[]): void {
  const figure = (
    metric: string,
    of: (rows: readonly Promised[]) => number,
    unit: string,
    target: { least?: number; most?: number } = {},
  ): void => {
    results.add(metric, of(rows), unit, target);
    const [low, high] = interval(rows, of, SEED);
    results.add(`${metric}: 95 % interval from`, low, unit);
    results.add(`${metric}: 95 % interval to`, high, unit);
  };
  for (const [stated, margin, shorter] of [
    [0.8, 0.02, undefined],
    [0.9, 0.015, 0.2],
    [0.95, 0.01, undefined],
  ] as const) {
    const level = levelOf(stated);
    const within = { least: stated - margin, most: stated + margin };
    figure(`stated ${stated}: kept`, (some) => keptShare(some, level), 'share', within);
    figure(
      `stated ${stated}: kept, the lost counted as broken`,
      (some) => keptShareOfAll(some, level),
      'share',
      stated === 0.8 ? {} : within,
    );
    figure(`stated ${stated}: mean promise`, (some) => promisedDays(some, level), 'days');
    figure(
      `stated ${stated}: shorter than the retailer's estimate`,
      (some) => shorterBy(some, level, 'end of the day'),
      'share',
      shorter === undefined ? {} : { least: shorter },
    );
  }
  for (const reading of ['end of the day', 'start of the day'] satisfies Reading[]) {
    figure(
      `shorter at equal reliability, the retailer's date kept until the ${reading}`,
      (some) => shorterAtEqualReliability(some, levelOf(0.95), reading),
      'share',
      { least: 0.05 },
    );
  }
}

/** Kept shares at 0.95 by month and by state. */
function reportGroups(results: Results, rows: readonly Promised[]): void {
  const level = levelOf(0.95);
  for (const key of ['month', 'state'] as const) {
    const groups = [
      ...Map.groupBy(rows, ({ order }) => (key === 'month' ? order.month : order.to.state)),
    ].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [group, own] of groups) {
      const arrived = own.filter(({ order }) => order.delivered !== null).length;
      if (arrived < LEAST_GROUP) continue;
      const theirs = retailer(own, 'end of the day');
      const about = `${key} ${group}`;
      results.add(`${about}: parcels`, arrived, 'parcels');
      results.add(`${about}, stated 0.95: kept`, keptShare(own, level), 'share');
      results.add(`${about}, stated 0.95: mean promise`, promisedDays(own, level), 'days');
      results.add(`${about}, the retailer's own dates: kept`, theirs.kept, 'share');
      results.add(`${about}, the retailer's own dates: mean`, theirs.days, 'days');
    }
  }
}

/** Adds the figures of promises, unless the orders are not at hand. */
export function benchPromise(results: Results): void {
  const path = option('orders') ?? DEFAULT;
  if (!existsSync(path)) {
    console.log(`Skipped: no orders at ${path}; they are not shipped with the code.`);
    return;
  }
  const testPath = option('test');
  const tested = testPath === undefined ? [] : readOlist(testPath);
  const refs = new Set(tested.map(({ ref }) => ref));
  const orders = [...readOlist(path).filter(({ ref }) => !refs.has(ref)), ...tested];
  const tests = orders.filter(({ ref }) => testPath === undefined || refs.has(ref));
  const from = testPath === undefined ? lastQuarter(orders) : tests[0]!.purchased;
  const rows = replay(orders, from).filter(
    (row) => isParcel(row) && (testPath === undefined || refs.has(row.order.ref)),
  );
  results.add('parcels under test', rows.length, 'parcels');
  for (const reading of ['end of the day', 'start of the day'] satisfies Reading[]) {
    const { kept, days } = retailer(rows, reading);
    results.add(`the retailer's own dates, kept until the ${reading}: kept`, kept, 'share');
    results.add(`the retailer's own dates, kept until the ${reading}: mean`, days, 'days');
  }
  report(results, rows);
  reportGroups(results, rows);
  if (isRecording) plot(rows);
}

function plot(rows: readonly Promised[]): void {
  const points = LEVELS.map((stated, level) => ({
    stated,
    kept: keptShare(rows, level),
    days: promisedDays(rows, level),
  }));
  plotCalibration(points, retailer(rows, 'end of the day'));
}
