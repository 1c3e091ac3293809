/** RESOLVE: an operator settles what the engine could not: decide again, cancel, lost, or noted. */
import type { DecisionBudgets } from '../../db/backorders.ts';
import { inTransaction, type Tx } from '../../db/database.ts';
import {
  closeException,
  closeExceptionsOfOrder,
  type ExceptionRow,
  findException,
} from '../../db/exceptions.ts';
import { appendEvents } from '../../db/journal.ts';
import { lockOrders } from '../../db/shipment-progress.ts';
import { Refusal } from '../domain/errors.ts';
import type { Resolution } from '../domain/exceptions.ts';
import { openBatch, reopenOrder, saveBatch } from './batch.ts';
import { cancelOrder } from './cancel-order.ts';
import { budgetOf, decisionBudgets } from './decision-budget.ts';
import { declareLost } from './declare-lost.ts';
import type { Engine } from './engine.ts';

export interface ResolveException {
  readonly exception_id: string;
  readonly resolution: Resolution;
  /** Who resolves it, for the journal. */
  readonly by?: string | undefined;
  readonly request_id: string;
}

/** An exception after it was resolved. */
export interface ResolvedException {
  readonly status: 'applied' | 'duplicate';
  readonly exception_id: string;
  readonly resolution: Resolution;
}

/**
 * Resolves an exception. `retry` puts its order up for another decision with every warehouse allowed
 * again, and answers all exceptions that a decision can settle; `cancel` cancels the order first, so
 * a crash in between leaves the exception open and the call can be repeated; `declare_lost` ends the
 * shipment; `close` changes nothing else. The same resolution again is a duplicate. Throws
 * `not_found` or `state_conflict`.
 */
export async function resolveException(
  engine: Engine,
  command: ResolveException,
): Promise<ResolvedException> {
  const { exception_id, resolution } = command;
  const exception = await inTransaction(engine.database, (tx) => findException(tx, exception_id));
  if (exception === null) throw new Refusal('not_found', `there is no exception ${exception_id}`);
  if (exception.resolved_at !== null) return answerAgain(exception, resolution);
  if (resolution === 'cancel') await cancelItsOrder(engine, exception, command);
  const budgets = await decisionBudgets(engine);
  return await inTransaction(engine.database, async (tx) => {
    if (resolution === 'retry') await decideAgain(engine, tx, { exception, command, budgets });
    if (resolution === 'declare_lost') await declareLost(engine, tx, { exception, command });
    const closed = await closeException(tx, exception_id, resolution, engine.clock.now());
    if (!closed) return answerAgain((await findException(tx, exception_id))!, resolution);
    await journal(engine, tx, exception, command);
    return { status: 'applied', exception_id, resolution };
  });
}

function answerAgain(exception: ExceptionRow, resolution: Resolution): ResolvedException {
  const { exception_id } = exception;
  if (exception.resolution === resolution) return { status: 'duplicate', exception_id, resolution };
  const detail = `exception ${exception_id} was resolved before: ${exception.resolution}`;
  throw new Refusal('state_conflict', detail);
}

async function cancelItsOrder(
  engine: Engine,
  { order_id, kind }: ExceptionRow,
  { by, request_id }: ResolveException,
): Promise<void> {
  if (order_id === null) throw new Refusal('state_conflict', 'the exception concerns no order');
  const reason = `${kind}: cancelled by ${by ?? 'an operator'}`;
  await cancelOrder(engine, { platform_id: null, order_id, reason, request_id });
}

/** Only an order that waits can be decided again; what is under way goes on. */
async function decideAgain(
  engine: Engine,
  tx: Tx,
  retry: { exception: ExceptionRow; command: ResolveException; budgets: DecisionBudgets },
): Promise<void> {
  const { order_id, kind } = retry.exception;
  const { request_id } = retry.command;
  const orders = await lockOrders(tx, order_id === null ? [] : [order_id]);
  const order = order_id === null ? undefined : orders.get(order_id);
  if (order?.state === 'accepted') return;
  if (order?.state !== 'unfillable' && order?.state !== 'backordered') {
    const detail = `the order is ${order?.state ?? 'missing'}: there is nothing to decide again`;
    throw new Refusal('state_conflict', detail);
  }
  const at = engine.clock.now();
  const batch = openBatch({ at, request_id, newId: engine.newId, orders, shipments: new Map() });
  const budget_seconds = budgetOf(retry.budgets, order.platform_id);
  order.excluded_warehouses = [];
  order.excluded_stock = [];
  reopenOrder(batch, order, { reason: `retry after ${kind}`, budget_seconds });
  await saveBatch(tx, batch);
}

async function journal(
  engine: Engine,
  tx: Tx,
  { exception_id, order_id, shipment_id, kind }: ExceptionRow,
  { resolution, by, request_id }: ResolveException,
): Promise<void> {
  const at = engine.clock.now();
  if (resolution === 'retry' && order_id !== null) {
    await closeExceptionsOfOrder(tx, order_id, ['unfillable', 'no_carrier'], resolution, at);
  }
  await appendEvents(tx, [
    {
      entity: 'exception',
      entity_id: exception_id,
      version: 1,
      type: 'exception.resolved',
      at,
      order_id,
      data: { kind, shipment_id, resolution, by: by ?? null },
      request_id,
    },
  ]);
}
