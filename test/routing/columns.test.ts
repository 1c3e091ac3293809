/** Columns: every set of items that some warehouse can send, each once, with what it weighs and measures. */
import { describe, expect, it } from 'vitest';
import { type Columns, listColumns } from '../../routing/columns.ts';
import { checkPlan, compileNetwork, openBoard, source } from '../../routing/index.ts';
import type { Item } from '../../routing/items.ts';
import { openOrder } from '../../routing/order-context.ts';
import type { OrderContext } from '../../routing/problem.ts';
import { type Random, seededRandom } from '../../src/simulation/random.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld } from './small-world.ts';

const SEED = seedOf(30_100);
const none = Number.POSITIVE_INFINITY;

/** Lanes and rates for floors that are not looked at here. */
function someContext(seed: number): OrderContext {
  const shape = { warehouses: 9, services: 3, skus: 2, lines: 1, scarce: false };
  const { network, order, stock } = aWorld(seed, shape);
  const compiled = compileNetwork(network, { from_seconds: order.at_seconds });
  const context = openOrder(compiled, openBoard(compiled, stock, []), order, 0);
  if ('outcome' in context) throw new Error(context.reason);
  return context;
}

/** Items of all sizes and classes. */
const someItems = (random: Random, count: number) =>
  Array.from({ length: count }, () => ({
    mg: random.between(1, 9_000_000),
    mm3: random.between(1, 9_000_000),
    units: random.between(1, 5),
    classes: random.pick([0, 0, 0, 1, 2, 8]),
    longest: random.between(1, 900),
    girthPlusLength: random.between(1, 3000),
  })) as unknown as Item[];

const bitsOf = (mask: number): number[] =>
  Array.from({ length: 30 }, (_, i) => i).filter((i) => (mask & (1 << i)) !== 0);

interface Sizes {
  mg: number;
  mm3: number;
  units: number;
  classes: number;
  longest: number;
  girth: number;
}

/** What a set of items weighs and measures, and who can send it. */
function sizesOf(items: readonly Item[], mask: number): Sizes {
  const whole = { mg: 0, mm3: 0, units: 0, classes: 0, longest: 0, girth: 0 };
  for (const i of bitsOf(mask)) {
    const { mg, mm3, units, classes, longest, girthPlusLength } = items[i]!;
    whole.mg += mg;
    whole.mm3 += mm3;
    whole.units += units;
    whole.classes |= classes;
    whole.longest = Math.max(whole.longest, longest);
    whole.girth = Math.max(whole.girth, girthPlusLength);
  }
  return whole;
}

/** Columns as they are listed, by their items: what they say, and the warehouses of their pairs. */
function told(columns: Columns, candidates: readonly number[]) {
  const byMask = new Map<number, Sizes & { houses: number[] }>();
  const wrong: number[] = [];
  const { mask, mg, mm3, units, classes, longest, girth } = columns;
  for (let j = 0; j < columns.count; j++) {
    const houses: number[] = [];
    let least = none;
    for (let p = columns.lastPair[j]!; p >= 0; p = columns.pairBefore[p]!) {
      const c = candidates.indexOf(columns.pairHouse[p]!);
      const isOwn = p >= columns.pairStart[c]! && p < columns.pairStart[c + 1]!;
      if (!isOwn || columns.pairColumn[p] !== j) wrong.push(p);
      houses.unshift(columns.pairHouse[p]!);
      least = Math.min(least, columns.pairFloor[p]!);
    }
    if (columns.floor[j] !== least || columns.isSettled[j] !== 0) wrong.push(j);
    const sizes = { mg: mg[j]!, mm3: mm3[j]!, units: units[j]!, classes: classes[j]! };
    byMask.set(mask[j]!, { ...sizes, longest: longest[j]!, girth: girth[j]!, houses });
  }
  expect(wrong).toEqual([]);
  expect(byMask.size).toBe(columns.count);
  return byMask;
}

describe(`columns (seed ${SEED})`, () => {
  it('are the sets that may share a parcel and that a warehouse holds, few or many of them', () => {
    const counts: number[] = [];
    // Now and then more than the tables begin with.
    for (const held of [3, 14, 5, 14, 6, 8, 14, 4]) {
      const random = seededRandom(SEED + counts.length);
      const context = someContext(SEED + counts.length);
      const items = someItems(random, random.between(held, 18));
      const all = items.map((_, i) => i);
      const candidates = random.sample([0, 1, 2, 3, 4, 5, 6, 7], random.between(1, 4)).sort();
      const candidateMask = candidates.map((_, c) =>
        random
          .sample(all, c === 0 ? held : random.between(1, 6))
          .reduce((mask, i) => mask | (1 << i), 0),
      );
      const apart = new Int32Array(items.length);
      for (let k = random.between(0, 2); k > 0; k--) {
        const [a, b] = random.sample(all, 2) as [number, number];
        apart[a]! |= 1 << b;
        apart[b]! |= 1 << a;
      }
      const scarce = 1 << random.between(0, items.length - 1);
      const holdsAll = (mask: number, w: number) => w % 2 === 0 || (mask & scarce) === 0;
      const listing = { context, items, candidates, candidateMask, apart, holdsAll };
      const columns = listColumns(none, listing)!;

      const { picksPerHour } = context.network.warehouses;
      const expected = new Map<number, Sizes & { houses: number[] }>();
      candidates.forEach((w, c) => {
        const own = candidateMask[c]!;
        for (let mask = own; mask !== 0; mask = (mask - 1) & own) {
          if (bitsOf(mask).some((i) => (apart[i]! & mask) !== 0) || !holdsAll(mask, w)) continue;
          // All of a parcel is picked in one hour.
          if (sizesOf(items, mask).units > picksPerHour[w]!) continue;
          const known = expected.get(mask) ?? { ...sizesOf(items, mask), houses: [] };
          known.houses.push(w);
          expected.set(mask, known);
        }
      });
      expect(told(columns, candidates)).toEqual(expected);
      counts.push(columns.count);
    }
    console.log(JSON.stringify({ seed: SEED, counts }));
    expect(Math.max(...counts)).toBeGreaterThan(8192);
  });

  it('are not listed where there are more pairs than asked for, or too many of one warehouse', () => {
    const context = someContext(SEED);
    const items = someItems(seededRandom(SEED), 30);
    const together = new Int32Array(30);
    const list = (most: number, held: readonly number[], apart = together) =>
      listColumns(most, {
        ...{ context, items, candidates: held.map((_, w) => w) },
        candidateMask: held.map((count) => 2 ** count - 1),
        ...{ apart, holdsAll: () => true },
      })?.count;
    expect(list(12, [3, 2])).toBe(7);
    expect(list(11, [3, 2])).toBe(undefined);
    expect(list(none, [15])).toBe(2 ** 15 - 1);
    // Sixteen that all shun each other are sixteen columns.
    const alone = together.map((_, i) => 2 ** 30 - 1 - 2 ** i);
    expect(list(none, [16], alone)).toBe(16);
    expect(list(none, [17], alone)).toBe(undefined);
    for (const held of [16, 17, 30]) expect(list(none, [held]), `${held} items`).toBe(undefined);
  });
});

it('are no limit to an order that one warehouse alone holds, however many lines it has', () => {
  let sourced = 0;
  for (const lines of [16, 17, 24, 30]) {
    for (let i = 0; i < runs(3); i++) {
      const shape = { warehouses: 1, services: 3, skus: lines, lines, scarce: false };
      const { network, order, ...rest } = aWorld(SEED + lines * 10 + i, shape);
      const able = { temperatures: ['ambient', 'chilled'] as const, hazardous: true };
      const world = {
        ...rest,
        network: {
          ...network,
          policy: { ...network.policy, split_limit: 5, apart: undefined },
          warehouses: network.warehouses.map((row) => ({ ...row, ...able })),
          services: network.services.map((row) => ({ ...row, ...able })),
        },
        order: {
          ...order,
          lines: order.lines.map(({ keep_together: _, ...line }, at) => ({
            ...line,
            sku_id: `S${at}`,
          })),
        },
        stock: network.skus.map(({ id: sku_id }, at) => {
          return { stock_id: at + 1, warehouse_id: 'W0', sku_id, available: 9 };
        }),
      };
      const compiled = compileNetwork(world.network, { from_seconds: order.at_seconds });
      const board = openBoard(compiled, world.stock, world.capacity);
      const plan = source(compiled, board, world.order, { work: 5_000_000 });
      if (plan.outcome === 'unsourced') continue;
      sourced++;
      expect(checkPlan({ ...world, plan }), `${lines} lines, run ${i}`).toEqual([]);
    }
  }
  expect(sourced).toBeGreaterThan(3);
});
