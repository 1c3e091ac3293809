/**
 * The board: live stock and capacity of one batch. What one order takes, the next sees. Stock is
 * kept per (SKU, warehouse) as lots in order of expiry; capacity per resource and slot.
 */
import { assertPlan } from './assert-plan.ts';
import { assertCapacity, assertCompiled, assertOwnLots, assertStock } from './assert-stock.ts';
import type { CompiledNetwork } from './network.ts';
import { parseService } from './resource-names.ts';
import {
  type CapacityUse,
  DAY_SECONDS,
  type ExcludedStock,
  HOUR_SECONDS,
  type ParcelPlan,
  type StockPosition,
} from './types.ts';

/** Stock of one SKU: row i is warehouse `warehouses[i]` with lots `lotStart[i] … lotStart[i + 1]-1`. */
export interface BoardSku {
  readonly warehouses: Int32Array;
  readonly lotStart: Int32Array;
  readonly total: Float64Array;
  readonly perishable: Uint8Array;
}

/** Mutable view of stock and capacity. Use {@link take} and {@link giveBack}. */
export interface Board {
  readonly network: CompiledNetwork;
  readonly skus: ReadonlyMap<number, BoardSku>;
  readonly lotId: Float64Array;
  readonly lotAvailable: Float64Array;
  /** Infinity for lots that do not perish. */
  readonly lotExpires: Float64Array;
  readonly lotOf: ReadonlyMap<number, number>;
  /** SKU and row that a lot belongs to. */
  readonly lotSku: Int32Array;
  readonly lotRow: Int32Array;
  /** Units picked by warehouse and UTC hour, from 00:00 UTC of the first calendar day. */
  readonly picks: (Float64Array | undefined)[];
  /** Parcels by warehouse, by service, and by service and warehouse, per calendar day. */
  readonly parcels: (Float64Array | undefined)[];
  readonly services: (Float64Array | undefined)[];
  readonly serviceWarehouses: Map<number, Float64Array>;
  /** The same by the names of the resources, as far as they were asked for. */
  readonly uses: Map<string, Float64Array>;
}

interface Lot {
  readonly sku: number;
  readonly warehouse: number;
  readonly expires: number;
  readonly id: number;
  readonly available: number;
}

function sortedLots(network: CompiledNetwork, stock: readonly StockPosition[]): Lot[] {
  const lots: Lot[] = [];
  for (const row of stock) {
    const sku = network.skus.indexOf.get(row.sku_id);
    const warehouse = network.warehouses.indexOf.get(row.warehouse_id);
    if (sku === undefined || warehouse === undefined) continue;
    const expires = row.expires_seconds ?? Number.POSITIVE_INFINITY;
    lots.push({ sku, warehouse, expires, id: row.stock_id, available: row.available });
  }
  return lots.sort(
    (a, b) =>
      a.sku - b.sku ||
      a.warehouse - b.warehouse ||
      (a.expires === b.expires ? 0 : a.expires - b.expires) ||
      a.id - b.id,
  );
}

function indexSku(lots: readonly Lot[], from: number, to: number, lotRow: Int32Array): BoardSku {
  const warehouses: number[] = [];
  const lotStart: number[] = [];
  const total: number[] = [];
  const perishable: number[] = [];
  for (let i = from; i < to; i++) {
    const lot = lots[i]!;
    if (warehouses.at(-1) !== lot.warehouse) {
      warehouses.push(lot.warehouse);
      lotStart.push(i);
      total.push(0);
      perishable.push(0);
    }
    const row = warehouses.length - 1;
    lotRow[i] = row;
    total[row]! += Math.max(0, lot.available);
    if (lot.expires !== Number.POSITIVE_INFINITY) perishable[row] = 1;
  }
  lotStart.push(to);
  return {
    warehouses: Int32Array.from(warehouses),
    lotStart: Int32Array.from(lotStart),
    total: Float64Array.from(total),
    perishable: Uint8Array.from(perishable),
  };
}

/**
 * Opens a board on live stock and capacity used so far; what is of SKUs, warehouses and resources that the
 * network does not know is passed over. O(n log n) in stock rows.
 *
 * @throws RangeError as `assertStock` and `assertCapacity`, or of two rows of one lot.
 */
export function openBoard(
  network: CompiledNetwork,
  stock: readonly StockPosition[],
  capacity: readonly CapacityUse[],
): Board {
  assertCompiled(network);
  assertStock(stock);
  assertCapacity(capacity);
  const lots = sortedLots(network, stock);
  const skus = new Map<number, BoardSku>();
  const lotRow = new Int32Array(lots.length);
  for (let from = 0; from < lots.length; ) {
    const { sku } = lots[from]!;
    let to = from;
    while (to < lots.length && lots[to]!.sku === sku) to++;
    skus.set(sku, indexSku(lots, from, to, lotRow));
    from = to;
  }
  const board: Board = {
    network,
    skus,
    lotId: Float64Array.from(lots, (lot) => lot.id),
    lotAvailable: Float64Array.from(lots, (lot) => Math.max(0, lot.available)),
    lotExpires: Float64Array.from(lots, (lot) => lot.expires),
    lotOf: new Map(lots.map((lot, i) => [lot.id, i])),
    lotSku: Int32Array.from(lots, (lot) => lot.sku),
    lotRow,
    picks: new Array(network.warehouses.ids.length),
    parcels: new Array(network.warehouses.ids.length),
    services: new Array(network.services.ids.length),
    serviceWarehouses: new Map(),
    uses: new Map(),
  };
  if (board.lotOf.size < lots.length) assertOwnLots(stock, network);
  for (const use of capacity) addUse(board, use.resource, use.slot_seconds, use.used);
  return board;
}

/** Key of a service at a warehouse. O(1). */
export function pairKey(network: CompiledNetwork, service: number, warehouse: number): number {
  return service * network.warehouses.ids.length + warehouse;
}

function slotsOf(list: (Float64Array | undefined)[], i: number, size: number): Float64Array {
  let slots = list[i];
  if (slots === undefined) {
    slots = new Float64Array(size);
    list[i] = slots;
  }
  return slots;
}

/** The use of a resource by slot; null of one that the network does not know. */
function useOf(board: Board, resource: string): Float64Array | null {
  const known = board.uses.get(resource);
  if (known !== undefined) return known;
  const found = findUse(board, resource);
  if (found !== null) board.uses.set(resource, found);
  return found;
}

function findUse(board: Board, resource: string): Float64Array | null {
  const { network } = board;
  const { days } = network.calendars;
  const cut = resource.indexOf('/');
  const kind = resource.slice(0, cut);
  const name = resource.slice(cut + 1);
  if (kind === 'service') {
    const found = parseService(network, name);
    if (found === null) return null;
    const [service, warehouse] = found;
    if (warehouse === undefined) return slotsOf(board.services, service, days);
    return pairSlots(board, service, warehouse);
  }
  const warehouse = network.warehouses.indexOf.get(name);
  if (warehouse === undefined) return null;
  if (kind === 'parcels') return slotsOf(board.parcels, warehouse, days);
  return kind === 'picks' ? slotsOf(board.picks, warehouse, days * 24) : null;
}

/** Place of a slot of a resource in its use; -1 out of the calendars. */
function slotOf({ network }: Board, resource: string, slotSeconds: number): number {
  const { firstDay, days } = network.calendars;
  const day = Math.floor(slotSeconds / DAY_SECONDS) - firstDay;
  if (day < 0 || day >= days) return -1;
  // Only picks are counted by the hour.
  if (!resource.startsWith('picks/')) return day;
  return Math.floor(slotSeconds / HOUR_SECONDS) - firstDay * 24;
}

/** Adds to the use of one resource; unknown resources and slots out of the calendars are ignored. */
function addUse(board: Board, resource: string, slotSeconds: number, amount: number): void {
  const slot = slotOf(board, resource, slotSeconds);
  if (slot < 0) return;
  const use = useOf(board, resource);
  if (use !== null) use[slot]! += amount;
}

/**
 * Use of one resource in a slot, as {@link CapacityUse} names them; 0 where nothing is known of it. O(1),
 * but O(slots) when it is first asked for.
 */
export function usedOf(board: Board, resource: string, slotSeconds: number): number {
  const slot = slotOf(board, resource, slotSeconds);
  return slot < 0 ? 0 : (useOf(board, resource)?.[slot] ?? 0);
}

function pairSlots(board: Board, service: number, warehouse: number): Float64Array {
  const key = pairKey(board.network, service, warehouse);
  let slots = board.serviceWarehouses.get(key);
  if (slots === undefined) {
    slots = new Float64Array(board.network.calendars.days);
    board.serviceWarehouses.set(key, slots);
  }
  return slots;
}

/** What of a plan the board needs. */
export interface Taken {
  readonly parcels: readonly Pick<ParcelPlan, 'takes' | 'capacity'>[];
}

function apply(board: Board, plan: Taken, sign: 1 | -1): void {
  assertPlan(plan);
  for (const parcel of plan.parcels) {
    for (const { stock_id, quantity } of parcel.takes) {
      const lot = board.lotOf.get(stock_id);
      if (lot === undefined) continue;
      board.lotAvailable[lot]! -= sign * quantity;
      board.skus.get(board.lotSku[lot]!)!.total[board.lotRow[lot]!]! -= sign * quantity;
    }
    for (const { resource, slot_seconds, amount } of parcel.capacity) {
      addUse(board, resource, slot_seconds, sign * amount);
    }
  }
}

/**
 * The board as one order sees it: without the stock that it must not be given. Shares all else, also
 * what changes later. O(SKUs) where something is excluded.
 */
export function withoutStock(board: Board, excluded: readonly ExcludedStock[] | undefined): Board {
  if (excluded === undefined || excluded.length === 0) return board;
  const skus = new Map(board.skus);
  for (const { warehouse_id, sku_id } of excluded) {
    const sku = board.network.skus.indexOf.get(sku_id) ?? -1;
    const warehouse = board.network.warehouses.indexOf.get(warehouse_id) ?? -1;
    const stock = skus.get(sku);
    const row = stock === undefined ? -1 : stockRow(stock, warehouse);
    if (stock === undefined || row < 0) continue;
    const total = stock.total.slice();
    const perishable = stock.perishable.slice();
    total[row] = 0;
    perishable[row] = 0;
    skus.set(sku, { ...stock, total, perishable });
  }
  return { ...board, skus };
}

/**
 * Takes a plan's stock and capacity off the board: the next order no longer sees it.
 * O(takes + resources).
 */
export function take(board: Board, plan: Taken): void {
  apply(board, plan, 1);
}

/** Puts back what {@link take} took. O(takes + resources). */
export function giveBack(board: Board, plan: Taken): void {
  apply(board, plan, -1);
}

/** Units of row `row` of `sku` in lots that live until `until` (epoch seconds). O(lots). */
export function usableUnits(board: Board, sku: BoardSku, row: number, until: number): number {
  if (sku.perishable[row] === 0) return sku.total[row]!;
  let units = 0;
  for (let lot = sku.lotStart[row]!; lot < sku.lotStart[row + 1]!; lot++) {
    if (board.lotExpires[lot]! >= until) units += board.lotAvailable[lot]!;
  }
  return units;
}

/** Row of a warehouse in a SKU's stock; -1 if it holds none. O(log n). */
export function stockRow(sku: BoardSku, warehouse: number): number {
  const { warehouses } = sku;
  let low = 0;
  let high = warehouses.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (warehouses[middle]! < warehouse) low = middle + 1;
    else high = middle;
  }
  return warehouses[low] === warehouse ? low : -1;
}
