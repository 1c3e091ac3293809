/**
 * RECORD what carriers report of parcels on their way, in any order, late and twice. Every report is
 * kept; the shipment's view is a fold over them that comes out the same in every order
 * (src/domain/tracking.ts, docs/tracking.md).
 */
import { listHeldShipments } from '../../db/assignments.ts';
import { inTransaction, type Tx } from '../../db/database.ts';
import { hexBytes } from '../../db/rows.ts';
import { lockOrders, lockShipments, type ShipmentDraft } from '../../db/shipment-progress.ts';
import { insertTrackingEvents, listKnownTrackingEvents } from '../../db/tracking-events.ts';
import { listHeldUnits } from '../../db/units.ts';
import type { EventOutcome, RowResult, TrackingEvent } from '../domain/commands.ts';
import { openUnitBook } from '../domain/units.ts';
import { type Batch, openBatch, saveBatch } from './batch.ts';
import type { Engine } from './engine.ts';
import {
  type Arrival,
  type EventWindow,
  hashOf,
  instantFaults,
  isUuid,
  partEvents,
  raceLost,
  refuse,
  refuseConflict,
} from './part-events.ts';
import { trackShipment } from './track-shipment.ts';

type Result = RowResult<EventOutcome>;

/**
 * Takes one carrier's reports, each answered in its place with the shipment's state after all of
 * them. Idempotent by (carrier, event id): the same again is a duplicate, another body under the
 * same id is refused. A shipment that the carrier does not hold reads as not found. Locks orders,
 * then shipments, then lots, each by id.
 */
export async function recordTrackingEvents(
  engine: Engine,
  carrier_id: string,
  events: readonly TrackingEvent[],
  request_id: string,
): Promise<Result[]> {
  if (events.length === 0) return [];
  return await inTransaction(engine.database, async (tx) => {
    const batch = await loadBatch(engine, tx, carrier_id, events, request_id);
    const results: (Result | undefined)[] = events.map((event) =>
      refusalOf(batch, event, engine.config),
    );
    const sound = arrivalsOf(events).filter(({ index }) => results[index] === undefined);
    const ids = sound.map(({ event }) => event.event_id);
    const known = await listKnownTrackingEvents(tx, carrier_id, ids);
    const { fresh, repeated, conflicting } = partEvents(sound, known);
    const kept = await insertTrackingEvents(tx, rowsOf(carrier_id, batch, fresh));
    if (!kept) throw raceLost('an event id was posted twice at once');
    for (const [shipment, own] of byShipment(batch, fresh)) trackShipment(batch, shipment, own);
    await saveBatch(tx, batch);
    for (const { index, event } of conflicting) results[index] = refuseConflict(event.event_id);
    for (const { index, event } of fresh) results[index] = outcome('applied', batch, event);
    for (const { index, event } of repeated) results[index] = outcome('duplicate', batch, event);
    return results as Result[];
  });
}

async function loadBatch(
  engine: Engine,
  tx: Tx,
  carrier_id: string,
  events: readonly TrackingEvent[],
  request_id: string,
): Promise<Batch> {
  const ids = [...new Set(events.map((event) => event.shipment_id).filter(isUuid))];
  const named = await listHeldShipments(tx, carrier_id, ids);
  const orders = await lockOrders(tx, [...new Set(named.map((row) => row.order_id))]);
  const locked = await lockShipments(
    tx,
    named.map((row) => row.shipment_id),
  );
  // Asked again under the lock: a cancellation may have withdrawn the assignment in between.
  const held = await listHeldShipments(tx, carrier_id, [...locked.keys()]);
  const shipments = new Map(
    held.map(({ shipment_id }) => [shipment_id, locked.get(shipment_id)!] as const),
  );
  const book = openUnitBook(await listHeldUnits(tx, [...shipments.keys()]));
  const at = engine.clock.now();
  return openBatch({ at, request_id, newId: engine.newId, orders, shipments, book });
}

function refusalOf(batch: Batch, event: TrackingEvent, window: EventWindow): Result | undefined {
  const shipment = batch.shipments.get(event.shipment_id.toLowerCase());
  if (shipment === undefined) {
    const detail = `there is no shipment ${event.shipment_id} that you have accepted`;
    return refuse('not_found', detail, [{ pointer: '/shipment_id', detail }]);
  }
  const times = { now: batch.at, planned_at: shipment.planned_at };
  const faults = instantFaults(event.occurred_at, times, window);
  return faults.length === 0 ? undefined : refuse('invalid_request', faults[0]!.detail, faults);
}

function arrivalsOf(events: readonly TrackingEvent[]): Arrival<TrackingEvent>[] {
  return events.map((event, index) => {
    const { shipment_id, status, occurred_at, carrier_code, description, position } = event;
    const said = [shipment_id.toLowerCase(), status, occurred_at, carrier_code, description];
    return { index, event, body_hash: hashOf([...said, position]) };
  });
}

function rowsOf(carrier_id: string, batch: Batch, fresh: readonly Arrival<TrackingEvent>[]) {
  return fresh.map(({ event, body_hash }) => ({
    carrier_id,
    event_id: event.event_id,
    body_hash: hexBytes(body_hash),
    shipment_id: event.shipment_id,
    status: event.status,
    occurred_at: event.occurred_at,
    received_at: batch.at,
    carrier_code: event.carrier_code ?? null,
    description: event.description ?? null,
    position: event.position ?? null,
  }));
}

function byShipment(
  batch: Batch,
  arrivals: readonly Arrival<TrackingEvent>[],
): Map<ShipmentDraft, TrackingEvent[]> {
  const groups = new Map<ShipmentDraft, TrackingEvent[]>();
  for (const { event } of arrivals) {
    const shipment = batch.shipments.get(event.shipment_id.toLowerCase())!;
    const own = groups.get(shipment);
    if (own === undefined) groups.set(shipment, [event]);
    else own.push(event);
  }
  return groups;
}

function outcome(status: 'applied' | 'duplicate', batch: Batch, event: TrackingEvent): Result {
  const shipment = batch.shipments.get(event.shipment_id.toLowerCase())!;
  const { event_id } = event;
  return { status, event_id, shipment_id: shipment.shipment_id, state: shipment.state };
}
