/**
 * What a search for covers chooses from: the distinct sets of items that parcels hold, each with the
 * least that any of its parcels costs and the earliest that one arrives, by item and in the order in
 * which the search can stop soonest. Which parcel of a set is taken is decided where a cover is found.
 *
 *   parcels  ab 9  ab 7  c 5      sets  ab 7 → 9   c 5      by item  a: ab   b: ab   c: c
 */
import { loadPrices, priceOfMask, type Relaxation } from './relaxation.ts';

/** Parcels to choose from, by number; scratch of the caller. */
export interface Entries {
  count: number;
  mask: Int32Array;
  /** Minor units, without split and time. */
  cost: Float64Array;
  /** Epoch seconds; 0 where time has no price. */
  promise: Float64Array;
  /** See `lateRisk`. */
  risk: Float64Array;
}

/** Parcels, and the prices by which they are compared. */
export interface PricedEntries {
  readonly entries: Entries;
  readonly items: number;
  /** Most parcels. */
  readonly most: number;
  readonly perParcel: number;
  readonly relaxation: Relaxation;
  /**
   * Shares of a parcel that each item needs at least, however parcels are chosen; undefined where
   * the number of parcels is not scarce.
   */
  readonly shares: Float64Array | undefined;
  /** Price of time until a promise; at least `leastTime` whatever is chosen. */
  readonly time: (promise: number) => number;
  readonly leastTime: number;
}

/** Most items; the sign of a set stays free. */
const MOST_ITEMS = 30;
const SIZE = 1 << 10;

/** Scratch tables of the sets listed last. */
export interface CoverSets {
  count: number;
  /** By set: items, least reduced cost of its parcels, shares of its items, earliest promise, least risk. */
  mask: Int32Array;
  reduced: Float64Array;
  share: Float64Array;
  promise: Float64Array;
  risk: Float64Array;
  /** First parcel of each set, and the next of the same set, of no less reduced cost; -1 = none. */
  first: Int32Array;
  next: Int32Array;
  /** Number of its parcels. */
  size: Int32Array;
  /** Reduced cost by parcel. */
  own: Float64Array;
  /** Sets of item i with their masks and keys: places `start[i] … start[i + 1] - 1`. */
  readonly start: Int32Array;
  set: Int32Array;
  setMask: Int32Array;
  key: Float64Array;
  /** True if the sets of an item fall in their shares (the key), false if they rise in reduced cost. */
  byShare: boolean;
  /** Σ of the shares of all items. */
  needed: number;
  /** Items, those in the fewest sets first. */
  rank: readonly number[];
  /** False if some parcel was left out: by itself it costs more than there is to gain. */
  isWhole: boolean;
}

const table: CoverSets = {
  count: 0,
  mask: new Int32Array(SIZE),
  reduced: new Float64Array(SIZE),
  share: new Float64Array(SIZE),
  promise: new Float64Array(SIZE),
  risk: new Float64Array(SIZE),
  first: new Int32Array(SIZE),
  next: new Int32Array(SIZE),
  size: new Int32Array(SIZE),
  own: new Float64Array(SIZE),
  start: new Int32Array(MOST_ITEMS + 1),
  set: new Int32Array(4 * SIZE),
  setMask: new Int32Array(4 * SIZE),
  key: new Float64Array(4 * SIZE),
  byShare: false,
  needed: 0,
  rank: [],
  isWhole: true,
};

// Open addressing from items to their set; -1 = free.
let slots = new Int32Array(4 * SIZE);
let slotCount = 4 * SIZE;

function slotFor(mask: number): number {
  let slot = (Math.imul(mask, 0x9e3779b1) >>> 8) & (slotCount - 1);
  while (slots[slot]! >= 0 && table.mask[slots[slot]!] !== mask)
    slot = (slot + 1) & (slotCount - 1);
  return slot;
}

/** The set of just these items; -1 = no parcel holds them. Amortised O(1). */
export function setOf(mask: number): number {
  return slots[slotFor(mask)]!;
}

/** Makes room for so many parcels, and so many sets. */
function grow(entries: number): void {
  if (table.own.length < entries) {
    for (const name of ['mask', 'first', 'next', 'size'] as const)
      table[name] = new Int32Array(entries * 2);
    for (const name of ['reduced', 'share', 'promise', 'risk', 'own'] as const) {
      table[name] = new Float64Array(entries * 2);
    }
  }
  slotCount = 64;
  while (slotCount < entries * 2) slotCount *= 2;
  if (slots.length < slotCount) slots = new Int32Array(slotCount);
  slots.fill(-1, 0, slotCount);
}

/** Parcels of one set that are put in their places one by one; if there are more, all are sorted. */
const FEW_PARCELS = 16;

/** Adds a parcel of reduced cost `own` to its set: where it belongs by its cost, unless there are many. */
function addTo(s: number, e: number, own: number, { promise, risk }: Entries): void {
  const { first, next } = table;
  table.promise[s] = Math.min(table.promise[s]!, promise[e]!);
  table.risk[s] = Math.min(table.risk[s]!, risk[e]!);
  const isMany = ++table.size[s]! > FEW_PARCELS;
  if (own < table.reduced[s]! || isMany) {
    table.reduced[s] = Math.min(table.reduced[s]!, own);
    next[e] = first[s]!;
    first[s] = e;
    return;
  }
  let before = first[s]!;
  while (next[before]! >= 0 && table.own[next[before]!]! <= own) before = next[before]!;
  next[e] = next[before]!;
  next[before] = e;
}

/** Puts the parcels of sets that have many in the order of their costs. */
function sortMany(): void {
  const { first, next, own } = table;
  for (let s = 0; s < table.count; s++) {
    if (table.size[s]! <= FEW_PARCELS) continue;
    const parcels: number[] = [];
    for (let e = first[s]!; e >= 0; e = next[e]!) parcels.push(e);
    parcels.sort((a, b) => own[a]! - own[b]! || a - b);
    first[s] = parcels[0]!;
    for (let k = 0; k < parcels.length; k++) next[parcels[k]!] = parcels[k + 1] ?? -1;
  }
}

/** Gathers the parcels that by themselves leave something of `slack` by their sets. O(parcels × log). */
function gather({ entries, ...given }: PricedEntries, slack: number): void {
  const { items, perParcel, relaxation, time, leastTime } = given;
  const { count, mask, cost, promise } = entries;
  loadPrices(relaxation.price, items);
  const fixed = perParcel + relaxation.parcelPrice;
  table.count = 0;
  table.isWhole = true;
  for (let e = 0; e < count; e++) {
    const own = Math.max(0, cost[e]! + fixed - priceOfMask(mask[e]!));
    if (own + Math.max(0, time(promise[e]!) - leastTime) >= slack) {
      table.isWhole = false;
      continue;
    }
    table.own[e] = own;
    const slot = slotFor(mask[e]!);
    if (slots[slot]! >= 0) {
      addTo(slots[slot]!, e, own, entries);
      continue;
    }
    const s = table.count++;
    slots[slot] = s;
    table.mask[s] = mask[e]!;
    table.reduced[s] = own;
    table.promise[s] = promise[e]!;
    table.risk[s] = entries.risk[e]!;
    table.size[s] = 1;
    table.first[s] = e;
    table.next[e] = -1;
  }
  sortMany();
}

/** Shares of the sets; returns what all items need. */
function share({ items, shares }: PricedEntries): number {
  if (shares === undefined) {
    table.share.fill(0, 0, table.count);
    return 0;
  }
  loadPrices(shares, items);
  for (let s = 0; s < table.count; s++) table.share[s] = priceOfMask(table.mask[s]!);
  return shares.reduce((sum, one) => sum + one, 0);
}

/** Lists the sets of each item in the order of their keys. O(sets × (log + items of each)). */
function list(items: number): void {
  const { count, mask, start, byShare, reduced, share: shareOf } = table;
  start.fill(0);
  for (let s = 0; s < count; s++) {
    for (let bits = mask[s]!; bits !== 0; bits &= bits - 1) start[32 - Math.clz32(bits & -bits)]!++;
  }
  const sizes = Array.from({ length: items }, (_, i) => start[i + 1]!);
  for (let i = 0; i < items; i++) start[i + 1]! += start[i]!;
  if (table.set.length < start[items]!) {
    table.set = new Int32Array(start[items]! * 2);
    table.setMask = new Int32Array(start[items]! * 2);
    table.key = new Float64Array(start[items]! * 2);
  }
  const key = byShare ? shareOf : reduced;
  const order = Array.from({ length: count }, (_, s) => s);
  if (byShare) order.sort((a, b) => key[b]! - key[a]! || reduced[a]! - reduced[b]! || a - b);
  else order.sort((a, b) => key[a]! - key[b]! || a - b);
  const end = start.slice();
  for (const s of order) {
    for (let bits = mask[s]!; bits !== 0; bits &= bits - 1) {
      const place = end[31 - Math.clz32(bits & -bits)]!++;
      table.set[place] = s;
      table.setMask[place] = mask[s]!;
      table.key[place] = key[s]!;
    }
  }
  table.rank = Array.from(sizes.keys()).sort((a, b) => sizes[a]! - sizes[b]! || a - b);
}

/**
 * Lists the sets of the parcels that by themselves leave something of `slack`, what the bound leaves for
 * reduced costs. O(parcels + sets × (log + items of each)). The result is the one scratch table of the
 * module.
 */
export function listSets(given: PricedEntries, slack: number): CoverSets {
  grow(given.entries.count);
  gather(given, slack);
  table.needed = share(given);
  // Where nearly all parcels must be large, few sets are large enough; else cost ends more branches.
  table.byShare = table.needed > given.most - 1;
  list(given.items);
  return table;
}
