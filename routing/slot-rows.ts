/**
 * Rows of the programme over a pool of parcels: what every plan has, and what only some solutions break –
 * slots and lots that they want too much of. Of the second there are many; a row is added when a solution
 * breaks it.
 */
import { stockRow, usableUnits } from './board.ts';
import { type Counts, countOf } from './items.ts';
import type { Joint } from './joint.ts';
import { type SharedSku, sharedNeed } from './problem.ts';
import type { Row } from './simplex-basis.ts';
import type { Pool } from './slot-pool.ts';

/** What is asked of plans: parcels of the pool that add up to the counts. */
export interface Programme {
  readonly joint: Joint;
  readonly pool: Pool;
  readonly counts: Counts;
  /** Most parcels, and how many there are, if that is asked. */
  readonly most: number;
  readonly parcels?: number | undefined;
  /** Most −ln P(all on time). */
  readonly riskLimit: number;
  /** Minor units of one of the column of time; 0 = time has no price. */
  readonly scale: number;
}

/** Columns of a solution that are not 0, and their levels. */
export type Levels = readonly (readonly [j: number, level: number])[];

/** A slot or lots that a solution wanted too much of. */
export type Cut =
  | { readonly of: 'slot'; readonly kind: number; readonly slot: number; readonly bound: number }
  | {
      readonly of: 'lots';
      readonly shared: SharedSku;
      readonly warehouse: number;
      /** Of parcels promised no earlier. */
      readonly from: number;
      readonly bound: number;
    };

/** What of a solution may be wanted too much: less than this is rounding. */
const MISSED = 1e-5;

/** A level this near to a whole number is whole. */
export const NEAR = 1e-4;

/** Columns behind the parcels: what is left of their number, and the time that the plan takes. */
export const [UNUSED, TIME, BEHIND] = [0, 1, 2];

/** A row of the parcels and of `more` columns behind them. O(parcels). */
export function rowOf(
  parcels: number,
  cell: (j: number) => number,
  bound: number,
  {
    isEquation = false,
    more = [],
  }: { isEquation?: boolean; more?: readonly [number, number][] } = {},
): Row {
  const index: number[] = [];
  const value: number[] = [];
  const add = (j: number, own: number): void => {
    if (own === 0) return;
    index.push(j);
    value.push(own);
  };
  for (let j = 0; j < parcels; j++) add(j, cell(j));
  for (const [j, own] of more) add(j, own);
  return { index: Int32Array.from(index), value: Float64Array.from(value), bound, isEquation };
}

/**
 * Rows that every plan meets: each kind as often as it is needed, then so many parcels; no more risk than is
 * allowed, if it is limited; and where time has a price, no kind later, on average over its units, than the
 * last parcel. `standIns`: each kind has a column of its own, too, behind the others, and their
 * number one each way. O(kinds × parcels).
 */
export function planRows(programme: Programme, standIns = false): Row[] {
  const { joint, pool, counts, most, riskLimit, scale } = programme;
  const { count, mask, option, time } = pool;
  const rows = counts.need.map((need, k) =>
    rowOf(count, (j) => countOf(counts, mask[j]!, k), need, {
      isEquation: true,
      more: standIns ? [[count + BEHIND + k, 1]] : [],
    }),
  );
  rows.push(rowOf(count, () => 1, most, { isEquation: true, more: [[count + UNUSED, 1]] }));
  if (programme.parcels !== undefined) {
    const more: [number, number][] = [[count + UNUSED, 1]];
    const kinds = counts.need.length;
    if (standIns) more.push([count + BEHIND + kinds, 1], [count + BEHIND + kinds + 1, -1]);
    rows.push(rowOf(0, () => 0, most - programme.parcels, { isEquation: true, more }));
  }
  if (riskLimit !== Number.POSITIVE_INFINITY) {
    rows.push(rowOf(count, (j) => joint.options.risk[option[j]!]!, riskLimit));
  }
  if (scale === 0) return rows;
  counts.need.forEach((need, k) => {
    const cell = (j: number) => (time[j]! / scale) * (countOf(counts, mask[j]!, k) / need);
    rows.push(rowOf(count, cell, 0, { more: [[count + TIME, -1]] }));
  });
  return rows;
}

/** How much of a cut's slot or lots a parcel takes. O(1), O(items) for lots. */
function cutCell({ joint, pool }: Programme, cut: Cut, j: number): number {
  const o = pool.option[j]!;
  if (cut.of === 'slot') {
    const { slot, isByUnit } = pool.slots[cut.kind]!;
    if (slot[o] !== cut.slot) return 0;
    return isByUnit ? pool.units[j]! : 1;
  }
  const { warehouse, promise } = joint.options;
  if (warehouse[o] !== cut.warehouse || promise[o]! < cut.from) return 0;
  return sharedNeed(cut.shared, pool.mask[j]!);
}

/** The row of a cut. O(parcels). */
export function cutRow(programme: Programme, cut: Cut): Row {
  return rowOf(programme.pool.count, (j) => cutCell(programme, cut, j), cut.bound);
}

/** Slots that a solution wants more of than is free. */
function brokenSlots({ pool }: Programme, levels: Levels): Cut[] {
  return pool.slots.flatMap(({ slot, free, isByUnit }, kind) => {
    const wanted = new Map<number, number>();
    for (const [j, level] of levels) {
      const own = slot[pool.option[j]!]!;
      wanted.set(own, (wanted.get(own) ?? 0) + level * (isByUnit ? pool.units[j]! : 1));
    }
    const broken = [...wanted].filter(([own, amount]) => amount > free.get(own)! + MISSED);
    return broken.map(([own]): Cut => ({ of: 'slot', kind, slot: own, bound: free.get(own)! }));
  });
}

/** Lots that a solution wants more of than live long enough: one sum for each promise of a warehouse. */
function brokenLots(programme: Programme, levels: Levels): Cut[] {
  const { joint, pool } = programme;
  const { board, network } = joint.context;
  const { warehouse, promise } = joint.options;
  const cuts: Cut[] = [];
  for (const shared of joint.shared) {
    const stock = board.skus.get(shared.sku)!;
    const asked = new Set<string>();
    for (const [i] of levels) {
      const w = warehouse[pool.option[i]!]!;
      if ((pool.mask[i]! & shared.mask) === 0) continue;
      const row = stockRow(stock, w);
      const from = stock.perishable[row] === 1 ? promise[pool.option[i]!]! : -Infinity;
      if (asked.has(`${w} ${from}`)) continue;
      asked.add(`${w} ${from}`);
      const bound = usableUnits(board, stock, row, from + network.skus.lifeSeconds[shared.sku]!);
      const cut: Cut = { of: 'lots', shared, warehouse: w, from, bound };
      const wanted = levels.reduce((sum, [j, own]) => sum + own * cutCell(programme, cut, j), 0);
      if (wanted > bound + MISSED) cuts.push(cut);
    }
  }
  return cuts;
}

/** Slots and lots that a solution wants too much of. O(parcels of it × (kinds of slots + shared SKUs)). */
export function brokenCuts(programme: Programme, levels: Levels): Cut[] {
  const parcels = levels.filter(([j]) => j < programme.pool.count);
  return [...brokenSlots(programme, parcels), ...brokenLots(programme, parcels)];
}
