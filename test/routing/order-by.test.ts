import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileNetwork, openBoard, orderBySeconds, source } from '../../routing/index.ts';
import { prepare } from './all-parcels.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld } from './small-world.ts';

const SEED = seedOf(20261125);
const WEEK_SECONDS = 7 * 86_400;

describe(`until when a plan can be ordered (seed ${SEED})`, () => {
  it('is the last second at which every warehouse is ready for its pickup, by another clock', () => {
    let later = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1 << 30 }), (seed) => {
        const shape = { warehouses: 3, services: 3, skus: 3, lines: 2, scarce: false };
        const world = aWorld(seed, shape);
        const { order } = world;
        const network = compileNetwork(world.network, {
          from_seconds: order.at_seconds,
          horizon_days: 30,
        });
        const plan = source(network, openBoard(network, world.stock, world.capacity), order, {
          work: 1_000_000,
        });
        if (plan.outcome !== 'sourced') return;
        const { clock, input } = prepare(world);
        const answer = input.policy.answer_seconds ?? 0;
        const isReady = (ordered: number) =>
          plan.parcels.every((parcel) => {
            const warehouse = input.warehouses.find(({ id }) => id === parcel.warehouse_id)!;
            let start = ordered + answer;
            // Nobody starts at night: the first second of a later hour, or never in time.
            for (; !clock.mayStart(warehouse, start); start = (Math.floor(start / 900) + 1) * 900) {
              if (start > parcel.pickup_seconds + WEEK_SECONDS) return false;
            }
            return clock.readyAfter(warehouse, start) <= parcel.pickup_seconds;
          });

        const orderBy = orderBySeconds(network, plan);

        expect(orderBy).toBeGreaterThanOrEqual(order.at_seconds);
        expect(isReady(orderBy)).toBe(true);
        expect(isReady(orderBy + 1)).toBe(false);
        if (orderBy > order.at_seconds) later += 1;
      }),
      { seed: SEED, numRuns: runs(300) },
    );
    expect(later).toBeGreaterThan(50);
  });
});
