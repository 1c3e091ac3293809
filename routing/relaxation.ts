/**
 * The set-partitioning relaxation: fractions of parcels that cover every item exactly once, at most
 * so many of them, at the least cost. Its dual prices say what each item is worth, so that for every
 * parcel Σ prices ≤ cost + price of a parcel; their sum is a lower bound of every plan, and a parcel
 * whose cost exceeds its prices by more than the gap is in no better plan (reduced-cost fixing).
 * Primal revised simplex with a dense inverse: the basis has one row per item and one for the number
 * of parcels. Dantzig 1951; Balas and Padberg 1976 for the use. O(pivots × (columns + items²)).
 */

import type { Counts } from './items.ts';

/** A relaxation solved: dual prices and the bound they prove. */
export interface Relaxation {
  /** Price of each item, minor units. */
  readonly price: Float64Array;
  /** Price of using one more parcel, ≥ 0. */
  parcelPrice: number;
  /** Lower bound of Σ cost of any plan, minor units; Infinity if no plan exists. */
  bound: number;
  work: number;
}

const MOST_ROWS = 32;
const MOST_PIVOTS = 400;
const EPSILON = 1e-7;

const inverse = new Float64Array(MOST_ROWS * MOST_ROWS);
const level = new Float64Array(MOST_ROWS);
const basis = new Int32Array(MOST_ROWS);
const direction = new Float64Array(MOST_ROWS);
const dual = new Float64Array(MOST_ROWS);
const itemPrice = new Float64Array(MOST_ROWS);
// Sums of prices by byte of a mask (its first cell stays 0): a column's price is four look-ups.
const sums = new Float64Array(4 * 256);

/** Fills the byte tables from the prices of so many items; `priceOfMask` then sums them. O(items × 32). */
export function loadPrices(price: Float64Array, items: number): void {
  for (let base = 0, from = 0; from < items; base += 256, from += 8) {
    const size = 1 << Math.min(8, items - from);
    for (let i = 0, half = 1; half < size; i++, half *= 2) {
      const own = price[from + i]!;
      for (let bits = 0; bits < half; bits++) sums[base + half + bits] = sums[base + bits]! + own;
    }
  }
}

/** Σ prices of the items of a mask, by the prices loaded last and in their unit. O(1). */
export function priceOfMask(mask: number): number {
  return (
    sums[mask & 255]! +
    sums[256 + ((mask >>> 8) & 255)]! +
    sums[512 + ((mask >>> 16) & 255)]! +
    sums[768 + (mask >>> 24)]!
  );
}

/** The programme's data: columns by number with their items and cost. */
export interface Programme {
  readonly items: number;
  /** Where items are counted: see `Counts`. Undefined if each is its own kind, wanted once. */
  readonly counts?: Counts | undefined;
  readonly most: number;
  readonly count: number;
  readonly mask: Int32Array;
  /** Minor units; Infinity = not to be had. */
  readonly cost: Float64Array;
  /** Charged for every parcel besides its cost. */
  readonly perParcel: number;
  /**
   * Where costs are but floors: finds out what column `j` costs, and keeps it. Asked for columns that
   * could enter the basis; what the others cost is at least their floor.
   */
  readonly settle?: (j: number) => number;
}

/** Kinds of a programme: a row each, and one more for the number of parcels. */
const kindsOf = ({ items, counts }: Programme): number => counts?.need.length ?? items;

/** Starts from a basis of one artificial parcel per kind and the slack of the count. */
function start(programme: Programme): void {
  const { counts, most } = programme;
  const kinds = kindsOf(programme);
  const rows = kinds + 1;
  inverse.fill(0, 0, rows * rows);
  for (let r = 0; r < rows; r++) {
    inverse[r * rows + r] = 1;
    level[r] = r === kinds ? most : (counts?.need[r] ?? 1);
    basis[r] = -1 - r;
  }
}

/** Prices of the items by the prices of their kinds. */
function priceItems({ items, counts }: Programme, kinds: Float64Array, price: Float64Array): void {
  for (let i = 0; i < items; i++) {
    price[i] = counts === undefined ? kinds[i]! : kinds[counts.kind[i]!]! * counts.weight[i]!;
  }
}

/** A basis to begin another programme with: that of the same items and as many parcels. */
export interface Basis {
  /** By row the column; negative ones are artificial, but for the slack of the count. */
  readonly columns: Int32Array;
  readonly inverse: Float64Array;
  readonly level: Float64Array;
}

/** A basis column that the next programme does not have: as dear as an artificial parcel. */
export const NO_COLUMN = -1000;

/** The basis of the programme solved last, of so many kinds. O(kinds²). */
export function lastBasis(kinds: number): Basis {
  const rows = kinds + 1;
  return {
    columns: basis.slice(0, rows),
    inverse: inverse.slice(0, rows * rows),
    level: level.slice(0, rows),
  };
}

function startFrom(from: Basis): void {
  basis.set(from.columns);
  inverse.set(from.inverse);
  level.set(from.level);
}

/** Dual values of the basis; artificial parcels, and those that are not to be had, cost `big`. */
function computeDuals(programme: Programme, big: number): void {
  const { cost, perParcel } = programme;
  const kinds = kindsOf(programme);
  const rows = kinds + 1;
  dual.fill(0, 0, rows);
  for (let r = 0; r < rows; r++) {
    const j = basis[r]!;
    let own = j >= 0 ? cost[j]! + perParcel : j === -1 - kinds ? 0 : big;
    if (own === Number.POSITIVE_INFINITY) own = big;
    if (own === 0) continue;
    for (let i = 0; i < rows; i++) dual[i]! += own * inverse[r * rows + i]!;
  }
}

/** What stands for the slack of the count where it enters the basis. */
const SLACK = -2;

/** Column of least reduced cost, and that cost; -1 and {@link EPSILON} below nothing if none is negative. */
function entering(
  programme: Programme,
  settle: ((j: number) => number) | undefined,
): [number, number] {
  const { items, count, mask, cost, perParcel } = programme;
  const own = dual[kindsOf(programme)]!;
  priceItems(programme, dual, itemPrice);
  loadPrices(itemPrice, items);
  const fixed = perParcel - own;
  let least = -EPSILON;
  let best = -1;
  if (-own < least) {
    least = -own;
    best = SLACK;
  }
  for (let j = 0; j < count; j++) {
    const prices = priceOfMask(mask[j]!);
    let reduced = cost[j]! + fixed - prices;
    if (reduced >= least) continue;
    if (settle !== undefined) reduced = settle(j) + fixed - prices;
    if (reduced >= least) continue;
    least = reduced;
    best = j;
  }
  return [best, least];
}

/** Takes column `j`, or the slack of the count, into the basis; false if nothing leaves. */
function pivot(programme: Programme, j: number): boolean {
  const { counts } = programme;
  const kinds = kindsOf(programme);
  const rows = kinds + 1;
  const mask = j === SLACK ? 0 : programme.mask[j]!;
  let leaving = -1;
  let ratio = Number.POSITIVE_INFINITY;
  for (let r = 0; r < rows; r++) {
    let d = inverse[r * rows + kinds]!;
    for (let bits = mask; bits !== 0; bits &= bits - 1) {
      const i = 31 - Math.clz32(bits & -bits);
      d +=
        counts === undefined
          ? inverse[r * rows + i]!
          : inverse[r * rows + counts.kind[i]!]! * counts.weight[i]!;
    }
    direction[r] = d;
    if (d <= 1e-9) continue;
    const here = level[r]! / d;
    // Of equal ratios the larger pivot is the stabler one.
    if (here < ratio - 1e-12 || (here <= ratio && d > direction[leaving]!)) {
      ratio = here;
      leaving = r;
    }
  }
  if (leaving < 0) return false;
  const d = direction[leaving]!;
  for (let i = 0; i < rows; i++) inverse[leaving * rows + i]! /= d;
  level[leaving] = ratio;
  basis[leaving] = j === SLACK ? -rows : j;
  for (let r = 0; r < rows; r++) {
    const factor = direction[r]!;
    if (r === leaving || factor === 0) continue;
    for (let i = 0; i < rows; i++) {
      inverse[r * rows + i]! -= factor * inverse[leaving * rows + i]!;
    }
    level[r] = Math.max(0, level[r]! - factor * ratio);
  }
  return true;
}

/** The most that a column costs, at least 1. */
function dearestOf({ count, cost, perParcel }: Programme): number {
  let dearest = 1;
  for (let j = 0; j < count; j++) {
    const own = cost[j]! + perParcel;
    if (own > dearest && own !== Number.POSITIVE_INFINITY) dearest = own;
  }
  return dearest;
}

/** Finds out what the columns of the basis cost, where that is not known. */
function settleBasis(programme: Programme): void {
  const { settle } = programme;
  if (settle === undefined) return;
  for (let r = 0; r <= kindsOf(programme); r++) if (basis[r]! >= 0) settle(basis[r]!);
}

/**
 * Solves the relaxation into `found`, whose `price` has room for all items; from a basis if one is given.
 * Where costs are floors it is first solved at these, then again with those that matter settled.
 * O(pivots × (columns + items²)), at most 400 pivots. Dantzig 1951, the bound after Lasdon 1970.
 */
export function relax(programme: Programme, found: Relaxation, from?: Basis): void {
  const { items, most, count, settle } = programme;
  let dearest = dearestOf(programme);
  const big = dearest * 16;
  if (from === undefined) start(programme);
  else startFrom(from);
  let least = 0;
  let isSettled = settle === undefined;
  for (let turn = 0; turn < MOST_PIVOTS; turn++) {
    computeDuals(programme, big);
    const [j, reduced] = entering(programme, isSettled ? settle : undefined);
    found.work += count + items * items;
    least = reduced;
    if (j !== -1 && pivot(programme, j)) continue;
    if (isSettled) break;
    settleBasis(programme);
    isSettled = true;
  }
  // What is left of negative reduced costs is paid for by a dearer parcel (Lasdon 1970).
  const kinds = kindsOf(programme);
  const parcelPrice = Math.max(0, -dual[kinds]!) - least;
  let bound = -most * parcelPrice;
  for (let k = 0; k < kinds; k++) bound += dual[k]! * (programme.counts?.need[k] ?? 1);
  priceItems(programme, dual, found.price);
  found.parcelPrice = parcelPrice;
  // No plan costs more than so many of the dearest parcel, settled or not.
  if (settle !== undefined) dearest = Math.max(dearest, dearestOf(programme));
  found.bound = bound > dearest * most + 1 ? Number.POSITIVE_INFINITY : bound;
}
