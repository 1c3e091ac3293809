/** Checks of policies: a legal life that the journal tells, and decisions by those in force only. */
import { sql } from 'kysely';
import { POLICY_TRANSITIONS } from '../../src/domain/policy.ts';
import type { AuditCheck } from './check.ts';

const MOVES = sql.lit(JSON.stringify(POLICY_TRANSITIONS));

export const POLICY_CHECKS: readonly AuditCheck[] = [
  {
    invariant: 'policies_live_legally',
    promise:
      'A policy moves as its state table allows, and is where the last event of the journal says.',
    find: sql`
      with told as (
        select entity_id, version, data ->> 'from' as before, data ->> 'state' as state,
          (data ->> 'share_percent')::double precision as share_percent,
          version = max(version) over (partition by entity_id) as is_last
        from journal where entity = 'policy')
      select format('policy %s version %s: %s → %s', entity_id, version, before, state) as detail
      from told where before is not null and not coalesce(${MOVES}::jsonb -> before ? state, false)
      union all
      select format('policy %s is %s %s, the journal says %s %s', p.policy_id, p.state,
        p.share_percent, coalesce(t.state, 'nothing'), t.share_percent)
      from policies p left join told t on t.entity_id = p.policy_id::text and t.is_last
      where p.state is distinct from t.state or p.moves is distinct from t.version
        or p.share_percent is distinct from t.share_percent`,
  },
  {
    invariant: 'decisions_name_policies_in_force',
    // Not that it was before: the clocks of those who move policies and decide need not agree.
    promise: 'A decision or quote by a policy names one that was given orders.',
    find: sql`
      select format('%s of %s names policy %s, which had no orders then', n.what, n.at, n.policy_id)
        as detail
      from (
        select 'decision of order ' || order_id as what, decided_at as at, policy_id
        from decisions where policy_id is not null
        union all
        select 'quote ' || quote_id, quoted_at, policy_id from quotes where policy_id is not null
      ) n
      where not exists (select from journal j where j.entity = 'policy'
        and j.entity_id = n.policy_id::text and j.data ->> 'state' in ('share', 'live'))`,
  },
];
