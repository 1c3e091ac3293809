/** Checks of what is counted of carriers' work. */
import { sql } from 'kysely';
import type { AuditCheck } from './check.ts';

export const SHARE_CHECKS: readonly AuditCheck[] = [
  {
    invariant: 'parcels_counted_once',
    promise: 'No hour counts more parcels of carriers than were planned in it.',
    find: sql`
      select format('%s: %s parcels counted, %s planned', c.hour, c.parcels, coalesce(s.planned, 0))
        as detail
      from (select hour, sum(parcels) as parcels from carrier_hours group by hour) c
      left join (
        select date_trunc('hour', planned_at, 'UTC') as hour, count(*) as planned
        from shipments group by 1) s using (hour)
      where c.parcels > coalesce(s.planned, 0)`,
  },
];
