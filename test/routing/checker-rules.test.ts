/** Each condition of the checker by itself: a plan that only just breaks it is named, others are not. */
import { describe, expect, it } from 'vitest';
import {
  checkPlan,
  compileNetwork,
  type NetworkInput,
  openBoard,
  type ParcelPlan,
  type PlanToCheck,
  prepareBatchChecker,
  type SourcedPlan,
  type SourcingOrder,
  type StockPosition,
  source,
} from '../../routing/index.ts';
import { MONDAY } from './small-world.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const week = <T>(value: T) => Object.fromEntries(DAYS.map((day) => [day, value]));
const DAY = 86_400;
const size = { weight_grams: 100, length_mm: 10, width_mm: 10, height_mm: 10 };
const network: NetworkInput = {
  skus: [
    { id: 'BREAD', ...size, goods_class: 'food', minimum_life_days: 3 },
    { id: 'ACID', ...size, goods_class: 'acid', hazardous: true },
  ],
  warehouses: [
    {
      ...{ id: 'W', position: [0, 0], time_zone: 'UTC', hours: week([['00:00', '24:00']]) },
      ...{ processing_seconds: 600, hazardous: true, picks_per_hour: 100, parcels_per_day: 10 },
    },
  ],
  zones: [{ id: 'Z', country: 'DE', time_zone: 'UTC' }],
  rate_cards: [{ id: 'R', weight_breaks_grams: [9e6], rates: { all: [{ base: 500 }] } }],
  transit_times: [{ id: 'T', quantiles: [[0.8, DAY] as const, [1, 3 * DAY] as const] }],
  services: [
    {
      ...{ id: 'ROAD', carrier_id: 'K', rate_card_id: 'R', pickups: week(['18:00']) },
      ...{ hazardous: true, max_length_mm: 10, max_girth_plus_length_mm: 50 },
      lanes: [{ rate_area: 'all', transit_time_id: 'T' }],
    },
  ],
  policy: {
    ...{ confidence: 0.9, split_limit: 3, split_penalty: 100, lateness_per_day: 0 },
    ...{ time_per_day: 0, on_time_confidence: 0.5 },
  },
} as NetworkInput;
const order: SourcingOrder = {
  at_seconds: MONDAY,
  destination: { country: 'DE', postal_code: '1' },
  lines: [
    { line_no: 1, sku_id: 'BREAD', quantity: 4 },
    { line_no: 2, sku_id: 'ACID', quantity: 1 },
  ],
  deliver_by_seconds: MONDAY + 3 * DAY,
};
const lot = { warehouse_id: 'W', available: 9 };
const stock: StockPosition[] = [
  { ...lot, stock_id: 1, sku_id: 'BREAD', expires_seconds: MONDAY + 90 * DAY },
  { ...lot, stock_id: 2, sku_id: 'ACID' },
];
const compiled = compileNetwork(network, { from_seconds: MONDAY });
const board = openBoard(compiled, stock, []);
const plan = source(compiled, board, order, { work: 1e7 }) as SourcedPlan;
const [parcel] = plan.parcels as [ParcelPlan];

type Whole = PlanToCheck & { readonly network: NetworkInput };
const broken = (change: Partial<Whole>): string[] =>
  checkPlan({ network, stock, capacity: [], order, plan, ...change }).map(({ rule }) => rule);
const withParcel = (change: Partial<ParcelPlan>): Partial<Whole> => ({
  plan: { ...plan, parcels: [{ ...parcel, ...change }] },
});
const withPolicy = (change: Partial<NetworkInput['policy']>): Partial<Whole> => ({
  network: { ...network, policy: { ...network.policy, ...change } },
});
const withService = (change: Partial<NetworkInput['services'][number]>): Partial<Whole> => ({
  network: { ...network, services: [{ ...network.services[0]!, ...change }] },
});
const breadOf = (change: Partial<StockPosition>): Partial<Whole> => ({
  stock: [{ ...stock[0]!, ...change }, stock[1]!],
});
const takes = (...units: readonly number[]) =>
  units.map((quantity) => ({ line_no: 1, stock_id: 1, quantity }));
const acid = parcel.takes.filter(({ line_no }) => line_no === 2);
const life = 3 * DAY;

describe('a plan that only just keeps a rule', () => {
  const kept: [string, Partial<Whole>][] = [
    ['all of them', {}],
    ['the life of a lot', breadOf({ expires_seconds: parcel.promise_seconds + life })],
    ['the units of a lot', breadOf({ available: 4 })],
    ['the units of a lot, in two takes', withParcel({ takes: [...takes(3, 1), ...acid] })],
    ['a service of the only ones', { order: { ...order, only_services: ['ROAD'] } }],
    ['classes apart of which one is there', withPolicy({ apart: [['acid', 'soap']] })],
  ];
  it.each(kept)('is not named: %s', (_, change) => {
    expect(broken(change)).toEqual([]);
  });
});

describe('a plan that breaks one rule only just', () => {
  const mistakes: [string, string, Partial<Whole>][] = [
    [
      'a lot a second short of its life',
      'lot_life',
      breadOf({ expires_seconds: parcel.promise_seconds + life - 1 }),
    ],
    ['a unit that is not there', 'oversell', breadOf({ available: 3 })],
    [
      'a unit too many in two takes',
      'oversell',
      { ...breadOf({ available: 3 }), ...withParcel({ takes: [...takes(3, 1), ...acid] }) },
    ],
    ['a take that gives units back', 'quantity', withParcel({ takes: [...takes(5, -1), ...acid] })],
    [
      'a line that is there twice',
      'quantity',
      { order: { ...order, lines: [...order.lines, { ...order.lines[0]! }] } },
    ],
    [
      'a promise that its parcel does not make',
      'promise',
      { plan: { ...plan, promise_seconds: plan.promise_seconds - 1 } },
    ],
    [
      'a place that no zone contains',
      'lane',
      { order: { ...order, destination: { country: 'FR', postal_code: '1' } } },
    ],
    ['no parcel', 'no_parcels', { plan: { ...plan, parcels: [] } }],
    [
      'a limit that is not the network’s',
      'capacity_stated',
      withParcel({
        capacity: parcel.capacity.map((row, i) => ({ ...row, limit: row.limit + +(i === 0) })),
      }),
    ],
    [
      'a resource that is not taken',
      'capacity_stated',
      withParcel({ capacity: [...parcel.capacity, { ...parcel.capacity[0]!, resource: 'other' }] }),
    ],
    [
      'a service that is not among the only ones',
      'excluded',
      { order: { ...order, only_services: ['AIR'] } },
    ],
    ['goods kept apart', 'apart', withPolicy({ apart: [['food', 'acid']] })],
    ['goods kept apart, the other way round', 'apart', withPolicy({ apart: [['acid', 'food']] })],
    [
      'a probability that does not follow',
      'on_time_stated',
      withParcel({ on_time_probability: parcel.on_time_probability! - 1e-4 }),
    ],
    ['goods a millimetre too bulky', 'eligibility', withService({ max_girth_plus_length_mm: 49 })],
    ['goods a millimetre too long', 'eligibility', withService({ max_length_mm: 9 })],
    ['goods that the service does not do', 'eligibility', withService({ hazardous: false })],
  ];
  it.each(mistakes)('is named: %s as %s', (_, rule, change) => {
    expect(broken(change)).toContain(rule);
  });
});

describe('waits', () => {
  it('are those of the warehouse in its own hours and those of all at any other', () => {
    const wait = (hours: number) => Array.from({ length: 16 }, () => hours * 3600);
    // 1970-01-05 was a Monday.
    const hour = Math.floor(parcel.pickup_seconds / 3600 - 96) % 168;
    const promises = [[hour], [hour + 1]].map((hours) => {
      const waits = [
        { warehouse_id: null, hours: null, wait_seconds: wait(2) },
        { warehouse_id: 'W', hours, wait_seconds: wait(20) },
      ];
      const waiting = { ...network, waits };
      const own = compileNetwork(waiting, { from_seconds: MONDAY });
      const free = { ...order, deliver_by_seconds: undefined };
      const late = source(own, openBoard(own, stock, []), free, { work: 1e7 }) as SourcedPlan;
      expect(broken({ network: waiting, order: free, plan: late })).toEqual([]);
      expect(late.parcels[0]!.pickup_seconds).toBe(parcel.pickup_seconds);
      return late.promise_seconds - plan.promise_seconds;
    });
    expect(promises).toEqual([20 * 3600, 2 * 3600]);
  });
});

describe('plans of a batch', () => {
  const check = (rows: readonly StockPosition[], used = 0) => {
    const [first] = parcel.capacity;
    const { resource, slot_seconds } = first!;
    return prepareBatchChecker(network)(rows, [{ resource, slot_seconds, used }]);
  };
  const rulesOf = (found: ReturnType<ReturnType<typeof check>>) => found.map(({ rule }) => rule);

  it('find taken what sound ones before them took, of stock and of capacity', () => {
    const short = check([{ ...stock[0]!, available: 7 }, stock[1]!]);
    expect(rulesOf(short(order, plan))).toEqual([]);
    expect(rulesOf(short(order, plan))).toEqual(['oversell']);
    const { amount, limit } = parcel.capacity[0]!;
    const full = check(stock, limit - amount);
    expect(rulesOf(full(order, plan))).toEqual([]);
    expect(rulesOf(full(order, plan))).toEqual(['capacity']);
  });

  it('find there what unsound ones before them would have taken', () => {
    const { amount, limit } = parcel.capacity[0]!;
    const one = check([{ ...stock[0]!, available: 4 }, stock[1]!], limit - amount);
    expect(rulesOf(one(order, { ...plan, confidence: 0.5 }))).toEqual(['promise']);
    expect(rulesOf(one(order, plan))).toEqual([]);
  });
});
