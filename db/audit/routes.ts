/** Checks of routes and disruptions: their numbers lead somewhere, and none is left unpriced. */
import { sql } from 'kysely';
import type { AuditCheck } from './check.ts';

export const ROUTE_CHECKS: readonly AuditCheck[] = [
  {
    invariant: 'disruption_numbers_run',
    promise: 'Disruptions are numbered 1..n, and what names a number names one of them.',
    find: sql`
      with numbers as (
        select opened_no as no from disruptions
        union all select lifted_no from disruptions where lifted_no is not null),
      counted as (select count(*) as many, coalesce(max(no), 0) as last from numbers)
      select format('%s numbers up to %s, %s counted', c.many, c.last, n.disruption_no) as detail
      from counted c cross join disruption_numbers n
      where c.many <> c.last or c.last <> n.disruption_no
      union all
      select format('%s names disruption %s of %s', d.what, d.disruption_no, n.disruption_no)
      from (
        select 'batch ' || batch_id as what, disruption_no from decision_batches
        union all select 'quote ' || quote_id, disruption_no from quote_views
        union all select 'shipment ' || shipment_id, disruption_no from shipments
      ) d cross join disruption_numbers n
      where d.disruption_no > n.disruption_no`,
  },
  {
    invariant: 'routes_pass_their_parts',
    promise: 'A shipment over hubs is found by each hub and leg that its route passes.',
    find: sql`
      select format('shipment %s is found by %s', shipment_id, route_parts) as detail
      from shipments s
      where (route is null) <> (route_parts is null)
        or route is not null and exists (
          select from jsonb_array_elements(route -> 'steps') step
          cross join lateral (values ('leg/' || (step ->> 'leg_id')),
            ('hub/' || (step ->> 'from_hub_id')), ('hub/' || (step ->> 'to_hub_id'))) as part(name)
          where part.name is not null and not (part.name = any(s.route_parts)))`,
  },
];
