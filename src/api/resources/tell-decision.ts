/** An explained decision as a platform and an operator read it: instants in place of seconds. */
import type { Static } from 'typebox';
import { tellRoute } from '../../domain/route.ts';
import type { ExplainedDecision } from '../../fulfillment/explain-decision.ts';
import type { Decision, Lost, Parcel } from './decision-answer.ts';

type Alternative = ExplainedDecision['alternatives'][number];
type Sourced = Extract<ExplainedDecision['result'], { outcome: 'sourced' }>;
type ParcelPlan = Sourced['parcels'][number];

const instant = (seconds: number) =>
  Temporal.Instant.fromEpochMilliseconds(Math.round(seconds * 1000));

/** Leaves out what is the warehouses' own: lots, capacities, limits. */
export function tellDecision(decision: ExplainedDecision): Static<typeof Decision> {
  const { result, alternatives, refused_by, ...rest } = decision;
  const facts = { ...rest, refused_by: [...refused_by] };
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
    route: tellRoute(parcel.route),
  };
}

function lostOf({ promise_seconds, ...alternative }: Alternative): Static<typeof Lost> {
  const { warehouse_id, lost_because, service_id, cost, dearer_by, got, limit } = alternative;
  return {
    warehouse_id,
    lost_because,
    ...(service_id === undefined ? {} : { service_id }),
    ...(cost === undefined ? {} : { cost }),
    ...(dearer_by === undefined ? {} : { dearer_by }),
    ...(got === undefined ? {} : { got }),
    ...(limit === undefined ? {} : { limit }),
    ...(promise_seconds === undefined ? {} : { promise_at: instant(promise_seconds) }),
  };
}
