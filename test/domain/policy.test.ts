/** The life of policies, whom they decide for, and what can be said of a difference. */
import { describe, expect, test } from 'vitest';
import { carbonGrams, greatCircleKm } from '../../src/domain/carbon.ts';
import {
  type ChoosablePolicy,
  canPolicyMove,
  choosePolicy,
  POLICY_TRANSITIONS,
  type PolicyState,
  sharePoint,
} from '../../src/domain/policy.ts';
import { policyFaults } from '../../src/domain/policy-faults.ts';
import { meanInterval } from '../../src/domain/policy-report.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { aNetwork, aSku } from '../builders/network.ts';

const STATES = Object.keys(POLICY_TRANSITIONS) as PolicyState[];
const policy = (
  policy_id: string,
  state: PolicyState,
  platform_id: string | null = null,
  share_percent: number | null = null,
): ChoosablePolicy => ({ policy_id, state, platform_id, share_percent });
const orders = (count: number) => Array.from({ length: count }, (_, i) => `order-${i}`);

describe('the life of a policy', () => {
  test('comes to orders only by way of the shadow, and ends for good', () => {
    expect(STATES.filter((from) => canPolicyMove(from, 'live'))).toEqual(['share']);
    expect(STATES.filter((from) => from !== 'share' && canPolicyMove(from, 'share'))).toEqual([
      'shadow',
    ]);
    expect(POLICY_TRANSITIONS.retired).toEqual([]);
    expect(STATES.filter((from) => !canPolicyMove(from, 'retired'))).toEqual(['retired']);
  });
});

describe('choosing a policy', () => {
  test('is the network’s own while none has orders', () => {
    const none = [policy('a', 'draft'), policy('b', 'shadow'), policy('c', 'retired')];
    expect(choosePolicy(none, 'shop', 'order-1')).toBeNull();
  });

  test('prefers the policy of the platform to the one for all, also against a share of all', () => {
    const policies = [
      policy('all', 'live'),
      policy('shop', 'live', 'shop'),
      policy('new', 'share', null, 99),
    ];
    for (const id of orders(100)) {
      expect(choosePolicy(policies, 'shop', id)?.policy_id).toBe('shop');
    }
    const others = new Set(orders(500).map((id) => choosePolicy(policies, 'x', id)?.policy_id));
    expect(others).toEqual(new Set(['new', 'all']));
  });

  test.each([1, 10, 50, 90])(
    'gives a share of %d % its part of the orders, each for good',
    (share) => {
      const policies = [policy('live', 'live'), policy('new', 'share', null, share)];
      const chosen = (ids: readonly string[]) =>
        ids.map((id) => choosePolicy(policies, 'shop', id)?.policy_id);
      const ids = orders(20_000);
      const first = chosen(ids);
      const got = first.filter((one) => one === 'new').length / ids.length;
      // Five standard deviations of a fair draw.
      expect(Math.abs(got - share / 100)).toBeLessThan(5 * Math.sqrt(0.25 / ids.length));
      expect(chosen(ids)).toEqual(first);
    },
  );

  test('draws orders for each policy anew, and only adds to a share that grows', () => {
    const ids = orders(4000);
    const low = (id: string, p: string) => sharePoint(p, id) < 50;
    const both = ids.filter((id) => low(id, 'a') && low(id, 'b')).length / ids.length;
    expect(Math.abs(both - 0.25)).toBeLessThan(0.04);
    const at = (share: number) =>
      ids.filter((id) => choosePolicy([policy('a', 'share', null, share)], 's', id) !== null);
    expect(at(30)).toEqual(
      at(10)
        .concat(at(30))
        .filter((id, i, all) => all.indexOf(id) === i)
        .sort((x, y) => ids.indexOf(x) - ids.indexOf(y)),
    );
  });
});

describe('rules and a network', () => {
  const network = aNetwork({ skus: [aSku({ id: 'mug', goods_class: 'food' })] });

  test('fit when it has the goods and its times reach the confidence', () => {
    const apart: [string, string][] = [['food', 'hazardous']];
    expect(policyFaults({ confidence: 0.99, apart }, network)).toEqual([]);
  });

  test('do not fit otherwise, and each place is told', () => {
    const short = aNetwork({
      transit_times: [
        {
          id: 't',
          quantiles: [
            [0.1, 10],
            [0.8, 20],
          ],
        },
      ],
    });
    const faults = policyFaults({ confidence: 0.9, apart: [['toys', 'toys']] }, short);
    expect(faults.map(({ pointer }) => pointer).sort()).toEqual([
      '/apart/0/0',
      '/apart/0/1',
      '/apart/0/1',
      '/confidence',
    ]);
    expect(faults.find(({ pointer }) => pointer === '/confidence')?.detail).toContain('0.8');
  });
});

describe('a mean difference', () => {
  test('says nothing of less than five pairs', () => {
    expect(meanInterval({ pairs: 4, mean: 1, deviation: 0 })).toBeNull();
  });

  test.each([
    [5, 2.776],
    [10, 2.262],
    [30, 2.045],
    [10_000, 1.96],
  ])('is bounded by Student’s t: %d pairs, t = %d', (pairs, t) => {
    const [low, high] = meanInterval({ pairs, mean: 3, deviation: 2 })!;
    expect(Math.abs(((high - low) / 4) * Math.sqrt(pairs) - t)).toBeLessThan(0.01);
    expect((high + low) / 2).toBeCloseTo(3, 12);
  });

  test('lies within the bounds about 95 times of 100 (seed 11)', () => {
    const random = seededRandom(11);
    let inside = 0;
    for (let run = 0; run < 2000; run += 1) {
      const draws = Array.from({ length: 12 }, () => random.next() + random.next() + random.next());
      const mean = draws.reduce((sum, x) => sum + x, 0) / 12;
      const square = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0);
      const [low, high] = meanInterval({ pairs: 12, mean, deviation: Math.sqrt(square / 11) })!;
      if (low <= 1.5 && 1.5 <= high) inside += 1;
    }
    expect(inside / 2000).toBeGreaterThan(0.93);
    expect(inside / 2000).toBeLessThan(0.97);
  });
});

describe('carbon', () => {
  const AMSTERDAM: [number, number] = [4.9, 52.37];
  const LISBON: [number, number] = [-9.14, 38.72];

  test('is weight times way times what the service states', () => {
    expect(greatCircleKm(AMSTERDAM, LISBON)).toBeGreaterThan(1850);
    expect(greatCircleKm(AMSTERDAM, LISBON)).toBeLessThan(1880);
    const haul = {
      weight_grams: 2000,
      from: LISBON,
      to: AMSTERDAM,
      carbon_grams_per_tonne_km: 100,
    };
    const grams = carbonGrams([haul, haul])!;
    expect(grams).toBeCloseTo(2 * 0.002 * 100 * greatCircleKm(LISBON, AMSTERDAM), 9);
  });

  test('of what is not known is not zero', () => {
    const haul = { weight_grams: 1, from: LISBON, to: undefined, carbon_grams_per_tonne_km: 1 };
    expect(carbonGrams([haul])).toBeNull();
    expect(carbonGrams([{ ...haul, to: LISBON, carbon_grams_per_tonne_km: undefined }])).toBeNull();
  });
});
