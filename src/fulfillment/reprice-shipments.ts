/**
 * REPRICE: after a disruption, or its end, works out anew when open shipments that pass it will arrive.
 * One whose promise no longer stands gets another route of its service; or, while no carrier has taken
 * it, another service that keeps the promise; or an exception. Each is told once per disruption.
 */
import { type AssignmentRow, listNewestAssignments } from '../../db/assignments.ts';
import { listCapacity } from '../../db/capacity.ts';
import { inTransaction, type Tx } from '../../db/database.ts';
import { listDisruptedShipments, saveRepricing, takeRepricing } from '../../db/disruptions.ts';
import { holdNetwork } from '../../db/networks.ts';
import { saveRoutes } from '../../db/parcels.ts';
import {
  claimOrders,
  lockShipments,
  type ShipmentDraft,
  withdrawAssignments,
} from '../../db/shipment-progress.ts';
import { type HeldRow, listHeldUnits } from '../../db/units.ts';
import { DAY_SECONDS } from '../../routing/index.ts';
import { openUnitBook } from '../domain/units.ts';
import { openBatch } from './batch.ts';
import type { StepOutcome } from './decide-orders.ts';
import type { Engine } from './engine.ts';
import { repriceShipment } from './reprice-shipment.ts';
import { openTenderBoard } from './tender-board.ts';
import { saveTender, type TenderBatch } from './tender-shipments.ts';

/** A batch of shipments to price, with what finding another carrier needs. */
export interface Repricing {
  readonly tender: TenderBatch;
  readonly held: ReadonlyMap<string, HeldRow[]>;
  /** Shipments whose offer is taken back. */
  readonly withdrawn: string[];
}

/**
 * Prices one batch. One worker at a time does: the numbers' row is its lock. A crash before the commit
 * leaves the shipments as they were, with the older number, and they are found again.
 */
export async function repriceShipments(engine: Engine): Promise<StepOutcome> {
  const network = await engine.networks.current();
  if (network === null) return { done: 0, more: false };
  const prices = (await engine.prices.current())?.index;
  const limit = engine.config.tender_batch_shipments;
  const outcome = await inTransaction(engine.database, async (tx) => {
    // A newer state is a moment away from being seen here: look again with it.
    if (!(await holdNetwork(tx, network))) return 'outdated';
    const numbers = await takeRepricing(tx);
    if (numbers === null) return { done: 0, more: false };
    const { repriced_no: after_no, disruption_no: up_to_no } = numbers;
    const found = await listDisruptedShipments(tx, { after_no, up_to_no, limit });
    if (found.length === 0) {
      await saveRepricing(tx, up_to_no);
      return { done: 0, more: false };
    }
    const orders = await claimOrders(tx, [...new Set(found.map((row) => row.order_id))]);
    const claimed = found.filter(({ order_id }) => orders.has(order_id));
    const shipments = await lockShipments(
      tx,
      claimed.map(({ shipment_id }) => shipment_id),
    );
    const repricing = await openRepricing(engine, tx, { network, prices }, { orders, shipments });
    for (const shipment of shipments.values()) repriceShipment(engine, repricing, shipment);
    await save(tx, repricing, [...shipments.values()]);
    return { done: shipments.size, more: shipments.size > 0 };
  });
  if (outcome !== 'outdated') return outcome;
  await engine.networks.caughtUp();
  return { done: 0, more: true };
}

async function openRepricing(
  engine: Engine,
  tx: Tx,
  { network, prices }: Pick<TenderBatch, 'network' | 'prices'>,
  { orders, shipments }: Pick<TenderBatch['batch'], 'orders' | 'shipments'>,
): Promise<Repricing> {
  const at = engine.clock.now();
  const planned = [...shipments.values()].filter(({ state }) => state === 'planned');
  const ids = planned.map(({ shipment_id }) => shipment_id);
  const newest = await listNewestAssignments(tx, ids);
  const held = await listHeldUnits(tx, ids);
  const from = Math.floor(at.epochMilliseconds / 1000) - 2 * DAY_SECONDS;
  const warehouses = [...new Set(held.map((row) => row.warehouse_id))];
  const capacity = warehouses.length === 0 ? [] : await listCapacity(tx, from, warehouses);
  const book = openUnitBook(held);
  const tender: TenderBatch = {
    network,
    prices,
    batch: openBatch({ at, request_id: null, newId: engine.newId, orders, shipments, book }),
    board: openTenderBoard(network, held, capacity),
    newest: new Map(newest.map((one): [string, AssignmentRow] => [one.shipment_id, one])),
    offers: [],
    given_back: [],
    taken: [],
    placed: [],
  };
  return { tender, held: Map.groupBy(held, (row) => row.shipment_id), withdrawn: [] };
}

async function save(
  tx: Tx,
  { tender, withdrawn }: Repricing,
  shipments: readonly ShipmentDraft[],
): Promise<void> {
  await withdrawAssignments(tx, withdrawn, tender.batch.at);
  await saveTender(tx, tender);
  await saveRoutes(tx, shipments);
}
