/**
 * The slow truth of orders whose lines have to be cut: a line of six units that may be cut anyhow is six
 * lines of one unit. Which lines may be is decided as the model says: those that no parcel can hold whole,
 * and if that gives no plan those that share their SKU, too.
 */
import type { Highs } from 'highs';
import { seededRandom } from '../../src/simulation/random.ts';
import { DAY } from './all-parcels.ts';
import { bestByProgramme } from './programme.ts';
import { aWorld, type World } from './small-world.ts';

type Line = World['order']['lines'][number];

function unitOf({ line_no, sku_id, quantity, weight_grams }: Line): Line {
  const weight = weight_grams === undefined ? {} : { weight_grams: weight_grams / quantity };
  return { line_no, sku_id, quantity: 1, ...weight };
}

/** Units up to which every parcel of single units can be listed. */
const MOST_UNITS = 8;

/** True if the order can be taken apart into units: few, and each of whole milligrams. */
export function isComparable({ order: { lines } }: World): boolean {
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const isWhole = ({ weight_grams = 0, quantity }: Line) => (weight_grams * 1000) % quantity === 0;
  return units <= MOST_UNITS && lines.every(isWhole);
}

/** The world with some lines (by place) as single units. */
function inUnits(world: World, cut: readonly number[]): World {
  const lines = world.order.lines.flatMap((line, i) =>
    cut.includes(i) ? Array.from({ length: line.quantity }, () => unitOf(line)) : [line],
  );
  const numbered = lines.map((line, i) => ({ ...line, line_no: i + 1 }));
  return { ...world, order: { ...world.order, lines: numbered } };
}

/** True if one parcel can send these lines whole. */
function isSent(highs: Highs, world: World, lines: readonly Line[]): boolean {
  const alone = { ...world, order: { ...world.order, lines, ship_complete: true } };
  return bestByProgramme(highs, alone) !== undefined;
}

/** Lines by place that no parcel holds whole; undefined if some of them may not be cut. */
function linesToCut(highs: Highs, world: World): number[] | undefined {
  const { lines } = world.order;
  const cut: number[] = [];
  for (const [i, line] of lines.entries()) {
    const group = line.keep_together;
    const bond = group === undefined ? [line] : lines.filter((one) => one.keep_together === group);
    if (isSent(highs, world, bond)) continue;
    if (group !== undefined) return undefined;
    cut.push(i);
  }
  return cut;
}

/** Lines by place that may be cut besides: free ones of several units whose SKU another line has. */
function sharedLines({ order: { lines } }: World, cut: readonly number[]): number[] {
  return lines.flatMap(({ sku_id, quantity, keep_together }, i) =>
    keep_together === undefined &&
    quantity > 1 &&
    !cut.includes(i) &&
    lines.some((other, j) => j !== i && other.sku_id === sku_id)
      ? [i]
      : [],
  );
}

/** Least cost of an order that cannot be sent in whole lines; undefined if there is no way to cut it. */
export function bestInUnits(highs: Highs, world: World): number | undefined {
  const { split_limit, ship_complete } = world.order;
  const most = Math.min(world.network.policy.split_limit, split_limit ?? Infinity);
  if (ship_complete === true || most === 1) return undefined;
  const cut = linesToCut(highs, world);
  if (cut === undefined) return undefined;
  const best = cut.length === 0 ? undefined : bestByProgramme(highs, inUnits(world, cut));
  const more = sharedLines(world, cut);
  if (best !== undefined || more.length === 0) return best;
  return bestByProgramme(highs, inUnits(world, [...cut, ...more]));
}

/** Units of an order with a line to cut: every parcel of them can be listed. */
const CUT_UNITS = 6;

/**
 * An order of few lines, most of more units than any warehouse can send at once: too few in stock, in an hour
 * or in a parcel. There are enough over all warehouses, everybody handles all goods, and the lines weigh what
 * their units weigh.
 */
export function aCutWorld(seed: number): World {
  const random = seededRandom(seed);
  const lines = random.between(1, 3);
  const shape = { warehouses: random.between(2, 3), services: random.between(1, 3), skus: lines };
  const world = aWorld(seed, { ...shape, lines, scarce: random.chance(0.8) });
  const { network, order } = world;
  let open = CUT_UNITS - lines;
  const wanted = order.lines.map(({ line_no, sku_id }) => {
    const more = random.between(0, open);
    open -= more;
    return { line_no, sku_id, quantity: 1 + more };
  });
  const houses = network.warehouses.map(({ id }) => id);
  const stock = network.skus.flatMap(({ id }) => {
    const [first, ...others] = random.sample(houses, random.between(2, houses.length));
    const some = others.map((warehouse) => [warehouse, random.between(1, 3)] as const);
    return [[first!, random.between(2, 4)] as const, ...some].map(([warehouse_id, available]) => ({
      ...{ warehouse_id, sku_id: id, available },
      ...(random.chance(0.2) ? { expires_seconds: order.at_seconds + 6 * DAY } : {}),
    }));
  });
  const able = { temperatures: ['ambient', 'chilled'] as const, hazardous: true };
  return {
    ...world,
    network: {
      ...network,
      warehouses: network.warehouses.map((row) => ({ ...row, ...able })),
      services: network.services.map((row) => ({ ...row, ...able })),
      policy: { ...network.policy, split_limit: random.between(3, 6) },
    },
    stock: stock.map((row, i) => ({ ...row, stock_id: i + 1 })),
    order: { ...order, lines: wanted, split_limit: undefined, ship_complete: undefined },
  };
}
