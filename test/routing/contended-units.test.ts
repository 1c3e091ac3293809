/** Units of one line that want each other's slots: one pick an hour, one van a day. */
import { expect, test } from 'vitest';
import {
  compileNetwork,
  DAY_SECONDS,
  type NetworkInput,
  openBoard,
  source,
  type WorkBudget,
} from '../../routing/index.ts';
import { MONDAY } from './small-world.ts';

const daily = <T>(value: T) =>
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, value]));

const document: NetworkInput = {
  skus: [{ id: 'A', weight_grams: 100, length_mm: 1, width_mm: 1, height_mm: 1 }],
  warehouses: [
    {
      id: 'W',
      position: [0, 0],
      time_zone: 'UTC',
      hours: daily([['08:00', '18:00']] as [string, string][]),
      processing_seconds: 0,
      picks_per_hour: 1,
    },
  ],
  zones: [{ id: 'Z', country: 'DE', time_zone: 'UTC' }],
  rate_cards: [{ id: 'R', weight_breaks_grams: [1000], rates: { a: [{ base: 100 }] } }],
  transit_times: [{ id: 'T', quantiles: [[1, 3600]] }],
  services: [
    {
      id: 'S',
      carrier_id: 'K',
      rate_card_id: 'R',
      pickups: daily(['19:00']),
      parcels_per_day: 1,
      lanes: [{ rate_area: 'a', transit_time_id: 'T' }],
    },
  ],
  policy: {
    confidence: 0.95,
    split_limit: 16,
    split_penalty: 10,
    lateness_per_day: 0,
    time_per_day: 100,
  },
};
const network = compileNetwork(document, { from_seconds: MONDAY });

/** Decides a line of so many units, of lots that live for so many pickups. */
function decide(quantity: number, pickups: number, budget: WorkBudget) {
  const midnight = Math.floor(MONDAY / DAY_SECONDS) * DAY_SECONDS;
  const expires_seconds = midnight + pickups * DAY_SECONDS;
  const lot = { stock_id: 1, warehouse_id: 'W', sku_id: 'A', available: 99, expires_seconds };
  const order = {
    at_seconds: MONDAY,
    destination: { country: 'DE', postal_code: '1' },
    lines: [{ line_no: 1, sku_id: 'A', quantity }],
  };
  return source(network, openBoard(network, [lot], []), order, budget);
}

test('the port that may end a decision is asked every few thousand steps, also among slots', () => {
  let asked = 0;
  const should_stop = () => {
    asked += 1;
    return false;
  };
  const { work } = decide(16, 16, { work: 5_000_000, should_stop });

  expect(work).toBeGreaterThan(4000);
  expect(asked).toBeGreaterThan(work / 1000);
});

test('alike units are not tried in every order: fourteen wait for as many vans, or are refused', () => {
  const budget = { work: 5_000_000 };
  const price = 14 * 100 + 13 * 10;
  const lastPromise = Math.floor(MONDAY / DAY_SECONDS) * DAY_SECONDS + 13 * DAY_SECONDS + 20 * 3600;
  const time = Math.round((100 * (lastPromise - MONDAY)) / DAY_SECONDS);

  const [sent, refused] = [decide(14, 14, budget), decide(14, 13, budget)];

  expect(sent).toMatchObject({ cost: price + time, proof: { kind: 'optimal' } });
  expect(refused).toMatchObject({ outcome: 'unsourced', reason: 'no_capacity' });
  expect(Math.max(sent.work, refused.work)).toBeLessThan(500_000);
});

test('units that are alike are not shared out in every order: few parcels from many stocks', () => {
  const names = ['W1', 'W2', 'W3', 'W4'];
  const { policy, warehouses, services, skus } = document;
  const spread: NetworkInput = {
    ...document,
    skus: ['A', 'B', 'C'].map((id) => ({ ...skus[0]!, id })),
    warehouses: names.map((id) => ({ ...warehouses[0]!, id, picks_per_hour: undefined })),
    services: [{ ...services[0]!, parcels_per_day: undefined }],
    policy: { ...policy, split_limit: 3, time_per_day: 0 },
  };
  const units = { A: [2, 0, 3, 3], B: [3, 4, 0, 0], C: [1, 0, 1, 0] };
  const stock = Object.entries(units).flatMap(([sku_id, held], s) =>
    held.map((available, w) => {
      return { stock_id: s * 4 + w, warehouse_id: names[w]!, sku_id, available };
    }),
  );
  const lines = [4, 7, 1].map((quantity, i) => ({
    line_no: i + 1,
    sku_id: 'ABC'[i]!,
    quantity,
  }));
  const order = { at_seconds: MONDAY, destination: { country: 'DE', postal_code: '1' }, lines };
  const compiled = compileNetwork(spread, { from_seconds: MONDAY });

  const plan = source(compiled, openBoard(compiled, stock, []), order, { work: 5_000_000 });

  expect(plan).toMatchObject({ cost: 3 * 100 + 2 * 10, proof: { kind: 'optimal' } });
  expect(plan.work).toBeLessThan(500_000);
});
