/** Floors of freight: the least of all rows, of each warehouse and policy its own, never above a price. */
import { describe, expect, it } from 'vitest';
import { generateNetwork, generateOrder } from '../../bench/generate-network.ts';
import { timesFrom, timingTime } from '../../routing/floors.ts';
import { type FreightFloors, freightFloors, NO_FREIGHT } from '../../routing/freight-floors.ts';
import {
  compileNetwork,
  type NetworkInput,
  openBoard,
  type SourcingOrder,
  withPolicy,
} from '../../routing/index.ts';
import { openOrder } from '../../routing/order-context.ts';
import type { OrderContext } from '../../routing/problem.ts';
import { floorIndex, freightFloor, freightOf } from '../../routing/rates.ts';
import { type Random, seededRandom } from '../../src/simulation/random.ts';
import { quietly } from './quiet-world.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld, MONDAY } from './small-world.ts';

const SEED = seedOf(70_500);
const none = Number.POSITIVE_INFINITY;

function opened(network: OrderContext['network'], order: SourcingOrder): OrderContext {
  const context = openOrder(network, openBoard(network, [], []), order, 5000);
  if ('outcome' in context) throw new Error(context.reason);
  return context;
}

/** Rows that leave a warehouse. */
function rowsFrom({ lanes }: OrderContext, w: number): number[] {
  return [...lanes.rows.slice(lanes.firstFrom(w), lanes.endFrom(w))];
}

describe(`the freight floor of a row (seed ${SEED})`, () => {
  it('is no more than freight at any such weight, and none only where it is not carried', () => {
    const seen = { rows: 0, exact: 0, refused: 0 };
    for (let i = 0; i < runs(40); i++) {
      const random = seededRandom(SEED + i);
      const shape = { warehouses: 4, services: 12, skus: 2, lines: 1, scarce: false };
      const { network: document, order } = aWorld(SEED + i, shape);
      // Cards of one band put their rates side by side.
      const cards = document.rate_cards.map(({ rates, ...card }) => ({
        ...card,
        weight_breaks_grams: card.weight_breaks_grams.slice(-1),
        rates: Object.fromEntries(
          Object.entries(rates).map(([area, row]) => [area, row.slice(-1)]),
        ),
      }));
      const rate_cards = i % 2 === 0 ? document.rate_cards : cards;
      // A place in three zones, of which one is remote.
      const zones = document.zones.map((zone, z) => ({ ...zone, remote: z === 1 }));
      const destination = { country: 'DE', postal_code: '10115' };
      const input = { ...document, rate_cards, zones };
      const network = compileNetwork(input, { from_seconds: order.at_seconds });
      const context = opened(network, { ...order, destination });
      const { lanes } = context;
      const { services, rates } = network;
      // Light and heavy goods, of any class: what is known of one must not be taken for another.
      for (let k = 0; k < 6; k++) {
        const [mg, mm3] = [random.between(1, 41_000_000), random.between(1, 9e7)];
        const classes = random.pick([0, 1, 2, 8, 9]);
        const floors = freightFloors(context, floorIndex(rates, mg, mm3), classes);
        expect(floors).toBe(freightFloors(context, floorIndex(rates, mg, mm3), classes));
        for (let row = 0; row < lanes.service.length; row++) {
          const service = lanes.service[row]!;
          const remote = network.zones.remote[lanes.zone[row]!] === 1;
          const card = services.card[service]!;
          const freight = freightOf(rates, card, lanes.rateRow[row]!, mg, mm3, remote);
          const isRefused = (classes & ~services.classes[service]!) !== 0;
          const above = rates.floorAbove[floorIndex(rates, mg, mm3)]!;
          const least = freightFloor(rates, card, lanes.rateRow[row]!, above, remote);
          const own = isRefused ? NO_FREIGHT : Math.min(least, NO_FREIGHT);
          expect(floors.byRow[row], `seed ${SEED + i}`).toBe(own);
          if (!isRefused) expect(own).toBeLessThanOrEqual(freight);
          seen.rows++;
          seen.refused += +isRefused;
          seen.exact += +(floors.byRow[row] === freight);
        }
        for (let w = 0; w < network.warehouses.ids.length; w++) {
          const least = rowsFrom(context, w).map((row) => floors.byRow[row]!);
          for (let again = 0; again < 2; again++) {
            expect(floors.from(w)).toBe(Math.min(NO_FREIGHT, ...least));
          }
        }
      }
    }
    console.log(JSON.stringify({ seed: SEED, ...seen }));
    expect(Math.min(seen.exact, seen.refused)).toBeGreaterThan(runs(40));
  });
});

/** Services with times of their own, by one of few timetables, half of them with quiet hours. */
function manyTimes(seed: number, random: Random, services: number) {
  const sizes = { warehouses: 8, services, zones: 4, skus: 10, carriers: 8 };
  const document = generateNetwork({ seed, ...sizes });
  const timetables = document.services.slice(0, 2).map(({ pickups }) => pickups);
  const transit_times = document.services.map(({ id }) => {
    // Who is sooner at one confidence may be later at another.
    let seconds = random.between(5, 50) * 3600;
    const quantiles = [0.3, 0.7, 0.99].map((p) => {
      seconds += random.pick([1, 5, 40]) * random.between(1, 3600);
      return [p, seconds] as const;
    });
    return { id: `own-${id}`, quantiles };
  });
  const network = {
    ...document,
    transit_times,
    services: document.services.map((service) => ({
      ...service,
      ...{ pickups: random.pick(timetables), pickup_holidays: [] },
      lanes: service.lanes.map((lane) => ({ ...lane, transit_time_id: `own-${service.id}` })),
    })),
  };
  return {
    order: generateOrder(document, random, 1, MONDAY),
    network: (random.chance(0.5) ? quietly(network, random) : network) as NetworkInput,
  };
}

/** Services that share their times and timetables, towards a place in several zones. */
function fewTimes(seed: number) {
  const shape = { warehouses: 8, services: 24, skus: 2, lines: 1, scarce: false };
  const { network, order } = aWorld(seed, shape);
  const destination = { country: 'DE', postal_code: '10115' };
  return { network, order: { ...order, at_seconds: MONDAY, destination } };
}

/** Least freight and time of all rows of a warehouse. */
function leastTimed(
  context: OrderContext,
  floors: FreightFloors,
  w: number,
  ready: number,
): number {
  const times = timesFrom(context, w, ready);
  const rows = rowsFrom(context, w).filter((row) => floors.byRow[row]! < NO_FREIGHT);
  return rows.reduce((least, row) => {
    const timing = context.lanes.timing[row]!;
    return Math.min(least, floors.byRow[row]! + timingTime(context, times, w, ready, timing));
  }, none);
}

describe(`the floor of freight and time (seed ${SEED})`, () => {
  it('is the least of all services of a warehouse, by whatever confidence is promised', () => {
    let [compared, differ, most] = [0, 0, 0];
    for (let i = 0; i < runs(24); i++) {
      const random = seededRandom(SEED + 1000 + i);
      const { order, network: input } =
        i % 3 > 0 ? fewTimes(SEED + i) : manyTimes(SEED + i, random, i === 0 ? 450 : 24);
      const network = compileNetwork(input, { from_seconds: MONDAY });
      const surer = withPolicy(network, { ...input.policy, confidence: 0.4 });
      const contexts = [network, surer, network].map((one) => opened(one, order));
      most = Math.max(most, contexts[0]!.lanes.timingArrival.length);
      for (const mg of [500_000, 9_000_000]) {
        for (const w of random.sample([0, 1, 2, 3, 4, 5, 6, 7], 8)) {
          const ready = contexts[0]!.at + random.between(0, 48) * 3600;
          const found = contexts.map((context) => {
            const floors = freightFloors(context, floorIndex(network.rates, mg, 1e6), 1);
            const floor = floors.timedFrom(context, w, ready, timesFrom(context, w, ready));
            expect(floor, `seed ${SEED + i}, ${w}`).toBe(leastTimed(context, floors, w, ready));
            return floor;
          });
          compared += +(found[0]! < none);
          differ += +(found[0] !== found[1]);
        }
      }
    }
    console.log(JSON.stringify({ seed: SEED, compared, differ, most }));
    expect(Math.min(compared, differ * 2)).toBeGreaterThan(runs(100));
    expect(most).toBeGreaterThan(256);
  });
});
