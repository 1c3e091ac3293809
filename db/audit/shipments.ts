/** Invariants of shipments: one live lease, an owner for every deadline, each breach found once. */
import { sql } from 'kysely';
import { MILESTONES } from '../../src/domain/milestones.ts';
import type { AuditCheck } from './check.ts';

const COUNT = sql.lit(MILESTONES.length);
const ENDED = sql.raw(`('delivered', 'returned', 'lost', 'cancelled')`);

/** Checks over shipments, assignments and milestones. */
export const SHIPMENT_CHECKS: readonly AuditCheck[] = [
  {
    invariant: 'one_live_lease',
    promise:
      'A shipment is offered to or held by one carrier at a time; its tenders are numbered from ' +
      '1 without a gap, and the live one is the newest.',
    find: sql`
      select format('shipment %s: %s live, %s tenders, newest %s, live %s, shipment says %s',
        s.shipment_id, a.live, a.count, a.newest, a.live_token, s.tenders) as detail
      from shipments s left join lateral (
        select count(*) filter (where state in ('offered', 'accepted')) as live, count(*) as count,
          coalesce(max(fencing_token), 0) as newest,
          max(fencing_token) filter (where state in ('offered', 'accepted')) as live_token
        from assignments a where a.shipment_id = s.shipment_id) a on true
      where a.live > 1 or a.count <> a.newest or a.newest <> s.tenders
        or a.live_token <> a.newest`,
  },
  {
    invariant: 'leases_fit_the_shipment',
    promise:
      'Work that was released has a carrier that accepted it; planned work has none yet; what was ' +
      'cancelled is offered to nobody.',
    find: sql`
      select format('shipment %s is %s and its live assignment is %s by %s', s.shipment_id,
        s.state, coalesce(a.state, 'missing'), coalesce(a.carrier_id, 'nobody')) as detail
      from shipments s left join assignments a on a.shipment_id = s.shipment_id
        and a.state in ('offered', 'accepted')
      where case
        when s.state = 'planned' then a.state = 'accepted'
        when s.state = 'cancelled' then a.state is not null
        else a.state is distinct from 'accepted' or a.carrier_id <> s.carrier_id
          or a.service_id <> s.service_id end`,
  },
  {
    invariant: 'shipments_hold_units',
    promise: 'Every shipment that was not cancelled holds or has taken units.',
    find: sql`
      select format('shipment %s is %s and holds nothing', s.shipment_id, s.state) as detail
      from shipments s
      where s.state <> 'cancelled' and not exists (select from reservations r
        where r.shipment_id = s.shipment_id and r.state in ('open', 'shipped'))`,
  },
  {
    invariant: 'milestones_have_due_and_owner',
    promise:
      'A shipment has seven milestones, each with a due instant that never precedes the one ' +
      'before, an owner, and a state that fits what was met; a live one is looked at again.',
    find: sql`
      select format('shipment %s (%s): due %s, met %s, state %s, next look %s', shipment_id, state,
        milestone_due, milestone_met, milestone_state, next_due_at) as detail
      from shipments s
      where cardinality(milestone_due) <> ${COUNT} or cardinality(milestone_met) <> ${COUNT}
        or cardinality(milestone_state) <> ${COUNT}
        or array_position(milestone_due, null) is not null
        or milestone_due <> (select array_agg(due order by due) from unnest(milestone_due) due)
        or exists (select from unnest(milestone_met, milestone_state) m(met_at, now)
          where now is null or now not in ('open', 'at_risk', 'met', 'breached')
            or (now = 'met' and met_at is null)
            or (now in ('open', 'at_risk') and met_at is not null))
        or exists (select from milestones m where m.shipment_id = s.shipment_id
          and (m.owner is null or m.kind is null))
        or (state not in ${ENDED} and next_due_at is null
          and milestone_state && array['open', 'at_risk'])`,
  },
  {
    invariant: 'breach_recorded_once',
    promise: 'A breached milestone is in the journal exactly once, and no other one is.',
    find: sql`
      with told as (
        select j.entity_id as shipment_id, j.data ->> 'milestone' as kind, count(*) as times
        from journal j where j.entity = 'shipment' and j.type = 'milestone.breached'
        group by 1, 2),
      held as (
        select shipment_id::text, kind from milestones where state = 'breached')
      select format('shipment %s: %s breached %s times in the journal, %s on the shipment',
        shipment_id, kind, coalesce(t.times, 0),
        case when h.kind is null then 'not' else 'once' end) as detail
      from told t full join held h using (shipment_id, kind)
      where coalesce(t.times, 0) <> 1 or h.kind is null`,
  },
];
