/** Part of RECORD: goods that left their warehouse for a shipment that was cancelled before. */
import type { Tx } from '../../db/database.ts';
import type { ShipmentDraft } from '../../db/shipment-progress.ts';
import { lockStock } from '../../db/stock.ts';
import { listFreedUnits } from '../../db/units.ts';
import type { WarehouseEvent } from '../domain/commands.ts';
import { loseFreedUnits } from '../domain/units.ts';
import { type Batch, raise } from './batch.ts';

/**
 * The cancellation gave the units back, but they are not on the shelf: they leave the books, as far
 * as nobody was promised them in between, and an exception names the owner who must fetch them back
 * and what the books still hold that is gone. Said again, it takes only what is still on the books.
 *
 * Locks all lots of the batch by id; call it after capacity and before units are saved.
 */
export async function leaveAfterCancel(
  tx: Tx,
  batch: Batch,
  left: ReadonlyMap<ShipmentDraft, WarehouseEvent>,
): Promise<void> {
  if (left.size === 0) return;
  const rows = await listFreedUnits(
    tx,
    [...left.keys()].map((shipment) => shipment.shipment_id),
  );
  const lots = [...batch.book.entries, ...rows].map((row) => row.stock_id);
  const free = await lockStock(tx, [...new Set(lots)]);
  const byShipment = Map.groupBy(rows, (row) => row.shipment_id);
  for (const [shipment, { event_id, occurred_at }] of left) {
    const own = byShipment.get(shipment.shipment_id) ?? [];
    const { gone, promised } = loseFreedUnits(batch.book, own, free);
    raise(batch, shipment, {
      kind: 'left_after_cancel',
      owner: `warehouse:${shipment.warehouse_id}`,
      reason: 'handed over to the carrier after the shipment was cancelled',
      detail: { event_id, occurred_at, written_off: gone, promised_to_others: promised },
    });
  }
}
