/**
 * Labels of a sweep as columns: one row for each way that found its place, in the order in which they did.
 * The rest of a way stands before the ways that go on by it. Rows are never taken away, so that what a
 * sweep knew at any moment of it can be told from its rows.
 */
import type { HubHead } from './hub-head.ts';

/** No row: of the rest, where a label is that of the target itself; of a front, where there is none. */
export const NONE = -1;

/** Numbers of a label in `criteria`: departure, arrival, cost, carbon. They are read side by side. */
export const CRITERIA = 4;

/** Labels by row. */
export interface LabelColumns {
  /** From `CRITERIA × row` on. */
  readonly criteria: Float64Array;
  /** The first leg, by index; `NONE` at the target. */
  readonly leg: Int32Array;
  /** Row of the rest of the way. */
  readonly next: Int32Array;
  /** Rows of the undominated labels of the hub that depart as late as this or later: a part of `pool`. */
  readonly frontStart: Int32Array;
  readonly frontSize: Int32Array;
  readonly pool: Int32Array;
}

/** Departure, arrival (epoch seconds), cost (minor units) and carbon (grams) of a label. O(1). */
export function criteriaOf(
  { criteria }: Pick<LabelColumns, 'criteria'>,
  row: number,
): readonly [number, number, number, number] {
  const at = row * CRITERIA;
  return [criteria[at]!, criteria[at + 1]!, criteria[at + 2]!, criteria[at + 3]!];
}

/** True if one way arrives no later, costs and emits no more than another: weak dominance. O(1). */
export function isNoWorse(criteria: Float64Array, row: number, other: number): boolean {
  const a = row * CRITERIA;
  const b = other * CRITERIA;
  return (
    criteria[a + 1]! <= criteria[b + 1]! &&
    criteria[a + 2]! <= criteria[b + 2]! &&
    criteria[a + 3]! <= criteria[b + 3]!
  );
}

/** How many labels of a hub (latest departure first) depart at or after an instant. O(log labels). */
export function countReady(
  criteria: Float64Array,
  labels: readonly number[],
  ready: number,
): number {
  let high = labels.length;
  // A sweep mostly asks for the end.
  if (high === 0 || criteria[labels[high - 1]! * CRITERIA]! >= ready) return high;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (criteria[labels[middle]! * CRITERIA]! >= ready) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last label of a hub that departs at or after an instant; `NONE` if none does. O(log labels). */
export function lastReady(
  criteria: Float64Array,
  labels: readonly number[],
  ready: number,
): number {
  const count = countReady(criteria, labels, ready);
  return count === 0 ? NONE : labels[count - 1]!;
}

/** True if some label of the front at a row arrives no later, costs and emits no more. O(front). */
export function isBeaten(
  { criteria, pool, frontStart, frontSize }: LabelColumns,
  front: number,
  arrives: number,
  cost: number,
  carbon: number,
): boolean {
  const start = frontStart[front]!;
  // What was found last arrives first.
  for (let i = start + frontSize[front]! - 1; i >= start; i--) {
    const other = pool[i]! * CRITERIA;
    if (
      criteria[other + 1]! <= arrives &&
      criteria[other + 2]! <= cost &&
      criteria[other + 3]! <= carbon
    ) {
      return true;
    }
  }
  return false;
}

/** Places of the pool for each row to begin with; both grow when they have to. */
const POOL_PER_ROW = 4;

/** Columns that grow. */
export class LabelStore implements LabelColumns {
  criteria: Float64Array;
  leg: Int32Array;
  next: Int32Array;
  frontStart: Int32Array;
  frontSize: Int32Array;
  pool: Int32Array;
  /** Rows in use. */
  rows = 0;
  #pooled = 0;

  /** Empty, with room for so many rows ≥ 1. */
  constructor(room: number) {
    this.criteria = new Float64Array(room * CRITERIA);
    this.leg = new Int32Array(room);
    this.next = new Int32Array(room);
    this.frontStart = new Int32Array(room);
    this.frontSize = new Int32Array(room);
    this.pool = new Int32Array(room * POOL_PER_ROW);
  }

  /** Begins anew, in the room that it has. O(1). */
  clear(): void {
    this.rows = 0;
    this.#pooled = 0;
  }

  /** Begins with the first rows of other columns, and as much of their pool. O(rows + pooled). */
  beginWith(columns: LabelColumns, rows: number, pooled: number): void {
    while (this.leg.length < rows) this.#widen();
    this.#makePool(pooled);
    this.criteria.set(columns.criteria.subarray(0, rows * CRITERIA));
    this.leg.set(columns.leg.subarray(0, rows));
    this.next.set(columns.next.subarray(0, rows));
    this.frontStart.set(columns.frontStart.subarray(0, rows));
    this.frontSize.set(columns.frontSize.subarray(0, rows));
    this.pool.set(columns.pool.subarray(0, pooled));
    this.rows = rows;
    this.#pooled = pooled;
  }

  /**
   * Appends the rows of other columns from one on, with their fronts, and notes in `rowNow` where they are.
   * That tells of each row before which one is the same here, if any is. O(rows + fronts of them).
   */
  continueWith(columns: LabelColumns, first: number, rowNow: Int32Array): void {
    const count = columns.leg.length - first;
    const [row, pooled] = [this.rows, this.#pooled];
    let start = columns.pool.length;
    for (let i = 0; i < count; i++) {
      rowNow[first + i] = row + i;
      start = Math.min(start, columns.frontStart[first + i]!);
    }
    while (this.leg.length < row + count) this.#widen();
    this.#makePool(pooled + columns.pool.length - start);
    this.criteria.set(columns.criteria.subarray(first * CRITERIA), row * CRITERIA);
    this.leg.set(columns.leg.subarray(first), row);
    this.frontSize.set(columns.frontSize.subarray(first), row);
    for (let i = 0; i < count; i++) {
      this.next[row + i] = rowNow[columns.next[first + i]!]!;
      this.frontStart[row + i] = columns.frontStart[first + i]! - start + pooled;
    }
    for (let i = start; i < columns.pool.length; i++) {
      this.pool[pooled + i - start] = rowNow[columns.pool[i]!]!;
    }
    this.rows = row + count;
    this.#pooled = pooled + columns.pool.length - start;
  }

  /**
   * Appends the label that begins with a leg and goes on by the rest at row `next`: what the leg adds to
   * the rest's arrival, cost and carbon. Gives its row; it has no front yet. O(1) on average.
   */
  append(
    leg: number,
    next: number,
    departs: number,
    later: number,
    cost: number,
    carbon: number,
  ): number {
    const row = this.rows;
    if (row === this.leg.length) this.#widen();
    this.rows = row + 1;
    this.leg[row] = leg;
    this.next[row] = next;
    const { criteria } = this;
    const [at, rest] = [row * CRITERIA, next * CRITERIA];
    const isThere = next === NONE;
    criteria[at] = departs;
    criteria[at + 1] = isThere ? later : later + criteria[rest + 1]!;
    criteria[at + 2] = isThere ? cost : cost + criteria[rest + 2]!;
    criteria[at + 3] = isThere ? carbon : carbon + criteria[rest + 3]!;
    return row;
  }

  /** Gives a row its front: that of the label before it in its hub (or `NONE`), and itself. O(front). */
  putFront(before: number, row: number): void {
    const size = before === NONE ? 0 : this.frontSize[before]!;
    const from = before === NONE ? 0 : this.frontStart[before]!;
    this.#makePool(this.#pooled + size + 1);
    const { pool, criteria } = this;
    const start = this.#pooled;
    let end = start;
    for (let i = from; i < from + size; i++) {
      if (!isNoWorse(criteria, row, pool[i]!)) pool[end++] = pool[i]!;
    }
    pool[end++] = row;
    this.#pooled = end;
    this.frontStart[row] = start;
    this.frontSize[row] = end - start;
  }

  /** Gives a row the front that is the head of its hub. O(labels of it). */
  putHead(head: HubHead, row: number): void {
    this.#makePool(this.#pooled + head.size);
    this.frontStart[row] = this.#pooled;
    this.frontSize[row] = head.writeTo(this.pool, this.#pooled);
    this.#pooled += head.size;
  }

  /** The columns without the room that is left. O(rows). */
  columns(): LabelColumns {
    const own = (column: Int32Array) => column.slice(0, this.rows);
    return {
      criteria: this.criteria.slice(0, this.rows * CRITERIA),
      leg: own(this.leg),
      next: own(this.next),
      frontStart: own(this.frontStart),
      frontSize: own(this.frontSize),
      pool: this.pool.slice(0, this.#pooled),
    };
  }

  #makePool(places: number): void {
    while (this.pool.length < places) this.pool = wider(this.pool, this.pool.length * 2);
  }

  #widen(): void {
    const room = this.leg.length * 2;
    const criteria = new Float64Array(room * CRITERIA);
    criteria.set(this.criteria);
    this.criteria = criteria;
    this.leg = wider(this.leg, room);
    this.next = wider(this.next, room);
    this.frontStart = wider(this.frontStart, room);
    this.frontSize = wider(this.frontSize, room);
  }
}

function wider(column: Int32Array, room: number): Int32Array {
  const copy = new Int32Array(room);
  copy.set(column);
  return copy;
}
