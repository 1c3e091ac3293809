/** Part of RECORD: what a carrier's reports about one shipment change. No I/O. */
import type { ShipmentDraft } from '../../db/shipment-progress.ts';
import type { TrackingEvent } from '../domain/commands.ts';
import { type Evidence, mergeEvidence, sameInstants } from '../domain/milestones.ts';
import { isInWarehouse, isTerminal } from '../domain/shipment.ts';
import { foldTracking, TRACKING, type TrackingView } from '../domain/tracking.ts';
import { shipUnits } from '../domain/units.ts';
import { type Batch, lateData, meet, raise, tellShipment } from './batch.ts';

/**
 * Folds reports into a locked shipment. Whatever proves that the parcel has left takes its units off
 * the warehouse's books, if the warehouse forgot to say so. Reports that change nothing raise no
 * version; they are kept all the same.
 */
export function trackShipment(
  batch: Batch,
  shipment: ShipmentDraft,
  events: readonly TrackingEvent[],
): void {
  const before: TrackingView = { ...viewOf(shipment) };
  const wasInWarehouse = isInWarehouse(shipment.state);
  const { view, conflicts } = foldTracking(before, events);
  const contradicting = new Set<unknown>(conflicts);
  const known = shipment.milestone_met;
  let late: Evidence = {};
  for (const event of events) {
    const { meets } = TRACKING[event.status];
    if (meets === null || contradicting.has(event)) continue;
    late = mergeEvidence(late, meet(shipment, meets, event.occurred_at));
  }
  Object.assign(shipment, view);
  if (wasInWarehouse && !isInWarehouse(shipment.state)) {
    shipUnits(batch.book, shipment.shipment_id);
    batch.to_settle.add(shipment.order_id);
  }
  if (isTerminal(shipment.state)) batch.to_settle.add(shipment.order_id);
  raiseExceptions(batch, shipment, before, { events, conflicts });
  const moved = shipment.state !== before.state;
  const learned = !sameView(before, view) || !sameInstants(known, shipment.milestone_met);
  if (!moved && !learned && Object.keys(late).length === 0) return;
  const type = moved ? (`shipment.${shipment.state}` as 'shipment.delivered') : 'shipment.tracked';
  tellShipment(batch, shipment, type, {
    status: shipment.tracking_status,
    occurred_at: shipment.tracking_at,
    ...(shipment.delivered_at === null ? {} : { delivered_at: shipment.delivered_at }),
    ...lateData(late),
  });
}

function viewOf(shipment: ShipmentDraft): TrackingView {
  const { state, tracking_rank, tracking_status, tracking_at, delivered_at } = shipment;
  return { state, tracking_rank, tracking_status, tracking_at, delivered_at };
}

function sameView(a: TrackingView, b: TrackingView): boolean {
  return (
    a.tracking_rank === b.tracking_rank &&
    a.tracking_status === b.tracking_status &&
    sameInstants([a.tracking_at, a.delivered_at], [b.tracking_at, b.delivered_at])
  );
}

/** What the engine cannot settle: an end without a delivery, a carrier that gives up, two ends. */
function raiseExceptions(
  batch: Batch,
  shipment: ShipmentDraft,
  before: TrackingView,
  { events, conflicts }: { events: readonly TrackingEvent[]; conflicts: readonly object[] },
): void {
  const { state, carrier_id } = shipment;
  if (state !== before.state && (state === 'lost' || state === 'returned')) {
    const reason = state === 'lost' ? 'the carrier declares it lost' : 'it came back to the sender';
    raise(batch, shipment, { kind: state, owner: 'operator', reason, detail: {} });
  }
  const given = events.find(({ status }) => status === 'cancelled');
  if (given !== undefined) {
    raise(batch, shipment, {
      kind: 'carrier_cancelled',
      owner: 'operator',
      reason: `carrier ${carrier_id} cancelled a shipment it had accepted`,
      detail: { event_id: given.event_id, occurred_at: given.occurred_at },
    });
  }
  if (conflicts.length > 0) {
    const told = (conflicts as readonly TrackingEvent[]).map(({ event_id, status }) => ({
      event_id,
      status,
    }));
    raise(batch, shipment, {
      kind: 'tracking_conflict',
      owner: `carrier:${carrier_id}`,
      reason: `the shipment is ${state}, and another end was reported`,
      detail: { reports: told },
    });
  }
}
