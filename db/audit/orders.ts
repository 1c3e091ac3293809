/** Invariants of orders: none lost, units conserved, promises frozen, decisions recorded. */
import { sql } from 'kysely';
import type { AuditCheck } from './check.ts';

const OPEN_SHIPMENT = sql.raw(`('planned', 'released', 'picked', 'packed', 'handed_over',
  'in_transit', 'out_for_delivery')`);

/** Checks over orders, lines, backorders, decisions and idempotency keys. */
export const ORDER_CHECKS: readonly AuditCheck[] = [
  {
    invariant: 'open_orders_have_a_next_step',
    promise:
      'An accepted order has units to decide, a backordered one waits for a SKU, a decided or ' +
      'shipped one has an open shipment, an unfillable one has an open exception.',
    find: sql`
      select format('order %s is %s without %s', o.order_id, o.state, case o.state
        when 'accepted' then 'units to decide' when 'backordered' then 'a SKU to wait for'
        when 'unfillable' then 'an open exception' else 'an open shipment' end) as detail
      from orders o
      where case o.state
        when 'accepted' then not exists (select from order_lines l where l.order_id = o.order_id
          and l.quantity > l.allocated + l.cancelled)
        when 'backordered' then not exists (
          select from backorders b where b.order_id = o.order_id)
        when 'unfillable' then not exists (select from exceptions e where e.resolved_at is null
          and (e.order_id = o.order_id or e.shipment_id in
            (select s.shipment_id from shipments s where s.order_id = o.order_id)))
        when 'decided' then not exists (select from shipments s where s.order_id = o.order_id
          and s.state in ${OPEN_SHIPMENT})
        when 'shipped' then not exists (select from shipments s where s.order_id = o.order_id
          and s.state in ${OPEN_SHIPMENT})
        else false end`,
  },
  {
    invariant: 'ended_orders_are_at_rest',
    promise:
      'A delivered, failed or cancelled order has no shipment in a warehouse or on the road.',
    find: sql`
      select format('order %s is %s, but shipment %s is %s', o.order_id, o.state, s.shipment_id,
        s.state) as detail
      from orders o join shipments s using (order_id)
      where o.state in ('delivered', 'failed', 'cancelled') and s.state in ${OPEN_SHIPMENT}`,
  },
  {
    invariant: 'backorders_belong_to_backordered_orders',
    promise: 'Only a backordered order waits for stock.',
    find: sql`
      select format('order %s is %s and waits for %s', o.order_id, o.state, b.sku_id) as detail
      from backorders b join orders o using (order_id) where o.state <> 'backordered'`,
  },
  {
    invariant: 'units_conserved',
    promise:
      'Per line: 0 ≤ shipped ≤ allocated, allocated + cancelled ≤ ordered, allocated is what ' +
      'shipments hold or have taken away, shipped is what they have taken away.',
    find: sql`
      with held as (
        select r.order_id, r.line_no, sum(r.quantity) as allocated,
          coalesce(sum(r.quantity) filter (where r.state = 'shipped'), 0) as shipped
        from reservations r
        where r.shipment_id is not null and r.state in ('open', 'shipped')
        group by r.order_id, r.line_no)
      select format('order %s line %s: ordered %s, allocated %s, shipped %s, cancelled %s; '
        'shipments hold %s, of which shipped %s', coalesce(l.order_id, h.order_id),
        coalesce(l.line_no, h.line_no), l.quantity, l.allocated, l.shipped, l.cancelled,
        coalesce(h.allocated, 0), coalesce(h.shipped, 0)) as detail
      from order_lines l full join held h on h.order_id = l.order_id and h.line_no = l.line_no
      where l.order_id is null or l.allocated <> coalesce(h.allocated, 0)
        or l.shipped <> coalesce(h.shipped, 0)
        or not (0 <= l.shipped and l.shipped <= l.allocated and 0 <= l.cancelled
          and l.allocated + l.cancelled <= l.quantity)`,
  },
  {
    invariant: 'nothing_left_undecided',
    promise: 'Only an order that waits for a decision or for stock has units without a shipment.',
    find: sql`
      select format('order %s is %s, line %s has %s units without a shipment', o.order_id, o.state,
        l.line_no, l.quantity - l.allocated - l.cancelled) as detail
      from orders o join order_lines l using (order_id)
      where o.state not in ('accepted', 'backordered', 'unfillable')
        and l.quantity <> l.allocated + l.cancelled`,
  },
  {
    invariant: 'reservations_match_their_line',
    promise: 'Units set aside for a line are of its SKU and leave from the shipment’s warehouse.',
    find: sql`
      select format('reservation %s: %s at %s for order %s line %s of %s, shipment from %s',
        r.reservation_id, k.sku_id, k.warehouse_id, r.order_id, r.line_no, l.sku_id,
        s.warehouse_id) as detail
      from reservations r
      join stock k using (stock_id)
      join shipments s using (shipment_id)
      left join order_lines l on l.order_id = s.order_id and l.line_no = r.line_no
      where l.sku_id is distinct from k.sku_id or s.warehouse_id <> k.warehouse_id
        or r.order_id is distinct from s.order_id`,
  },
  {
    invariant: 'promise_frozen',
    promise:
      'An order’s promise is the one of its first sourced decision, and stays so; what is ' +
      'expected now is never earlier.',
    find: sql`
      select format('order %s: promised %s, first decision said %s, current %s', o.order_id,
        o.promise_at, d.promise_at, o.current_promise_at) as detail
      from orders o left join lateral (
        select to_timestamp((result ->> 'promise_seconds')::double precision) as promise_at
        from decisions d where d.order_id = o.order_id and d.outcome = 'sourced'
        order by decision_no limit 1) d on true
      where o.promise_at is distinct from d.promise_at
        or o.current_promise_at < o.promise_at
        or (o.promise_at is null) <> (o.current_promise_at is null)
        or (o.promise_at is null) <> (o.promise_confidence is null)`,
  },
  {
    invariant: 'redecisions_keep_promises',
    promise: 'An order that was decided again is still promised by then, and as surely as it was.',
    find: sql`
      select format('order %s: promised %s at %s, decided again for %s at %s', o.order_id,
        o.promise_at, o.promise_confidence,
        to_timestamp((d.result ->> 'promise_seconds')::double precision),
        d.result ->> 'confidence') as detail
      from journal j join orders o on o.order_id = j.order_id
      join decisions d on d.order_id = o.order_id
        and d.decision_no = (j.data ->> 'decision_no')::integer
      where j.type = 'order.redecided'
        and (to_timestamp((d.result ->> 'promise_seconds')::double precision) > o.promise_at
          or (d.result ->> 'confidence')::double precision < o.promise_confidence)`,
  },
  {
    invariant: 'decisions_recorded',
    promise: 'An order’s decisions are numbered 1 to its decision number, and say truly if late.',
    find: sql`
      select format('order %s: decision number %s, %s recorded, highest %s, %s with a false word '
        'on being late', o.order_id, o.decision_no, d.count, d.highest, d.untrue) as detail
      from orders o left join lateral (
        select count(*) as count, coalesce(max(decision_no), 0) as highest,
          count(*) filter (where late <> (decided_at > deadline)) as untrue
        from decisions d where d.order_id = o.order_id) d on true
      where d.count <> o.decision_no or d.highest <> o.decision_no or d.untrue > 0`,
  },
  {
    invariant: 'decisions_name_prices_in_force',
    // Not that they were computed before: the clocks of those who compute and decide need not agree. When
    // they end to count is stored with them, and is held against the decider's own clock.
    promise:
      'A decision or quote that used prices names a set that was computed and not yet stale.',
    find: sql`
      select format('batch %s of %s names prices %s: %s', b.batch_id, b.decided_at, b.price_set_id,
        case when p.price_set_id is null then 'there are none'
          else format('computed %s, stale %s', p.computed_at, p.stale_at) end) as detail
      from decision_batches b left join price_sets p using (price_set_id)
      where b.price_set_id is not null
        and (p.price_set_id is null or b.decided_at > p.stale_at + interval '1 minute')
      union all
      select format('quote %s of %s names prices %s: %s', v.quote_id, q.quoted_at, v.price_set_id,
        case when p.price_set_id is null then 'there are none'
          else format('computed %s, stale %s', p.computed_at, p.stale_at) end)
      from quote_views v join quotes q using (quote_id) left join price_sets p using (price_set_id)
      where v.price_set_id is not null
        and (p.price_set_id is null or q.quoted_at > p.stale_at + interval '1 minute')`,
  },
  {
    invariant: 'acknowledged_orders_exist',
    promise: 'Every stored answer that names an order names one that exists.',
    find: sql`
      select format('key %s of %s %s answered with order %s, which does not exist', key, role,
        party_id, response ->> 'order_id') as detail
      from idempotency_keys k
      where status between 200 and 299 and json_typeof(response) = 'object'
        and response ->> 'order_id' is not null
        and not exists (select from orders o where o.order_id::text = k.response ->> 'order_id')`,
  },
];
