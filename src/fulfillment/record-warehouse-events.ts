/**
 * RECORD what warehouses say of their work: picked, short-picked, packed, handed over. Events may
 * come twice, late, out of order or not at all: what comes later on the journey proves what comes
 * before, and a late event never takes a shipment back.
 */
import { inTransaction, type Tx } from '../../db/database.ts';
import { hexBytes } from '../../db/rows.ts';
import { lockOrders, lockShipments, type ShipmentDraft } from '../../db/shipment-progress.ts';
import { countUnitsSetAside, type HeldRow, listHeldUnits } from '../../db/units.ts';
import {
  insertWarehouseEvents,
  listKnownWarehouseEvents,
  listShipmentsOfWarehouse,
} from '../../db/warehouse-events.ts';
import type { EventOutcome, RowResult, WarehouseEvent } from '../domain/commands.ts';
import type { Fault } from '../domain/errors.ts';
import { openUnitBook } from '../domain/units.ts';
import { type Batch, openBatch, saveBatch } from './batch.ts';
import { decisionBudgets } from './decision-budget.ts';
import type { Engine, LiveNetwork } from './engine.ts';
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
import { type WorkContext, workShipment } from './work-shipment.ts';

type Result = RowResult<EventOutcome>;

/**
 * Takes one warehouse's events, each answered in its place with the shipment's state after all of
 * them. Idempotent by (warehouse, event id): the same again is a duplicate, another body under the
 * same id is refused. Locks orders, then shipments, then lots, each by id.
 */
export async function recordWarehouseEvents(
  engine: Engine,
  warehouse_id: string,
  events: readonly WarehouseEvent[],
  request_id: string,
): Promise<Result[]> {
  const budgets = await decisionBudgets(engine);
  const network = await engine.networks.current();
  return await inTransaction(engine.database, async (tx) => {
    const { batch, held } = await loadBatch(engine, tx, warehouse_id, events, request_id);
    const context = { budgets, gramsPerUnit: gramsPerUnit(network, held) };
    const short = events.filter((event) => event.kind === 'short_picked');
    const setAside = await countUnitsSetAside(tx, idsOf(short));
    const known = { setAside, window: engine.config };
    const results: (Result | undefined)[] = events.map((e) => refusalOf(batch, e, known));
    const sound = arrivalsOf(events).filter(({ index }) => results[index] === undefined);
    const ids = sound.map(({ event }) => event.event_id);
    const parted = partEvents(sound, await listKnownWarehouseEvents(tx, warehouse_id, ids));
    const applied = new Set<WarehouseEvent>();
    for (const [shipment, own] of byShipment(batch, parted.fresh)) {
      for (const event of workShipment(batch, shipment, own, context)) applied.add(event);
    }
    const kept = await keepEvents(tx, warehouse_id, batch, parted.fresh, applied);
    if (!kept) throw raceLost('an event id was posted twice at once');
    await saveBatch(tx, batch);
    for (const { index, event } of parted.conflicting)
      results[index] = refuseConflict(event.event_id);
    for (const { index, event } of parted.fresh) results[index] = outcome('applied', batch, event);
    for (const { index, event } of parted.repeated)
      results[index] = outcome('duplicate', batch, event);
    return results as Result[];
  });
}

async function loadBatch(
  engine: Engine,
  tx: Tx,
  warehouse_id: string,
  events: readonly WarehouseEvent[],
  request_id: string,
): Promise<{ batch: Batch; held: readonly HeldRow[] }> {
  const own = await listShipmentsOfWarehouse(tx, warehouse_id, idsOf(events));
  const orders = await lockOrders(tx, [...new Set(own.map((row) => row.order_id))]);
  const shipments = await lockShipments(
    tx,
    own.map((row) => row.shipment_id),
  );
  const held = await listHeldUnits(tx, [...shipments.keys()]);
  const book = openUnitBook(held);
  const at = engine.clock.now();
  const batch = openBatch({ at, request_id, newId: engine.newId, orders, shipments, book });
  return { batch, held };
}

/** The measured weight of a line's units where there is one, else the SKU's. */
function gramsPerUnit(
  network: LiveNetwork | null,
  held: readonly HeldRow[],
): WorkContext['gramsPerUnit'] {
  const measured = new Map(
    held.flatMap(({ reservation_id, weight_grams, quantity }) =>
      weight_grams === null ? [] : [[reservation_id, weight_grams / quantity] as const],
    ),
  );
  return ({ reservation_id, sku_id }) =>
    measured.get(reservation_id) ?? network?.skus.get(sku_id)?.weight_grams ?? 0;
}

/** What cannot be taken: another's shipment, work not given out, lines that do not fit. */
function refusalOf(
  batch: Batch,
  event: WarehouseEvent,
  known: { readonly setAside: ReadonlyMap<string, number>; readonly window: EventWindow },
): Result | undefined {
  const shipment = batch.shipments.get(event.shipment_id.toLowerCase());
  if (shipment === undefined) {
    const detail = `there is no shipment ${event.shipment_id} at this warehouse`;
    return refuse('not_found', detail, [{ pointer: '/shipment_id', detail }]);
  }
  if (shipment.state === 'planned') {
    return refuse('state_conflict', 'no carrier has taken the shipment yet: it is not released');
  }
  const faults = [
    ...instantFaults(
      event.occurred_at,
      { now: batch.at, planned_at: shipment.planned_at },
      known.window,
    ),
    ...(event.kind === 'short_picked' ? shortPickFaults(shipment, event, known.setAside) : []),
  ];
  return faults.length === 0 ? undefined : refuse('invalid_request', faults[0]!.detail, faults);
}

/** A short pick says what was found, line by line; more than was set aside cannot have been. */
function shortPickFaults(
  { shipment_id }: ShipmentDraft,
  { lines }: WarehouseEvent,
  setAside: ReadonlyMap<string, number>,
): Fault[] {
  if (lines === undefined || lines.length === 0) {
    return [{ pointer: '/lines', detail: 'got none, expected what was found of each short line' }];
  }
  const faults: Fault[] = [];
  const seen = new Set<number>();
  lines.forEach(({ line_no, picked }, at) => {
    const most = setAside.get(`${shipment_id} ${line_no}`);
    if (most === undefined || seen.has(line_no)) {
      const detail = `got line ${line_no}, expected each line of the shipment at most once`;
      faults.push({ pointer: `/lines/${at}/line_no`, detail });
    } else if (picked > most || picked < 0) {
      const detail = `got ${picked} of line ${line_no}, expected 0 to the ${most} set aside`;
      faults.push({ pointer: `/lines/${at}/picked`, detail });
    }
    seen.add(line_no);
  });
  return faults;
}

function idsOf(events: readonly WarehouseEvent[]): string[] {
  return [...new Set(events.map((event) => event.shipment_id).filter(isUuid))];
}

function arrivalsOf(events: readonly WarehouseEvent[]): Arrival<WarehouseEvent>[] {
  return events.map((event, index) => {
    const lines = event.lines?.map((line) => [line.line_no, line.picked]) ?? null;
    const { shipment_id, kind, occurred_at, tracking_number } = event;
    const said = [shipment_id.toLowerCase(), kind, occurred_at, lines, tracking_number ?? null];
    return { index, event, body_hash: hashOf(said) };
  });
}

function byShipment(
  batch: Batch,
  arrivals: readonly Arrival<WarehouseEvent>[],
): Map<ShipmentDraft, WarehouseEvent[]> {
  const groups = new Map<ShipmentDraft, WarehouseEvent[]>();
  for (const { event } of arrivals) {
    const shipment = batch.shipments.get(event.shipment_id.toLowerCase())!;
    const own = groups.get(shipment);
    if (own === undefined) groups.set(shipment, [event]);
    else own.push(event);
  }
  return groups;
}

async function keepEvents(
  tx: Tx,
  warehouse_id: string,
  batch: Batch,
  fresh: readonly Arrival<WarehouseEvent>[],
  applied: ReadonlySet<WarehouseEvent>,
): Promise<boolean> {
  return await insertWarehouseEvents(
    tx,
    fresh.map(({ event, body_hash }) => ({
      warehouse_id,
      event_id: event.event_id,
      body_hash: hexBytes(body_hash),
      shipment_id: event.shipment_id,
      kind: event.kind,
      lines: event.lines ?? null,
      occurred_at: event.occurred_at,
      received_at: batch.at,
      outcome: applied.has(event) ? 'applied' : 'ignored',
    })),
  );
}

function outcome(status: 'applied' | 'duplicate', batch: Batch, event: WarehouseEvent): Result {
  const shipment = batch.shipments.get(event.shipment_id.toLowerCase())!;
  const { event_id } = event;
  return { status, event_id, shipment_id: shipment.shipment_id, state: shipment.state };
}
