/**
 * Columns: the distinct sets of items that some warehouse could send in one parcel, and the pairs of
 * warehouse and column. They are listed warehouse by warehouse, so that their number follows what
 * warehouses hold and not 2^items; each column has a floor, the least that a parcel of it can cost
 * before its slots are looked up, worked out when it is first asked for.
 *
 *   W4 holds {a, c}     pairs  W4·a  W4·c  W4·ac       columns  a  c  ac  b  bc
 *   W7 holds {b, c}            W7·b  W7·c  W7·bc
 */
import { surveyFloors } from './column-floors.ts';
import type { FreightFloors } from './freight-floors.ts';
import type { Item } from './items.ts';
import type { OrderContext } from './problem.ts';

/** Items that fit the bits of a column; the sign stays free. */
export const MAX_COLUMN_ITEMS = 30;
/** Pairs and columns beyond which an order is too dense to be listed. */
const MOST_PAIRS = 1 << 18;
const MOST_COLUMNS = 1 << 15;
/** Most items of one warehouse whose subsets are listed. */
const MOST_HELD = 16;

/** Scratch tables of the columns and pairs of one problem; valid until the next is listed. */
export interface Columns {
  /** Columns by number: items, milligrams, cubic millimetres, units. */
  count: number;
  mask: Int32Array;
  mg: Float64Array;
  mm3: Float64Array;
  units: Float64Array;
  /** Class bits, longest side and girth plus length (mm) that a service must take. */
  classes: Uint8Array;
  longest: Float64Array;
  girth: Float64Array;
  /**
   * Least freight, handling and lateness of a parcel, minor units: less than that as long as nobody asked
   * for it (see `columnFloor`).
   */
  floor: Float64Array;
  /** 1 where the floor was asked for. */
  isSettled: Uint8Array;
  /** Last pair of each column; -1 = none. */
  lastPair: Int32Array;
  /** Pairs of candidate c: `pairStart[c] … pairStart[c + 1] - 1`, by column. */
  pairStart: Int32Array;
  pairColumn: Int32Array;
  /** Warehouse of each pair, and the pair of the same column before it; -1 = none. */
  pairHouse: Int32Array;
  pairBefore: Int32Array;
  /** Freight floor and handling of each pair, minor units; Infinity where the weight is not sold. */
  pairFloor: Float64Array;
  /** Freight floors by column. */
  freight: FreightFloors[];
  work: number;
}

/** What is listed: the items, who holds them, and which sets of them may share a parcel. */
export interface Listing {
  readonly context: OrderContext;
  readonly items: readonly Item[];
  readonly candidates: readonly number[];
  readonly candidateMask: readonly number[];
  /** Per item the items that must not share its parcel. */
  readonly apart: Int32Array;
  /** False if warehouse `w` has not enough for all of `mask` at once. */
  readonly holdsAll: (mask: number, w: number) => boolean;
  /** What a set weighs, if that is not the sum of its items. */
  readonly milligrams?: ((mask: number) => number) | undefined;
}

const SIZE = 1 << 12;
const table: Columns = {
  count: 0,
  mask: new Int32Array(SIZE),
  mg: new Float64Array(SIZE),
  mm3: new Float64Array(SIZE),
  units: new Float64Array(SIZE),
  classes: new Uint8Array(SIZE),
  longest: new Float64Array(SIZE),
  girth: new Float64Array(SIZE),
  floor: new Float64Array(SIZE),
  isSettled: new Uint8Array(SIZE),
  lastPair: new Int32Array(SIZE),
  pairStart: new Int32Array(1025),
  pairColumn: new Int32Array(SIZE),
  pairHouse: new Int32Array(SIZE),
  pairBefore: new Int32Array(SIZE),
  pairFloor: new Float64Array(SIZE),
  freight: [],
  work: 0,
};

// Open addressing from a set of items to its column; -1 = free.
let slots = new Int32Array(SIZE * 4);
let slotCount = SIZE * 4;

function slotFor(mask: number): number {
  let slot = (Math.imul(mask, 0x9e3779b1) >>> 8) & (slotCount - 1);
  while (slots[slot]! >= 0 && table.mask[slots[slot]!] !== mask)
    slot = (slot + 1) & (slotCount - 1);
  return slot;
}

function grown<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function growColumns(): void {
  const size = table.mask.length * 2;
  table.mask = grown(table.mask, new Int32Array(size));
  table.lastPair = grown(table.lastPair, new Int32Array(size));
  table.classes = grown(table.classes, new Uint8Array(size));
  table.isSettled = grown(table.isSettled, new Uint8Array(size));
  for (const name of ['mg', 'mm3', 'units', 'longest', 'girth', 'floor'] as const) {
    table[name] = grown(table[name], new Float64Array(size));
  }
}

/** A larger index, so that at most a quarter of it is taken. */
function growSlots(): void {
  slotCount *= 2;
  if (slots.length < slotCount) slots = new Int32Array(slotCount);
  slots.fill(-1, 0, slotCount);
  for (let j = 0; j < table.count; j++) slots[slotFor(table.mask[j]!)] = j;
}

// Subsets of one warehouse's items, by their place in it.
const local = {
  mask: new Int32Array(1 << MOST_HELD),
  mg: new Float64Array(1 << MOST_HELD),
  mm3: new Float64Array(1 << MOST_HELD),
  units: new Float64Array(1 << MOST_HELD),
  classes: new Uint8Array(1 << MOST_HELD),
  longest: new Float64Array(1 << MOST_HELD),
  girth: new Float64Array(1 << MOST_HELD),
  bit: new Int32Array(MOST_HELD),
};

/** Number of the column of the local subset `s`, made if it is new. */
function columnOf(s: number, milligrams: Listing['milligrams']): number {
  const mask = local.mask[s]!;
  const slot = slotFor(mask);
  const known = slots[slot]!;
  if (known >= 0) return known;
  if (table.count === table.mask.length) growColumns();
  const j = table.count++;
  table.mask[j] = mask;
  table.mg[j] = milligrams?.(mask) ?? local.mg[s]!;
  table.mm3[j] = local.mm3[s]!;
  table.units[j] = local.units[s]!;
  table.classes[j] = local.classes[s]!;
  table.longest[j] = local.longest[s]!;
  table.girth[j] = local.girth[s]!;
  table.lastPair[j] = -1;
  slots[slot] = j;
  if (table.count * 4 > slotCount) growSlots();
  return j;
}

function addPair(p: number, j: number, w: number): void {
  table.pairColumn[p] = j;
  table.pairHouse[p] = w;
  table.pairBefore[p] = table.lastPair[j]!;
  table.lastPair[j] = p;
}

/** Lists the pairs of one warehouse from `at` on; returns where they end. */
function listPairs(listing: Listing, c: number, at: number): number {
  const { items, apart, candidates, holdsAll } = listing;
  const w = candidates[c]!;
  const mostUnits = listing.context.network.warehouses.picksPerHour[w]!;
  let held = 0;
  for (let bits = listing.candidateMask[c]!; bits !== 0; bits &= bits - 1) {
    local.bit[held++] = 31 - Math.clz32(bits & -bits);
  }
  let end = at;
  const count = 1 << held;
  while (table.pairColumn.length < at + count) {
    const size = table.pairColumn.length * 2;
    for (const name of ['pairColumn', 'pairHouse', 'pairBefore'] as const) {
      table[name] = grown(table[name], new Int32Array(size));
    }
  }
  local.mask[0] = 0;
  for (let s = 1; s < count; s++) {
    const rest = s & (s - 1);
    const i = local.bit[31 - Math.clz32(s ^ rest)]!;
    const before = local.mask[rest]!;
    const item = items[i]!;
    local.units[s] = local.units[rest]! + item.units;
    // A set that is no parcel has all bits, the sign too, and so have all sets that hold it.
    const isNone = (before & apart[i]!) !== 0 || local.units[s]! > mostUnits;
    const mask = isNone ? -1 : before | (1 << i);
    local.mask[s] = mask;
    if (mask < 0) continue;
    local.mg[s] = local.mg[rest]! + item.mg;
    local.mm3[s] = local.mm3[rest]! + item.mm3;
    local.classes[s] = local.classes[rest]! | item.classes;
    local.longest[s] = Math.max(local.longest[rest]!, item.longest);
    local.girth[s] = Math.max(local.girth[rest]!, item.girthPlusLength);
    if (holdsAll(mask, w)) addPair(end++, columnOf(s, listing.milligrams), w);
  }
  return end;
}

/** Sets of so many items with at most so many of them. */
function setsOf(held: number, most: number): number {
  let [sets, ofSize] = [1, 1];
  for (let size = 1; size <= Math.min(held, most); size++) {
    ofSize = (ofSize * (held - size + 1)) / size;
    sets += ofSize;
  }
  return sets;
}

/**
 * Lists the columns and pairs; undefined if there are more than `most` pairs, or too many columns.
 * O(Σ_w 2^|items of w|). The result is the one scratch table of the module.
 */
export function listColumns(most: number, listing: Listing): Columns | undefined {
  const { candidates, candidateMask, context } = listing;
  const { picksPerHour } = context.network.warehouses;
  let pairs = 0;
  for (let c = 0; c < candidates.length; c++) {
    let held = 0;
    for (let bits = candidateMask[c]!; bits !== 0; bits &= bits - 1) held++;
    if (held > MOST_HELD) return undefined;
    // All units of a parcel are picked in one hour, at least one of each item.
    pairs += setsOf(held, picksPerHour[candidates[c]!]!);
    if (pairs > Math.min(most, MOST_PAIRS)) return undefined;
  }
  slotCount = SIZE * 4;
  slots.fill(-1, 0, slotCount);
  table.count = 0;
  if (table.pairStart.length <= candidates.length) {
    table.pairStart = new Int32Array(candidates.length * 2);
  }
  let end = 0;
  for (let c = 0; c < candidates.length; c++) {
    table.pairStart[c] = end;
    end = listPairs(listing, c, end);
    if (table.count > MOST_COLUMNS) return undefined;
  }
  table.pairStart[candidates.length] = end;
  table.work = end;
  surveyFloors(table, listing);
  return table;
}
