/** Carbon with a price: decided exactly, charged as the document says, and changing what is chosen. */
import { describe, expect, it } from 'vitest';
import {
  checkPlan,
  compileNetwork,
  type NetworkInput,
  openBoard,
  type SourcedPlan,
  source,
} from '../../routing/index.ts';
import { type Random, seededRandom } from '../../src/simulation/random.ts';
import { enumerateBest } from './enumerate.ts';
import { overHubs } from './routes/hub-world.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld, type World } from './small-world.ts';

const seed = seedOf(20261127);
const BUDGET = { work: 8_000_000 };

/** The same world with places, services that state what they emit, and a price of it. */
function green(world: World, random: Random, carbon_per_kg: number): World {
  const place = (): [number, number] => [random.between(-10, 30), random.between(36, 60)];
  const { network, order } = world;
  return {
    ...world,
    network: {
      ...network,
      policy: { ...network.policy, carbon_per_kg },
      warehouses: network.warehouses.map((row) => ({ ...row, position: place() })),
      services: network.services.map((row) =>
        random.chance(0.2) ? row : { ...row, carbon_grams_per_tonne_km: random.between(20, 900) },
      ),
    },
    order: { ...order, destination: { ...order.destination, position: place() } },
  };
}

function decide({ network, stock, capacity, order }: World) {
  const horizon = { from_seconds: order.at_seconds, horizon_days: 30 };
  const compiled = compileNetwork(network, horizon);
  return source(compiled, openBoard(compiled, stock, capacity), order, BUDGET);
}

const carbonOf = (plan: SourcedPlan) =>
  plan.parcels.reduce((sum, { cost }) => sum + (cost.carbon ?? 0), 0);

/** True if some line leaves in more than one parcel, which the enumeration leaves out. */
const isCut = ({ parcels }: SourcedPlan): boolean =>
  new Set(parcels.flatMap(({ takes }) => [...new Set(takes.map((take) => take.line_no))])).size <
  parcels.flatMap(({ takes }) => [...new Set(takes.map((take) => take.line_no))]).length;

describe(`a price of carbon (seed ${seed})`, () => {
  it('is part of what the cheapest of all plans costs', () => {
    const counts = { optimal: 0, charged: 0 };
    for (let i = 0; i < runs(70); i++) {
      const random = seededRandom(seed + i);
      const lines = random.between(1, 4);
      const shape = { warehouses: 4, services: 3, skus: 3, lines, scarce: random.chance(0.3) };
      const world = green(aWorld(seed + i, shape), random, random.pick([40, 1000, 25_000]));
      const best = enumerateBest(world);
      const plan = decide(world);
      if (plan.outcome === 'unsourced' || Number.isNaN(best)) continue;
      expect(checkPlan({ ...world, plan }), `run ${i}`).toEqual([]);
      if (isCut(plan)) continue;
      if (plan.proof.kind === 'optimal') expect(plan.cost, `run ${i}`).toBe(best);
      else expect(plan.cost, `run ${i}`).toBeGreaterThanOrEqual(best);
      counts.optimal += +(plan.proof.kind === 'optimal');
      counts.charged += +(carbonOf(plan) > 0);
    }
    expect(counts.optimal).toBeGreaterThan(30);
    expect(counts.charged).toBeGreaterThan(20);
  });

  it('never makes a plan emit more, and leaves no trace where there is none', () => {
    let greener = 0;
    for (let i = 0; i < runs(40); i++) {
      const shape = { warehouses: 4, services: 4, skus: 2, lines: 1, scarce: false };
      const at = (price: number) =>
        decide(green(aWorld(seed + i, shape), seededRandom(seed + i), price));
      const [free, dear, dearer] = [at(0), at(20_000), at(80_000)];
      if (free.outcome === 'unsourced') continue;
      expect(free.parcels.some(({ cost }) => 'carbon' in cost)).toBe(false);
      if (dear.outcome === 'unsourced' || dearer.outcome === 'unsourced') continue;
      if (dear.proof.kind !== 'optimal' || dearer.proof.kind !== 'optimal') continue;
      // What is charged is rounded for each parcel: half a unit each.
      const grams = (plan: SourcedPlan, price: number) => (carbonOf(plan) / price) * 1000;
      const noise = (dear.parcels.length / 20_000 + dearer.parcels.length / 80_000) * 500;
      expect(grams(dearer, 80_000), `run ${i}`).toBeLessThanOrEqual(grams(dear, 20_000) + noise);
      greener += +(dearer.cost - carbonOf(dearer) > free.cost);
    }
    expect(greener).toBeGreaterThan(5);
  });

  it('chooses among routes over hubs by what their legs state, and the checker agrees', () => {
    const counts = { routed: 0, less: 0 };
    for (let i = 0; i < runs(40); i++) {
      const random = seededRandom(seed + i);
      const shape = { hubs: 4, legs: 12, fixed: false, disruptions: 0 };
      const world = aWorld(seed + i, {
        warehouses: 3,
        services: 3,
        skus: 2,
        lines: 1,
        scarce: false,
      });
      const network = overHubs(world.network, random, shape, 1);
      const policy: NetworkInput['policy'] = { ...network.policy, carbon_per_kg: 5000 };
      const priced = { ...world, network: { ...network, policy } };
      const [free, plan] = [decide({ ...world, network }), decide(priced)];
      if (plan.outcome === 'unsourced' || free.outcome === 'unsourced') continue;
      expect(checkPlan({ ...priced, plan }), `run ${i}`).toEqual([]);
      const grams = (of: SourcedPlan) =>
        of.parcels.reduce((sum, { route }) => sum + route!.carbon_grams, 0);
      expect(carbonOf(plan), `run ${i}`).toBe(grams(plan) * 5);
      counts.routed += 1;
      counts.less += +(grams(plan) < grams(free));
    }
    expect(counts.routed).toBeGreaterThan(20);
    expect(counts.less).toBeGreaterThan(2);
  });

  it('that is charged wrongly is found by the checker', () => {
    const shape = { warehouses: 3, services: 3, skus: 2, lines: 1, scarce: false };
    const [world, plan] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
      .map((i) => green(aWorld(seed + i, shape), seededRandom(seed + i), 10_000))
      .map((one) => [one, decide(one)] as const)
      .find((pair): pair is [World, SourcedPlan] => pair[1].outcome === 'sourced')!;
    const charged = (carbon: number | undefined) => {
      const parcels = plan.parcels.map((parcel) => {
        const { carbon: own = 0, ...cost } = parcel.cost;
        return { ...parcel, cost: carbon === undefined ? cost : { ...cost, carbon: own + carbon } };
      });
      return checkPlan({ ...world, plan: { ...plan, parcels } }).map(({ rule }) => rule);
    };
    expect(charged(0)).toEqual([]);
    expect(charged(1)).toContain('carbon_cost');
    expect(charged(undefined)).toContain('carbon_cost');
    const free = { ...world.network.policy, carbon_per_kg: 0 };
    const unpriced = { ...world, network: { ...world.network, policy: free } };
    expect(checkPlan({ ...unpriced, plan }).map(({ rule }) => rule)).toContain('carbon_cost');
  });
});
