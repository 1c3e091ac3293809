/** Invariants of the journal: gapless, legal, and folding to the rows. */
import { sql } from 'kysely';
import { EVENTS } from '../../src/domain/events.ts';
import { ORDER_TRANSITIONS } from '../../src/domain/order.ts';
import { SHIPMENT_RANK } from '../../src/domain/shipment.ts';
import type { AuditCheck } from './check.ts';

const ORDER_MOVES = sql.lit(JSON.stringify(ORDER_TRANSITIONS));
const KNOWN_EVENTS = sql.lit(JSON.stringify(EVENTS));
const RANKS = sql.lit(JSON.stringify(SHIPMENT_RANK));

/** Checks over the journal and the rows it tells of. */
export const JOURNAL_CHECKS: readonly AuditCheck[] = [
  {
    invariant: 'events_are_known',
    promise: 'The journal speaks only words of its vocabulary, each of the entity it belongs to.',
    find: sql`
      select format('%s event(s) of type %s on entity %s', count(*), j.type, j.entity) as detail
      from journal j
      where ${KNOWN_EVENTS}::jsonb -> j.type ->> 'entity' is distinct from j.entity
      group by j.type, j.entity`,
  },
  {
    invariant: 'versions_gapless',
    promise: 'The events of an entity are numbered from 1 without a gap, in journal order.',
    find: sql`
      select format('%s %s: version %s at place %s', entity, entity_id, version, place) as detail
      from (select entity, entity_id, version,
        row_number() over (partition by entity, entity_id order by seq) as place from journal) j
      where version <> place`,
  },
  {
    invariant: 'journal_tells_every_change',
    promise: 'An order or shipment has the version of its newest event, and both exist.',
    find: sql`
      with rows as (
        select 'order' as entity, order_id::text as entity_id, version from orders
        union all select 'shipment', shipment_id::text, version from shipments),
      told as (
        select entity, entity_id, max(version) as version from journal
        where entity in ('order', 'shipment') group by entity, entity_id)
      select format('%s %s: row at version %s, journal at %s', entity, entity_id,
        coalesce(r.version::text, 'none'), coalesce(t.version::text, 'none')) as detail
      from rows r full join told t using (entity, entity_id)
      where r.version is distinct from t.version`,
  },
  {
    invariant: 'journal_folds_to_rows',
    promise: 'The last state that the journal tells of an order or shipment is the one it has.',
    find: sql`
      with told as (
        select distinct on (entity, entity_id) entity, entity_id, data ->> 'state' as state
        from journal where entity in ('order', 'shipment') and data -> 'state' is not null
        order by entity, entity_id, version desc),
      rows as (
        select 'order' as entity, order_id::text as entity_id, state from orders
        union all select 'shipment', shipment_id::text, state from shipments)
      select format('%s %s is %s, the journal says %s', entity, entity_id, r.state,
        coalesce(t.state, 'nothing')) as detail
      from rows r left join told t using (entity, entity_id)
      where r.state is distinct from t.state`,
  },
  {
    invariant: 'legal_transitions_only',
    promise: 'States move as the state tables allow, and nothing leaves a terminal state.',
    find: sql`
      with moves as (
        select entity, entity_id, version, data ->> 'state' as state,
          lag(data ->> 'state') over (partition by entity, entity_id order by version) as before
        from journal where entity in ('order', 'shipment') and data -> 'state' is not null)
      select format('%s %s version %s: %s → %s', entity, entity_id, version, before, state) as detail
      from moves
      where before is not null and before <> state and case entity
        when 'order' then not coalesce(${ORDER_MOVES}::jsonb -> before ? state, false)
        else coalesce((${RANKS}::jsonb ->> before)::int >= 9
          or (${RANKS}::jsonb ->> state)::int < (${RANKS}::jsonb ->> before)::int, true) end`,
  },
];
