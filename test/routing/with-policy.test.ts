/** A network under another policy decides as one that was compiled with it, on one board with the first. */
import { describe, expect, it } from 'vitest';
import {
  boardUnder,
  checkPlan,
  compileNetwork,
  onTimeProbability,
  openBoard,
  type PolicyInput,
  prepareBatchChecker,
  type SourcingOrder,
  source,
  take,
  withPolicy,
} from '../../routing/index.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { aNetwork } from '../builders/network.ts';
import { overHubs } from './routes/hub-world.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld, MONDAY } from './small-world.ts';

const SEED = seedOf(71);
const AT = Date.UTC(2026, 2, 18, 9) / 1000;
const WORK = { work: 200_000 };
const base = aNetwork();
const compiled = compileNetwork(base, { from_seconds: AT - (AT % 86_400) });

function drawPolicy(random: ReturnType<typeof seededRandom>): PolicyInput {
  const pick = <T>(...choices: T[]) => choices[random.between(0, choices.length - 1)]!;
  return {
    ...base.policy,
    confidence: pick(0.5, 0.9, 0.97),
    split_limit: pick(1, 2, 4),
    split_penalty: pick(0, 300, 2000),
    lateness_per_day: pick(0, 5000),
    time_per_day: pick(0, 50, 4000),
    ...pick<object>({}, { carbon_per_kg: 3000 }),
    ...pick<object>({}, { apart: [['ambient', 'hazardous']] }, { on_time_confidence: 0.8 }),
  };
}

function drawOrder(random: ReturnType<typeof seededRandom>): SourcingOrder {
  const skus = ['mug', 'book', 'lamp', 'paint', 'chair'].filter(() => random.next() < 0.5);
  return {
    at_seconds: AT + random.between(0, 20_000),
    destination: { country: 'NL', postal_code: '1011AB' },
    lines: (skus.length === 0 ? ['mug'] : skus).map((sku_id, i) => {
      return { line_no: i + 1, sku_id, quantity: random.between(1, 3) };
    }),
    ...(random.next() < 0.5 ? { deliver_by_seconds: AT + random.between(1, 6) * 86_400 } : {}),
  };
}

const stock = ['rotterdam', 'lisbon', 'warsaw'].flatMap((warehouse_id, w) =>
  ['mug', 'book', 'lamp', 'paint', 'chair'].map((sku_id, s) => {
    return { stock_id: w * 10 + s + 1, warehouse_id, sku_id, available: 30 + 7 * s * w };
  }),
);

describe(`a network under another policy (seed ${SEED})`, () => {
  it('decides as the network compiled with that policy does', () => {
    for (let run = 0; run < runs(60); run += 1) {
      const random = seededRandom(SEED + run);
      const policy = drawPolicy(random);
      const order = drawOrder(random);
      const own = compileNetwork({ ...base, policy }, { from_seconds: AT - (AT % 86_400) });
      const under = withPolicy(compiled, policy);
      const board = openBoard(compiled, stock, []);
      // The base decides first: what it remembers must not reach the other.
      source(compiled, board, order, WORK);

      const plan = source(under, boardUnder(board, under), order, WORK);

      expect(plan).toEqual(source(own, openBoard(own, stock, []), order, WORK));
    }
  });

  it('shares the board: what one takes the other does not find, and the checker knows both', () => {
    const few = stock
      .filter(({ sku_id }) => sku_id === 'mug')
      .map((row) => ({ ...row, available: 1 }));
    const policy = { ...base.policy, time_per_day: 5000, confidence: 0.97 };
    const under = withPolicy(compiled, policy);
    const board = openBoard(compiled, few, []);
    const check = prepareBatchChecker(base)(few, []);
    const order = drawOrder(seededRandom(SEED));
    const one = { ...order, lines: [{ line_no: 1, sku_id: 'mug', quantity: 1 }] };
    const seen = new Set<number>();
    for (const network of [compiled, under, compiled]) {
      const plan = source(network, boardUnder(board, network), one, WORK);
      if (plan.outcome === 'unsourced') throw new Error(plan.reason);
      expect(check(one, plan, network.policy)).toEqual([]);
      take(board, plan);
      seen.add(plan.parcels[0]!.takes[0]!.stock_id);
    }
    expect(seen.size).toBe(3);
    expect(source(under, boardUnder(board, under), one, WORK)).toMatchObject({
      reason: 'no_stock',
    });
  });

  it('is judged by its own policy: a plan of another one is found fault with', () => {
    const policy = { ...base.policy, confidence: 0.97, time_per_day: 4000 };
    const under = withPolicy(compiled, policy);
    const order = drawOrder(seededRandom(SEED));
    const plan = source(under, openBoard(under, stock, []), order, WORK);
    if (plan.outcome === 'unsourced') throw new Error(plan.reason);
    const checked = { stock, capacity: [], order, plan };
    expect(checkPlan({ ...checked, network: { ...base, policy } })).toEqual([]);
    expect(checkPlan({ ...checked, network: base })).not.toEqual([]);
    expect(prepareBatchChecker(base)(stock, [])(order, plan)).not.toEqual([]);
  });

  it('tells how surely a plan is in time as the solver states it where it is limited', () => {
    const policy = { ...base.policy, on_time_confidence: 0.5 };
    const under = withPolicy(compiled, policy);
    let stated = 0;
    for (let run = 0; run < runs(40); run += 1) {
      const random = seededRandom(SEED + 500 + run);
      const order = {
        ...drawOrder(random),
        deliver_by_seconds: AT + random.between(2, 6) * 86_400,
      };
      const plan = source(under, openBoard(under, stock, []), order, WORK);
      if (plan.outcome === 'unsourced') continue;
      const own = plan.parcels.reduce((all, parcel) => all * parcel.on_time_probability!, 1);
      const { destination, deliver_by_seconds } = order;
      const told = onTimeProbability(compiled, destination, plan.parcels, deliver_by_seconds);
      expect(told).toBeCloseTo(own, 9);
      stated += 1;
    }
    expect(stated).toBeGreaterThan(10);
  });

  it('decides over hubs too as the network compiled with that policy does', () => {
    const shape = { hubs: 4, legs: 8, fixed: false, disruptions: 1 };
    const size = { warehouses: 3, services: 4, skus: 2, lines: 2, scarce: false };
    const horizon = { from_seconds: Math.floor(MONDAY / 86_400) * 86_400 };
    let [routed, stated] = [0, 0];
    for (let run = 0; run < runs(40); run += 1) {
      const random = seededRandom(SEED + 900 + run);
      const { network: plain, stock: lots, capacity, order } = aWorld(SEED + 900 + run, size);
      const network = overHubs(plain, random, shape, 0.8);
      const policy = { ...network.policy, confidence: 0.8, on_time_confidence: 0.05 };
      const dated = { ...order, deliver_by_seconds: MONDAY + 6 * 86_400 };
      const first = compileNetwork(network, horizon);
      const under = withPolicy(first, policy);
      const own = compileNetwork({ ...network, policy }, horizon);

      const plan = source(under, openBoard(under, lots, capacity), dated, WORK);

      expect(plan).toEqual(source(own, openBoard(own, lots, capacity), dated, WORK));
      if (plan.outcome === 'unsourced') continue;
      routed += plan.parcels.filter((parcel) => parcel.route !== undefined).length;
      const surely = plan.parcels.reduce((all, parcel) => all * parcel.on_time_probability!, 1);
      const { destination, deliver_by_seconds } = dated;
      const told = onTimeProbability(first, destination, plan.parcels, deliver_by_seconds);
      expect(told, `run ${run}`).toBeCloseTo(surely, 6);
      stated += 1;
    }
    expect(routed).toBeGreaterThan(5);
    expect(stated).toBeGreaterThan(10);
  });
});
