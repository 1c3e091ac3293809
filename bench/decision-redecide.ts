/**
 * What deciding again before release removes. First the engine's own step over orders of a network
 * (`redecide-window.ts`), then the library over the public instances: orders of a scarce multi-item
 * instance wait in a window of 300 and leave in waves. Scarce: stock for the nearest-centre demand less a
 * tenth. In the first rows every centre carries every item, so that a split is a matter of what is left
 * there; in the others three quarters are carried, and most splits are forced by that.
 */
import highsLoader from 'highs';
import {
  highsChoices,
  highsSolver,
  type LinearSolver,
  openProgramme,
  type PoolSolvers,
} from '../routing/index.ts';
import { benchSeed } from './command-line.ts';
import { drawArrivals, ratesOf } from './prices/ma-arrivals.ts';
import { classesOf, maOracle } from './prices/ma-classes.ts';
import { drawInstance, hasMaData } from './prices/ma-instance.ts';
import { type MaSetting, SMALL } from './prices/ma-settings.ts';
import { playWaves, type Released } from './prices/ma-waves.ts';
import { playWindow, type WindowOutcome } from './redecide-window.ts';
import type { Results } from './results.ts';

/** Reported seed; the method was made on others. */
const SEED = benchSeed(20261127);
const INSTANCES = 10;
const SCARCITY = 0.9;
/** About a tenth of a parcel's fee for each order moved. */
const WAVES = { window: 300, every: 50, saving_least: 0.1 };

function playBoth(setting: MaSetting, seed: number, solver: LinearSolver): Released[] {
  const drawn = drawInstance(setting, seed);
  const instance = { ...drawn, stock: drawn.stock.map((units) => Math.round(units * SCARCITY)) };
  const classes = classesOf(instance);
  const oracle = maOracle(instance, classes);
  const arrivals = drawArrivals(ratesOf(instance, classes), instance.periods, seed + 1);
  const game = { oracle, stock: instance.stock, arrivals };
  const programme = openProgramme(solver, oracle);
  const released = [null, programme].map((one) => playWaves(instance, classes, game, WAVES, one));
  programme.close();
  return released;
}

const WINDOWS = { orders: 600, window: 300, every: 50 };
const WINDOW_INSTANCES = 3;
/** The step of the engine over real plans, but for its database. */
async function benchWindow(results: Results, solver: PoolSolvers): Promise<void> {
  const played: [WindowOutcome, WindowOutcome][] = [];
  for (let i = 0; i < WINDOW_INSTANCES; i += 1) {
    const seed = SEED + 7000 + i;
    played.push([await playWindow(seed, WINDOWS, null), await playWindow(seed, WINDOWS, solver)]);
  }
  const sum = (which: 0 | 1, of: (one: WindowOutcome) => number) =>
    played.reduce((total, pair) => total + of(pair[which]), 0);
  const saved = (of: (one: WindowOutcome) => number) => 100 * (1 - sum(1, of) / sum(0, of));
  const name = 'the step over orders of a network';
  results.add(
    `${name}: extra shipments removed`,
    saved((one) => one.extra_parcels),
    '%',
    {
      least: 50,
    },
  );
  results.add(
    `${name}: freight and handling saved`,
    saved((one) => one.cost),
    '%',
  );
  // New orders for which there was no plan, by what was left then: their goods were gone, or lay in more
  // places than an order may leave from. Which ones that are differs between the two games.
  results.add(
    `${name}: new orders without a plan, before`,
    sum(0, (one) => one.unserved),
    'orders',
  );
  results.add(
    `${name}: new orders without a plan, after`,
    sum(1, (one) => one.unserved),
    'orders',
  );
  results.add(
    `${name}: promises broken by it`,
    sum(1, (one) => one.broken),
    'orders',
    { most: 0 },
  );
  const times = played.flatMap(([, one]) => one.redecide_ms).sort((a, b) => a - b);
  const p50 = times[Math.floor(times.length / 2)]!;
  results.add(`${name}: a window of 300 decided again, p50`, p50, 'ms CPU');
  results.add(`${name}: a window of 300 decided again, most`, times.at(-1)!, 'ms CPU');
}

/** The figures of deciding again. */
export async function benchRedecide(results: Results): Promise<void> {
  // The package's types describe its CommonJS form, where the loader is the default's default.
  const load = highsLoader as unknown as typeof highsLoader.default;
  const highs = await load();
  const solver = highsSolver(highs);
  await benchWindow(results, { linear: solver, choices: highsChoices(highs) });
  if (!hasMaData) {
    console.error('skipped: the ma2023 tables are not beside the project (PORTOLAN_SHARED_DATA)');
    return;
  }
  for (const carry of [1, 0.75]) {
    const setting = { ...SMALL, periods: 1000, carry };
    const played = Array.from({ length: INSTANCES }, (_, i) =>
      playBoth(setting, SEED + 1000 * i, solver),
    );
    const sum = (which: number, of: (one: Released) => number) =>
      played.reduce((total, released) => total + of(released[which]!), 0);
    const saved = (of: (one: Released) => number) => 100 * (1 - sum(1, of) / sum(0, of));
    const name = `decided again before release, carried with ${carry}`;
    const target = carry === 1 ? { least: 50 } : {};
    results.add(
      `${name}: extra shipments removed`,
      saved((one) => one.extra_shipments),
      '%',
      target,
    );
    results.add(
      `${name}: cost saved`,
      saved((one) => one.cost),
      '%',
    );
  }
}
