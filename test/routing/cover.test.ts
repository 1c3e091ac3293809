/** The search for covers against writing all of them out. */
import { describe, expect, it } from 'vitest';
import { type CoverTask, searchCovers } from '../../routing/cover.ts';
import type { Entries } from '../../routing/cover-sets.ts';
import { relax } from '../../routing/relaxation.ts';
import { type Random, seededRandom } from '../../src/simulation/random.ts';
import { runs, seedOf } from './runs.ts';

const SEED = seedOf(11);
const none = Number.POSITIVE_INFINITY;

/** Parcels of some items, many of them of the same ones, at costs that follow how many they are. */
function randomEntries(random: Random, items: number, count: number): Entries {
  const mask = new Int32Array(count);
  const of = (make: () => number) => Float64Array.from({ length: count }, make);
  const masks = Array.from({ length: Math.ceil(count / 2) }, () => {
    let bits = 0;
    for (let k = random.between(1, 4); k > 0; k--) bits |= 1 << random.between(0, items - 1);
    return bits;
  });
  for (let e = 0; e < count; e++) mask[e] = masks[random.between(0, masks.length - 1)]!;
  return {
    count,
    mask,
    cost: of(() => random.between(100, 900)),
    promise: of(() => random.between(1, 6)),
    risk: of(() => random.between(0, 3)),
  };
}

/** The least cost of any cover, by writing all out. */
function cheapest(task: CoverTask): number {
  const { entries, items, most, perParcel, time, riskLimit } = task;
  let best = none;
  const add = (open: number, parcels: number, cost: number, latest: number, risk: number): void => {
    if (open === 0) {
      best = Math.min(best, cost + perParcel * (parcels - 1) + time(latest));
      return;
    }
    if (parcels === most) return;
    const lowest = open & -open;
    for (let e = 0; e < entries.count; e++) {
      const mask = entries.mask[e]!;
      if ((mask & lowest) === 0 || (mask & open) !== mask) continue;
      if (risk + entries.risk[e]! > riskLimit) continue;
      const last = Math.max(latest, entries.promise[e]!);
      add(open ^ mask, parcels + 1, cost + entries.cost[e]!, last, risk + entries.risk[e]!);
    }
  };
  add(2 ** items - 1, 0, 0, 0, 0);
  return best;
}

/** A random task and, where so few parcels are scarce, the shares that items need of them. */
function randomTask(random: Random): CoverTask {
  const items = random.between(4, 9);
  const entries = randomEntries(random, items, random.between(items * 3, items * 9));
  const { count, mask, cost } = entries;
  const most = random.between(2, 4);
  const perParcel = random.between(0, 200);
  const solved = (price: Float64Array) => ({ price, parcelPrice: 0, bound: 0, work: 0 });
  const relaxation = solved(new Float64Array(items));
  relax({ items, most, count, mask, cost, perParcel }, relaxation);
  const counted = solved(new Float64Array(items));
  relax({ items, most: items, count, mask, cost: cost.map(() => 0), perParcel: 1 }, counted);
  return {
    entries,
    items,
    most,
    perParcel,
    relaxation,
    shares: random.chance(0.5)
      ? counted.price.map((one) => one / (1 + counted.parcelPrice))
      : undefined,
    time: (promise) => promise * 40,
    leastTime: 40,
    riskLimit: random.chance(0.5) ? 5 : none,
    found: (_, found) => found,
    steps: none,
    stop: () => false,
  };
}

/** The least cost that a search below a limit finds, and how far it went. */
function search(task: CoverTask, limit: number) {
  let best = none;
  const found = (_: readonly number[], cost: number): number => {
    best = cost;
    return cost;
  };
  const searched = searchCovers({ ...task, found }, limit);
  return { best, ...searched };
}

describe('the search for covers', () => {
  it(`finds the cheapest, or says that there is none (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const seen = { covers: 0, none: 0 };
    for (let round = 0; round < runs(400); round++) {
      const task = randomTask(random);
      const truth = cheapest(task);
      const all = search(task, 1e7);
      expect(all.best, `round ${round}`).toBe(truth);
      expect(all.complete && all.best >= task.relaxation.bound - task.perParcel).toBe(true);
      if (truth === none) {
        seen.none++;
        continue;
      }
      seen.covers++;
      // At its own cost nothing is below the limit, and the search must not say that nothing is beyond.
      const under = search(task, truth);
      expect(under.best, `round ${round}, below`).toBe(none);
      expect(under.whole, `round ${round}, whole`).toBe(false);
      expect(search(task, truth + 1).best, `round ${round}, just above`).toBe(truth);
    }
    console.log(JSON.stringify({ seed: SEED, ...seen }));
    expect(Math.min(seen.covers, seen.none)).toBeGreaterThan(50);
  });

  it('gives up after its steps, and says so', () => {
    const random = seededRandom(SEED + 1);
    let cut = 0;
    for (let round = 0; round < 50; round++) {
      const task = randomTask(random);
      const { complete } = search({ ...task, steps: 3 }, 1e7);
      if (!complete) cut++;
    }
    expect(cut).toBeGreaterThan(10);
  });
});
