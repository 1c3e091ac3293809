/**
 * WATCH: finds deadlines that are near or past. The truth is `next_due_at` of each shipment, so a
 * restart or a lost queue changes nothing; what was found is journaled in the same transaction.
 */
import { inTransaction, type Tx } from '../../db/database.ts';
import {
  claimDueShipments,
  claimOrders,
  type DueShipment,
  listBreachedOrders,
  listDueShipments,
  type ShipmentDraft,
} from '../../db/shipment-progress.ts';
import { listLateEvidence } from '../../db/tracking-events.ts';
import {
  type Evidence,
  MILESTONES,
  type MilestoneChange,
  milestoneOwner,
  watchMilestones as watchClock,
} from '../domain/milestones.ts';
import { isTerminal } from '../domain/shipment.ts';
import { type Batch, openBatch, raise, saveBatch, tellOrder, tellShipment } from './batch.ts';
import type { Engine } from './engine.ts';

/**
 * Looks at one batch of shipments whose time has come. Each milestone is told `at_risk` once and
 * `breached` once, each as an event of its own. A breached delivery is told of the order too, once
 * per order, and becomes an exception of whoever owes the next step. Claims rows (they are a queue):
 * two watchers never wait for each other; a crash before the commit leaves all as it was.
 */
export async function watchMilestones(engine: Engine): Promise<{ done: number; more: boolean }> {
  const limit = engine.config.watch_batch_shipments;
  const at = engine.clock.now();
  return await inTransaction(engine.database, async (tx) => {
    const due = await listDueShipments(tx, at, limit);
    if (due.length === 0) return { done: 0, more: false };
    const batch = await claimBatch(engine, tx, due, at);
    const shipments = [...batch.shipments.values()];
    const breaching = shipments.filter((shipment) => isBreaching(shipment, at));
    const late = await lateEvidence(tx, breaching);
    const told = new Set(await listBreachedOrders(tx, [...batch.orders.keys()]));
    for (const shipment of shipments) {
      watchShipment({ batch, told }, shipment, late.get(shipment.shipment_id) ?? {});
    }
    await saveBatch(tx, batch);
    const done = batch.shipments.size;
    return { done, more: done > 0 && due.length === limit };
  });
}

/** Orders first, where a promise has passed; then the shipments whose orders were to be had. */
async function claimBatch(
  engine: Engine,
  tx: Tx,
  due: readonly DueShipment[],
  at: Temporal.Instant,
): Promise<Batch> {
  const concerned = due.filter((row) => row.concerns_order).map((row) => row.order_id);
  const orders = await claimOrders(tx, [...new Set(concerned)]);
  const ready = due.filter((row) => !row.concerns_order || orders.has(row.order_id));
  const claimed = await claimDueShipments(
    tx,
    ready.map((row) => row.shipment_id),
    at,
  );
  const shipments = new Map(claimed.map((row) => [row.shipment_id, row]));
  return openBatch({ at, request_id: null, newId: engine.newId, orders, shipments });
}

/** What was reported too late to meet its milestone: it says by how much the breach was missed. */
async function lateEvidence(
  tx: Tx,
  shipments: readonly ShipmentDraft[],
): Promise<Map<string, Evidence>> {
  const evidence = new Map<string, Evidence>();
  for (const { shipment_id, kind, at } of await listLateEvidence(tx, shipments)) {
    evidence.set(shipment_id, { ...evidence.get(shipment_id), [kind]: at });
  }
  return evidence;
}

function isBreaching(shipment: ShipmentDraft, at: Temporal.Instant): boolean {
  return watchClock(shipment, at).changes.some((change) => change.to === 'breached');
}

/** A batch with the orders whose breach was told before. */
interface Watch {
  readonly batch: Batch;
  readonly told: Set<string>;
}

function watchShipment(watch: Watch, shipment: ShipmentDraft, late: Evidence): void {
  const { batch } = watch;
  const { clock, changes } = watchClock(shipment, batch.at, late);
  shipment.milestone_met = clock.milestone_met;
  shipment.milestone_state = clock.milestone_state;
  shipment.next_due_at = clock.next_due_at;
  const before = batch.events.length;
  for (const change of changes) {
    // A shipment that has ended can still have missed a deadline, but no longer be about to.
    if (change.to === 'at_risk' && isTerminal(shipment.state)) continue;
    tellShipment(batch, shipment, `milestone.${change.to}`, {
      milestone: change.kind,
      due_at: change.due_at,
      met_at: clock.milestone_met[MILESTONES.indexOf(change.kind)] ?? null,
      owner: milestoneOwner(change.kind, shipment),
    });
    if (change.kind === 'delivered' && change.to === 'breached')
      breakPromise(watch, shipment, change);
  }
  // Nothing told (a plan moved, or only warnings about an ended shipment): the next look is saved.
  if (batch.events.length === before) batch.changed_shipments.add(shipment);
}

function breakPromise(watch: Watch, shipment: ShipmentDraft, change: MilestoneChange): void {
  const { batch, told } = watch;
  const { order_id, shipment_id, state } = shipment;
  const order = batch.orders.get(order_id);
  if (order !== undefined && !told.has(order_id)) {
    told.add(order_id);
    tellOrder(batch, order, 'order.promise_breached', { shipment_id, promise_at: change.due_at });
  }
  if (isTerminal(state)) return;
  const open = shipment.milestone_met.indexOf(null);
  const owed = MILESTONES[open] ?? 'delivered';
  raise(batch, shipment, {
    kind: 'late_delivery',
    owner: milestoneOwner(owed, shipment),
    reason: `promised by ${change.due_at}, and ${owed} has not been reported`,
    detail: { promise_at: change.due_at, owed },
  });
}
