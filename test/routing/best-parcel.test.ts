/** The best parcel: no floor dismisses it, and of equals it is the earliest, then that of the lowest ids. */
import { expect, it } from 'vitest';
import { bestParcel } from '../../routing/best-parcel.ts';
import { checkPlan, compileNetwork, openBoard, source } from '../../routing/index.ts';
import { makeItem } from '../../routing/items.ts';
import { openOrder } from '../../routing/order-context.ts';
import { listHolders } from '../../routing/problem.ts';
import { type Random, seededRandom } from '../../src/simulation/random.ts';
import { allParcels, DAY, money, prepare } from './all-parcels.ts';
import { limitOf, lotsSuffice } from './enumerate.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld, type World } from './small-world.ts';
import { limitsAround } from './tight-limits.ts';

const SEED = seedOf(40_200);

/** Few services, or more than are looked at one by one. */
function someSizes(random: Random, isCoarse: boolean) {
  return random.chance(isCoarse ? 0.4 : 0.2)
    ? { warehouses: random.between(2, 4), services: 64, scarce: random.chance(0.1) }
    : {
        warehouses: random.between(2, 6),
        services: random.between(2, 8),
        scarce: random.chance(0.4),
      };
}

/** More warehouses than the tables begin with; those of the lower ids are too dear. */
const LARGE = { warehouses: 150, services: 2, scarce: false };
const MIDDLE = 'W5';

/** Different goods for one parcel; where `isCoarse`, prices so few that many parcels cost the same. */
function aParcelWorld(
  seed: number,
  random: Random,
  isCoarse: boolean,
  sizes: { warehouses?: number; services?: number },
): World {
  const lines = random.between(1, 2);
  const shape = { ...someSizes(random, isCoarse), ...sizes, skus: lines, lines };
  const { network, order, ...rest } = aWorld(seed, shape);
  const rates = (base: number) => [1000, 5000, 12_000, 40_000].map(() => ({ base }));
  const card = (id: string) => ({
    ...{ id, weight_breaks_grams: [1000, 5000, 12_000, 40_000] },
    rates: { near: rates(300), far: rates(random.pick([300, 400])) },
  });
  const dear = network.warehouses.length > 64 ? 20_000 : 0;
  const coarse = {
    rate_cards: [card('R0'), card('R1')],
    warehouses: network.warehouses.map((row) => ({
      ...row,
      ...{ handling_per_parcel: random.pick([0, 0, 100]), handling_per_unit: 0 },
    })),
  };
  const limits = limitsAround(random, network.skus, order.lines);
  const time_per_day = isCoarse ? random.pick([0, 0, 100]) : network.policy.time_per_day;
  return {
    ...rest,
    network: {
      ...network,
      warehouses: network.warehouses.map((row) => ({
        ...row,
        handling_per_parcel: row.handling_per_parcel! + (row.id > MIDDLE ? 0 : dear),
      })),
      ...(isCoarse ? coarse : {}),
      services: network.services.map((row) => (random.chance(0.3) ? { ...row, ...limits } : row)),
      policy: { ...network.policy, apart: undefined, time_per_day },
    },
    order: {
      ...order,
      lines: order.lines.map((line, i) => ({ ...line, sku_id: `S${i}`, keep_together: undefined })),
    },
  };
}

/** All that the whole order can leave in by itself, best first, without a line of the solver. */
function ranked(world: World) {
  const network = prepare(world);
  const { order, capacity } = world;
  const { policy, services } = world.network;
  const used = new Map<string, number>();
  for (const { resource, slot_seconds, used: units } of capacity) {
    const slot = `${resource}@${slot_seconds}`;
    used.set(slot, (used.get(slot) ?? 0) + units);
  }
  const least = order.deliver_by_seconds === undefined ? 0 : (policy.on_time_confidence ?? 0);
  const ids = services.map(({ id }) => id).sort();
  return allParcels(world, network)
    .filter(
      (parcel) =>
        parcel.subset === 2 ** order.lines.length - 1 &&
        parcel.inTime >= least - 1e-9 &&
        parcel.takes.every(([slot, n]) => (used.get(slot) ?? 0) + n <= limitOf(network, slot)) &&
        lotsSuffice(world, network, [parcel]),
    )
    .map(({ cost, promise, warehouse, takes, inTime }) => {
      const time = money((policy.time_per_day * (promise - Math.ceil(order.at_seconds))) / DAY);
      const service = takes.at(-1)![0].split('/')[1]!;
      return {
        cost: cost + time,
        promise,
        warehouse,
        service,
        inTime,
        place: ids.indexOf(service),
      };
    })
    .sort(
      (a, b) =>
        a.cost - b.cost ||
        a.promise - b.promise ||
        Number(a.warehouse > b.warehouse) - Number(a.warehouse < b.warehouse) ||
        a.place - b.place,
    );
}

/** What the solver finds, by names. */
function found({ network: document, stock, capacity, order }: World) {
  const network = compileNetwork(document, { from_seconds: order.at_seconds });
  const board = openBoard(network, stock, capacity);
  const context = openOrder(network, board, order, network.policy.time_per_day);
  if ('outcome' in context) return undefined;
  const parts = order.lines.map(({ quantity }, line) => ({ line, quantity }));
  const item = makeItem(network, context.lines, parts);
  const best = bestParcel(context, item, listHolders(context, [item]).candidates);
  if (best.warehouse < 0) return undefined;
  const plan = source(network, board, order, { work: 1e6 });
  if (plan.outcome === 'sourced') {
    expect(checkPlan({ network: document, stock, capacity, order, plan })).toEqual([]);
  }
  const { cost, promise, risk } = best;
  const service = network.services.ids[context.lanes.service[best.row]!]!;
  return { cost, promise, warehouse: network.warehouses.ids[best.warehouse]!, service, risk };
}

it.each([
  ['and of equals the earliest, then of the lowest ids', true],
  ['at any prices', false],
])(`is the cheapest of all parcels, %s (seed ${SEED})`, (_, isCoarse) => {
  const seen = { parcels: 0, none: 0, equals: 0, many: 0 };
  for (let i = 0; i < runs(45); i++) {
    const world = aParcelWorld(
      SEED + i,
      seededRandom(SEED + i),
      isCoarse,
      isCoarse || i > 3 ? {} : LARGE,
    );
    const [first, ...others] = ranked(world);
    const second = others.find(
      ({ warehouse, service }) => warehouse !== first?.warehouse || service !== first.service,
    );
    const { risk, ...best } = found(world) ?? {};
    const { place: _place, inTime, ...least } = first ?? {};
    expect(best, `seed ${SEED + i}`).toEqual(least);
    if (risk !== undefined) expect(Math.exp(-risk)).toBeCloseTo(inTime!, 6);
    if (first === undefined) seen.none++;
    else seen.parcels++;
    if (first && second?.cost === first.cost && second.promise === first.promise) seen.equals++;
    if (world.network.services.length > 32) seen.many++;
  }
  console.log(JSON.stringify({ seed: SEED, ...seen }));
  expect(seen.parcels).toBeGreaterThan(runs(20));
  expect(seen.many).toBeGreaterThan(runs(3));
  expect(seen.equals).toBeGreaterThan(isCoarse ? runs(10) : 0);
});
