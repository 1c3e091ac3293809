import { describe, expect, it } from 'vitest';
import {
  addDuration,
  emptySketch,
  LEVELS,
  mergeSketch,
  sketchQuantiles,
} from '../../../routing/promise/duration-sketch.ts';
import { SketchTree } from '../../../routing/promise/sketch-tree.ts';
import { DAY_SECONDS, HOUR_SECONDS } from '../../../routing/types.ts';
import { SEED, seeded } from './chance.ts';

const AT = Date.UTC(2026, 5, 1) / 1000;
const at = (level: number): number => LEVELS.indexOf(level);

describe(`a duration sketch (seed ${SEED})`, () => {
  const chance = seeded(SEED);
  const durations = Array.from({ length: 4000 }, () =>
    Math.exp(Math.log(5 * DAY_SECONDS) + 0.6 * chance.normal()),
  );

  it('states every quantile to within a bin', () => {
    const sketch = emptySketch();
    for (const seconds of durations) addDuration(sketch, seconds);
    const sorted = [...durations].sort((a, b) => a - b);

    const stated = sketchQuantiles(sketch, LEVELS);

    LEVELS.forEach((level, i) => {
      const exact = sorted[Math.ceil(level * sorted.length) - 1]!;
      expect(Math.abs(Math.log(stated[i]! / exact))).toBeLessThan(Math.log(2) / 16 + 1e-9);
    });
  });

  it('is the same however its events were split, ordered and stored', () => {
    const whole = emptySketch();
    for (const seconds of durations) addDuration(whole, seconds);
    const parts = [emptySketch(), emptySketch(), emptySketch()];
    for (const seconds of [...durations].reverse()) addDuration(chance.pick(parts), seconds);
    const merged = emptySketch();
    for (const part of parts) mergeSketch(merged, JSON.parse(JSON.stringify(part)));

    expect(sketchQuantiles(merged, LEVELS)).toEqual(sketchQuantiles(whole, LEVELS));
    expect(merged).toEqual(whole);
  });

  it('takes what is negative, tiny or endless', () => {
    const sketch = emptySketch();
    for (const seconds of [-5, 0, 1, 1e12]) addDuration(sketch, seconds);

    const [low, high] = sketchQuantiles(sketch, [0.5, 1]);
    expect(low).toBeLessThanOrEqual(900);
    expect(high).toBeGreaterThan(300 * DAY_SECONDS);
    expect(sketchQuantiles(emptySketch(), [0.5])).toEqual([Number.NaN]);
  });
});

describe('a tree of sketches', () => {
  const path = ['lane', 'service', ''];

  it('shrinks a cell to its parents by the count of its events', () => {
    const tree = new SketchTree({ shrink_count: 30 });
    for (let i = 0; i < 10; i++) tree.add(path, DAY_SECONDS, AT);
    for (let i = 0; i < 90; i++) tree.add(['other', 'service', ''], 3 * DAY_SECONDS, AT);
    const own = (days: number): number => {
      const sketch = emptySketch();
      addDuration(sketch, days * DAY_SECONDS);
      return sketchQuantiles(sketch, [0.5])[0]!;
    };
    const parent = tree.quantiles(['service', ''], AT, [0.5])![0]!;

    const [shrunk] = tree.quantiles(path, AT, [0.5])!;

    expect(parent).toBeGreaterThan(2.9 * DAY_SECONDS);
    expect(shrunk).toBeCloseTo((10 * own(1) + 30 * parent) / 40, 3);
  });

  it('gives a thin cell its own middle and the tail of its parents', () => {
    const tree = new SketchTree({ shrink_count: 15 });
    const chance = seeded(SEED);
    const spread = (days: number) => days * DAY_SECONDS * Math.exp(0.5 * chance.normal());
    for (let i = 0; i < 2000; i++) tree.add([''], spread(2), AT);
    // Forty events around six days, and by chance none of them late.
    for (let i = 0; i < 40; i++) tree.add(['slow', ''], 6 * DAY_SECONDS, AT);
    const prior = [0.1, 0.5, 0.95].map(() => 2 * DAY_SECONDS);
    const least = HOUR_SECONDS;

    const [low, middle, late] = tree.scaledQuantiles(['slow', ''], AT, [0.1, 0.5, 0.95], {
      prior,
      least,
    });

    expect(middle! / DAY_SECONDS).toBeGreaterThan(4.5);
    // The parent's 95 % lies at 2.3 medians.
    expect(late! / middle!).toBeGreaterThan(1.5);
    expect(low! / middle!).toBeLessThan(0.95);
    expect(tree.scaledQuantiles(['new', ''], AT, [0.1, 0.5, 0.95], { prior, least })).toEqual(
      tree.scaledQuantiles([''], AT, [0.1, 0.5, 0.95], { prior, least }),
    );
  });

  it('says what was published until there are events, and less and less after', () => {
    const tree = new SketchTree({ shrink_count: 30 });
    const published = LEVELS.map((_, i) => (i + 1) * DAY_SECONDS);
    const median = (): number => tree.quantiles(path, AT, LEVELS, published)![at(0.5)]!;

    expect(tree.quantiles(path, AT, LEVELS, published)).toEqual(published);
    expect(tree.quantiles(path, AT, LEVELS)).toBeUndefined();
    const medians = Array.from({ length: 200 }, () => {
      tree.add(path, DAY_SECONDS, AT);
      return median();
    });

    for (let i = 1; i < medians.length; i++) expect(medians[i]).toBeLessThan(medians[i - 1]!);
    expect(medians.at(-1)).toBeLessThan(1.1 * DAY_SECONDS);
  });

  it('forgets by half-lives, whatever the order of events', () => {
    const events = Array.from({ length: 50 }, (_, i) => [i % 7, AT - i * DAY_SECONDS] as const);
    const trees = [events, [...events].reverse()].map((ordered) => {
      const tree = new SketchTree({ shrink_count: 30, half_life_days: 10 });
      for (const [days, when] of ordered) tree.add(path, days * DAY_SECONDS, when);
      return tree;
    });
    const [first, second] = trees as [SketchTree, SketchTree];

    expect(first.count('lane', AT + 10 * DAY_SECONDS)).toBeCloseTo(first.count('lane', AT) / 2, 9);
    const other = second.quantiles(path, AT, LEVELS)!;
    first.quantiles(path, AT, LEVELS)!.forEach((seconds, i) => {
      expect(Math.abs(seconds - other[i]!)).toBeLessThan(1e-3);
    });
    expect(() => new SketchTree({ shrink_count: 1, half_life_days: 9 })).toThrow(/half_life_days/);
  });

  it('comes back from storage and from other workers as it was', () => {
    const [whole, left, right] = [1, 2, 3].map(() => new SketchTree({ shrink_count: 30 })) as [
      SketchTree,
      SketchTree,
      SketchTree,
    ];
    for (let i = 0; i < 100; i++) {
      const hours = ((i * 37) % 91) * HOUR_SECONDS;
      whole.add(path, hours, AT);
      (i % 3 === 0 ? left : right).add(path, hours, AT);
    }
    const stored = JSON.stringify(whole.store());

    left.merge(right);

    expect(JSON.stringify(left.store())).toBe(stored);
    expect(JSON.stringify(SketchTree.restore(JSON.parse(stored)).store())).toBe(stored);
  });
});
