/**
 * The smallest world in which every invariant has something to say, written row by row so that the
 * auditor's tests depend on no step: two mugs counted in, an order for one of them decided, its
 * shipment released to a carrier that accepted it.
 */
import { sql } from 'kysely';
import type { Tx } from '../../db/database.ts';

/** The order's id. */
export const ORDER = '01900000-0000-7000-8000-000000000001';
/** The shipment's id. */
export const SHIPMENT = '01900000-0000-7000-8000-000000000002';
/** The accepted assignment's id. */
export const ASSIGNMENT = '01900000-0000-7000-8000-000000000003';
/** A held quote's id. */
export const QUOTE = '01900000-0000-7000-8000-000000000004';

/** Writes the world into the transaction's database, which holds network version 1 and no stock. */
export async function insertWorld(tx: Tx): Promise<void> {
  await insertStock(tx);
  await insertOrder(tx);
  await insertShipment(tx);
  await insertQuote(tx);
  await insertJournal(tx);
}

async function insertStock(tx: Tx): Promise<void> {
  await sql`
    insert into stock (stock_id, warehouse_id, sku_id, seller_id, on_hand, reserved)
    overriding system value values (1, 'rotterdam', 'mug', 'acme', 5, 2)`.execute(tx);
  await sql`
    insert into stock_ledger (stock_id, kind, on_hand, reserved, at) values
      (1, 'receipt', 5, 0, '2026-03-18T08:00Z'), (1, 'reserve', 0, 1, '2026-03-18T09:00Z'),
      (1, 'reserve', 0, 1, '2026-03-18T09:00Z')`.execute(tx);
}

async function insertOrder(tx: Tx): Promise<void> {
  await sql`
    insert into orders (order_id, platform_id, external_ref, state, version, body_hash, destination,
      accepted_at, decide_by, decision_no, promise_at, promise_confidence, current_promise_at)
    values (${ORDER}, 'shop', 'a-1', 'decided', 2, '', '{}', '2026-03-18T09:00Z',
      '2026-03-18T09:00:15Z', 1, '2026-03-20T09:00Z', 0.9, '2026-03-20T09:00Z')`.execute(tx);
  await sql`
    insert into order_lines (order_id, line_no, sku_id, quantity, allocated)
    values (${ORDER}, 1, 'mug', 1, 1)`.execute(tx);
  await sql`
    insert into decision_batches (batch_id, network_version, decided_at, stock, capacity, lost)
    values (${ORDER}, 1, '2026-03-18T09:00:01Z', '[]', '[]', '[]')`.execute(tx);
  await sql`
    insert into decisions (order_id, decision_no, batch_id, batch_position, outcome, decided_at,
      deadline, late, network_version, problem, result, from_quote, work_budget, elapsed_us)
    values (${ORDER}, 1, ${ORDER}, 0, 'sourced', '2026-03-18T09:00:01Z', '2026-03-18T09:00:15Z',
      false, 1, '{}', json_build_object('promise_seconds',
        extract(epoch from timestamptz '2026-03-20T09:00Z')::bigint), false, 1, 1)`.execute(tx);
  await sql`
    insert into idempotency_keys (role, party_id, key, request_hash, status, response, created_at)
    values ('platform', 'shop', 'k', '', 201, json_build_object('order_id', ${ORDER}::text),
      '2026-03-18T09:00Z')`.execute(tx);
}

async function insertShipment(tx: Tx): Promise<void> {
  await sql`
    insert into shipments (shipment_id, order_id, decision_no, platform_id, warehouse_id,
      carrier_id, service_id, zone_id, state, version, destination, weight_grams, cost, capacity,
      network_version, planned_at, pick_from, pickup_at, promise_at, expected_at, tenders,
      milestone_due, milestone_met, milestone_state, next_due_at)
    select ${SHIPMENT}, ${ORDER}, 1, 'shop', 'rotterdam', 'swift', 'swift-standard', 'nl',
      'released', 2, '{}', 500, '{}', json_build_array(json_build_object('resource',
        'parcels/rotterdam', 'slot_seconds', extract(epoch from timestamptz '2026-03-18T00:00Z')::bigint,
        'amount', 1, 'limit', 10)), 1, '2026-03-18T09:00Z', '2026-03-18T09:00Z',
      '2026-03-18T17:00Z', '2026-03-20T09:00Z', '2026-03-19T09:00Z', 1,
      array_agg(timestamptz '2026-03-18T10:00Z' + n * interval '1 hour' order by n),
      array_agg(case when n = 1 then timestamptz '2026-03-18T09:05Z' end order by n),
      array_agg(case when n = 1 then 'met' else 'open' end order by n), '2026-03-18T11:00Z'
    from generate_series(1, 7) n`.execute(tx);
  await sql`
    insert into reservations (stock_id, order_id, shipment_id, line_no, quantity, state)
    values (1, ${ORDER}, ${SHIPMENT}, 1, 1, 'open')`.execute(tx);
  await sql`
    insert into assignments (assignment_id, shipment_id, carrier_id, service_id, units,
      fencing_token, state, offered_at, lease_until, answered_at)
    values (${ASSIGNMENT}, ${SHIPMENT}, 'swift', 'swift-standard', 1, 1, 'accepted',
      '2026-03-18T09:01Z', '2026-03-18T09:11Z', '2026-03-18T09:05Z')`.execute(tx);
  await sql`
    insert into capacity_usage (resource, slot, used)
    values ('parcels/rotterdam', '2026-03-18T00:00Z', 2)`.execute(tx);
}

async function insertQuote(tx: Tx): Promise<void> {
  await sql`
    insert into quotes (quote_id, platform_id, token_hash, state, destination, lines, options,
      capacity, network_version, quoted_at, expires_at)
    values (${QUOTE}, 'shop', '', 'held', '{}', '[]', '{}', json_build_array(json_build_object(
      'resource', 'parcels/rotterdam', 'slot_seconds',
      extract(epoch from timestamptz '2026-03-18T00:00Z')::bigint, 'amount', 1)),
      1, '2026-03-18T09:00Z', '2026-03-18T09:15Z')`.execute(tx);
  await sql`
    insert into reservations (stock_id, quote_id, line_no, quantity, state)
    values (1, ${QUOTE}, 1, 1, 'open')`.execute(tx);
}

async function insertJournal(tx: Tx): Promise<void> {
  await sql`
    insert into journal (entity, entity_id, version, type, at, order_id, data) values
      ('order', ${ORDER}, 1, 'order.accepted', '2026-03-18T09:00Z', ${ORDER},
        '{"state": "accepted"}'),
      ('order', ${ORDER}, 2, 'order.decided', '2026-03-18T09:00:01Z', ${ORDER},
        '{"state": "decided"}'),
      ('shipment', ${SHIPMENT}, 1, 'shipment.planned', '2026-03-18T09:00:01Z', ${ORDER},
        '{"state": "planned"}'),
      ('shipment', ${SHIPMENT}, 2, 'shipment.released', '2026-03-18T09:05Z', ${ORDER},
        '{"state": "released"}')`.execute(tx);
}
