/**
 * How much of the cost of not knowing the future prices take away: share of the gap between exact
 * greedy on live stock and the hindsight optimum, on the public instances of Ma (2023) and variants,
 * and the orders served on the Brunel network when they are decided one by one. Same costs, same
 * arrivals for all policies; the bound is the plan-based linear programme on the arrivals that came.
 * Settings were tuned on other seeds than the ones reported here.
 */
import highsLoader from 'highs';
import { choicesOf } from '../examples/brunel/model.ts';
import { findBrunelFolder, readBrunelTables } from '../examples/brunel/tables.ts';
import { highsSolver, type LinearSolver } from '../routing/index.ts';
import { seededRandom } from '../src/simulation/random.ts';
import { benchSeed } from './command-line.ts';
import {
  type BrunelServed,
  dayBeforeKnowledge,
  type Knowledge,
  masterDataKnowledge,
  populationKnowledge,
  serveOnline,
} from './prices/brunel-online.ts';
import { hasMaData } from './prices/ma-instance.ts';
import { type MaOutcome, type MaRow, outcomeOf } from './prices/ma-rows.ts';
import { CHANGING, SMALL } from './prices/ma-settings.ts';
import type { Waits } from './prices/ma-waiting.ts';
import { playRow } from './prices/play-row.ts';
import type { Results } from './results.ts';

/** Reported seeds; tuning used 1000 to 9999 and 500000 to 510000. */
const SEED = benchSeed(20261125);
const SIZE = { seed: SEED, instances: 10, sequences: 5 };
const SHUFFLES = 20;

/** Tuned on the training seeds: thin stock needs more futures, and has programmes small enough for it. */
const THICK = {
  scenarios: 10,
  renewal: 'aged',
  cycle: { share_left: 0.1, least: 0.005, most: 0.02 },
  eta: 0,
} as const;
const THIN = {
  scenarios: 30,
  renewal: 'redrawn',
  cycle: { share_left: 0.12, least: 0, most: 1 },
  eta: 0,
} as const;

type Row = Pick<MaRow, 'setting' | 'forecast_sigma'> & { readonly waits?: Waits };

const ROWS: readonly (readonly [name: string, row: Row, least: number])[] = [
  ['T = 10,000', { setting: SMALL, forecast_sigma: 0 }, 0.95],
  ['T = 1,000', { setting: { ...SMALL, periods: 1000 }, forecast_sigma: 0 }, 0.85],
  ['T = 10,000, forecast wrong by σ = 0.5', { setting: SMALL, forecast_sigma: 0.5 }, 0.9],
  ['large orders last', { setting: CHANGING, forecast_sigma: 0 }, 0.85],
  ['large orders first', { setting: { ...CHANGING, singles_first: 0.1 }, forecast_sigma: 0 }, 0.85],
];

/** Changing arrivals over the longer horizon. */
const LONG = { ...CHANGING, periods: SMALL.periods };
const CHANGING_LONG: typeof ROWS = [
  ['T = 10,000, large orders last', { setting: LONG, forecast_sigma: 0 }, 0.85],
  [
    'T = 10,000, large orders first',
    { setting: { ...LONG, singles_first: 0.1 }, forecast_sigma: 0 },
    0.85,
  ],
];

/**
 * The changing arrivals as the engine meets them: an order has a plan at once, and may be decided again
 * while it waits to be released. The more wait, the more is known.
 */
const WAITING = [50, 100, 300].flatMap((window) =>
  (
    [
      [0.9, 'large orders last'],
      [0.1, 'large orders first'],
    ] as const
  ).map(
    ([singles_first, name]) =>
      [
        `${name}, ${window} orders wait`,
        {
          setting: { ...CHANGING, singles_first },
          forecast_sigma: 0,
          waits: { window, every: 10, saving_least: 0.1 },
        },
        0.85,
      ] as const,
  ),
);

/**
 * The changing arrivals as Amil, Makhdoumi and Wei publish them: one kind of order alone in each half, or
 * nothing that changes, and orders of at most five items or two. Played for comparison: no target.
 */
const PUBLISHED: readonly (readonly [name: string, row: Row])[] = [5, 2].flatMap((largest_order) =>
  (
    [
      [1, 'large orders last alone'],
      [0, 'large orders first alone'],
      [0.5, 'no change'],
    ] as const
  ).map(
    ([singles_first, name]) =>
      [
        `to ${largest_order} items, ${name}`,
        { setting: { ...CHANGING, largest_order, singles_first }, forecast_sigma: 0 },
      ] as const,
  ),
);

function addOutcome(results: Results, name: string, outcome: MaOutcome, least?: number): void {
  const { gap_closed, greedy_ratio, priced_ratio } = outcome;
  const target = least === undefined ? {} : { least: 100 * least };
  results.add(`${name}: gap closed`, 100 * gap_closed.mean, '%', target);
  results.add(`${name}: gap closed, half of the 95 % interval`, 100 * gap_closed.half, '%');
  results.add(`${name}: gap closed, sums of all sequences`, 100 * outcome.pooled, '%');
  results.add(`${name}: exact greedy / hindsight`, greedy_ratio.mean, '');
  results.add(`${name}: with prices / hindsight`, priced_ratio.mean, '');
  results.add(`${name}: sequences dearer than greedy`, outcome.worse_than_greedy, '', { most: 0 });
  results.add(`${name}: slowest price refresh, processor time`, outcome.slowest_refresh_ms, 'ms', {
    most: 1000,
  });
}

/** Plays rows on every processor. */
async function benchRows(
  results: Results,
  rows: readonly (readonly [name: string, row: Row, least?: number])[],
): Promise<void> {
  if (!hasMaData) {
    console.error('skipped: the ma2023 tables are not beside the project (PORTOLAN_SHARED_DATA)');
    return;
  }
  for (const [name, row, least] of rows) {
    const policy = row.setting.periods > 1000 ? THICK : THIN;
    const full = { waits: null, ...row, policy, ...SIZE };
    addOutcome(results, name, outcomeOf(await playRow(full)), least);
    // Rows take minutes each: what is done is kept, whatever ends the run.
    results.save();
  }
}

/** The share of the gap that prices close, on small instances. */
export const benchPrices = (results: Results): Promise<void> => benchRows(results, ROWS);

/** The same on changing arrivals over the longer horizon. */
export const benchPricesChangingLong = (results: Results): Promise<void> =>
  benchRows(results, CHANGING_LONG);

/** The same on changing arrivals where orders wait and are decided again. */
export const benchPricesWaiting = (results: Results): Promise<void> => benchRows(results, WAITING);

/** The same on changing arrivals as they are published. */
export const benchPricesPublished = (results: Results): Promise<void> =>
  benchRows(results, PUBLISHED);

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = seededRandom(seed);
  const mixed = [...list];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = random.between(0, i);
    [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
  }
  return mixed;
}

function benchBrunel(results: Results, solver: LinearSolver): void {
  const folder = findBrunelFolder();
  if (folder === null) {
    console.error('skipped: the brunel tables are not beside the project (PORTOLAN_SHARED_DATA)');
    return;
  }
  const tables = readBrunelTables(folder);
  const orders = choicesOf(tables);
  const sequences = [
    orders,
    ...Array.from({ length: SHUFFLES }, (_, s) => shuffled(orders, SEED + s)),
  ];
  const played = sequences.map((sequence, seed) => {
    const serve = (learns: boolean, knowledge: Knowledge) =>
      serveOnline(tables, sequence, { solver, seed, learns, knowledge });
    return {
      greedy: serveOnline(tables, sequence, null),
      known: serve(false, populationKnowledge(tables)),
      dayBefore: serve(true, dayBeforeKnowledge(tables, SEED + 500 + seed)),
      masterData: serve(true, masterDataKnowledge(tables)),
    };
  });
  const least = (of: (one: (typeof played)[number]) => BrunelServed) =>
    Math.min(...played.map((one) => of(one).served));
  const target = { least: orders.length };
  const word = `least of file order and ${SHUFFLES} shuffles`;
  const add = (metric: string, served: number, aim: { least?: number } = {}) =>
    results.add(`brunel${metric}`, served, 'orders', aim);
  add(', file order: served by greedy', played[0]!.greedy.served);
  add(
    `: served by greedy, ${word}`,
    least((one) => one.greedy),
  );
  add(
    `: served, mix known, ${word}`,
    least((one) => one.known),
    target,
  );
  add(
    `: served, mix learned from the day before, ${word}`,
    least((one) => one.dayBefore),
    target,
  );
  const all = played.filter(({ masterData }) => masterData.served === orders.length).length;
  add(
    `: served, nothing known but the master data, ${word}`,
    least((one) => one.masterData),
  );
  results.add('brunel: sequences so served in full', all, `of ${played.length}`);
}

/** HiGHS; the package's types describe its CommonJS form, where the loader is the default's default. */
async function loadSolver(): Promise<LinearSolver> {
  const load = highsLoader as unknown as typeof highsLoader.default;
  return highsSolver(await load());
}

/** The orders served on the Brunel network, decided one by one. */
export async function benchPricesBrunel(results: Results): Promise<void> {
  benchBrunel(results, await loadSolver());
}
