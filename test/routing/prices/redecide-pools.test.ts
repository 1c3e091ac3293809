/** Deciding again over written-out plans: exchanges that each hold alone, never oversold, worth it. */
import { describe, expect, it } from 'vitest';
import { type OrderPool, type Plan, redecidePools } from '../../../routing/index.ts';
import { seededRandom } from '../../../src/simulation/random.ts';
import { runs, seedOf } from '../runs.ts';
import { loadPoolSolvers } from './market.ts';

const SEED = seedOf(83);
const solvers = await loadPoolSolvers();
const plan = (cost: number, ...resources: number[]): Plan => {
  return { cost, resources, amounts: resources.map(() => 1) };
};
const order = (current: Plan, others: Plan[], saving_least = 0): OrderPool => {
  return { current, others, saving_least };
};
const decide = (orders: OrderPool[], free: number[]) => {
  const decided = redecidePools(solvers, { orders, free });
  if (decided.status === 'failed') throw new Error(decided.reason);
  return decided.exchanges;
};

/** Random orders on few resources, each holding one plan and knowing some others. */
function drawPools(seed: number) {
  const random = seededRandom(seed);
  const resources = 8;
  const free = Array.from({ length: resources }, () => random.between(0, 1));
  const orders = Array.from({ length: random.between(2, 12) }, () => {
    const draw = () => {
      const used = random.sample([0, 1, 2, 3, 4, 5, 6, 7], random.between(1, 3));
      return plan(random.between(5, 40), ...used);
    };
    return order(draw(), Array.from({ length: random.between(0, 4) }, draw), random.between(0, 4));
  });
  return { orders, free };
}

describe(`deciding pools again (seed ${SEED})`, () => {
  it('gives exchanges of which each holds alone, in any order, and is worth its moves', () => {
    let exchanged = 0;
    for (let run = 0; run < runs(150); run += 1) {
      const { orders, free } = drawPools(SEED + run);
      const exchanges = decide(orders, free);
      const apply = (left: number[], which: typeof exchanges) => {
        const after = [...left];
        for (const { moves } of which) {
          for (const { order: at, other } of moves) {
            const { current, others } = orders[at]!;
            for (const r of current.resources) after[r]! += 1;
            for (const r of others[other]!.resources) after[r]! -= 1;
          }
        }
        return after;
      };
      for (const exchange of exchanges) {
        expect(Math.min(...apply(free, [exchange]))).toBeGreaterThanOrEqual(0);
        const saved = exchange.moves.reduce(
          (sum, { order: at, other }) =>
            sum + orders[at]!.current.cost - orders[at]!.others[other]!.cost,
          0,
        );
        const least = exchange.moves.reduce((sum, m) => sum + orders[m.order]!.saving_least, 0);
        expect(exchange.saving).toBeCloseTo(saved, 9);
        expect(saved).toBeGreaterThan(0);
        expect(saved).toBeGreaterThanOrEqual(least);
        exchanged += 1;
      }
      expect(Math.min(...apply(free, exchanges))).toBeGreaterThanOrEqual(0);
      const movers = exchanges.flatMap(({ moves }) => moves.map((move) => move.order));
      expect(new Set(movers).size).toBe(movers.length);
    }
    expect(exchanged).toBeGreaterThan(50);
  });

  it('parts what needs each other from what does not', () => {
    const room = order(plan(10, 0), [plan(11, 1)]);
    const whole = order(plan(40, 2, 3), [plan(15, 0, 2)]);
    const alone = order(plan(30, 4), [plan(20, 5)]);

    const exchanges = decide([room, whole, alone], [0, 1, 0, 0, 0, 1]);

    const movers = exchanges.map(({ moves }) => moves.map((move) => move.order));
    expect(movers.sort()).toEqual([[0, 1], [2]]);
    expect(exchanges.map(({ saving }) => saving).sort()).toEqual([10, 24]);
  });

  it('moves nobody for less than it is worth', () => {
    const pools = [order(plan(10, 0), [plan(11, 1)], 13), order(plan(40, 2), [plan(15, 0)], 13)];
    expect(decide(pools, [0, 1, 0])).toEqual([]);
    expect(
      decide(
        pools.map((one) => ({ ...one, saving_least: 12 })),
        [0, 1, 0],
      ),
    ).toHaveLength(1);
  });
});
