/**
 * A linear programme that rows are added to one by one and taken back: least cost of x ≥ 0 under equations
 * and upper limits, and the basis that it stands at with a dense inverse. Cells are held by row, since rows
 * come and go. It is solved by `dual-simplex.ts`.
 */

/** A row: Σ value × x[index] ≤ bound, or = bound. Indices rise. */
export interface Row {
  readonly index: Int32Array;
  readonly value: Float64Array;
  readonly bound: number;
  readonly isEquation: boolean;
}

/** A programme. Variables 0 … columns − 1 are columns, `columns + r` is the slack of row r. */
export interface Simplex {
  readonly columns: number;
  readonly cost: Float64Array;
  /** No Σ x of a plan is more than this. */
  readonly most: number;
  readonly rows: Row[];
  /** By row the basic variable and its level. */
  basis: Int32Array;
  level: Float64Array;
  /** Dense, `stride` cells a row. */
  inverse: Float64Array;
  stride: number;
  /** Reduced cost of each column, and of the slack of each row. */
  readonly reduced: Float64Array;
  slackReduced: Float64Array;
  readonly alpha: Float64Array;
  direction: Float64Array;
  dual: Float64Array;
  /** Pivots since the inverse was worked out. */
  age: number;
  /** Cells looked at, a rough measure of time. */
  work: number;
}

/** A row missed by less than this is met. */
export const MISSED = 1e-6;

/** Opens a programme without rows. Costs are at least 0. O(columns). */
export function openSimplex(cost: Float64Array, most: number): Simplex {
  const stride = 32;
  return {
    columns: cost.length,
    cost,
    most,
    rows: [],
    basis: new Int32Array(stride),
    level: new Float64Array(stride),
    inverse: new Float64Array(stride * stride),
    stride,
    reduced: cost.slice(),
    slackReduced: new Float64Array(stride),
    alpha: new Float64Array(cost.length),
    direction: new Float64Array(stride),
    dual: new Float64Array(stride),
    age: 0,
    work: 0,
  };
}

/** Cell of a row in column `j`; 0 where it has none. O(log cells). */
export function cellOf({ index, value }: Row, j: number): number {
  let [low, high] = [0, index.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (index[middle]! < j) low = middle + 1;
    else high = middle;
  }
  return index[low] === j ? value[low]! : 0;
}

function grow(lp: Simplex): void {
  const stride = lp.stride * 2;
  const inverse = new Float64Array(stride * stride);
  for (let r = 0; r < lp.rows.length; r++) {
    inverse.set(lp.inverse.subarray(r * lp.stride, r * lp.stride + lp.rows.length), r * stride);
  }
  const grown = (from: Float64Array) => {
    const to = new Float64Array(stride);
    to.set(from);
    return to;
  };
  const basis = new Int32Array(stride);
  basis.set(lp.basis);
  Object.assign(lp, { stride, inverse, basis });
  lp.level = grown(lp.level);
  lp.slackReduced = grown(lp.slackReduced);
  lp.direction = grown(lp.direction);
  lp.dual = grown(lp.dual);
}

/** Adds a row; its slack is basic, so that the basis stays dual feasible. O(rows²). */
export function addRow(lp: Simplex, row: Row): void {
  if (lp.rows.length === lp.stride) grow(lp);
  const r = lp.rows.length;
  const { basis, inverse, level, stride, columns } = lp;
  let left = row.bound;
  inverse.fill(0, r * stride, r * stride + stride);
  for (let i = 0; i < r; i++) {
    inverse[i * stride + r] = 0;
    const cell = basis[i]! < columns ? cellOf(row, basis[i]!) : 0;
    if (cell === 0) continue;
    left -= cell * level[i]!;
    for (let k = 0; k < r; k++) inverse[r * stride + k]! -= cell * inverse[i * stride + k]!;
  }
  inverse[r * stride + r] = 1;
  basis[r] = columns + r;
  level[r] = left;
  lp.slackReduced[r] = 0;
  lp.rows.push(row);
  lp.work += row.index.length + r * r;
}

/** A basis to come back to. */
export interface Snapshot {
  readonly rows: number;
  readonly basis: Int32Array;
  readonly inverse: Float64Array;
  readonly level: Float64Array;
  readonly reduced: Float64Array;
  readonly slackReduced: Float64Array;
  readonly stride: number;
  readonly age: number;
}

/** Notes where the programme stands. O(columns + rows²). */
export function snapshot(lp: Simplex): Snapshot {
  const rows = lp.rows.length;
  return {
    rows,
    stride: lp.stride,
    age: lp.age,
    basis: lp.basis.slice(0, rows),
    level: lp.level.slice(0, rows),
    inverse: lp.inverse.slice(0, rows * lp.stride),
    reduced: lp.reduced.slice(),
    slackReduced: lp.slackReduced.slice(0, rows),
  };
}

/** Goes back to where the programme stood: rows added since are gone. O(columns + rows²). */
export function restore(lp: Simplex, from: Snapshot): void {
  lp.rows.length = from.rows;
  lp.age = from.age;
  lp.basis.set(from.basis);
  lp.level.set(from.level);
  lp.reduced.set(from.reduced);
  lp.slackReduced.set(from.slackReduced);
  for (let r = 0; r < from.rows; r++) {
    const row = from.inverse.subarray(r * from.stride, r * from.stride + from.rows);
    lp.inverse.set(row, r * lp.stride);
  }
  lp.work += lp.columns + from.rows * from.rows;
}

/**
 * Works the inverse and the levels out anew from the basis: rounding adds up. False, and nothing changed, if
 * by now the basis cannot be inverted. O(rows³).
 */
export function refresh(lp: Simplex): boolean {
  const { rows, basis, inverse, stride, level, columns } = lp;
  const size = rows.length;
  const width = size * 2;
  const cells = new Float64Array(size * width);
  for (let i = 0; i < size; i++) {
    for (let r = 0; r < size; r++) {
      const j = basis[r]!;
      cells[i * width + r] = j < columns ? cellOf(rows[i]!, j) : j === columns + i ? 1 : 0;
    }
    cells[i * width + size + i] = 1;
  }
  lp.work += size ** 3;
  if (!eliminate(cells, size, width)) return false;
  for (let r = 0; r < size; r++) {
    let sum = 0;
    for (let i = 0; i < size; i++) {
      const cell = cells[r * width + size + i]!;
      inverse[r * stride + i] = cell;
      sum += cell * rows[i]!.bound;
    }
    level[r] = sum;
  }
  lp.age = 0;
  return true;
}

/** Goes back to the basis of all slacks, with the rows that there are. O(columns + rows²). */
export function reset(lp: Simplex): void {
  const { rows, basis, inverse, stride, level, columns } = lp;
  inverse.fill(0);
  for (let r = 0; r < rows.length; r++) {
    inverse[r * stride + r] = 1;
    basis[r] = columns + r;
    level[r] = rows[r]!.bound;
  }
  lp.reduced.set(lp.cost);
  lp.slackReduced.fill(0);
  lp.age = 0;
  lp.work += columns + rows.length * rows.length;
}

/** Less than this is left of a column that depends on others. */
const NOTHING = 1e-11;

/** Gauss–Jordan elimination of the left half of `cells`, with row exchanges; false if it has no inverse. */
function eliminate(cells: Float64Array, size: number, width: number): boolean {
  for (let c = 0; c < size; c++) {
    let pivot = c;
    for (let r = c + 1; r < size; r++) {
      if (Math.abs(cells[r * width + c]!) > Math.abs(cells[pivot * width + c]!)) pivot = r;
    }
    for (let k = 0; k < width && pivot !== c; k++) {
      const held = cells[c * width + k]!;
      cells[c * width + k] = cells[pivot * width + k]!;
      cells[pivot * width + k] = held;
    }
    const own = cells[c * width + c]!;
    if (Math.abs(own) < NOTHING) return false;
    for (let k = 0; k < width; k++) cells[c * width + k]! /= own;
    for (let r = 0; r < size; r++) {
      const factor = cells[r * width + c]!;
      if (r === c || factor === 0) continue;
      for (let k = 0; k < width; k++) cells[r * width + k]! -= factor * cells[c * width + k]!;
    }
  }
  return true;
}

/** Columns that are not 0, with their levels, by number. O(rows × log rows). */
export function levels(lp: Simplex): [j: number, level: number][] {
  const found: [number, number][] = [];
  for (let r = 0; r < lp.rows.length; r++) {
    if (lp.basis[r]! < lp.columns && lp.level[r]! > MISSED)
      found.push([lp.basis[r]!, lp.level[r]!]);
  }
  return found.sort((a, b) => a[0] - b[0]);
}
