/** Checks of learned times in transit: what decisions name was there when they were made. */
import { sql } from 'kysely';
import type { AuditCheck } from './check.ts';

export const TRANSIT_CHECKS: readonly AuditCheck[] = [
  {
    invariant: 'transit_versions_named_exist',
    // Not that they were learned before: the clocks of those who learn and decide need not agree.
    promise: 'Decisions and quotes name times in transit that were learned.',
    find: sql`
      select format('%s of %s names transit version %s: there is none', n.what, n.at,
        n.transit_version) as detail
      from (
        select 'batch ' || batch_id as what, decided_at as at, transit_version from decision_batches
        union all
        select 'quote ' || quote_id, quoted_at, transit_version from quote_views join quotes using (quote_id)
      ) n left join transit_versions v using (transit_version)
      where n.transit_version <> 0 and v.transit_version is null`,
  },
  {
    invariant: 'transit_learned_from_the_journal',
    promise:
      'Learning stands at a place of the journal, and counts no more deliveries than there are.',
    find: sql`
      select format('learned up to %s of %s, from %s deliveries of %s', l.after_seq,
        coalesce(j.last_seq, 0), l.deliveries, coalesce(j.deliveries, 0)) as detail
      from transit_learning l cross join (
        select max(seq) as last_seq, count(*) filter (where type = 'shipment.delivered') as deliveries
        from journal) j
      where l.deliveries > j.deliveries or l.after_seq > (
        select coalesce(pg_sequence_last_value('journal_seq_seq'), 0))`,
  },
];
