/**
 * TENDER: finds the next best carrier for shipments that were rejected, or whose lease ended in
 * silence. The units stay where they are; service, pickup and capacity change; the promise stays as
 * sold. When nobody is left the units go back and the order is decided again elsewhere.
 */
import {
  type AssignmentRow,
  endOffers,
  listNewestAssignments,
  listTenderCandidates,
  type NewAssignment,
  offerAssignments,
  type TenderCandidate,
} from '../../db/assignments.ts';
import {
  type CapacityRow,
  giveBackCapacity,
  listCapacity,
  lockCapacity,
  takeCapacity,
} from '../../db/capacity.ts';
import { inTransaction, type Tx } from '../../db/database.ts';
import { holdNetwork } from '../../db/networks.ts';
import { savePlacements } from '../../db/parcels.ts';
import {
  claimOrders,
  lockShipments,
  type ShipmentDraft,
  type Slot,
} from '../../db/shipment-progress.ts';
import { type HeldRow, listHeldUnits } from '../../db/units.ts';
import type { Prices } from '../../routing/index.ts';
import { openUnitBook } from '../domain/units.ts';
import { type Batch, openBatch, saveBatch } from './batch.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { giveUpShipment } from './give-up-shipment.ts';
import { raceLost } from './part-events.ts';
import { placeShipment } from './place-shipment.ts';
import { openTenderBoard, type TenderBoard } from './tender-board.ts';

/** A batch of shipments that want another carrier. */
export interface TenderBatch {
  readonly network: LiveNetwork;
  /** Prices in force; undefined = none. */
  readonly prices: Prices | undefined;
  readonly batch: Batch;
  readonly board: TenderBoard;
  /** Newest assignment by shipment: the one that came to nothing. */
  readonly newest: ReadonlyMap<string, AssignmentRow>;
  readonly offers: NewAssignment[];
  readonly given_back: Slot[];
  readonly taken: Slot[];
  readonly placed: ShipmentDraft[];
}

/**
 * Tenders one batch. Claims the orders (a queue: what another worker holds is left to it), locks the
 * shipments and looks again at their assignments: an accept that came in between has won. Offers,
 * capacity, plan, milestones and journal are one transaction; after a crash the shipments are found
 * again as they were.
 */
export async function tenderShipments(engine: Engine): Promise<{ done: number; more: boolean }> {
  const network = await engine.networks.current();
  if (network === null) return { done: 0, more: false };
  const prices = (await engine.prices.current())?.index;
  const limit = engine.config.tender_batch_shipments;
  const outcome = await inTransaction(engine.database, async (tx) => {
    // A newer version is a moment away from being seen here: look again with it.
    if (!(await holdNetwork(tx, network))) return 'outdated';
    const at = engine.clock.now();
    const candidates = await listTenderCandidates(tx, at, limit);
    if (candidates.length === 0) return { done: 0, more: false };
    const { tender, held } = await openTender(engine, tx, { network, prices }, candidates, at);
    const { shipments } = tender.batch;
    for (const shipment of shipments.values()) {
      tenderShipment(engine, tender, shipment, held.get(shipment.shipment_id) ?? []);
    }
    await saveTender(tx, tender);
    return { done: shipments.size, more: shipments.size > 0 && candidates.length === limit };
  });
  if (outcome !== 'outdated') return outcome;
  await engine.networks.caughtUp();
  return { done: 0, more: true };
}

/** Claims the orders, locks the shipments, ends what lapsed, and loads what placing needs. */
async function openTender(
  engine: Engine,
  tx: Tx,
  { network, prices }: Pick<TenderBatch, 'network' | 'prices'>,
  candidates: readonly TenderCandidate[],
  at: Temporal.Instant,
): Promise<{ tender: TenderBatch; held: ReadonlyMap<string, HeldRow[]> }> {
  const orders = await claimOrders(tx, [...new Set(candidates.map((c) => c.order_id))]);
  const claimed = candidates.filter((candidate) => orders.has(candidate.order_id));
  const locked = await lockShipments(
    tx,
    claimed.map((candidate) => candidate.shipment_id),
  );
  const ended = await endLapsedOffers(tx, [...locked.values()], at);
  const shipments = new Map(ended.map(({ shipment }) => [shipment.shipment_id, shipment]));
  const held = await listHeldUnits(tx, [...shipments.keys()]);
  const from = Math.floor(at.epochMilliseconds / 1000) - DAYS_BACK_SECONDS;
  const warehouses = [...new Set(held.map((row) => row.warehouse_id))];
  const capacity = await listCapacity(tx, from, warehouses);
  const book = openUnitBook(held);
  const tender: TenderBatch = {
    network,
    prices,
    batch: openBatch({ at, request_id: null, newId: engine.newId, orders, shipments, book }),
    board: openTenderBoard(network, held, capacity),
    newest: new Map(ended.map((one) => [one.shipment.shipment_id, one.assignment])),
    offers: [],
    given_back: [],
    taken: [],
    placed: [],
  };
  return { tender, held: Map.groupBy(held, (row) => row.shipment_id) };
}

/** Slots are days in their own zones: capacity is read from two days back. */
const DAYS_BACK_SECONDS = 2 * 86_400;

/** A shipment without a carrier, and the offer that came to nothing. */
interface EndedTender {
  readonly shipment: ShipmentDraft;
  readonly assignment: AssignmentRow;
}

/** Silence past the lease is a rejection. What is accepted or under a live lease is left alone. */
async function endLapsedOffers(
  tx: Tx,
  shipments: readonly ShipmentDraft[],
  at: Temporal.Instant,
): Promise<EndedTender[]> {
  const planned = new Map(
    shipments.filter((s) => s.state === 'planned').map((s) => [s.shipment_id, s]),
  );
  const ended: EndedTender[] = [];
  const lapsed: AssignmentRow[] = [];
  for (const assignment of await listNewestAssignments(tx, [...planned.keys()])) {
    const shipment = planned.get(assignment.shipment_id)!;
    const isOver = Temporal.Instant.compare(assignment.lease_until, at) <= 0;
    if (assignment.state === 'accepted' || (assignment.state === 'offered' && !isOver)) continue;
    if (assignment.state === 'offered') lapsed.push(assignment);
    ended.push({ shipment, assignment });
  }
  await endOffers(
    tx,
    lapsed.map(({ assignment_id }) => ({ assignment_id, state: 'expired', reason: 'silence' })),
    at,
  );
  return ended.map(({ shipment, assignment }) => ({
    shipment,
    assignment: lapsed.includes(assignment) ? { ...assignment, state: 'expired' } : assignment,
  }));
}

function tenderShipment(
  engine: Engine,
  tender: TenderBatch,
  shipment: ShipmentDraft,
  held: readonly HeldRow[],
): void {
  const { policy } = tender.network.document;
  shipment.excluded_services = [...new Set([...shipment.excluded_services, shipment.service_id])];
  const isLast = shipment.tenders >= policy.tender_attempts;
  if (!isLast && held.length > 0 && placeShipment(engine, tender, shipment, held)) return;
  giveUpShipment(tender, shipment, isLast ? 'attempts_used_up' : 'no_carrier_left');
}

/** Capacity moves from the old services to the new ones, within the limits; then all the rest. */
export async function saveTender(tx: Tx, tender: TenderBatch): Promise<void> {
  const { batch, given_back, taken, placed, offers } = tender;
  const slots = await lockCapacity(tx, [...given_back, ...taken, ...batch.freed_capacity]);
  if (!hasRoom(slots, tender)) throw raceLost('capacity was taken by another decision');
  await giveBackCapacity(tx, given_back);
  await takeCapacity(tx, taken);
  await savePlacements(tx, placed);
  await saveBatch(tx, batch);
  await offerAssignments(tx, offers);
}

/** Looks again under the locks: between the view and now others may have taken the same slots. */
function hasRoom(slots: readonly CapacityRow[], { given_back, taken }: TenderBatch): boolean {
  const key = (slot: { resource: string; slot_seconds: number }) =>
    `${slot.slot_seconds} ${slot.resource}`;
  const used = new Map(slots.map((slot) => [key(slot), slot.used]));
  for (const slot of given_back) used.set(key(slot), (used.get(key(slot)) ?? 0) - slot.amount);
  for (const slot of taken) used.set(key(slot), (used.get(key(slot)) ?? 0) + slot.amount);
  return taken.every((slot) => used.get(key(slot))! <= slot.limit);
}
