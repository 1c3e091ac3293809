/** What an event of the journal adds to the figures and scorecards. */
import type { PastEventRow } from '../../../db/tower-reads.ts';
import type { Board } from './board.ts';
import type { Counts, History } from './history.ts';
import { carrierScore, type Scores, warehouseScore } from './scores.ts';

/** The kinds of event that add one to a count of their bucket. */
const COUNTS: Readonly<Record<string, keyof Counts>> = {
  'order.accepted': 'accepted',
  'order.decided': 'decided',
  'order.backordered': 'stock_outs',
  'order.promise_breached': 'breaches',
  'order.delivered': 'ended',
  'order.cancelled': 'ended',
  'order.failed': 'ended',
};

/**
 * Counts one event. `board` still shows the shipment as it was before the event, where it is known:
 * an offer made because a lease ran out counts against the carrier that let it.
 */
export function countEvent(
  { history, scores, board }: { history: History; scores: Scores; board: Board },
  event: PastEventRow,
): void {
  const bucket = history.at(event.at_seconds);
  const name = COUNTS[event.type];
  if (bucket !== null && name !== undefined) bucket[name] += 1;
  if (event.type === 'order.decided' && bucket !== null) {
    bucket.cost += event.cost ?? 0;
    if ((event.parcels ?? 1) > 1) bucket.split += 1;
  }
  const { carrier_id, warehouse_id } = event;
  if (event.type === 'shipment.released' && carrier_id !== null) {
    carrierScore(scores, carrier_id).accepted += 1;
  }
  if (event.type === 'shipment.rejected' && carrier_id !== null) {
    carrierScore(scores, carrier_id).rejected += 1;
  }
  if (event.type === 'shipment.short_picked' && warehouse_id !== null) {
    warehouseScore(scores, warehouse_id).short_picks += 1;
  }
  if (event.type === 'shipment.offered' && event.after_state === 'expired') {
    const before = board.parcels.get(event.entity_id);
    if (before !== undefined) carrierScore(scores, before.carrier_id).expired += 1;
  }
}
