/** Open work of every kind, written straight into the tables: what a new network must not orphan. */
import { aNetwork } from '../builders/network.ts';
import type { Harness } from '../harness.ts';

/** One open order with a shipment, an assignment, a held quote and an open notice. */
export async function plantWork({ owner, clock, engine }: Harness): Promise<void> {
  const at = clock.now().toString();
  const later = clock.now().add({ hours: 1 }).toString();
  const [order_id, shipment_id] = [engine.newId(), engine.newId()];
  const destination = JSON.stringify({ country: 'NL', postal_code: '1011' });
  const common = { order_id, platform_id: 'shop', destination };
  await owner
    .insertInto('orders')
    .values({
      ...common,
      external_ref: 'r1',
      state: 'decided',
      version: 1,
      body_hash: Buffer.from(''),
      quote_id: null,
      quote_option: null,
      accepted_at: at,
      decide_by: later,
      request_id: null,
      promise_confidence: null,
    })
    .execute();
  await owner
    .insertInto('shipments')
    .values({
      ...common,
      shipment_id,
      decision_no: 1,
      warehouse_id: 'rotterdam',
      carrier_id: 'swift',
      service_id: aNetwork().services.find((service) => service.carrier_id === 'swift')!.id,
      zone_id: aNetwork().zones[0]!.id,
      state: 'released',
      version: 1,
      weight_grams: 1,
      cost: '{}',
      capacity: '[]',
      network_version: 1,
      planned_at: at,
      pick_from: at,
      pickup_at: later,
      promise_at: later,
      expected_at: later,
      milestone_due: [],
      milestone_met: [],
      milestone_state: [],
      tracking_status: null,
      released_xid: null,
      released_seq: null,
    })
    .execute();
  await owner
    .insertInto('assignments')
    .values({
      assignment_id: engine.newId(),
      shipment_id,
      carrier_id: 'swift',
      service_id: aNetwork().services.find((service) => service.carrier_id === 'swift')!.id,
      units: 1,
      fencing_token: 1,
      state: 'offered',
      offered_at: at,
      lease_until: later,
      reason: null,
    })
    .execute();
  await owner
    .insertInto('quotes')
    .values({
      quote_id: engine.newId(),
      platform_id: 'shop',
      token_hash: Buffer.from('token'),
      state: 'held',
      destination,
      lines: '[]',
      options: JSON.stringify({ cheapest: { parcels: [{ warehouse_id: 'rotterdam' }] } }),
      capacity: '[]',
      network_version: 1,
      quoted_at: at,
      expires_at: later,
    })
    .execute();
  await owner
    .insertInto('inbound_notices')
    .values({
      notice_id: engine.newId(),
      seller_id: 'acme',
      warehouse_id: 'rotterdam',
      reference: 'n1',
      state: 'open',
      created_at: at,
    })
    .execute();
}
