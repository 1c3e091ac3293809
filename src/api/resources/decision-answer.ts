/** An explained decision as a platform and an operator read it: instants in place of seconds. */
import { type Static, Type } from 'typebox';
import type { ExplainedDecision } from '../../fulfillment/explain-decision.ts';
import { Id, Instant, Nullable, OneOf } from '../schemas.ts';

type Alternative = ExplainedDecision['alternatives'][number];
type Sourced = Extract<ExplainedDecision['result'], { outcome: 'sourced' }>;
type ParcelPlan = Sourced['parcels'][number];

const Money = Type.Number({ description: 'minor units of the currency' });

const Parcel = Type.Object({
  warehouse_id: Type.String(),
  carrier_id: Type.String(),
  service_id: Type.String(),
  zone_id: Type.String(),
  lines: Type.Array(Type.Object({ line_no: Type.Integer(), quantity: Type.Integer() })),
  weight_grams: Type.Number(),
  billed_weight_grams: Type.Number(),
  pick_from: Instant,
  ready_at: Instant,
  pickup_at: Instant,
  expected_at: Instant,
  promise_at: Instant,
  cost: Type.Object(
    { freight: Money, handling: Money, split: Money, lateness: Money, time: Money },
    { description: 'the terms of the cost' },
  ),
});

const Plan = Type.Object({
  parcels: Type.Array(Parcel),
  promise_at: Instant,
  confidence: Type.Number(),
  cost: Money,
  method: OneOf(['exact', 'search', 'greedy']),
  proof: Type.Object({
    kind: OneOf(['optimal', 'bounded']),
    lower_bound: Type.Optional(Money),
    gap: Type.Optional(
      Type.Number({ description: 'the cost is at most (1 + gap) times the optimum' }),
    ),
  }),
});

const Lost = Type.Object({
  warehouse_id: Type.String(),
  service_id: Type.Optional(Type.String()),
  cost: Type.Optional(Money),
  promise_at: Type.Optional(Instant),
  lost_because: Type.String(),
  dearer_by: Type.Optional(Money),
});

/** The answer: what was decided, at what cost, how well proved, and what lost. */
export const Decision = Type.Object({
  order_id: Id,
  decision_no: Type.Integer(),
  outcome: OneOf(['sourced', 'backordered', 'unfillable']),
  reason: Nullable(Type.String({ description: 'why there is no plan' })),
  decided_at: Instant,
  deadline: Instant,
  late: Type.Boolean(),
  network_version: Type.Integer(),
  price_set_id: Nullable(
    Type.String({ description: 'the prices of contended stock in force; null: none' }),
  ),
  currency: Type.String(),
  from_quote: Type.Boolean({ description: 'the plan was sold as a quote and is honoured' }),
  work: Type.Integer({ description: 'solver steps done' }),
  work_budget: Type.Integer({ description: 'solver steps allowed' }),
  elapsed_us: Type.Integer({ description: 'microseconds' }),
  plan: Nullable(Plan),
  alternatives: Type.Array(Lost, { description: 'the next-best choices and why each lost' }),
  replayed: Nullable(
    Type.Boolean({ description: 'true: decided again from what was stored, the same came out' }),
  ),
});

const instant = (seconds: number) =>
  Temporal.Instant.fromEpochMilliseconds(Math.round(seconds * 1000));

/** Leaves out what is the warehouses' own: lots, capacities, limits. */
export function decisionAnswer(decision: ExplainedDecision): Static<typeof Decision> {
  const { result, alternatives, ...facts } = decision;
  if (result.outcome === 'unsourced') {
    const { reason, work } = result;
    return { ...facts, reason, work, plan: null, alternatives: alternatives.map(lostOf) };
  }
  const { parcels, promise_seconds, confidence, cost, method, proof, work } = result;
  const plan = { confidence, cost, method, proof, promise_at: instant(promise_seconds) };
  return {
    ...facts,
    reason: null,
    work,
    plan: { ...plan, parcels: parcels.map(parcelOf) },
    alternatives: alternatives.map(lostOf),
  };
}

function parcelOf(parcel: ParcelPlan): Static<typeof Parcel> {
  const quantities = new Map<number, number>();
  for (const { line_no, quantity } of parcel.takes) {
    quantities.set(line_no, (quantities.get(line_no) ?? 0) + quantity);
  }
  const { warehouse_id, carrier_id, service_id, zone_id, cost } = parcel;
  return {
    ...{ warehouse_id, carrier_id, service_id, zone_id, cost },
    lines: Array.from(quantities, ([line_no, quantity]) => ({ line_no, quantity })),
    weight_grams: parcel.weight_grams,
    billed_weight_grams: parcel.billed_weight_grams,
    pick_from: instant(parcel.pick_from_seconds),
    ready_at: instant(parcel.ready_seconds),
    pickup_at: instant(parcel.pickup_seconds),
    expected_at: instant(parcel.expected_seconds),
    promise_at: instant(parcel.promise_seconds),
  };
}

function lostOf({ promise_seconds, ...alternative }: Alternative): Static<typeof Lost> {
  const { warehouse_id, lost_because, service_id, cost, dearer_by } = alternative;
  return {
    warehouse_id,
    lost_because,
    ...(service_id === undefined ? {} : { service_id }),
    ...(cost === undefined ? {} : { cost }),
    ...(dearer_by === undefined ? {} : { dearer_by }),
    ...(promise_seconds === undefined ? {} : { promise_at: instant(promise_seconds) }),
  };
}
