/** Waits at warehouses, learned by the hour of the week, in decisions: exact, checked, and theirs alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterWait } from '../../routing/checker-arrivals.ts';
import {
  checkPlan,
  compileNetwork,
  type NetworkInput,
  onTimeProbability,
  openBoard,
  quoteOptions,
  source,
  type TransitTimeInput,
  WAIT_SHARES,
  type WaitInput,
} from '../../routing/index.ts';
import { sumQuantiles, waitOf } from '../../routing/waits.ts';
import { type Random, seededRandom } from '../../src/simulation/random.ts';
import { enumerateBest } from './enumerate.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld, MONDAY, type World } from './small-world.ts';

const SEED = seedOf(20261126);
const HOUR = 3600;

function someWaits(random: Random): number[] {
  const spans = WAIT_SHARES.map(() => (random.chance(0.5) ? 0 : random.between(1, 24) * 900));
  return spans.sort((a, b) => a - b);
}

/** A table as learned: another scale, and a stretch that grows or shrinks with the probability. */
function asLearned(random: Random, { id, quantiles }: TransitTimeInput): TransitTimeInput {
  const stretch = quantiles.map(() => random.between(80, 150) / 100);
  const transit_seconds = quantiles.map(([, seconds]) => Math.ceil(seconds * 0.9));
  let least = 0;
  const stated = quantiles.map(([probability], i): [number, number] => {
    least = Math.max(least, Math.ceil(transit_seconds[i]! * stretch[i]! - 1e-6));
    return [probability, least];
  });
  return { id, quantiles: stated, learned: { transit_seconds, stretch } };
}

/** The world with waits at its warehouses; in some of their hours others, if asked for. */
function waiting(world: World, seed: number, byHour: boolean): World {
  const random = seededRandom(seed);
  const { network } = world;
  const waits: WaitInput[] = [
    { warehouse_id: null, hours: null, wait_seconds: someWaits(random) },
    ...network.warehouses.flatMap(({ id: warehouse_id }) => {
      const hours = Array.from({ length: 168 }, (_, hour) => hour).filter(() => random.chance(0.2));
      const own = { warehouse_id, hours: null, wait_seconds: someWaits(random) };
      if (!byHour) return random.chance(0.7) ? [own] : [];
      return [own, { warehouse_id, hours, wait_seconds: someWaits(random) }];
    }),
  ];
  const transit_times = network.transit_times.map((table) =>
    random.chance(0.7) ? asLearned(random, table) : table,
  );
  return { ...world, network: { ...network, transit_times, waits } };
}

const SHAPE = { warehouses: 3, services: 3, skus: 3, lines: 3, scarce: true };

function decide(world: World) {
  const network = compileNetwork(world.network, { from_seconds: MONDAY });
  const board = openBoard(network, world.stock, world.capacity);
  return { network, board, result: source(network, board, world.order, { work: 2_000_000 }) };
}

describe(`waits at warehouses (seed ${SEED})`, () => {
  it('leave a decision the enumerated optimum', { timeout: 60_000 }, () => {
    let decided = 0;
    const property = fc.property(fc.nat(1 << 30), (seed) => {
      const world = waiting(aWorld(seed, SHAPE), seed, false);
      const best = enumerateBest(world);
      const { result } = decide(world);
      if (result.outcome !== 'sourced' || result.proof.kind !== 'optimal' || !(best < Infinity))
        return;
      decided += 1;
      expect(result.cost).toBe(best);
    });
    fc.assert(property, { seed: SEED, numRuns: runs(60), endOnFailure: true });
    expect(decided).toBeGreaterThan(10);
  });

  it('are in every promise as the checker works them out, hour by hour', {
    timeout: 60_000,
  }, () => {
    let parcels = 0;
    const property = fc.property(fc.nat(1 << 30), (seed) => {
      const world = waiting(aWorld(seed, SHAPE), seed, true);
      const { result, network, board } = decide(world);
      if (result.outcome !== 'sourced') return;
      parcels += result.parcels.length;
      expect(checkPlan({ ...world, plan: result })).toEqual([]);
      const { destination } = world.order;
      const due = result.promise_seconds;
      const sure = onTimeProbability(network, destination, result.parcels, due);
      // Each parcel is at the door by then with the confidence of the policy, at least.
      const least = world.network.policy.confidence ** result.parcels.length;
      expect(sure).toBeGreaterThan(least - 1e-4);
      quoteOptions(network, board, world.order, { work: 200_000 });
    });
    fc.assert(property, { seed: SEED, numRuns: runs(80), endOnFailure: true });
    expect(parcels).toBeGreaterThan(20);
  });

  it('add up with times in transit alike in solver and checker', () => {
    const property = fc.property(fc.nat(1 << 30), (seed) => {
      const random = seededRandom(seed);
      const waits = someWaits(random);
      const at = [0.01, 0.1, 0.5, 0.9, 0.95, 0.99];
      const times = at.map(() => random.between(1, 200) * 1800).sort((a, b) => a - b);
      const quantiles = at.map((p, i) => [p, times[i]!] as const);
      const one = sumQuantiles(at, times, waitOf(waits));
      const other = afterWait({ quantiles }, waits).map(([, seconds]) => seconds);
      one.forEach((seconds, i) => {
        expect(Math.abs(seconds - other[i]!)).toBeLessThanOrEqual(1);
        expect(seconds).toBeGreaterThanOrEqual(times[i]! + waits[0]!);
        expect(seconds).toBeLessThanOrEqual(times.at(-1)! + waits.at(-1)!);
      });
    });
    fc.assert(property, { seed: SEED, numRuns: runs(300) });
  });

  it('are the sum of the two distributions, as drawing from both shows', () => {
    const random = seededRandom(SEED);
    const at = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
    const times = at.map((p) => Math.round(p * 100 * HOUR));
    const waits = WAIT_SHARES.map((_, i) => (i < 8 ? 0 : 48 * HOUR));
    const late = WAIT_SHARES.slice(8).reduce((sum, one) => sum + one, 0);
    const draws = Array.from({ length: 40_000 }, () => {
      const wait = random.chance(late) ? 48 * HOUR : 0;
      return wait + random.between(1, 100) * HOUR;
    }).sort((a, b) => a - b);
    const sums = sumQuantiles(at, times, waitOf(waits));
    for (const p of [0.25, 0.5, 0.75, 0.9]) {
      const drawn = draws[Math.floor(p * draws.length)]!;
      expect(Math.abs(sums[at.indexOf(p)]! - drawn)).toBeLessThan(3 * HOUR);
    }
  });

  it('hold in the hour and at the warehouse they were seen in, and nowhere else', () => {
    const world = aWorld(SEED, { ...SHAPE, scarce: false });
    const none = WAIT_SHARES.map(() => 0);
    const day = WAIT_SHARES.map(() => 24 * HOUR);
    const promiseWith = (waits: NetworkInput['waits']) => {
      const network = { ...world.network, waits };
      const { result } = decide({ ...world, network });
      if (result.outcome !== 'sourced') throw new Error('the world has no plan');
      return result.parcels[0]!;
    };
    const plain = promiseWith([]);
    const { warehouse_id, pickup_seconds } = plain;
    // 1970-01-05 was a Monday.
    const hour = Math.floor((pickup_seconds - 4 * 86_400) / HOUR) % 168;
    const elsewhere = { warehouse_id, hours: [(hour + 84) % 168], wait_seconds: day };
    const usual = { warehouse_id, hours: null, wait_seconds: none };
    expect(promiseWith([usual, elsewhere])).toEqual(plain);
    const others = world.network.warehouses.filter(({ id }) => id !== warehouse_id);
    expect(
      promiseWith(others.map(({ id }) => ({ warehouse_id: id, hours: null, wait_seconds: day }))),
    ).toEqual(plain);
    const here = promiseWith([usual, { warehouse_id, hours: [hour], wait_seconds: day }]);
    expect(here).not.toEqual(plain);
  });
});
