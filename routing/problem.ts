/**
 * One sourcing problem in numbers: items as bits, the warehouses that hold some of them, and every
 * way (service, start hour, pickup) in which each warehouse could send a parcel.
 *
 *   items  ■ ■ ■            warehouse 4  mask 101  options: [express, pickup 17:00] [road, 19:00]
 *          0 1 2            warehouse 7  mask 011  options: [road, 18:00]
 */
import { type Board, stockRow, usableUnits } from './board.ts';
import type { CarbonPrice } from './carbon.ts';
import type { ArrivalFloors } from './floors.ts';
import { type Item, type Line, mustPart } from './items.ts';
import type { LaneTable } from './lane-table.ts';
import type { CompiledNetwork } from './network.ts';
import { type Admission, buildOptions, type OptionTable } from './options.ts';

/** Largest number of items of one problem: subsets are tabulated. */
export const MAX_ITEMS = 14;

/** What does not change between the problems of one order. */
export interface OrderContext {
  readonly network: CompiledNetwork;
  readonly board: Board;
  readonly lines: readonly Line[];
  readonly lanes: LaneTable;
  /** Undefined where the policy has no price of carbon. */
  readonly carbon: CarbonPrice | undefined;
  readonly arrivalFloors: ArrivalFloors;
  /** When the order is decided, whole seconds: the price of time counts from here. */
  readonly at: number;
  /** Whole seconds; no picking starts before: a carrier has to answer first. */
  readonly workFrom: number;
  /** Infinity = no lateness term. */
  readonly deliverBy: number;
  /** Most −ln P(all parcels at the door by `deliverBy`); Infinity = no limit. */
  readonly riskLimit: number;
  /** Most parcels: the policy's, or the order's own if that is less. */
  readonly splitLimit: number;
  readonly timePerDay: number;
  readonly latenessPerDay: number;
  /** 1 where the warehouse or service must not be used; undefined = none excluded. */
  readonly barredWarehouses: Uint8Array | undefined;
  readonly barredServices: Uint8Array | undefined;
}

/** A SKU that several items need: their sum must be there. */
export interface SharedSku {
  readonly sku: number;
  readonly mask: number;
  readonly quantity: Float64Array;
}

/** Who holds what of the items; the tables are scratch, valid until holders are next looked for. */
export interface Holders {
  /** Promise of parcels decided elsewhere: earlier ones cost no less time. */
  readonly floorPromise: number;
  /** Per subset: milligrams, cubic millimetres, units. */
  readonly mg: Float64Array;
  readonly mm3: Float64Array;
  readonly units: Float64Array;
  readonly candidates: readonly number[];
  readonly candidateMask: readonly number[];
}

/** A problem; its tables are scratch and valid until the next problem is built. */
export interface Problem extends Holders {
  readonly context: OrderContext;
  readonly items: readonly Item[];
  readonly full: number;
  readonly splitLimit: number;
  readonly shared: readonly SharedSku[];
  /** 1 for each subset that must not share a parcel; undefined if all may. */
  readonly unfit: Uint8Array | undefined;
  readonly options: OptionTable;
  /** Items that some warehouse holds; that some service may carry; that have an option. */
  readonly held: number;
  readonly carried: number;
  readonly served: number;
  work: number;
}

const scratch = {
  mg: new Float64Array(1 << MAX_ITEMS),
  mm3: new Float64Array(1 << MAX_ITEMS),
  units: new Float64Array(1 << MAX_ITEMS),
  mask: new Int32Array(0),
  /** Bit per warehouse that holds anything. */
  held: new Int32Array(0),
};

function tabulateSubsets(items: readonly Item[]): void {
  const { mg, mm3, units } = scratch;
  mg[0] = 0;
  mm3[0] = 0;
  units[0] = 0;
  for (let subset = 1; subset < 1 << items.length; subset++) {
    const rest = subset & (subset - 1);
    const item = items[31 - Math.clz32(subset ^ rest)]!;
    mg[subset] = mg[rest]! + item.mg;
    mm3[subset] = mm3[rest]! + item.mm3;
    units[subset] = units[rest]! + item.units;
  }
}

/** Units of each SKU that an item needs: pairs of SKU and units. O(parts). */
export function needsOf(lines: readonly Line[], item: Item): [number, number][] {
  if (item.parts.length === 1) {
    const part = item.parts[0]!;
    return [[lines[part.line]!.sku, part.quantity]];
  }
  const needs = new Map<number, number>();
  for (const { line, quantity } of item.parts) {
    const { sku } = lines[line]!;
    needs.set(sku, (needs.get(sku) ?? 0) + quantity);
  }
  return [...needs];
}

/** SKUs that several items need. O(items). */
export function sharedSkus(lines: readonly Line[], items: readonly Item[]): SharedSku[] {
  const skus = new Set<number>();
  for (const item of items) for (const { line } of item.parts) skus.add(lines[line]!.sku);
  const parts = items.reduce((sum, item) => sum + item.parts.length, 0);
  if (skus.size === parts) return [];
  const bySku = new Map<number, SharedSku & { mask: number }>();
  items.forEach((item, i) => {
    for (const [sku, quantity] of needsOf(lines, item)) {
      let entry = bySku.get(sku);
      if (entry === undefined) {
        entry = { sku, mask: 0, quantity: new Float64Array(items.length) };
        bySku.set(sku, entry);
      }
      entry.mask |= 1 << i;
      entry.quantity[i] = quantity;
    }
  });
  return [...bySku.values()].filter(({ mask }) => (mask & (mask - 1)) !== 0);
}

/** Per item the items, as bits, that must not share its parcel. O(items²). */
export function apartMasks(items: readonly Item[]): Int32Array {
  return Int32Array.from(items, (item) =>
    item.shuns === 0
      ? 0
      : items.reduce(
          (bits, other, i) => (other !== item && mustPart(item, other) ? bits | (1 << i) : bits),
          0,
        ),
  );
}

/** Subsets of the items that must not share a parcel; undefined if all may. O(2^items). */
export function unfitSubsets(items: readonly Item[]): Uint8Array | undefined {
  if (items.every((item) => item.shuns === 0)) return undefined;
  const apart = apartMasks(items);
  if (apart.every((mask) => mask === 0)) return undefined;
  const unfit = new Uint8Array(2 ** items.length);
  for (let subset = 1; subset < unfit.length; subset++) {
    const rest = subset & (subset - 1);
    const i = 31 - Math.clz32(subset ^ rest);
    unfit[subset] = unfit[rest] === 1 || (rest & apart[i]!) !== 0 ? 1 : 0;
  }
  return unfit;
}

/** Units of a shared SKU that a subset needs. O(items). */
export function sharedNeed(shared: SharedSku, subset: number): number {
  let need = 0;
  for (let bits = subset & shared.mask; bits !== 0; bits &= bits - 1) {
    need += shared.quantity[31 - Math.clz32(bits & -bits)]!;
  }
  return need;
}

/**
 * True if warehouse `w` has what `subset` needs of SKUs that several items share, in lots that live
 * long enough after `promise`. O(shared SKUs × (items + lots)).
 */
export function sharedStockSuffices(
  problem: Pick<Problem, 'context' | 'shared'>,
  subset: number,
  warehouse: number,
  promise: number,
): boolean {
  const { board, network } = problem.context;
  for (const shared of problem.shared) {
    if ((subset & shared.mask) === 0) continue;
    const stock = board.skus.get(shared.sku)!;
    const until = promise + network.skus.lifeSeconds[shared.sku]!;
    const units = usableUnits(board, stock, stockRow(stock, warehouse), until);
    if (units < sharedNeed(shared, subset)) return false;
  }
  return true;
}

/** Marks in `mask` the warehouses that hold item `i`, and in `held` that they hold something. */
function markHolders(
  context: OrderContext,
  item: Item,
  i: number,
  mask: Int32Array,
  held: Int32Array,
): void {
  const { board, network, lines, barredWarehouses } = context;
  const needs = needsOf(lines, item);
  const [firstSku, firstQuantity] = needs[0]!;
  const stock = board.skus.get(firstSku);
  if (stock === undefined) return;
  const { warehouses, total } = stock;
  for (let row = 0; row < warehouses.length; row++) {
    if (total[row]! < firstQuantity) continue;
    const w = warehouses[row]!;
    if (barredWarehouses !== undefined && barredWarehouses[w] === 1) continue;
    if ((item.classes & ~network.warehouses.classes[w]!) !== 0) continue;
    let all = true;
    for (let k = 1; all && k < needs.length; k++) {
      const other = board.skus.get(needs[k]![0]);
      const otherRow = other === undefined ? -1 : stockRow(other, w);
      all = otherRow >= 0 && other!.total[otherRow]! >= needs[k]![1];
    }
    if (!all) continue;
    held[w >> 5]! |= 1 << (w & 31);
    mask[w]! |= 1 << i;
  }
}

/** Warehouses that hold items, ascending, and which: bit i is item i, to 30 items. */
export type Holdings = Pick<Holders, 'candidates' | 'candidateMask'>;

/** Lists who holds what of the items. O(holders + warehouses / 32). */
export function listHolders(context: OrderContext, items: readonly Item[]): Holdings {
  const warehouseCount = context.network.warehouses.ids.length;
  if (scratch.mask.length < warehouseCount) {
    scratch.mask = new Int32Array(warehouseCount);
    scratch.held = new Int32Array(Math.ceil(warehouseCount / 32));
  }
  const { mask, held } = scratch;
  for (let i = 0; i < items.length; i++) markHolders(context, items[i]!, i, mask, held);
  const candidates: number[] = [];
  const candidateMask: number[] = [];
  for (let word = 0; word * 32 < warehouseCount; word++) {
    for (let bits = held[word]!; bits !== 0; bits &= bits - 1) {
      const w = word * 32 + 31 - Math.clz32(bits & -bits);
      candidates.push(w);
      candidateMask.push(mask[w]!);
      mask[w] = 0;
    }
    held[word] = 0;
  }
  return { candidates, candidateMask };
}

/** Finds the warehouses that hold items, and tabulates the subsets. O(2^items + holders). */
export function findHolders(
  context: OrderContext,
  items: readonly Item[],
  floorPromise: number,
): Holders {
  tabulateSubsets(items);
  const { mg, mm3, units } = scratch;
  return { floorPromise, mg, mm3, units, ...listHolders(context, items) };
}

/**
 * The problem of sending `items` in at most `splitLimit` parcels, by the options admitted.
 * O(items² + candidates × services), and O(2^items) where goods shun each other.
 */
export function problemOf(
  context: OrderContext,
  items: readonly Item[],
  splitLimit: number,
  holders: Holders,
  admission: Admission | undefined,
): Problem {
  const { candidates, candidateMask } = holders;
  const built = buildOptions(context, items, candidates, candidateMask, admission);
  return {
    ...holders,
    ...built,
    context,
    items,
    full: 2 ** items.length - 1,
    splitLimit,
    shared: sharedSkus(context.lines, items),
    unfit: unfitSubsets(items),
    held: candidateMask.reduce((all, mask) => all | mask, 0),
    work: built.options.count + candidates.length,
  };
}

/** The problem of `items` in at most `splitLimit` parcels by all options. O(2^items + holders × services). */
export function buildProblem(
  context: OrderContext,
  items: readonly Item[],
  splitLimit: number,
  floorPromise: number,
): Problem {
  const holders = findHolders(context, items, floorPromise);
  return problemOf(context, items, splitLimit, holders, undefined);
}
