/** Policies and what was found of them, as they are read. Schemas only. */
import { Type } from 'typebox';
import type { PolicyRow } from '../../../db/policies.ts';
import { TRIAL_FIGURES, type TrialFigure, type TrialSums } from '../../../db/policy-report.ts';
import { POLICY_TRANSITIONS, PolicyRules, type PolicyState } from '../../domain/policy.ts';
import { meanInterval } from '../../domain/policy-report.ts';
import { Id, Instant, Nullable, OneOf } from '../schemas.ts';

/** The states of a policy. */
export const POLICY_STATES = Object.keys(POLICY_TRANSITIONS) as PolicyState[];

/** One version of a policy. */
export const PolicyAnswer = Type.Object({
  policy_id: Id,
  name: Type.String(),
  version: Type.Integer(),
  platform_id: Nullable(
    Type.String({ description: 'whose orders it is for; null: all without a policy of their own' }),
  ),
  rules: PolicyRules,
  note: Nullable(Type.String()),
  state: OneOf(POLICY_STATES),
  share_percent: Nullable(Type.Number({ description: 'of a policy in share: of 100 orders' })),
  created_by: Type.String(),
  created_at: Instant,
  moved_at: Instant,
});

/** Leaves out what is the journal's own. */
export function tellPolicy({ moves: _, ...policy }: PolicyRow) {
  return policy;
}

const Count = Type.Integer({ minimum: 0 });
const Figure = Type.Object({
  unit: Type.String(),
  pairs: Count,
  live_mean: Nullable(Type.Number()),
  policy_mean: Nullable(Type.Number()),
  difference: Nullable(Type.Number({ description: 'mean of the policy’s less the live one’s' })),
  difference_low: Nullable(Type.Number()),
  difference_high: Nullable(Type.Number()),
});

/** How a policy differs from the live one, order by order. */
export const PolicyReport = Type.Object({
  policy_id: Id,
  against: Nullable(
    Type.String({ description: 'the live policy it is compared with; null: the network’s own' }),
  ),
  from: Nullable(Instant),
  until: Nullable(Instant),
  tried: Count,
  both_sourced: Count,
  live_only: Type.Integer({ description: 'orders that only the live policy found a plan for' }),
  policy_only: Count,
  cost: Figure,
  parcels: Figure,
  promise_seconds: Figure,
  on_time: Figure,
  carbon_grams: Figure,
});

/** Adds the intervals to the sums; what is not known is null. */
export function tellReport(policy_id: string, currency: string, sums: TrialSums) {
  const { figures, ...counts } = sums;
  const units = {
    cost: `minor units of ${currency}, freight and handling`,
    parcels: 'parcels of an order',
    promise_seconds: 's from the decision to the promised instant',
    on_time: 'probability that all is at the door by the same instant',
    carbon_grams: 'g CO2e',
  };
  const told = TRIAL_FIGURES.map((name) => [name, tellFigure(figures[name], units[name])] as const);
  return { policy_id, ...counts, ...Object.fromEntries(told) };
}

function tellFigure(figure: TrialFigure, unit: string) {
  const { pairs, live_mean, policy_mean, mean } = figure;
  const interval = meanInterval(figure);
  return {
    unit,
    pairs,
    live_mean: pairs === 0 ? null : live_mean,
    policy_mean: pairs === 0 ? null : policy_mean,
    difference: pairs === 0 ? null : mean,
    difference_low: interval?.[0] ?? null,
    difference_high: interval?.[1] ?? null,
  };
}
