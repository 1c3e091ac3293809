/** Part of RESOLVE: an operator ends a shipment that its carrier has nothing more to say of. */
import type { Tx } from '../../db/database.ts';
import type { ExceptionRow } from '../../db/exceptions.ts';
import { lockOrders, lockShipments } from '../../db/shipment-progress.ts';
import { Refusal } from '../domain/errors.ts';
import { isInWarehouse, isTerminal } from '../domain/shipment.ts';
import { openBatch, saveBatch, tellShipment } from './batch.ts';
import type { Engine } from './engine.ts';
import type { ResolveException } from './resolve-exception.ts';

/**
 * Declares the exception's shipment lost, as its carrier could: the shipment ends, and its order with
 * the last of them, as failed; one that is lost already stays so. One that has not left is cancelled
 * instead, and one that has ended otherwise stays as it ended: both are refused as `state_conflict`.
 * Should the carrier report another end after all, that becomes an exception of its own. Locks the
 * order, then the shipment.
 */
export async function declareLost(
  engine: Engine,
  tx: Tx,
  { exception, command }: { exception: ExceptionRow; command: ResolveException },
): Promise<void> {
  const { order_id, shipment_id, kind } = exception;
  if (order_id === null || shipment_id === null) {
    throw new Refusal('state_conflict', 'the exception concerns no shipment');
  }
  const orders = await lockOrders(tx, [order_id]);
  const shipments = await lockShipments(tx, [shipment_id]);
  const shipment = shipments.get(shipment_id);
  if (shipment?.state === 'lost') return;
  if (shipment === undefined || isInWarehouse(shipment.state) || isTerminal(shipment.state)) {
    const detail = `the shipment is ${shipment?.state ?? 'missing'}: only one on its way can be lost`;
    throw new Refusal('state_conflict', detail);
  }
  const at = engine.clock.now();
  const { request_id, by } = command;
  const batch = openBatch({ at, request_id, newId: engine.newId, orders, shipments });
  shipment.state = 'lost';
  tellShipment(batch, shipment, 'shipment.lost', { declared_by: by ?? null, after: kind });
  batch.to_settle.add(order_id);
  await saveBatch(tx, batch);
}
