/** Transactions that overlap as a test wants them to, and what they write. */
import { endOffers } from '../../db/assignments.ts';
import type { Tx } from '../../db/database.ts';
import { appendEvents, JOURNAL_CHANNEL } from '../../db/journal.ts';
import { listen } from '../../db/listen.ts';
import type { Bell } from '../../src/api/journal-tail.ts';
import { type Api, startApi } from './api-harness.ts';

let serial = 0;

/** The interface with its ear at the journal, as the product runs it. */
export async function startListeningApi(): Promise<Api> {
  let url = '';
  const bell: Bell = (ring) => {
    const listening = listen({ url, channel: JOURNAL_CHANNEL, onRing: ring, onError: () => {} });
    return () => void listening.close();
  };
  const api = await startApi({ api: { bell } });
  url = api.database.url;
  return api;
}

function aNote(api: Api, name: string) {
  serial += 1;
  const entity_id = `note-${serial}`;
  const at = api.clock.now();
  return { entity: 'note', entity_id, version: 1, type: 'note.made', at, data: { name } };
}

/** Journals an event that only says its name. */
export const note = (api: Api, tx: Tx, name: string) => appendEvents(tx, [aNote(api, name)]);

/** Accepts an offer for its carrier. */
export async function acceptOffer(api: Api, tx: Tx, carrier_id: string, assignment_id: string) {
  await endOffers(tx, [{ assignment_id, state: 'accepted', reason: null }], api.clock.now());
  await appendEvents(tx, [{ ...aNote(api, 'yes'), carrier_id, type: 'assignment.accepted' }]);
}

/** A transaction held open until the test lets it go. */
export async function held(api: Api, work: (tx: Tx) => Promise<void>) {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let started = () => {};
  const hasStarted = new Promise<void>((resolve) => {
    started = resolve;
  });
  const done = api.database.engine.transaction().execute(async (tx) => {
    await work(tx);
    started();
    await gate;
  });
  await hasStarted;
  return {
    commit: async () => {
      release();
      await done;
    },
  };
}
/** An order with one shipment on offer, written straight into the tables. */
export async function insertOffer(api: Api, tx: Tx, carrier_id: string): Promise<void> {
  const at = api.clock.now().toString();
  const order_id = api.engine.newId();
  const shipment_id = api.engine.newId();
  const destination = JSON.stringify({ postal_code: '1011AB', country: 'NL' });
  const times = Array.from({ length: 7 }, () => at);
  const parties = { platform_id: 'shop', warehouse_id: 'rotterdam', carrier_id };
  await tx
    .insertInto('orders')
    .values({
      order_id,
      platform_id: 'shop',
      external_ref: order_id,
      state: 'decided',
      version: 1,
      body_hash: Buffer.from('x'),
      destination,
      accepted_at: at,
      decide_by: at,
    } as never)
    .execute();
  await tx
    .insertInto('shipments')
    .values({
      shipment_id,
      order_id,
      decision_no: 1,
      ...parties,
      service_id: 'swift-standard',
      zone_id: 'nl',
      state: 'planned',
      version: 1,
      destination,
      weight_grams: 500,
      cost: '{}',
      capacity: '[]',
      network_version: 1,
      planned_at: at,
      pick_from: at,
      pickup_at: at,
      promise_at: at,
      expected_at: at,
      milestone_due: times,
      milestone_met: times.map(() => null),
      milestone_state: times.map(() => 'open'),
    } as never)
    .execute();
  await tx
    .insertInto('assignments')
    .values({
      assignment_id: api.engine.newId(),
      shipment_id,
      carrier_id,
      service_id: 'swift-standard',
      units: 1,
      fencing_token: 1,
      state: 'offered',
      offered_at: at,
      lease_until: at,
    } as never)
    .execute();
  await appendEvents(tx, [{ ...aNote(api, 'offer'), ...parties, type: 'shipment.planned' }]);
}
