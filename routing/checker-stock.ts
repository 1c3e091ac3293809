/**
 * The checker's books of a batch: stock and capacity as a plan finds them, and what it takes itself.
 * What a plan takes stays pending until it is settled: taken for good, or given back.
 */
import type { CapacityUse, StockPosition } from './types.ts';

/** A slot of a resource: used by what was there before, pending by the plan in hand. */
interface Slot {
  readonly ledger: number;
  readonly slot: number;
  used: number;
  pending: number;
}

/** A resource with the slot looked at last, in whichever ledger: most plans ask for the same one. */
export interface Resource {
  readonly name: string;
  last: Slot | undefined;
}

/** Stock and capacity of a batch of plans. */
export interface Ledger {
  readonly number: number;
  readonly stock: readonly StockPosition[];
  /** Place of a stock row by its id; −1 = there is none. */
  readonly placeOf: (stockId: number) => number;
  /** Units taken by earlier plans and by the plan in hand, by place. */
  readonly taken: Float64Array;
  readonly pending: Float64Array;
  readonly slots: Map<string, Slot[]>;
  /** What the plan in hand has touched. */
  readonly touched: { readonly places: number[]; readonly slots: Slot[] };
}

/**
 * Opens the ledger of a batch under a number no other of the network has. O(stock + capacity); a
 * table of stock is made only of unsorted rows.
 */
export function openLedger(
  stock: readonly StockPosition[],
  capacity: readonly CapacityUse[],
  number: number,
): Ledger {
  const ledger: Ledger = {
    number,
    stock,
    placeOf: finderOf(stock),
    taken: new Float64Array(stock.length),
    pending: new Float64Array(stock.length),
    slots: new Map(),
    touched: { places: [], slots: [] },
  };
  for (const { resource, slot_seconds, used } of capacity) {
    slotOf(ledger, resource, slot_seconds).used += used;
  }
  return ledger;
}

function finderOf(stock: readonly StockPosition[]): Ledger['placeOf'] {
  const ids = new Float64Array(stock.length);
  let isSorted = true;
  for (let i = 0; i < stock.length; i++) {
    ids[i] = stock[i]!.stock_id;
    if (i > 0 && !(ids[i - 1]! < ids[i]!)) isSorted = false;
  }
  if (!isSorted) {
    const places = new Map(stock.map((row, i) => [row.stock_id, i]));
    return (stockId) => places.get(stockId) ?? -1;
  }
  return (stockId) => {
    let low = 0;
    let high = ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ids[middle]! < stockId) low = middle + 1;
      else high = middle;
    }
    return ids[low] === stockId ? low : -1;
  };
}

function slotOf({ slots, number }: Ledger, resource: string, slot: number): Slot {
  let own = slots.get(resource);
  if (own === undefined) {
    own = [];
    slots.set(resource, own);
  }
  // A resource has few slots that anybody plans for.
  for (let i = 0; i < own.length; i++) if (own[i]!.slot === slot) return own[i]!;
  const made = { ledger: number, slot, used: 0, pending: 0 };
  own.push(made);
  return made;
}

/** Takes units from a row of stock for the plan in hand; returns how many of them are not there. */
export function drawStock(ledger: Ledger, place: number, units: number): number {
  const { stock, taken, pending, touched } = ledger;
  touched.places.push(place);
  pending[place]! += units;
  return pending[place]! - (stock[place]!.available - taken[place]!);
}

/** Takes capacity for the plan in hand; returns how full the slot is with it. */
export function drawCapacity(
  ledger: Ledger,
  resource: Resource,
  slot: number,
  amount: number,
): number {
  let row = resource.last;
  if (row?.slot !== slot || row.ledger !== ledger.number) {
    row = slotOf(ledger, resource.name, slot);
    resource.last = row;
  }
  ledger.touched.slots.push(row);
  row.pending += amount;
  return row.used + row.pending;
}

/** Ends the plan in hand: what it took is gone for the next ones, or there again. */
export function settle({ taken, pending, touched }: Ledger, isTaken: boolean): void {
  for (const place of touched.places) {
    if (isTaken) taken[place]! += pending[place]!;
    pending[place] = 0;
  }
  for (const row of touched.slots) {
    if (isTaken) row.used += row.pending;
    row.pending = 0;
  }
  touched.places.length = 0;
  touched.slots.length = 0;
}
