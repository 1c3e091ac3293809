/** What the auditor must find: defects to plant in the audited world, by the invariant they break. */
import { ORDER, QUOTE, SHIPMENT } from './audited-world.ts';

const noChecks = (table: string) => `
  do $$ declare c record; begin
    for c in select conname from pg_constraint where conrelid = '${table}'::regclass
      and contype = 'c' loop execute format('alter table ${table} drop constraint %I', c.conname);
    end loop; end $$;`;

/** The id of the policy that `A_POLICY` plants. */
export const POLICY = '01900000-0000-7000-8000-000000000009';
/** A live policy that the journal knows nothing of. */
export const A_POLICY = `
  insert into policies (policy_id, name, version, rules, state, moves, created_by, created_at, moved_at)
  values ('${POLICY}', 'planted', 1, '{}', 'live', 2, 'nobody', now(), now());`;

/** One more event of the world's shipment, which its row knows of. */
const noted = (entity: string, type: string) => `
  insert into journal (entity, entity_id, version, type, at, data)
  values ('${entity}', '${SHIPMENT}', 3, '${type}', now(), '{"state": "released"}');
  update shipments set version = 3`;

/** Invariant, what is planted, and how; constraints are dropped where they would refuse. */
export const DEFECTS: readonly (readonly [invariant: string, defect: string, plant: string])[] = [
  [
    'no_oversell',
    'more reserved than on hand',
    `${noChecks('stock')} update stock set on_hand = 1`,
  ],
  ['no_oversell', 'a negative count', `${noChecks('stock')} update stock set damaged = -1`],
  ['balances_equal_ledger', 'stock without a receipt', 'update stock set on_hand = on_hand + 1'],
  [
    'balances_equal_ledger',
    'a receipt that moved nothing',
    `insert into stock_ledger (stock_id, kind, incoming, at) values (1, 'notice', 3, now())`,
  ],
  [
    'reserved_equals_open_reservations',
    'a leaked reservation',
    `delete from reservations where quote_id is not null`,
  ],
  ['reserved_equals_open_reservations', 'units picked twice', 'update stock set picked = 1'],
  [
    'no_orphans',
    'a line of an order that does not exist',
    `insert into order_lines (order_id, line_no, sku_id, quantity)
     values ('01900000-0000-7000-8000-00000000dead', 1, 'mug', 1)`,
  ],
  [
    'no_orphans',
    'an offer without its shipment',
    `update assignments set
     shipment_id = '01900000-0000-7000-8000-00000000dead'`,
  ],
  [
    'reservations_have_a_holder',
    'units kept for a quote that ran out',
    `update quotes set state = 'expired'`,
  ],
  [
    'reservations_have_a_holder',
    'units kept for a used quote whose order is long decided',
    `update quotes set state = 'used'; update orders set quote_id = '${QUOTE}'`,
  ],
  [
    'reservations_have_a_holder',
    'a parcel on the road whose units never left the shelf',
    `update shipments set state = 'in_transit'`,
  ],
  [
    'reservations_have_a_holder',
    'units shipped out of a warehouse where they still are',
    `update reservations set state = 'shipped' where shipment_id is not null`,
  ],
  [
    'incoming_equals_notices',
    'units that are incoming from nowhere',
    `update stock set incoming = 5`,
  ],
  [
    'incoming_equals_notices',
    'a notice that nobody counts on',
    `insert into inbound_notices (notice_id, seller_id, warehouse_id, reference, state, created_at)
      values ('${QUOTE}', 'acme', 'rotterdam', 'truck', 'open', now());
      insert into inbound_lines (notice_id, line_no, sku_id, expected)
      values ('${QUOTE}', 1, 'mug', 3)`,
  ],
  ['events_are_known', 'a word nobody knows', noted('shipment', 'shipment.vanished')],
  ['events_are_known', 'a word of another entity', noted('shipment', 'order.decided')],
  ['capacity_equals_takes', 'capacity nobody took', 'update capacity_usage set used = used + 1'],
  ['capacity_equals_takes', 'capacity taken but not counted', 'delete from capacity_usage'],
  [
    'capacity_within_limit',
    'a slot beyond its limit',
    `update shipments set capacity = jsonb_set(capacity::jsonb, '{0,limit}', '1')`,
  ],
  [
    'open_orders_have_a_next_step',
    'an accepted order with nothing to decide',
    `update orders set state = 'accepted'`,
  ],
  [
    'open_orders_have_a_next_step',
    'a backorder that no receipt can wake',
    `update orders set state = 'backordered'`,
  ],
  [
    'open_orders_have_a_next_step',
    'an unfillable order that nobody is told of',
    `update orders set state = 'unfillable'`,
  ],
  [
    'open_orders_have_a_next_step',
    'a decided order whose only shipment was cancelled',
    `update shipments set state = 'cancelled'`,
  ],
  [
    'ended_orders_are_at_rest',
    'a cancelled order still in the warehouse',
    `update orders set state = 'cancelled'`,
  ],
  [
    'backorders_belong_to_backordered_orders',
    'a decided order that still waits for stock',
    `insert into backorders values ('${ORDER}', 'mug', 1, now())`,
  ],
  ['units_conserved', 'a line without its allocation', 'update order_lines set allocated = 0'],
  ['units_conserved', 'a line shipped by nobody', 'update order_lines set shipped = 1'],
  [
    'units_conserved',
    'more allocated than ordered',
    `${noChecks('order_lines')} update order_lines set allocated = 2;
      update reservations set quantity = 2 where shipment_id is not null`,
  ],
  ['units_conserved', 'units for a line that is not there', 'delete from order_lines'],
  ['nothing_left_undecided', 'units nobody decides on', 'update order_lines set quantity = 2'],
  [
    'reservations_match_their_line',
    'another SKU in the parcel',
    `update order_lines set sku_id = 'book'`,
  ],
  [
    'reservations_match_their_line',
    'units from another warehouse',
    `update stock set warehouse_id = 'lisbon'`,
  ],
  [
    'promise_frozen',
    'a promise moved after it was sold',
    `update orders set promise_at = promise_at + interval '1 hour',
      current_promise_at = current_promise_at + interval '1 hour'`,
  ],
  ['promise_frozen', 'a promise forgotten', 'update orders set promise_at = null'],
  [
    'promise_frozen',
    'a current promise earlier than what was sold',
    `update orders set current_promise_at = promise_at - interval '1 second'`,
  ],
  [
    'decisions_name_prices_in_force',
    'a decision with prices that nobody computed',
    `update decision_batches set price_set_id = '${ORDER}'`,
  ],
  [
    'decisions_name_prices_in_force',
    'a decision with stale prices',
    `insert into price_sets (price_set_id, network_version, computed_at, stale_at, horizon_until,
       seed, prices, demand)
     select '${ORDER}', 1, decided_at - interval '2 hours', decided_at - interval '1 hour',
       decided_at, 1, '[]', '[]' from decision_batches;
     update decision_batches set price_set_id = '${ORDER}'`,
  ],
  [
    'decisions_name_prices_in_force',
    'a quote with prices that nobody computed',
    `insert into quote_views (quote_id, problem, work_budget, stock, capacity, price_set_id)
     select quote_id, '{}', 1, '[]', '[]', quote_id from quotes limit 1`,
  ],
  ['decisions_recorded', 'a decision without a record', 'delete from decisions'],
  ['decisions_recorded', 'a gap in the numbers', 'update decisions set decision_no = 2'],
  [
    'decisions_recorded',
    'a late decision that says it was not',
    "update decisions set deadline = decided_at - interval '1 s'",
  ],
  [
    'parcels_counted_once',
    'an hour counted twice',
    `insert into carrier_hours (hour, carrier_id, zone_id, parcels)
     select date_trunc('hour', planned_at, 'UTC'), carrier_id, zone_id, 2 * count(*)
     from shipments group by 1, 2, 3`,
  ],
  [
    'transit_versions_named_exist',
    'a decision by times that nobody learned',
    'update decision_batches set transit_version = 7',
  ],
  [
    'disruption_numbers_run',
    'a number that nothing has',
    'update disruption_numbers set disruption_no = 3',
  ],
  [
    'disruption_numbers_run',
    'a decision that knows of what never was',
    'update decision_batches set disruption_no = 9',
  ],
  [
    'routes_pass_their_parts',
    'a route that no disruption would find',
    `update shipments set route_parts = '{}', route = '{"steps": [{"to_hub_id": "x"}]}'`,
  ],
  ['routes_pass_their_parts', 'parts of no route', `update shipments set route_parts = '{hub/x}'`],
  [
    'transit_learned_from_the_journal',
    'a delivery learned from twice',
    'update transit_learning set deliveries = 1000000',
  ],
  [
    'transit_learned_from_the_journal',
    'events that were not read',
    'update transit_learning set after_seq = 1000000000',
  ],
  [
    'acknowledged_orders_exist',
    'an answer that names a lost order',
    `update idempotency_keys set response = '{"order_id": "01900000-0000-7000-8000-00000000dead"}'`,
  ],
  [
    'one_live_lease',
    'two carriers with the same parcel',
    `drop index assignments_one_live; update shipments set tenders = 2;
      insert into assignments (assignment_id, shipment_id, carrier_id, service_id, units,
        fencing_token, state, offered_at, lease_until)
      select gen_random_uuid(), shipment_id, 'polder', 'polder-parcel', 1, 2, 'offered', offered_at,
        lease_until from assignments`,
  ],
  ['one_live_lease', 'a token that skipped one', 'update assignments set fencing_token = 2'],
  ['one_live_lease', 'a token behind the shipment’s', 'update shipments set tenders = 2'],
  [
    'leases_fit_the_shipment',
    'work released without a carrier',
    `update assignments set state = 'expired'`,
  ],
  [
    'leases_fit_the_shipment',
    'accepted work that is not released',
    `update shipments set state = 'planned'`,
  ],
  [
    'leases_fit_the_shipment',
    'another carrier than the shipment’s',
    `update assignments set carrier_id = 'polder'`,
  ],
  [
    'leases_fit_the_shipment',
    'a cancelled shipment still on offer',
    `update shipments set state = 'cancelled'`,
  ],
  [
    'written_off_left_the_books',
    'units written off that are still in their lot',
    `insert into reservations (stock_id, order_id, shipment_id, line_no, quantity, state)
     values (1, '${ORDER}', '${SHIPMENT}', 1, 1, 'written_off')`,
  ],
  [
    'shipments_hold_units',
    'an empty parcel',
    `update reservations set state = 'released' where shipment_id is not null`,
  ],
  [
    'milestones_have_due_and_owner',
    'a milestone missing',
    'update shipments set milestone_due = milestone_due[1:6]',
  ],
  [
    'milestones_have_due_and_owner',
    'a milestone without a deadline',
    'update shipments set milestone_due[3] = null',
  ],
  [
    'milestones_have_due_and_owner',
    'deadlines in the wrong order',
    'update shipments set milestone_due[3] = milestone_due[1]',
  ],
  [
    'milestones_have_due_and_owner',
    'met without an instant',
    `update shipments set milestone_state[3] = 'met'`,
  ],
  [
    'milestones_have_due_and_owner',
    'open milestones that nobody watches',
    'update shipments set next_due_at = null',
  ],
  [
    'breach_recorded_once',
    'a breach without an event',
    `update shipments set milestone_state[2] = 'breached'`,
  ],
  [
    'breach_recorded_once',
    'a breach told twice',
    `update shipments set milestone_state[2] = 'breached', version = 4;
      insert into journal (entity, entity_id, version, type, at, data)
      select 'shipment', '${SHIPMENT}', v, 'milestone.breached', now(), '{"milestone": "pick"}'
      from generate_series(3, 4) v`,
  ],
  [
    'versions_gapless',
    'an event lost',
    `alter table journal disable trigger all; delete from journal where version = 1`,
  ],
  [
    'journal_tells_every_change',
    'a change without an event',
    'update orders set version = version + 1',
  ],
  [
    'journal_tells_every_change',
    'an event of an order that does not exist',
    `insert into journal (entity, entity_id, version, type, at, data)
      values ('order', gen_random_uuid()::text, 1, 'order.accepted', now(), '{"state": "accepted"}')`,
  ],
  [
    'journal_folds_to_rows',
    'a state the journal never told',
    `update shipments set state = 'packed'`,
  ],
  [
    'legal_transitions_only',
    'a terminal order that woke up',
    `insert into journal (entity, entity_id, version, type, at, data) values
      ('order', '${ORDER}', 3, 'x', now(), '{"state": "cancelled"}'),
      ('order', '${ORDER}', 4, 'x', now(), '{"state": "decided"}');
      update orders set version = 4`,
  ],
  [
    'legal_transitions_only',
    'a shipment that went backwards',
    `insert into journal (entity, entity_id, version, type, at, data) values
      ('shipment', '${SHIPMENT}', 3, 'x', now(), '{"state": "in_transit"}'),
      ('shipment', '${SHIPMENT}', 4, 'x', now(), '{"state": "released"}');
      update shipments set version = 4`,
  ],
  [
    'redecisions_keep_promises',
    'an order decided again for a later day',
    `update orders set promise_at = promise_at - interval '1 day';
      insert into journal (entity, entity_id, version, type, at, order_id, data) values
      ('order', '${ORDER}', 3, 'order.redecided', now(), '${ORDER}', '{"decision_no": 1}')`,
  ],
  [
    'policies_live_legally',
    'a draft that went live',
    `${A_POLICY} insert into journal (entity, entity_id, version, type, at, data) values
      ('policy', '${POLICY}', 1, 'policy.created', now(), '{"state": "draft"}'),
      ('policy', '${POLICY}', 2, 'policy.moved', now(), '{"from": "draft", "state": "live"}')`,
  ],
  ['policies_live_legally', 'a policy that nobody was told of', A_POLICY],
  [
    'decisions_name_policies_in_force',
    'a decision by a policy that was never in force',
    `update decisions set policy_id = '${SHIPMENT}'`,
  ],
  ['row_level_security_forced', 'a table without it', 'create table planted (id integer)'],
  [
    'row_level_security_forced',
    'a table its owner reads freely',
    'alter table orders no force row level security',
  ],
  [
    'row_level_security_forced',
    'a table that says nothing of parties',
    'drop policy party_own on stock',
  ],
  ['parties_cannot_write_or_bypass', 'a write grant', 'grant update on orders to portolan_party'],
];
