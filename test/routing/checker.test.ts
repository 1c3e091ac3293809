/** A checker that cannot fail is a defect: every kind of wrong plan is caught, by its cause. */
import { describe, expect, it } from 'vitest';
import { generateNetwork, generateOrder, generateStock } from '../../bench/generate-network.ts';
import {
  compileNetwork,
  openBoard,
  type ParcelPlan,
  prepareChecker,
  type SourcedPlan,
  type SourcingOrder,
  type StockPosition,
  source,
} from '../../routing/index.ts';
import { seededRandom } from '../../src/simulation/random.ts';

const from_seconds = Date.UTC(2026, 10, 18, 9) / 1000;
const document = generateNetwork({
  seed: 4,
  warehouses: 40,
  services: 120,
  zones: 20,
  skus: 60,
  carriers: 20,
});
const network = compileNetwork(document, { from_seconds });
const check = prepareChecker(document);
const stock = generateStock(document, 3, 0.15);

interface Case {
  readonly order: SourcingOrder;
  readonly plan: SourcedPlan;
  readonly stock: readonly StockPosition[];
}

/** A sound plan with at least two parcels. */
function aCase(): Case {
  const random = seededRandom(77);
  for (;;) {
    const order = generateOrder(document, random, 4, from_seconds);
    const plan = source(network, openBoard(network, stock, []), order, { work: 1e8 });
    if (plan.outcome === 'sourced' && plan.parcels.length >= 2) return { order, plan, stock };
  }
}

const base = aCase();
const first = base.plan.parcels[0]!;
const violations = (
  changed: Partial<Case>,
  capacity = [] as { resource: string; slot_seconds: number; used: number }[],
) => check({ ...base, ...changed, capacity }).map(({ rule }) => rule);
const withParcel = (change: Partial<ParcelPlan>): Partial<Case> => ({
  plan: { ...base.plan, parcels: [{ ...first, ...change }, ...base.plan.parcels.slice(1)] },
});
const otherWarehouse = document.warehouses.find((w) => w.id !== first.warehouse_id)!.id;
const otherService = document.services.find((s) => s.carrier_id !== first.carrier_id)!;
const otherZone = document.zones.find((z) => z.id !== first.zone_id)!.id;
const take = first.takes[0]!;

describe('the checker', () => {
  it('finds nothing wrong with a sound plan', () => {
    expect(violations({})).toEqual([]);
  });

  const mutations: [string, string, Partial<Case>][] = [
    [
      'a unit too many',
      'quantity',
      withParcel({ takes: [{ ...take, quantity: take.quantity + 1 }, ...first.takes.slice(1)] }),
    ],
    ['a unit missing', 'quantity', withParcel({ takes: first.takes.slice(1) })],
    [
      'a line nobody ordered',
      'quantity',
      withParcel({ takes: [...first.takes, { ...take, line_no: 99 }] }),
    ],
    [
      'stock that is not there',
      'stock',
      withParcel({ takes: [{ ...take, stock_id: 1e9 }, ...first.takes.slice(1)] }),
    ],
    ['stock of another warehouse', 'stock', withParcel({ warehouse_id: otherWarehouse })],
    [
      'more than is on the shelf',
      'oversell',
      { stock: stock.map((row) => ({ ...row, available: 0 })) },
    ],
    [
      'a lot that dies too soon',
      'lot_life',
      { stock: stock.map((row) => ({ ...row, expires_seconds: first.promise_seconds - 1 })) },
    ],
    [
      'a lane that does not exist',
      'lane',
      withParcel({ service_id: otherService.id, carrier_id: otherService.carrier_id }),
    ],
    [
      'a carrier who does not sell it',
      'carrier',
      withParcel({ carrier_id: otherService.carrier_id }),
    ],
    ['a zone elsewhere', 'zone', withParcel({ zone_id: otherZone })],
    ['a wrong weight', 'weight', withParcel({ weight_grams: first.weight_grams + 1 })],
    [
      'a wrong billed weight',
      'weight',
      withParcel({ billed_weight_grams: first.billed_weight_grams + 1 }),
    ],
    [
      'a start before the order',
      'start',
      withParcel({ pick_from_seconds: base.order.at_seconds - 60 }),
    ],
    [
      'a start at night',
      'start',
      withParcel({ pick_from_seconds: Date.UTC(2026, 10, 19, 1) / 1000 }),
    ],
    ['a shortcut in processing', 'ready', withParcel({ ready_seconds: first.ready_seconds - 60 })],
    [
      'a pickup off the timetable',
      'pickup',
      withParcel({ pickup_seconds: first.pickup_seconds + 60 }),
    ],
    ['a pickup at no time', 'instant', withParcel({ pickup_seconds: Number.NaN })],
    [
      'a start in milliseconds',
      'instant',
      withParcel({ pick_from_seconds: first.pick_from_seconds * 1000 }),
    ],
    [
      'a promise too good',
      'promise',
      withParcel({ promise_seconds: first.promise_seconds - 3600 }),
    ],
    [
      'an expectation too good',
      'promise',
      withParcel({ expected_seconds: first.expected_seconds - 3600 }),
    ],
    [
      'freight too low',
      'freight',
      withParcel({ cost: { ...first.cost, freight: first.cost.freight - 1 } }),
    ],
    [
      'handling too low',
      'handling',
      withParcel({ cost: { ...first.cost, handling: first.cost.handling - 1 } }),
    ],
    [
      'a split not charged',
      'split_cost',
      {
        plan: {
          ...base.plan,
          parcels: base.plan.parcels.map((p) => ({ ...p, cost: { ...p.cost, split: 0 } })),
        },
      },
    ],
    [
      'lateness not charged',
      'lateness_cost',
      withParcel({ cost: { ...first.cost, lateness: first.cost.lateness + 1 } }),
    ],
    [
      'time not charged',
      'time_cost',
      {
        plan: {
          ...base.plan,
          parcels: base.plan.parcels.map((p) => ({ ...p, cost: { ...p.cost, time: 0 } })),
        },
      },
    ],
    ['a total that does not add up', 'cost', { plan: { ...base.plan, cost: base.plan.cost - 1 } }],
    ['another confidence', 'promise', { plan: { ...base.plan, confidence: 0.5 } }],
    [
      'a proof of nothing',
      'proof',
      { plan: { ...base.plan, proof: { kind: 'bounded', lower_bound: 0, gap: 0 } } },
    ],
    ['capacity not stated', 'capacity_stated', withParcel({ capacity: [] })],
    [
      'an excluded warehouse',
      'excluded',
      { order: { ...base.order, excluded_warehouses: [first.warehouse_id] } },
    ],
    [
      'an excluded service',
      'excluded',
      { order: { ...base.order, excluded_services: [first.service_id] } },
    ],
    [
      'a warehouse not among the only',
      'excluded',
      { order: { ...base.order, only_warehouses: [otherWarehouse] } },
    ],
  ];
  it.each(mutations)('catches %s as %s', (_, rule, changed) => {
    expect(violations(changed)).toContain(rule);
  });

  it('catches a slot that was full already', () => {
    const full = first.capacity.map(({ resource, slot_seconds, limit }) => ({
      resource,
      slot_seconds,
      used: limit,
    }));
    expect(full.length).toBeGreaterThan(0);
    for (const use of full) expect(violations({}, [use])).toContain('capacity');
  });

  it('catches more parcels than the policy allows and goods that may not travel', () => {
    const changed = {
      ...document,
      policy: { ...document.policy, split_limit: 1 },
      warehouses: document.warehouses.map((row) => ({
        ...row,
        hazardous: false,
        temperatures: ['frozen' as const],
      })),
      services: document.services.map((row) => ({
        ...row,
        max_weight_grams: 1,
        max_length_mm: 1,
        max_girth_plus_length_mm: 1,
      })),
    };
    const found = prepareChecker(changed)({ ...base, capacity: [] });
    expect(found.map(({ rule }) => rule)).toContain('split_limit');
    const details = found.filter(({ rule }) => rule === 'eligibility').map(({ detail }) => detail);
    for (const part of ['does not do ambient', 'too long', 'too bulky', 'too heavy']) {
      expect(
        details.some((detail) => detail.includes(part)),
        part,
      ).toBe(true);
    }
  });
});
