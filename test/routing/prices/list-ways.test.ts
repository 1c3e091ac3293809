/** The ways around tight slots hold what an order would be decided to be at any prices of them. */
import { describe, expect, it } from 'vitest';
import {
  compileNetwork,
  indexPrices,
  listWays,
  openBoard,
  priceOfPlan,
  type SlotName,
  source,
  sourceAtPrices,
} from '../../../routing/index.ts';
import { seededRandom } from '../../../src/simulation/random.ts';
import { runs, seedOf } from '../runs.ts';
import { aWorld } from '../small-world.ts';

const SEED = seedOf(97);
const BUDGET = { work: 20_000_000 };

const keyOf = ({ resource, slot_seconds }: SlotName) => `${resource}@${slot_seconds}`;

describe('ways around tight slots', () => {
  it(`begin with the cheapest and hold the best at any price (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const tally = { looked: 0, around: 0 };
    for (let run = 0; run < runs(60); run++) {
      const shape = { warehouses: 3, services: 3, skus: 3, lines: random.between(1, 2) };
      const world = aWorld(SEED + run, { ...shape, scarce: false });
      const network = compileNetwork(world.network, { from_seconds: world.order.at_seconds });
      const board = openBoard(network, world.stock, world.capacity);
      const plain = source(network, board, world.order, BUDGET);
      if (plain.outcome === 'unsourced') continue;
      const slots = plain.parcels.flatMap(({ capacity }) => capacity);
      const tight = new Set(random.sample(slots, Math.min(2, slots.length)).map(keyOf));
      const isTight = (slot: SlotName) => tight.has(keyOf(slot));
      const ways = listWays(network, board, world.order, { most: 64, ...BUDGET, isTight });
      expect(ways[0]).toEqual(plain);
      expect(new Set(ways.map((way) => JSON.stringify(way.parcels))).size).toBe(ways.length);
      // The board is as it was: the same comes out again.
      expect(source(network, board, world.order, BUDGET)).toEqual(plain);
      tally.looked++;
      if (ways.length > 1) tally.around++;
      if (plain.parcels.length > 1) continue;
      const capacity = slots
        .filter(isTight)
        .map((slot) => ({ ...slot, price: random.between(1, 900) }));
      const prices = indexPrices({ capacity });
      const best = sourceAtPrices(network, board, world.order, BUDGET, prices);
      if (best.outcome === 'unsourced' || best.parcels.length > 1) continue;
      const total = best.cost + priceOfPlan(best, world.order, prices);
      const least = Math.min(
        ...ways.map((way) => way.cost + priceOfPlan(way, world.order, prices)),
      );
      expect(least).toBe(total);
    }
    console.log(JSON.stringify({ seed: SEED, ...tally }));
    expect(tally.around).toBeGreaterThan(0);
  });
});
