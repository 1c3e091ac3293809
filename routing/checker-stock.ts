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
  /** Places of stock rows by id: made only if they are not in order of it. */
  byId: ReadonlyMap<number, number> | undefined;
  /** Units taken by earlier plans, by place. */
  readonly taken: Float64Array;
  readonly slots: Map<string, Slot[]>;
  /** What the plan in hand draws: places with their units, and slots; the first so many count. */
  readonly places: number[];
  readonly units: number[];
  readonly pending: Slot[];
  placesDrawn: number;
  slotsDrawn: number;
}

/** Opens the ledger of a batch under a number no other of the network has. O(stock + capacity). */
export function openLedger(
  stock: readonly StockPosition[],
  capacity: readonly CapacityUse[],
  number: number,
): Ledger {
  const ledger: Ledger = {
    number,
    stock,
    byId: undefined,
    taken: new Float64Array(stock.length),
    slots: new Map(),
    places: [],
    units: [],
    pending: [],
    placesDrawn: 0,
    slotsDrawn: 0,
  };
  for (const { resource, slot_seconds, used } of capacity) {
    slotOf(ledger, resource, slot_seconds).used += used;
  }
  return ledger;
}

/**
 * Place of a stock row by its id; −1 = there is none. O(log stock) where the rows are in order of id,
 * as they are read; else a table is made once.
 */
export function placeOfStock(ledger: Ledger, stockId: number): number {
  const { stock } = ledger;
  if (ledger.byId !== undefined) return ledger.byId.get(stockId) ?? -1;
  let [low, high] = [0, stock.length - 1];
  while (low <= high) {
    const [from, to] = [stock[low]!.stock_id, stock[high]!.stock_id];
    // Ids are dense enough for a guess by the rule of three; halving where it does not help.
    const guess = low + Math.floor(((stockId - from) / (to - from)) * (high - low));
    const place = guess >= low && guess <= high ? guess : (low + high) >>> 1;
    const id = stock[place]!.stock_id;
    if (id === stockId) return place;
    if (id < stockId) low = place + 1;
    else high = place - 1;
    const middle = (low + high) >>> 1;
    if (low > high) break;
    if (stock[middle]!.stock_id < stockId) low = middle + 1;
    else high = middle;
  }
  ledger.byId = new Map(stock.map((row, i) => [row.stock_id, i]));
  return ledger.byId.get(stockId) ?? -1;
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

/**
 * Takes units from a row of stock for the plan in hand; returns how many of them are not there.
 * O(rows that the plan draws from).
 */
export function drawStock(ledger: Ledger, place: number, units: number): number {
  const { stock, taken, places, units: drawn } = ledger;
  let i = 0;
  while (i < ledger.placesDrawn && places[i] !== place) i++;
  if (i < ledger.placesDrawn) drawn[i]! += units;
  else {
    places[i] = place;
    drawn[i] = units;
    ledger.placesDrawn++;
  }
  return drawn[i]! - (stock[place]!.available - taken[place]!);
}

/**
 * Takes capacity for the plan in hand; returns how full the slot is with it. O(1) for the slot asked
 * last, else O(slots of the resource).
 */
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
  ledger.pending[ledger.slotsDrawn++] = row;
  row.pending += amount;
  return row.used + row.pending;
}

/**
 * Ends the plan in hand: what it drew is gone for the next ones, or there again. O(rows and slots drawn).
 */
export function settle(ledger: Ledger, isTaken: boolean): void {
  const { taken, places, units, pending } = ledger;
  for (let i = 0; i < ledger.placesDrawn; i++) if (isTaken) taken[places[i]!]! += units[i]!;
  for (let i = 0; i < ledger.slotsDrawn; i++) {
    const row = pending[i]!;
    if (isTaken) row.used += row.pending;
    row.pending = 0;
  }
  ledger.placesDrawn = 0;
  ledger.slotsDrawn = 0;
}
