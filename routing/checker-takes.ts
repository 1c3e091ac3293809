/**
 * The checker's view of what a plan takes: every unit ordered and no other, from stock that is there
 * and lives long enough, within the capacity that is left, all of it stated.
 */
import type { ParcelInHand } from './checker.ts';
import {
  drawCapacity,
  drawStock,
  type Ledger,
  placeOfStock,
  type Resource,
} from './checker-stock.ts';
import type { CapacityTake, SourcedPlan, SourcingLine, SourcingOrder } from './types.ts';

type Note = (rule: string, detail: string) => void;

function lineOf({ lines }: SourcingOrder, lineNo: number): SourcingLine | undefined {
  for (let i = 0; i < lines.length; i++) if (lines[i]!.line_no === lineNo) return lines[i]!;
  return undefined;
}

/** Notes units that are missing, too many or never ordered. O(lines × units taken). */
export function checkQuantities(order: SourcingOrder, plan: SourcedPlan, note: Note): void {
  const { lines } = order;
  const { parcels } = plan;
  for (let p = 0; p < parcels.length; p++) {
    const { takes } = parcels[p]!;
    for (let t = 0; t < takes.length; t++) {
      const { line_no, quantity } = takes[t]!;
      if (!(quantity > 0)) note('quantity', `line ${line_no} takes ${quantity} units`);
      if (lineOf(order, line_no) === undefined) {
        note('quantity', `line ${line_no} was not ordered`);
      }
    }
  }
  for (let i = 0; i < lines.length; i++) {
    const { line_no, quantity } = lines[i]!;
    let units = 0;
    for (let p = 0; p < parcels.length; p++) {
      const { takes } = parcels[p]!;
      for (let t = 0; t < takes.length; t++) {
        if (takes[t]!.line_no === line_no) units += takes[t]!.quantity;
      }
    }
    if (units !== quantity) note('quantity', `line ${line_no} gets ${units} of ${quantity} units`);
    if (lineOf(order, line_no) !== lines[i]) note('quantity', `line ${line_no} is there twice`);
  }
}

/**
 * Notes stock that is not what the line wants, dies too early or is not there.
 * O(takes × (lines + takes + log stock)).
 */
export function checkStock(
  { network, order, parcel, note }: Pick<ParcelInHand, 'network' | 'order' | 'parcel' | 'note'>,
  ledger: Ledger,
): void {
  for (let t = 0; t < parcel.takes.length; t++) {
    const { line_no, stock_id, quantity } = parcel.takes[t]!;
    const place = placeOfStock(ledger, stock_id);
    if (place < 0) {
      note('stock', `stock ${stock_id} does not exist`);
      continue;
    }
    const { warehouse_id, sku_id, expires_seconds, available } = ledger.stock[place]!;
    if (warehouse_id !== parcel.warehouse_id || sku_id !== lineOf(order, line_no)?.sku_id) {
      note('stock', `stock ${stock_id} is not line ${line_no}'s SKU in ${parcel.warehouse_id}`);
    }
    if (expires_seconds !== undefined) {
      const life = network.skus.get(sku_id)?.life_seconds ?? 0;
      if (expires_seconds < parcel.promise_seconds + life) {
        note('lot_life', `stock ${stock_id} expires too early for the promise`);
      }
    }
    const missing = drawStock(ledger, place, quantity);
    if (missing > 0) note('oversell', `stock ${stock_id}: ${missing} too many of ${available}`);
  }
}

/** The row that states a slot of a resource: of two rows the later one, `at` is where it usually is. */
function statedAt(
  capacity: readonly CapacityTake[],
  at: number,
  name: string,
  slot: number,
): CapacityTake | undefined {
  const usual = capacity[at];
  if (usual?.slot_seconds === slot && usual.resource === name) return usual;
  return capacity.findLast((row) => row.slot_seconds === slot && row.resource === name);
}

/**
 * Notes a resource that is not stated as it is taken, or is fuller than its limit with it. `at` is
 * how many resources the parcel takes before this one.
 */
function checkResource(
  { parcel, note }: ParcelInHand,
  ledger: Ledger,
  resource: Resource,
  at: number,
  slot: number,
  amount: number,
  limit: number,
): void {
  const { name } = resource;
  const row = statedAt(parcel.capacity, at, name, slot);
  if (row?.amount !== amount || row.limit !== limit) {
    note('capacity_stated', `${name} at ${slot} should state ${amount} of ${limit}`);
  }
  const sum = drawCapacity(ledger, resource, slot, amount);
  if (sum > limit) note('capacity', `${name} at ${slot}: ${sum} of ${limit}`);
}

/**
 * Notes capacity wrongly stated, and slots that are fuller than their limit; `day` is the slot of the
 * pickup, `here` the resource of the service at the warehouse. O(resources²), ≤ 4.
 */
export function checkCapacity(
  hand: ParcelInHand,
  ledger: Ledger,
  day: number,
  here: Resource,
): void {
  const { parcel, warehouse, service, load, note } = hand;
  const { picks_per_hour, parcels_per_day } = warehouse;
  const { parcels_per_day: daily, parcels_per_day_per_warehouse: perWarehouse } = service;
  let due = 0;
  if (picks_per_hour !== undefined) {
    const slot = parcel.pick_from_seconds - (parcel.pick_from_seconds % 3600);
    checkResource(hand, ledger, warehouse.picks, due++, slot, load.units, picks_per_hour);
  }
  if (parcels_per_day !== undefined) {
    checkResource(hand, ledger, warehouse.parcels, due++, day, 1, parcels_per_day);
  }
  if (daily !== undefined) {
    checkResource(hand, ledger, service.daily, due++, day, 1, daily);
  }
  if (perWarehouse !== undefined) {
    checkResource(hand, ledger, here, due++, day, 1, perWarehouse);
  }
  // Each resource due is looked for above; whatever else is stated is not due.
  if (parcel.capacity.length > due) {
    note('capacity_stated', `${parcel.capacity.length} resources stated where ${due} are taken`);
  }
}
