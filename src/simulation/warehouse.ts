/** A warehouse: polls its work, picks, packs, loads trucks, counts in what comes. */
import type { Warehouse } from '../domain/network.ts';
import type { Party } from './http-party.ts';
import { type Outbox, openOutbox } from './outbox.ts';
import type { WorkItem, WorkPage } from './protocol.ts';
import { chanceOf } from './random.ts';
import {
  type Collected,
  type Delivery,
  PAGE_ITEMS,
  readInstant,
  type Stage,
  textOf,
} from './stage.ts';
import type { ShelfLine } from './stocking.ts';
import { labelOf, planWork, type Told, type WorkWord } from './warehouse-plan.ts';

/** Lines of one receipt, as many as the interface takes. */
const RECEIPT_LINES = 200;
/** Share of parcels that are loaded without another look at the list. */
const LOADS_BLINDLY = 0.02;
/** Share of delivered lines with a damaged unit, and of those that come short. */
const DAMAGED = 0.02;
const COMES_SHORT = 0.02;

/** A parcel in the warehouse's hands. */
interface Parcel {
  readonly label: string;
  isPacked: boolean;
}

/** Puts the opening stock on the shelves. */
export async function stockShelves(
  party: Party,
  warehouse_id: string,
  lines: readonly ShelfLine[],
): Promise<void> {
  for (let from = 0; from < lines.length; from += RECEIPT_LINES) {
    const receipt_ref = `opening-${warehouse_id}-${from / RECEIPT_LINES + 1}`;
    const body = { receipt_ref, lines: lines.slice(from, from + RECEIPT_LINES) };
    await party.send('POST', '/v1/inbound/receipts', { body });
  }
}

/** Starts a warehouse; it works until the simulation ends. */
export function startWarehouse(stage: Stage, warehouse: Warehouse, party: Party): void {
  const { schedule, seed } = stage;
  const parcels = new Map<string, Parcel>();
  const events = openOutbox<object>(party, '/v1/warehouse-events', (code) =>
    stage.note(`warehouse event refused: ${code}`),
  );
  const tell = (item: WorkItem, { what, at, post_at }: Told<WorkWord>) => {
    const { shipment_id } = item;
    const event_id = `${what.kind}-${shipment_id}`;
    const row = { event_id, shipment_id, occurred_at: textOf(at), ...what };
    const isShort = what.kind === 'short_picked';
    const post = () => events.post(row);
    for (const moment of post_at) {
      schedule.at(moment, () => (isShort ? stage.inTurn(post) : post()));
    }
  };
  const take = (item: WorkItem) => {
    if (parcels.has(item.shipment_id)) return;
    const parcel: Parcel = { label: labelOf(item), isPacked: false };
    parcels.set(item.shipment_id, parcel);
    const from = readInstant(item.pick_from);
    const plan = planWork(seed, warehouse, item, schedule.now(), from);
    for (const told of plan.told) tell(item, told);
    schedule.at(plan.packed_at, () => {
      parcel.isPacked = plan.has_goods;
      if (!plan.has_goods) parcels.delete(item.shipment_id);
    });
  };
  stage.docks.set(warehouse.id, {
    collect: loading(stage, { parcels, events, look: listedOnce(party, warehouse.id) }),
    unload: (delivery) => countIn(stage, party, delivery),
  });
  schedule.always(async () => {
    for (let cursor = ''; ; ) {
      const query = `?wait=${stage.poll_seconds}&limit=${PAGE_ITEMS}${cursor}`;
      const path = `/v1/warehouses/${warehouse.id}/work${query}`;
      const { body } = await party.poll<WorkPage>(path);
      for (const item of body.work) take(item);
      if (body.next_cursor !== null) cursor = `&cursor=${body.next_cursor}`;
    }
  });
}

/** How trucks are loaded: with what is packed, and still on the list. */
function loading(
  { schedule, seed }: Stage,
  about: {
    readonly parcels: Map<string, Parcel>;
    readonly events: Outbox<object>;
    readonly look: () => Promise<ReadonlySet<string>>;
  },
): (shipment_id: string, at: number) => Promise<Collected> {
  const { parcels, events, look } = about;
  return async (shipment_id, at) => {
    const parcel = parcels.get(shipment_id);
    if (parcel?.isPacked !== true) return 'not_ready';
    const isBlind = chanceOf(seed, 'blind', parcel.label) < LOADS_BLINDLY;
    const isListed = isBlind || (await look()).has(shipment_id);
    parcels.delete(shipment_id);
    if (!isListed) return 'gone';
    const event_id = `handed_over-${shipment_id}`;
    const tracking_number = `T${shipment_id.replaceAll('-', '').slice(-12).toUpperCase()}`;
    const row = { event_id, shipment_id, kind: 'handed_over', occurred_at: textOf(at) };
    schedule.at(at, () => events.post({ ...row, tracking_number }));
    return 'loaded';
  };
}

/** Counts goods in as they are, which is not always as their papers say. */
function countIn(
  { seed, schedule, note, inTurn }: Stage,
  party: Party,
  { notice_reference, lines }: Delivery,
): void {
  const body = {
    receipt_ref: `in-${notice_reference}`,
    notice_reference,
    final: true,
    lines: lines.map((line) => {
      const words = [notice_reference, line.sku_id] as const;
      const damaged = chanceOf(seed, 'damaged', ...words) < DAMAGED ? 1 : 0;
      const missing = chanceOf(seed, 'missing', ...words) < COMES_SHORT ? 1 : 0;
      return { ...line, quantity: Math.max(0, line.quantity - damaged - missing), damaged };
    }),
  };
  note('deliveries counted in');
  schedule.at(0, () => inTurn(() => party.send('POST', '/v1/inbound/receipts', { body })));
}

/** Reads the whole work list; those who ask while it is being read share one answer. */
function listedOnce(party: Party, warehouse_id: string): () => Promise<ReadonlySet<string>> {
  let reading: Promise<ReadonlySet<string>> | null = null;
  const read = async () => {
    const listed = new Set<string>();
    for (let cursor = ''; ; ) {
      const path = `/v1/warehouses/${warehouse_id}/work?limit=${PAGE_ITEMS}${cursor}`;
      const { body } = await party.send<WorkPage>('GET', path);
      for (const item of body.work) listed.add(item.shipment_id);
      if (body.work.length < PAGE_ITEMS || body.next_cursor === null) return listed;
      cursor = `&cursor=${body.next_cursor}`;
    }
  };
  return () => {
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  };
}
