/** The dual simplex method against HiGHS: on programmes that rows are added to and taken back from. */
import highsLoader, { type Highs } from 'highs';
import { describe, expect, it } from 'vitest';
import { solve } from '../../routing/dual-simplex.ts';
import { addRow, openSimplex, type Row, restore, snapshot } from '../../routing/simplex-basis.ts';
import { type Random, seededRandom } from '../../src/simulation/random.ts';
import { runs, seedOf } from './runs.ts';

const SEED = seedOf(53);
const none = Number.POSITIVE_INFINITY;

/** What random programmes are made of. */
interface Kind {
  readonly columns: number;
  readonly rows: number;
  /** Powers of two of the cells, from and to: sums of them are exact. */
  readonly powers: readonly [number, number];
  /** Share of the columns that cost nothing. */
  readonly free: number;
}

/** A row that a hidden point meets, mostly. */
function randomRow(random: Random, { powers }: Kind, hidden: Float64Array): Row {
  const share = random.pick([0.05, 0.2, 0.6, 1]);
  const index = [...hidden.keys()].filter(() => random.chance(share));
  const value = index.map(() => {
    const size = 2 ** random.between(...powers) * random.pick([1, 1, 1, 3]);
    return random.chance(0.2) ? -size : size;
  });
  const met = index.reduce((sum, j, k) => sum + hidden[j]! * value[k]!, 0);
  const isEquation = random.chance(0.3);
  const spare = isEquation ? 0 : random.pick([0, 0, 1]);
  const bound = random.chance(0.07) ? random.between(-3, 10) : met + spare;
  return { index: Int32Array.from(index), value: Float64Array.from(value), bound, isEquation };
}

/** Least cost of x ≥ 0 under the rows, by HiGHS; Infinity if no x meets them, NaN if it cannot say. */
function leastCost(highs: Highs, cost: Float64Array, rows: readonly Row[]): number {
  const term = (own: number, j: number) => `${own < 0 ? '-' : '+'} ${Math.abs(own)} x${j}`;
  const lines = rows.map(({ index, value, bound, isEquation }) => {
    const sum = [...index].map((j, k) => term(value[k]!, j)).join('\n');
    return `${sum === '' ? '0 x0' : sum} ${isEquation ? '=' : '<='} ${bound}`;
  });
  const text = ['Minimize', ...Array.from(cost, term), 'Subject To', ...lines, 'End'].join('\n');
  const exact = { primal_feasibility_tolerance: 1e-9, dual_feasibility_tolerance: 1e-9 };
  const solved = highs.solve(text, { ...exact, presolve: 'off', output_flag: false });
  if (solved.Status === 'Infeasible') return none;
  return solved.Status === 'Optimal' ? solved.ObjectiveValue : Number.NaN;
}

/** Calls `visit` with the programme and its rows, at the root and along a walk to and fro. */
function walk(
  random: Random,
  kind: Kind,
  visit: (cost: Float64Array, rows: Row[], found: ReturnType<typeof solve>) => void,
) {
  const columns = random.between(2, kind.columns);
  const cost = Float64Array.from({ length: columns }, () =>
    random.chance(kind.free) ? 0 : random.between(1, 1000),
  );
  const eighths = () => (random.chance(0.2) ? random.between(1, 8) / 8 : 0);
  const hidden = Float64Array.from(cost, eighths);
  const most = hidden.reduce((sum, own) => sum + own, random.between(0, 5));
  const all = Int32Array.from(hidden.keys());
  const programme = openSimplex(cost, most);
  const add = () => addRow(programme, randomRow(random, kind, hidden));
  addRow(programme, {
    index: all,
    value: new Float64Array(columns).fill(1),
    bound: most,
    isEquation: false,
  });
  for (let r = random.between(1, kind.rows); r > 0; r--) add();
  visit(cost, programme.rows, solve(programme));
  const stack: ReturnType<typeof snapshot>[] = [];
  for (let step = 0; step < 10; step++) {
    const back = random.chance(0.4) ? stack.pop() : undefined;
    if (back !== undefined) restore(programme, back);
    else {
      stack.push(snapshot(programme));
      for (let r = random.between(1, 3); r > 0; r--) add();
    }
    visit(cost, programme.rows, solve(programme));
  }
}

describe('the dual simplex method', () => {
  it(`proves no more than the least cost, whatever is rounded (seed ${SEED})`, async () => {
    const highs = await (highsLoader as unknown as typeof highsLoader.default)();
    const random = seededRandom(SEED);
    let met = 0;
    for (let run = 0; run < runs(40); run++) {
      walk(random, { columns: 50, rows: 15, powers: [-8, 15], free: 0.2 }, (cost, rows, found) => {
        const least = leastCost(highs, cost, rows);
        expect(found.bound).not.toBeNaN();
        if (Number.isNaN(least) || least === none) return;
        met++;
        expect(found.bound).toBeLessThan(least + 1e-3 * Math.max(1, least));
      });
    }
    expect(met).toBeGreaterThan(runs(80));
  });

  it(`finds the least cost, also where many columns cost nothing (seed ${SEED})`, async () => {
    const highs = await (highsLoader as unknown as typeof highsLoader.default)();
    const random = seededRandom(SEED);
    for (let run = 0; run < runs(9); run++) {
      walk(random, { columns: 300, rows: 40, powers: [0, 4], free: 0.5 }, (cost, rows, found) => {
        expect(found.isSolved).toBe(true);
        const least = leastCost(highs, cost, rows);
        if (least === none) expect(found.bound).toBe(none);
        else expect(found.bound / Math.max(1, least)).toBeCloseTo(least / Math.max(1, least), 3);
      });
    }
  });
});
