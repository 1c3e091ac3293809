/** The relaxation: the same optimum however it is come by, and a bound that its own prices prove. */
import { describe, expect, it } from 'vitest';
import { lastBasis, NO_COLUMN, type Programme, relax } from '../../routing/relaxation.ts';
import { type Random, seededRandom } from '../../src/simulation/random.ts';
import { runs, seedOf } from './runs.ts';

const SEED = seedOf(29);
const none = Number.POSITIVE_INFINITY;

/** Columns of different sets, the single items among them, at costs that grow with what they hold. */
function randomProgramme(random: Random): Programme {
  const items = random.between(3, 12);
  const masks = new Set(Array.from({ length: items }, (_, i) => 1 << i));
  for (let k = random.between(items, items * 8); k > 0; k--) {
    let mask = 0;
    for (let i = random.between(1, 5); i > 0; i--) mask |= 1 << random.between(0, items - 1);
    masks.add(mask);
  }
  const mask = Int32Array.from(masks);
  const cost = Float64Array.from(mask, (bits) => {
    const held = bits.toString(2).replaceAll('0', '').length;
    return random.chance(0.1) ? none : 300 + held * random.between(20, 120);
  });
  const most = random.between(2, items);
  return { items, most, count: mask.length, mask, cost, perParcel: random.between(0, 200) };
}

function solve(programme: Programme, from?: Parameters<typeof relax>[2]) {
  const found = { price: new Float64Array(programme.items), parcelPrice: 0, bound: 0, work: 0 };
  relax(programme, found, from);
  return found;
}

/**
 * True if fractions of the columns cover all items: a parcel that is far too dear makes artificial ones
 * dearer still, which changes nothing where none is needed.
 */
function isFeasible(programme: Programme, bound: number): boolean {
  const dear = {
    ...programme,
    count: programme.count + 1,
    mask: Int32Array.of(...programme.mask, 1),
    cost: Float64Array.of(...programme.cost, 1e6),
  };
  return Math.abs(solve(dear).bound - bound) < 0.1;
}

/** The bound that the prices prove, if no column costs less than its items are worth. */
function proved(
  { items, most, count, mask, cost, perParcel }: Programme,
  at: ReturnType<typeof solve>,
) {
  for (let j = 0; j < count; j++) {
    let worth = 0;
    for (let i = 0; i < items; i++) if ((mask[j]! & (1 << i)) !== 0) worth += at.price[i]!;
    expect(cost[j]! + perParcel + at.parcelPrice - worth).toBeGreaterThan(-1e-6);
  }
  return at.price.reduce((sum, price) => sum + price, 0) - most * at.parcelPrice;
}

describe('the relaxation', () => {
  it(`ends in the same optimum from floors as from costs, asking for fewer (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const seen = { solved: 0, none: 0, asked: 0, columns: 0 };
    for (let round = 0; round < runs(500); round++) {
      const programme = randomProgramme(random);
      const exact = solve(programme);
      const floors = programme.cost.map((own) =>
        own === none ? random.between(300, 600) : own - random.between(0, 90),
      );
      let asked = 0;
      const settle = (j: number): number => {
        if (floors[j] !== programme.cost[j]) asked++;
        floors[j] = programme.cost[j]!;
        return floors[j]!;
      };
      const settled = solve({ ...programme, cost: floors, settle });
      if (!isFeasible(programme, exact.bound)) {
        seen.none++;
        continue;
      }
      seen.solved++;
      seen.asked += asked;
      seen.columns += programme.count;
      expect(settled.bound, `round ${round}`).toBeCloseTo(exact.bound, 3);
      expect(proved(programme, exact)).toBeCloseTo(exact.bound, 6);
      expect(proved(programme, settled)).toBeCloseTo(settled.bound, 6);
    }
    console.log(JSON.stringify({ seed: SEED, ...seen }));
    expect(Math.min(seen.solved, seen.none)).toBeGreaterThan(20);
    expect(seen.asked).toBeLessThan(seen.columns * 0.8);
  });

  it(`ends in the same optimum from another programme's basis (seed ${SEED + 1})`, () => {
    const random = seededRandom(SEED + 1);
    let compared = 0;
    for (let round = 0; round < runs(500); round++) {
      const before = randomProgramme(random);
      if (solve(before).bound === none) continue;
      const basis = lastBasis(before.items);
      // Other costs, and some columns that are no longer to be had.
      const kept = Array.from(before.mask.keys()).filter(() => random.chance(0.9));
      const next: Programme = {
        ...before,
        count: kept.length,
        mask: Int32Array.from(kept, (j) => before.mask[j]!),
        cost: Float64Array.from(kept, (j) => before.cost[j]! + random.between(0, 200)),
      };
      const numberOf = new Map(kept.map((j, k) => [j, k]));
      const columns = basis.columns.map((j) => (j < 0 ? j : (numberOf.get(j) ?? NO_COLUMN)));
      const cold = solve(next);
      const warm = solve(next, { ...basis, columns });
      if (!isFeasible(next, cold.bound)) continue;
      compared++;
      expect(warm.bound, `round ${round}`).toBeCloseTo(cold.bound, 3);
      expect(proved(next, warm)).toBeCloseTo(warm.bound, 6);
    }
    expect(compared).toBeGreaterThan(50);
  });
});
