/** Part of saving a batch: exceptions that told of a disruption end with what they told of. */
import type { Tx } from '../../db/database.ts';
import { closeExceptionsOfShipments } from '../../db/exceptions.ts';
import { appendEvents } from '../../db/journal.ts';
import { isTerminal } from '../domain/shipment.ts';
import type { Batch } from './batch.ts';

/**
 * Closes the open `disrupted` exceptions of shipments whose promise stands again, or whose journey is
 * over, and journals each once: of those who come at the same time, also of an operator, one closes it.
 */
export async function closeDisrupted(tx: Tx, batch: Batch): Promise<void> {
  const over = [...batch.changed_shipments].filter(
    ({ route, state }) => route !== null && isTerminal(state),
  );
  const shipments = [...new Set([...batch.undisrupted_shipments, ...over])];
  const ids = shipments.map(({ shipment_id }) => shipment_id);
  const closed = await closeExceptionsOfShipments(tx, ids, 'disrupted', batch.at);
  if (closed.length === 0) return;
  await appendEvents(
    tx,
    closed.map(({ exception_id, shipment_id, order_id }) => ({
      entity: 'exception',
      entity_id: exception_id,
      version: 1,
      type: 'exception.resolved',
      at: batch.at,
      order_id,
      data: { kind: 'disrupted', shipment_id, resolution: 'close', by: 'engine' },
      request_id: batch.request_id,
    })),
  );
}
