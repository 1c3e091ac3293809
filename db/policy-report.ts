/** What trying a policy beside the live one has shown, summed up. */
import { sql } from 'kysely';
import type { PairedDifferences } from '../src/domain/policy-report.ts';
import type { Tx } from './database.ts';

/** One figure of the orders for which both found a plan. Differences are the policy's less the live. */
export interface TrialFigure extends PairedDifferences {
  readonly live_mean: number;
  readonly policy_mean: number;
}

/** How orders came out, and by how much they differ. */
export interface TrialSums {
  /** The policy they are compared with; null = the network's own. */
  readonly against: string | null;
  readonly from: Temporal.Instant | null;
  readonly until: Temporal.Instant | null;
  readonly tried: number;
  readonly both_sourced: number;
  readonly live_only: number;
  readonly policy_only: number;
  /** By name; a figure that nothing is known of has no pairs. */
  readonly figures: { readonly [name in TrialFigureName]: TrialFigure };
}

/** The figures, in the order they are told. */
export const TRIAL_FIGURES = [
  'cost',
  'parcels',
  'promise_seconds',
  'on_time',
  'carbon_grams',
] as const;
export type TrialFigureName = (typeof TRIAL_FIGURES)[number];

/**
 * Sums up the trials of a policy against the one that it was compared with last: a policy that went
 * live meanwhile begins anew. One scan of the policy's trials.
 */
export async function sumTrials(tx: Tx, policy_id: string): Promise<TrialSums> {
  const rows = await sql<Omit<TrialSums, 'figures'> & { figures: TrialSums['figures'] }>`
    with last as materialized (
      select against from policy_trials where policy_id = ${policy_id}
      order by decided_at desc limit 1),
    trials as materialized (
      select t.*, extract(epoch from live_promise_at - decided_at) as live_promise_seconds,
        extract(epoch from promise_at - decided_at) as promise_seconds
      from policy_trials t where policy_id = ${policy_id}
        and against is not distinct from (select against from last)),
    pairs as (
      select v.name, v.live::double precision, v.policy::double precision
      from trials cross join lateral (values
        ('cost', live_cost, cost), ('parcels', live_parcels, parcels),
        ('promise_seconds', live_promise_seconds, promise_seconds),
        ('on_time', live_on_time, on_time),
        ('carbon_grams', live_carbon_grams, carbon_grams)) as v(name, live, policy)
      where v.live is not null and v.policy is not null),
    figures as (
      select n.name, count(p.live) as pairs, coalesce(avg(p.policy - p.live), 0) as mean,
        coalesce(stddev_samp(p.policy - p.live), 0) as deviation,
        coalesce(avg(p.live), 0) as live_mean, coalesce(avg(p.policy), 0) as policy_mean
      from unnest(${[...TRIAL_FIGURES]}::text[]) as n(name) left join pairs p using (name)
      group by n.name)
    select (select against from last) as against, min(decided_at) as "from",
      max(decided_at) as until, count(*) as tried,
      count(*) filter (where live_sourced and sourced) as both_sourced,
      count(*) filter (where live_sourced and not sourced) as live_only,
      count(*) filter (where sourced and not live_sourced) as policy_only,
      (select json_object_agg(name, json_build_object('pairs', pairs, 'mean', mean,
        'deviation', deviation, 'live_mean', live_mean, 'policy_mean', policy_mean))
        from figures) as figures
    from trials`.execute(tx);
  return rows.rows[0]!;
}
