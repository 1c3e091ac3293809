/** Invariants of stock and capacity: nothing oversold, nothing leaked, balances equal their sums. */
import { sql } from 'kysely';
import type { AuditCheck } from './check.ts';

/** Checks over stock, reservations and capacity. */
export const STOCK_CHECKS: readonly AuditCheck[] = [
  {
    invariant: 'no_oversell',
    promise: 'In every lot 0 ≤ picked ≤ reserved ≤ on hand, and no other count is negative.',
    find: sql`
      select format('stock %s (%s at %s): on hand %s, reserved %s, picked %s, damaged %s, '
        'quarantined %s, incoming %s', stock_id, sku_id, warehouse_id, on_hand, reserved, picked,
        damaged, quarantined, incoming) as detail
      from stock
      where not (0 <= picked and picked <= reserved and reserved <= on_hand)
        or least(damaged, quarantined, incoming) < 0`,
  },
  {
    invariant: 'balances_equal_ledger',
    promise: 'Every balance of a lot is the sum of its ledger entries.',
    find: sql`
      select format('stock %s: balances %s, ledger %s', stock_id, balance, ledger) as detail
      from (
        select s.stock_id,
          array[s.on_hand, s.reserved, s.picked, s.damaged, s.quarantined, s.incoming]::bigint[]
            as balance,
          array[coalesce(l.on_hand, 0), coalesce(l.reserved, 0), coalesce(l.picked, 0),
            coalesce(l.damaged, 0), coalesce(l.quarantined, 0), coalesce(l.incoming, 0)]::bigint[]
            as ledger
        from stock s left join (
          select stock_id, sum(on_hand) as on_hand, sum(reserved) as reserved,
            sum(picked) as picked, sum(damaged) as damaged, sum(quarantined) as quarantined,
            sum(incoming) as incoming
          from stock_ledger group by stock_id) l using (stock_id)) both_sides
      where balance <> ledger`,
  },
  {
    invariant: 'reserved_equals_open_reservations',
    promise: 'What a lot holds back is exactly what its open reservations hold, picked included.',
    find: sql`
      select format('stock %s: reserved %s and picked %s, open reservations hold %s and %s',
        s.stock_id, s.reserved, s.picked, coalesce(r.quantity, 0), coalesce(r.picked, 0)) as detail
      from stock s left join (
        select stock_id, sum(quantity) as quantity, sum(picked) as picked
        from reservations where state = 'open' group by stock_id) r using (stock_id)
      where s.reserved <> coalesce(r.quantity, 0) or s.picked <> coalesce(r.picked, 0)`,
  },
  {
    invariant: 'reservations_have_a_holder',
    promise:
      'Units are set aside only for a shipment still in the warehouse, or for a quote that is ' +
      'held or whose order waits for its decision; they are shipped only when the shipment left.',
    find: sql`
      select format('reservation %s is %s, but %s', r.reservation_id, r.state,
        coalesce('shipment ' || s.shipment_id || ' is ' || s.state,
          'quote ' || q.quote_id || ' is ' || q.state)) as detail
      from reservations r
      left join shipments s using (shipment_id)
      left join quotes q on q.quote_id = r.quote_id
      where case r.state
        when 'open' then coalesce(s.state not in ('planned', 'released', 'picked', 'packed'),
          q.state = 'expired' or (q.state = 'used' and not exists (select from orders o
            where o.quote_id = q.quote_id and o.state = 'accepted')))
        when 'shipped' then coalesce(s.state in ('planned', 'released', 'picked', 'packed',
          'cancelled'), true)
        else false end`,
  },
  {
    invariant: 'written_off_left_the_books',
    promise:
      'What shipments wrote off, not found or gone after a cancellation, has left its lot, unit for ' +
      'unit.',
    find: sql`
      with written as (
        select stock_id, shipment_id::text as reference, sum(quantity) as units
        from reservations where state = 'written_off' group by 1, 2),
      gone as (
        select stock_id, reference, -sum(on_hand) as units from stock_ledger
        where kind = 'adjust' and reason in ('short_pick', 'left_after_cancel')
          and exists (select from reservations r where r.shipment_id::text = reference)
        group by 1, 2)
      select format('shipment %s wrote off %s of stock %s, of which %s left the books', reference,
        coalesce(w.units, 0), stock_id, coalesce(g.units, 0)) as detail
      from written w full join gone g using (stock_id, reference)
      where coalesce(w.units, 0) <> coalesce(g.units, 0)`,
  },
  {
    invariant: 'incoming_equals_notices',
    promise: 'What is incoming of a lot is what open notices announce and nobody counted in yet.',
    find: sql`
      with announced as (
        select n.warehouse_id, l.sku_id, n.seller_id, l.lot,
          sum(greatest(l.expected - l.received, 0)) as units
        from inbound_notices n join inbound_lines l using (notice_id)
        where n.state = 'open' group by 1, 2, 3, 4)
      select format('%s at %s of %s, lot "%s": incoming %s, announced %s', sku_id, warehouse_id,
        seller_id, lot, coalesce(s.incoming, 0), coalesce(a.units, 0)) as detail
      from stock s full join announced a using (warehouse_id, sku_id, seller_id, lot)
      where coalesce(s.incoming, 0) <> coalesce(a.units, 0)`,
  },
  {
    invariant: 'capacity_equals_takes',
    promise: 'Capacity used is the sum of what live shipments and quotes took.',
    find: sql`
      with takes as (
        select c.resource, to_timestamp(c.slot_seconds) as slot, c.amount
        from shipments s, json_to_recordset(s.capacity)
          as c(resource text, slot_seconds bigint, amount integer)
        where s.state <> 'cancelled'
        union all
        select c.resource, to_timestamp(c.slot_seconds), c.amount
        from quotes q, json_to_recordset(q.capacity)
          as c(resource text, slot_seconds bigint, amount integer)
        where q.state <> 'expired'),
      summed as (select resource, slot, sum(amount) as amount from takes group by resource, slot)
      select format('%s on %s: used %s, taken %s', resource, slot, coalesce(u.used, 0),
        coalesce(t.amount, 0)) as detail
      from capacity_usage u full join summed t using (resource, slot)
      where coalesce(u.used, 0) <> coalesce(t.amount, 0)`,
  },
  {
    invariant: 'capacity_within_limit',
    promise: 'No slot is used beyond the limit that its last taker saw.',
    find: sql`
      with limits as (
        select c.resource, to_timestamp(c.slot_seconds) as slot, max(c."limit") as most
        from (select capacity from shipments where state <> 'cancelled'
          union all select capacity from quotes where state <> 'expired') s,
          json_to_recordset(s.capacity)
            as c(resource text, slot_seconds bigint, amount integer, "limit" bigint)
        group by 1, 2)
      select format('%s on %s: used %s of %s', resource, slot, used, most) as detail
      from capacity_usage join limits using (resource, slot) where used > most`,
  },
];
