/** Two decisions of one order beside each other, in what they cost and what they promise. No I/O. */
import type { PolicyTrial } from '../../db/policy-trials.ts';
import {
  onTimeProbability,
  type SourcedPlan,
  type SourcingOrder,
  type SourcingResult,
} from '../../routing/index.ts';
import { carbonGrams } from '../domain/carbon.ts';
import { instantOf } from '../domain/instants.ts';
import type { LiveNetwork } from './engine.ts';

/** What is told of both. */
export type ComparedDecisions = Omit<
  PolicyTrial,
  'policy_id' | 'order_id' | 'decision_no' | 'against' | 'decided_at'
>;

/**
 * Compares a decision with another one of the same order. Money is what somebody is paid, freight and
 * handling: the weights of two policies cannot be added up. Both are held to the same instant: the
 * order's `deliver_by`, or what the first promised. Figures are null unless both found a plan.
 */
export function compareDecisions(
  network: LiveNetwork,
  order: SourcingOrder,
  live: SourcingResult,
  other: SourcingResult,
): ComparedDecisions {
  const both = live.outcome === 'sourced' && other.outcome === 'sourced';
  const due = both ? (order.deliver_by_seconds ?? live.promise_seconds) : 0;
  const a = both ? figuresOf(network, order, live, due) : NO_FIGURES;
  const b = both ? figuresOf(network, order, other, due) : NO_FIGURES;
  return {
    live_sourced: live.outcome === 'sourced',
    sourced: other.outcome === 'sourced',
    live_cost: a.cost,
    cost: b.cost,
    live_parcels: a.parcels,
    parcels: b.parcels,
    live_promise_at: a.promise_at,
    promise_at: b.promise_at,
    live_on_time: a.on_time,
    on_time: b.on_time,
    live_carbon_grams: a.carbon_grams,
    carbon_grams: b.carbon_grams,
  };
}

interface Figures {
  readonly cost: number | null;
  readonly parcels: number | null;
  readonly promise_at: Temporal.Instant | null;
  readonly on_time: number | null;
  readonly carbon_grams: number | null;
}

const NO_FIGURES: Figures = {
  cost: null,
  parcels: null,
  promise_at: null,
  on_time: null,
  carbon_grams: null,
};

function figuresOf(
  network: LiveNetwork,
  { destination }: SourcingOrder,
  { parcels, promise_seconds }: SourcedPlan,
  due: number,
): Figures {
  const factors = carbonFactors(network);
  const to = destination.position;
  return {
    cost: parcels.reduce((sum, { cost }) => sum + cost.freight + cost.handling, 0),
    parcels: parcels.length,
    promise_at: instantOf(promise_seconds),
    on_time: onTimeProbability(network.compiled, destination, parcels, due),
    carbon_grams: carbonGrams(
      parcels.map(({ weight_grams, warehouse_id, service_id, route }) =>
        route === undefined
          ? {
              weight_grams,
              from: network.warehouses.get(warehouse_id)?.position,
              to: to === undefined ? undefined : [to[0], to[1]],
              carbon_grams_per_tonne_km: factors.get(service_id),
            }
          : { carbon_grams: route.carbon_grams },
      ),
    ),
  };
}

const known = new WeakMap<LiveNetwork['document'], ReadonlyMap<string, number>>();

/** What the network's services state of carbon, by id. Read once per document. */
function carbonFactors({ document }: LiveNetwork): ReadonlyMap<string, number> {
  let factors = known.get(document);
  if (factors === undefined) {
    factors = new Map(
      document.services.flatMap(({ id, carbon_grams_per_tonne_km: grams }) =>
        grams === undefined ? [] : [[id, grams] as const],
      ),
    );
    known.set(document, factors);
  }
  return factors;
}
