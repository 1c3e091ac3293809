/** Networks where nearly everything leads everywhere: lists of lanes that are long, shared and forgotten. */
import highsLoader from 'highs';
import { describe, expect, it } from 'vitest';
import { compileNetwork, openBoard, source } from '../../routing/index.ts';
import { LaneCache } from '../../routing/lane-cache.ts';
import { LanePlaces, type StartingRows } from '../../routing/lane-places.ts';
import { originLists } from '../../routing/origins.ts';
import { type Random, seededRandom } from '../../src/simulation/random.ts';
import { bestByProgramme } from './programme.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld, type World } from './small-world.ts';

const BUDGET = { work: 20_000_000 };
const SEED = seedOf(70_000);
const WORLDS = runs(11);
const TABLES = 300;

/** So many services that most warehouses have more of them than are looked at one by one. */
function aDenseWorld(seed: number): World {
  const random = seededRandom(seed);
  return aWorld(seed, {
    warehouses: random.between(2, 5),
    services: random.between(60, 90),
    skus: random.between(1, 3),
    lines: random.between(1, 3),
    scarce: random.chance(0.3),
  });
}

const seeds = Array.from({ length: WORLDS }, (_, i) => SEED + i);

function compiled(world: World) {
  const network = compileNetwork(world.network, { from_seconds: world.order.at_seconds });
  return { network, board: openBoard(network, world.stock, world.capacity) };
}

it('are decided as cheaply as HiGHS decides them', async () => {
  // The package is CommonJS but declares a default export.
  const highs = await (highsLoader as unknown as typeof highsLoader.default)();
  let compared = 0;
  let many = 0;
  for (const seed of seeds) {
    const world = aDenseWorld(seed);
    const best = bestByProgramme(highs, world);
    const { network, board } = compiled(world);
    const plan = source(network, board, world.order, BUDGET);
    if (best === undefined) continue;
    compared++;
    if (network.laneCache.towards([0]).countFrom(0) > 32) many++;
    expect(plan, `seed ${seed}`).toMatchObject({ outcome: 'sourced', cost: best });
  }
  console.log(JSON.stringify({ seed: SEED, compared, many }));
  expect(Math.min(compared, many)).toBeGreaterThan(WORLDS / 4);
}, 240_000);

it('are decided alike when nothing is remembered between orders', () => {
  for (const seed of seeds) {
    const world = aDenseWorld(seed);
    const { network, board } = compiled(world);
    const forgetful = { ...network, laneCache: new LaneCache(network.lanes, 0) };
    for (const postal_code of ['10115', '13086', '80331', '10115']) {
      const order = { ...world.order, destination: { country: 'DE', postal_code } };
      const plan = source(network, board, order, BUDGET);
      expect(source(forgetful, board, order, BUDGET), `seed ${seed}`).toEqual(plan);
    }
  }
});

/** Random rows: services with several lanes, lanes with several routes, some of them over hubs. */
function someRows(random: Random, lists: number): StartingRows {
  const rows: number[][] = [];
  for (let service = 0; service < random.between(1, 12); service++) {
    for (let lane = 0; lane < random.between(1, 3); lane++) {
      const list = random.between(-1, lists - 1);
      const lead = rows.length;
      for (let route = 0; route < random.pick([1, 1, 3]); route++) {
        rows.push([service, random.chance(0.2) ? -1 : 0, list, lead]);
      }
    }
  }
  const column = (i: number) => Int32Array.from(rows, (row) => row[i]!);
  return { service: column(0), arrival: column(1), list: column(2), lead: column(3) };
}

/** Rows that leave a warehouse: of each service those of its first lane that does. */
function leaving(rows: StartingRows, named: readonly Int32Array[], warehouse: number): number[] {
  const first = new Map<number, number>();
  rows.service.forEach((service, row) => {
    const list = rows.list[row]!;
    if (list >= 0 && !named[list]!.includes(warehouse)) return;
    if (!first.has(service)) first.set(service, rows.lead[row]!);
  });
  return [...rows.service.keys()].filter(
    (row) => rows.arrival[row]! >= 0 && first.get(rows.service[row]!) === rows.lead[row],
  );
}

describe('what leaves a warehouse', () => {
  it('is its best lane of every service, listed at once or when asked for', () => {
    const random = seededRandom(SEED);
    for (let turn = 0; turn < TABLES; turn++) {
      const warehouses = random.between(1, 70);
      const all = Array.from({ length: warehouses }, (_, w) => w);
      const lists = originLists(warehouses);
      const named: Int32Array[] = [];
      for (let i = random.between(0, 6); i > 0; i--) {
        // Lists may name a warehouse twice, or none, or be there already.
        const list = [
          ...random.sample(all, random.between(0, warehouses)),
          ...random.sample(all, 1),
        ];
        named[lists.add(Int32Array.from(list))] = Int32Array.from(list);
      }
      const rows = someRows(random, named.length);
      for (const few of [0, 1 << 20]) {
        const places = new LanePlaces(lists.origins(), rows, few);
        for (let again = 0; again < 2; again++) {
          for (const w of random.sample(all, warehouses)) {
            const first = places.first(w);
            const own = [...places.rows.slice(first, places.end(w))];
            expect(own, `seed ${SEED}, turn ${turn}, few ${few}`).toEqual(leaving(rows, named, w));
          }
          places.forget();
        }
      }
    }
  });
});
