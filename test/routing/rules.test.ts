/** The rules of an order and of its policy: each binds the decision, and the checker sees it broken. */
import { describe, expect, it } from 'vitest';
import {
  checkPlan,
  compileNetwork,
  explain,
  explainRefusal,
  type NetworkInput,
  openBoard,
  type SourcedPlan,
  type SourcingOrder,
  source,
} from '../../routing/index.ts';
import { MONDAY } from './small-world.ts';

const BUDGET = { work: 20_000_000 };
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const week = <T>(value: T) => Object.fromEntries(DAYS.map((day) => [day, value]));
const size = { weight_grams: 100, length_mm: 10, width_mm: 10, height_mm: 10 };
const service = (id: string, area: string, transit: string): NetworkInput['services'][number] => ({
  id,
  carrier_id: 'K',
  rate_card_id: 'R',
  pickups: week(['18:00']),
  lanes: [{ rate_area: area, transit_time_id: transit }],
  hazardous: true,
});
const input: NetworkInput = {
  skus: [
    { id: 'BREAD', ...size, goods_class: 'food' },
    { id: 'SOAP', ...size, goods_class: 'soap' },
    { id: 'ACID', ...size, hazardous: true },
  ],
  warehouses: ['W1', 'W2'].map((id, i) => ({
    id,
    position: [0, 0],
    time_zone: 'UTC',
    hours: week([['00:00', '24:00']] as [string, string][]),
    processing_seconds: 0,
    handling_per_parcel: i * 10,
    hazardous: true,
  })),
  zones: [{ id: 'Z', country: 'DE', time_zone: 'UTC' }],
  rate_cards: [
    {
      id: 'R',
      weight_breaks_grams: [9e6],
      rates: { slow: [{ base: 500 }], fast: [{ base: 900 }] },
    },
  ],
  transit_times: [
    // 80 % within a day, all within three; 99 % within a day.
    { id: 'SLOW', quantiles: [[0.8, 86_400] as const, [1, 3 * 86_400] as const] },
    { id: 'FAST', quantiles: [[0.99, 86_400] as const, [1, 2 * 86_400] as const] },
  ],
  services: [service('ROAD', 'slow', 'SLOW'), service('AIR', 'fast', 'FAST')],
  policy: {
    confidence: 0.9,
    split_limit: 3,
    split_penalty: 100,
    lateness_per_day: 0,
    time_per_day: 0,
  },
};

interface Case {
  readonly policy?: Partial<NetworkInput['policy']>;
  readonly order?: Partial<SourcingOrder>;
  readonly stock?: readonly (readonly [string, string])[];
  readonly together?: readonly (string | undefined)[];
  readonly work?: number;
}

/** Bread, soap and acid, of which both warehouses have enough. */
function decide({ policy, order, stock, together, work = BUDGET.work }: Case) {
  const network = { ...input, policy: { ...input.policy, ...policy } };
  const rows = (
    stock ?? ['W1', 'W2'].flatMap((w) => input.skus.map((sku) => [w, sku.id] as const))
  ).map(([warehouse_id, sku_id], i) => ({ stock_id: i + 1, warehouse_id, sku_id, available: 9 }));
  const asked: SourcingOrder = {
    at_seconds: MONDAY,
    destination: { country: 'DE', postal_code: '1' },
    lines: input.skus.map(({ id }, i) => ({
      line_no: i + 1,
      sku_id: id,
      quantity: 1,
      keep_together: together?.[i],
    })),
    ...order,
  };
  const compiled = compileNetwork(network, { from_seconds: MONDAY });
  const result = source(compiled, openBoard(compiled, rows, []), asked, { work });
  const check = (plan: SourcedPlan) =>
    checkPlan({ network, stock: rows, capacity: [], order: asked, plan }).map(({ rule }) => rule);
  const board = openBoard(compiled, rows, []);
  const refusedBy = () => explainRefusal(compiled, board, asked, BUDGET);
  const alternatives = () => explain(compiled, board, asked, result);
  return { result, check, refusedBy, alternatives };
}

const plan = (one: Case) => decide(one).result as SourcedPlan;
const linesOf = ({ parcels }: SourcedPlan) =>
  parcels.map((parcel) => parcel.takes.map((take) => take.line_no).sort()).sort();
const free = plan({});
const scattered = [
  ['W1', 'BREAD'],
  ['W2', 'SOAP'],
  ['W2', 'ACID'],
] as const;

describe('an order without rules', () => {
  it('leaves in one parcel where that is cheapest', () => {
    expect(linesOf(free)).toEqual([[1, 2, 3]]);
    expect(free.proof).toEqual({ kind: 'optimal' });
  });
});

describe('goods that the policy keeps apart', () => {
  const apart = [['hazardous', 'food'] as const];

  it('leave in different parcels, even from one warehouse', () => {
    const { result, check } = decide({ policy: { apart } });
    const decided = result as SourcedPlan;
    expect(decided.parcels).toHaveLength(2);
    expect(decided.proof).toEqual({ kind: 'optimal' });
    expect(check(decided)).toEqual([]);
    const home = (line: number) =>
      decided.parcels.findIndex((parcel) => parcel.takes.some((take) => take.line_no === line));
    expect(home(1)).not.toBe(home(3));
  });

  it('are named by the checker when they do not', () => {
    expect(decide({ policy: { apart } }).check(free)).toContain('apart');
  });

  it('may be kept apart by temperature and by goods class too', () => {
    expect(plan({ policy: { apart: [['food', 'soap']] } }).parcels).toHaveLength(2);
    expect(plan({ policy: { apart: [['ambient', 'frozen']] } }).parcels).toHaveLength(1);
    const all = [['food', 'soap'] as const, ['hazardous', 'food'] as const];
    expect(plan({ policy: { apart: [...all, ['hazardous', 'soap']] } }).parcels).toHaveLength(3);
  });
});

describe('lines to be kept together', () => {
  it('leave in one parcel although apart they would be nearer', () => {
    const stock = [...scattered, ['W2', 'BREAD'] as const];
    const one = { stock, together: ['A', 'A', undefined], order: { split_limit: 2 } };
    const { result, check } = decide(one);
    const homes = linesOf(result as SourcedPlan).filter((lines) => lines.includes(1));
    expect(homes[0]).toEqual(expect.arrayContaining([1, 2]));
    expect(check(result as SourcedPlan)).toEqual([]);
    expect(decide(one).check(plan({ stock: scattered }))).toContain('keep_together');
  });

  it('are refused by name where no warehouse has them together, or the policy parts them', () => {
    const together = ['A', 'A', undefined];
    expect(decide({ stock: scattered, together }).result).toMatchObject({
      reason: 'keep_together',
      line_nos: [1, 2],
    });
    expect(decide({ together, policy: { apart: [['food', 'soap']] } }).result).toMatchObject({
      reason: 'keep_together',
      line_nos: [1, 2],
    });
  });
});

describe('the number of parcels', () => {
  it('is held by the order itself, and by ship_complete to one', () => {
    expect(plan({ stock: scattered }).parcels).toHaveLength(2);
    for (const order of [{ split_limit: 1 }, { ship_complete: true }]) {
      const { result, check } = decide({ stock: scattered, order });
      expect(result).toMatchObject({ outcome: 'unsourced', reason: 'split_limit' });
      expect(check(plan({ stock: scattered }))).toContain(
        order.ship_complete ? 'ship_complete' : 'split_limit',
      );
      expect(plan({ order }).parcels).toHaveLength(1);
    }
  });
});

describe('a demanded probability of being in time', () => {
  // Picked up at 18:00, two days and a bit until the date: road makes it with 0.9, air surely.
  const deliver_by_seconds = MONDAY - (MONDAY % 86_400) + 18 * 3600 + 2 * 86_400;

  it('makes the order take the surer service, for all its parcels together', () => {
    const order = { deliver_by_seconds };
    expect(plan({ order }).parcels[0]!.service_id).toBe('ROAD');
    const sure = plan({ order, policy: { on_time_confidence: 0.95 } });
    expect(sure.parcels[0]!.service_id).toBe('AIR');
    // One parcel by road would do for 0.85, two (0.9 × 0.9) would not.
    const { result, check } = decide({
      order,
      stock: scattered,
      policy: { on_time_confidence: 0.85 },
    });
    const both = result as SourcedPlan;
    expect(both.parcels.map((parcel) => parcel.service_id).sort()).toEqual(['AIR', 'ROAD']);
    expect(both.parcels.map((parcel) => parcel.on_time_probability?.toFixed(3)).sort()).toEqual([
      '0.900',
      '1.000',
    ]);
    expect(check(both)).toEqual([]);
    expect(check(plan({ order, stock: scattered }))).toContain('on_time');
  });

  it('binds greed, too, which has no time for more', () => {
    const policy = { on_time_confidence: 0.95 };
    const { result, check } = decide({ order: { deliver_by_seconds }, policy, work: 1 });
    expect(result).toMatchObject({ method: 'greedy', parcels: [{ service_id: 'AIR' }] });
    expect(check(result as SourcedPlan)).toEqual([]);
  });

  it('refuses as late what no service can promise', () => {
    const order = { deliver_by_seconds: MONDAY + 3600 };
    expect(decide({ order, policy: { on_time_confidence: 0.5 } }).result).toMatchObject({
      outcome: 'unsourced',
      reason: 'late',
    });
  });
});

describe('an explanation', () => {
  it('names the rule that refused an order, with what the order would need and what is allowed', () => {
    const refusedBy = (one: Case) => decide({ stock: scattered, ...one }).refusedBy();
    expect(refusedBy({ order: { split_limit: 1 } })).toEqual([
      { rule: 'split_limit', got: 2, limit: 1 },
    ]);
    expect(refusedBy({ policy: { split_limit: 1 } })).toEqual([
      { rule: 'split_limit', got: 2, limit: 1 },
    ]);
    expect(refusedBy({ order: { ship_complete: true } })).toEqual([
      { rule: 'ship_complete', got: 2, limit: 1 },
    ]);
    expect(refusedBy({ together: ['A', 'A', undefined] })).toEqual([
      { rule: 'keep_together', got: 2, limit: 1 },
    ]);
    // Soap and acid share a parcel, or there are three: either rule gone would do.
    const apart = { policy: { split_limit: 2, apart: [['soap', 'hazardous'] as const] } };
    expect(refusedBy(apart)).toEqual([
      { rule: 'split_limit', got: 3, limit: 2 },
      { rule: 'apart', got: 1, limit: 0 },
    ]);
    const late = { deliver_by_seconds: MONDAY + 3600 };
    expect(refusedBy({ order: late, policy: { on_time_confidence: 0.5 } })).toEqual([]);
    const deliver_by_seconds = MONDAY - (MONDAY % 86_400) + 18 * 3600 + 2 * 86_400 - 3600;
    const [risky] = refusedBy({
      order: { deliver_by_seconds, excluded_services: ['AIR'] },
      policy: { on_time_confidence: 0.95 },
    });
    expect(risky).toMatchObject({ rule: 'on_time_confidence', limit: 0.95 });
    expect(risky!.got).toBeGreaterThan(0.5);
    expect(risky!.got).toBeLessThan(0.95);
  });

  it('names no rule where goods are what is missing', () => {
    const stock = [['W1', 'BREAD'] as const];
    expect(decide({ stock, order: { ship_complete: true } }).refusedBy()).toEqual([]);
  });

  it('names the rule that kept a warehouse out of every plan', () => {
    // The first has everything, the second soap and acid only.
    const stock = [
      ...input.skus.map(({ id }) => ['W1', id] as const),
      ['W2', 'SOAP'] as const,
      ['W2', 'ACID'] as const,
    ];
    const lost = (one: Case) =>
      decide({ stock, ...one })
        .alternatives()
        .filter((row) => row.warehouse_id === 'W2');
    expect(lost({})[0]).toMatchObject({ lost_because: 'dearer' });
    const alone = { warehouse_id: 'W2', got: 2, limit: 1 };
    expect(lost({ order: { ship_complete: true } })).toEqual([
      { ...alone, lost_because: 'ship_complete' },
    ]);
    expect(lost({ order: { split_limit: 1 } })).toEqual([
      { ...alone, lost_because: 'split_limit' },
    ]);
    expect(lost({ together: ['A', 'A', 'A'] })).toEqual([
      { ...alone, lost_because: 'keep_together' },
    ]);
  });
});
