/** An explained decision as it is read. Schemas only: the control tower takes its types from here. */
import { Type } from 'typebox';
import { Id, Instant, Nullable, OneOf } from '../schemas.ts';
import { RouteAnswer } from './order-answer.ts';

const Money = Type.Number({ description: 'minor units of the currency' });

/** A parcel of the plan. */
export const Parcel = Type.Object({
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
  route: Nullable(RouteAnswer),
  cost: Type.Object(
    {
      ...{ freight: Money, handling: Money, split: Money, lateness: Money, time: Money },
      carbon: Type.Optional(Money),
    },
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

/** A choice that lost. */
export const Lost = Type.Object({
  warehouse_id: Type.String(),
  service_id: Type.Optional(Type.String()),
  cost: Type.Optional(Money),
  promise_at: Type.Optional(Instant),
  lost_because: Type.String({ description: '`dearer`, or the rule that removed it' }),
  got: Type.Optional(Type.Number({ description: 'of a rule of the order or its policy' })),
  limit: Type.Optional(Type.Number({ description: 'what that rule allows' })),
  dearer_by: Type.Optional(Money),
});

/** A rule without which a refused order has a plan. */
export const RefusedBy = Type.Object({
  rule: OneOf(['split_limit', 'ship_complete', 'keep_together', 'apart', 'on_time_confidence']),
  got: Type.Number({
    description:
      'what the cheapest plan without the rule does: parcels, or the probability of being in time',
  }),
  limit: Type.Number({ description: 'what the rule allows' }),
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
  disruption_no: Type.Integer({ description: 'the disruptions that were known of; 0: none yet' }),
  price_set_id: Nullable(
    Type.String({
      description: 'the prices it was made at, of stock, capacity and carriers; null: none',
    }),
  ),
  policy_id: Nullable(
    Type.String({ description: 'the policy that decided; null: the network’s own' }),
  ),
  currency: Type.String(),
  from_quote: Type.Boolean({ description: 'the plan was sold as a quote and is honoured' }),
  work: Type.Integer({ description: 'solver steps done' }),
  work_budget: Type.Integer({ description: 'solver steps allowed' }),
  elapsed_us: Type.Integer({ description: 'microseconds' }),
  plan: Nullable(Plan),
  refused_by: Type.Array(RefusedBy, {
    description: 'rules without which a refused order has a plan, each by itself',
  }),
  alternatives: Type.Array(Lost, { description: 'the next-best choices and why each lost' }),
  replayed: Nullable(
    Type.Boolean({ description: 'true: decided again from what was stored, the same came out' }),
  ),
});
