/**
 * The dual simplex method: where no column costs less than nothing the basis of all slacks is dual feasible,
 * so that it alone solves a programme, and solves it again after a row was added in a few pivots (Lemke 1954,
 * "The dual method of solving the linear programming problem"). What it says of the least cost is proved by
 * the duals, whatever was rounded on the way.
 */
import { cellOf, MISSED, refresh, reset, type Simplex } from './simplex-basis.ts';

/** What was found of a programme with the rows it has. */
export interface Optimum {
  /** No x costs less; Infinity if there is none. It holds also if the steps ended first. */
  readonly bound: number;
  /** False if the pivots ended before the least cost was found. */
  readonly isSolved: boolean;
}

/** Less than this is no pivot. */
const TINY = 1e-7;
/** A reduced cost may fall by so much below nothing, for the sake of a larger pivot. */
const SPARE = 1e-7;
const REFRESH = 50;
/** Pivots after which it is asked whether there is time for more. */
const ASKED = 16;
/** After so many pivots each cost is raised, each differently: where many cost nothing no pivot gains. */
const STALLED = 50;
const RAISED = 1e-6;
const MOST_PIVOTS = 2000;
const none = Number.POSITIVE_INFINITY;

/** Row whose basic variable is farthest out of its bounds; -1 if none is. */
function leavingRow(lp: Simplex): number {
  let worst = MISSED;
  let leaving = -1;
  for (let r = 0; r < lp.rows.length; r++) {
    const j = lp.basis[r]!;
    const level = lp.level[r]!;
    const isFixed = j >= lp.columns && lp.rows[j - lp.columns]!.isEquation;
    const out = isFixed ? Math.abs(level) : -level;
    if (out > worst) {
      worst = out;
      leaving = r;
    }
  }
  return leaving;
}

/** Fills `alpha` with `sign` × row r of the tableau. */
function tableauRow(lp: Simplex, r: number, sign: number): void {
  const { alpha, inverse, rows, stride } = lp;
  alpha.fill(0);
  for (let i = 0; i < rows.length; i++) {
    const own = sign * inverse[r * stride + i]!;
    if (Math.abs(own) < 1e-12) continue;
    const { index, value } = rows[i]!;
    for (let k = 0; k < index.length; k++) alpha[index[k]!]! += own * value[k]!;
    lp.work += index.length;
  }
}

/** What may be asked at most of one variable for a unit of row r, a little more than the least that is. */
function mostFor(
  { alpha, reduced, columns, rows, inverse, stride, slackReduced }: Simplex,
  r: number,
  sign: number,
) {
  let most = none;
  for (let j = 0; j < columns; j++) {
    if (alpha[j]! < -TINY) most = Math.min(most, (reduced[j]! + SPARE) / -alpha[j]!);
  }
  for (let i = 0; i < rows.length; i++) {
    const cell = sign * inverse[r * stride + i]!;
    if (cell < -TINY && !rows[i]!.isEquation) {
      most = Math.min(most, (slackReduced[i]! + SPARE) / -cell);
    }
  }
  return most;
}

/**
 * Variable that enters for row r: of those that cost hardly more than the least for what they give the one
 * with the largest cell, since small pivots spoil the inverse; -1 if none gives anything. Harris 1973,
 * "Pivot selection methods of the Devex LP code".
 */
function enteringFor(lp: Simplex, r: number, sign: number): number {
  const { alpha, reduced, columns, rows, inverse, stride, slackReduced } = lp;
  const most = mostFor(lp, r, sign);
  let [best, pivot] = [-1, -TINY];
  for (let j = 0; j < columns; j++) {
    if (alpha[j]! >= pivot || reduced[j]! > most * -alpha[j]!) continue;
    best = j;
    pivot = alpha[j]!;
  }
  for (let i = 0; i < rows.length; i++) {
    const cell = sign * inverse[r * stride + i]!;
    if (cell >= pivot || rows[i]!.isEquation || slackReduced[i]! > most * -cell) continue;
    best = columns + i;
    pivot = cell;
  }
  return best;
}

/** Fills `direction` with the inverse × the column of variable q. */
function columnOf(lp: Simplex, q: number): void {
  const { rows, inverse, stride, direction, columns } = lp;
  direction.fill(0, 0, rows.length);
  for (let i = 0; i < rows.length; i++) {
    const cell = q < columns ? cellOf(rows[i]!, q) : q === columns + i ? 1 : 0;
    if (cell === 0) continue;
    for (let r = 0; r < rows.length; r++) direction[r]! += cell * inverse[r * stride + i]!;
  }
}

/** Makes variable q basic in row r; false if the pivot is too small to trust. */
function exchange(lp: Simplex, r: number, q: number, sign: number): boolean {
  const { rows, inverse, stride, direction, level, reduced, alpha, slackReduced, columns } = lp;
  columnOf(lp, q);
  const pivot = direction[r]!;
  if (Math.abs(pivot) < TINY / 2) return false;
  const own = q < columns ? alpha[q]! : sign * inverse[r * stride + q - columns]!;
  const step = Math.max(0, q < columns ? reduced[q]! : slackReduced[q - columns]!) / -own;
  if (step > 0) {
    for (let j = 0; j < columns; j++) reduced[j] = Math.max(0, reduced[j]! + step * alpha[j]!);
    for (let i = 0; i < rows.length; i++) {
      const moved = slackReduced[i]! + step * sign * inverse[r * stride + i]!;
      slackReduced[i] = Math.max(0, moved);
    }
  }
  const amount = level[r]! / pivot;
  for (let i = 0; i < rows.length; i++) inverse[r * stride + i]! /= pivot;
  for (let i = 0; i < rows.length; i++) {
    const factor = direction[i]!;
    if (i === r || factor === 0) continue;
    level[i]! -= factor * amount;
    for (let k = 0; k < rows.length; k++) {
      inverse[i * stride + k]! -= factor * inverse[r * stride + k]!;
    }
  }
  level[r] = amount;
  lp.basis[r] = q;
  lp.work += columns + rows.length * rows.length;
  lp.age++;
  return true;
}

/** Works duals and reduced costs out anew; what they prove, whatever was rounded on the way. */
function prove(lp: Simplex): number {
  const { rows, basis, cost, inverse, stride, dual, reduced, slackReduced, columns } = lp;
  let bound = 0;
  reduced.set(cost);
  for (let i = 0; i < rows.length; i++) {
    let sum = 0;
    for (let r = 0; r < rows.length; r++) {
      if (basis[r]! < columns) sum += cost[basis[r]!]! * inverse[r * stride + i]!;
    }
    const { index, value, isEquation, bound: own } = rows[i]!;
    // A limit has no price above 0.
    dual[i] = isEquation ? sum : Math.min(0, sum);
    slackReduced[i] = isEquation ? 0 : -dual[i]!;
    bound += dual[i]! * own;
    if (dual[i] === 0) continue;
    for (let k = 0; k < index.length; k++) reduced[index[k]!]! -= dual[i]! * value[k]!;
    lp.work += index.length;
  }
  let least = 0;
  for (let j = 0; j < columns; j++) {
    if (reduced[j]! < least) least = reduced[j]!;
    if (reduced[j]! < 0) reduced[j] = 0;
  }
  return bound + least * lp.most;
}

/** Raises each reduced cost by a little of its own: no two are alike. What is proved is not touched. */
function spread({ reduced, slackReduced, rows, columns }: Simplex): void {
  const own = (j: number) => RAISED * (1 + (Math.imul(j + 1, 0x9e3779b1) >>> 8) / 2 ** 24);
  for (let j = 0; j < columns; j++) reduced[j]! += own(j);
  for (let i = 0; i < rows.length; i++) slackReduced[i]! += own(columns + i);
}

/**
 * True if row r of the tableau shows that no x meets all rows: a sum of them that no x meets, worked out from
 * the rows themselves (Farkas), so that no rounding on the way can make it up.
 */
function isUnmet(lp: Simplex, r: number, sign: number): boolean {
  const { alpha, inverse, rows, stride, most } = lp;
  alpha.fill(0);
  let [bound, size] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    const { index, value, bound: own, isEquation } = rows[i]!;
    const part = sign * inverse[r * stride + i]!;
    // A limit may only be added, not taken away.
    if (part === 0 || (part < 0 && !isEquation)) continue;
    bound += part * own;
    size = Math.max(size, Math.abs(part * own));
    for (let k = 0; k < index.length; k++) alpha[index[k]!]! += part * value[k]!;
    lp.work += index.length;
  }
  const least = alpha.reduce((sum, own) => Math.min(sum, own), 0);
  return least * most > bound + 1e-9 * size;
}

/**
 * Solves the programme with its rows from where it stands, as long as `isSpent` does not end it; where the
 * basis is spoiled by rounding, once more from none. O(pivots × (cells + rows²)), at most 2000 pivots, and
 * rows³ every 50. Lemke 1954; the bound of any duals after Lasdon 1970.
 */
export function solve(lp: Simplex, isSpent: () => boolean = () => false): Optimum {
  let isAnew = false;
  for (let turn = 0; turn < MOST_PIVOTS; turn++) {
    if (turn % ASKED === ASKED - 1 && isSpent()) break;
    if (turn === STALLED) spread(lp);
    let isSound = lp.age < REFRESH || refresh(lp);
    if (isSound) {
      const r = leavingRow(lp);
      if (r < 0) return { bound: prove(lp), isSolved: true };
      const sign = lp.level[r]! < 0 ? 1 : -1;
      tableauRow(lp, r, sign);
      const q = enteringFor(lp, r, sign);
      if (q < 0 && isUnmet(lp, r, sign)) return { bound: none, isSolved: true };
      isSound = q >= 0 && (exchange(lp, r, q, sign) || (lp.age > 0 && refresh(lp)));
    }
    if (isSound) continue;
    if (isAnew) break;
    isAnew = true;
    reset(lp);
  }
  return { bound: prove(lp), isSolved: false };
}
