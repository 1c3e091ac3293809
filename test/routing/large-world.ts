/** Random worlds with an order of 9 to 14 lines that a programme of all parcels can still bear. */
import { type Random, seededRandom } from '../../src/simulation/random.ts';
import { aWorld, type World } from './small-world.ts';

/** Warehouses of each SKU: one or two, the same ones for lines that leave together. */
function drawHomes(random: Random, { order, network }: World): ReadonlyMap<string, number[]> {
  const draw = () => random.sample([0, 1, 2, 3, 4], random.between(1, 2));
  const groups = new Map([undefined, 'A', 'B'].map((name) => [name, draw()]));
  const homes = new Map(network.skus.map(({ id }) => [id, draw()]));
  for (const { sku_id, keep_together } of order.lines) {
    if (keep_together !== undefined) homes.set(sku_id, groups.get(keep_together)!);
  }
  return homes;
}

/**
 * An order of 9 to 14 lines where each SKU is in one or two of the warehouses: the programme lists
 * every parcel, and there are no more than it can bear. Everybody handles all goods, and some limits
 * are lifted, or most such orders could not be sent at all.
 */
export function aLargeWorld(seed: number): World {
  const random = seededRandom(seed);
  const lines = random.between(9, 14);
  const shape = { warehouses: 5, services: 3, skus: lines, lines, scarce: random.chance(0.2) };
  const world = aWorld(seed, shape);
  const { order, network } = world;
  const stock = [...drawHomes(random, world)].flatMap(([sku_id, homes]) =>
    homes.map((w) => ({ sku_id, warehouse_id: `W${w}`, available: random.between(3, 7) })),
  );
  const able = { temperatures: ['ambient', 'chilled'] as const, hazardous: true };
  return {
    ...world,
    network: {
      ...network,
      warehouses: network.warehouses.map((row) => ({ ...row, ...able, picks_per_hour: undefined })),
      services: network.services.map((row) => ({ ...row, ...able, max_weight_grams: undefined })),
      policy: { ...network.policy, split_limit: 5 },
    },
    order: { ...order, split_limit: undefined, ship_complete: undefined },
    stock: stock.map((row, i) => ({ ...row, stock_id: i + 1 })),
  };
}
