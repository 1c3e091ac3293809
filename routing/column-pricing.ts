/**
 * From columns to parcels: the rows of the lane table that some parcel within the gap may go by, their
 * options with slots, and the price of every parcel. By the dual prices a parcel whose cost exceeds
 * what its items are worth by more than the gap is in no plan below the limit (reduced-cost fixing).
 */

import { carbonCost } from './carbon.ts';
import { columnHandling, columnRowFloor } from './column-floors.ts';
import type { Method } from './column-parcels.ts';
import type { Entries } from './cover-sets.ts';
import { FEW_ROWS, type Leaving, timeFloor, timesFrom, timingTime } from './floors.ts';
import { timeCost } from './objective.ts';
import { buildOptions, type OptionTable } from './options.ts';
import { addParcel, choiceOfLabel, clearParcels, firstLabel, nextLabel } from './parcels.ts';
import { sharedStockSuffices } from './problem.ts';
import { freightOf } from './rates.ts';
import { loadPrices, NO_COLUMN, priceOfMask } from './relaxation.ts';
import { earliestReady } from './slots.ts';

const none = Number.POSITIVE_INFINITY;

/** Parcels to choose from: the scratch table of the module. */
export const entries = {
  count: 0,
  mask: new Int32Array(1024),
  cost: new Float64Array(1024),
  promise: new Float64Array(1024),
  risk: new Float64Array(1024),
  /** Option of each entry. */
  of: new Int32Array(1024),
} satisfies Entries & Record<string, unknown>;

/** Adds a parcel to choose from: minor units, epoch seconds, `risk` as `lateRisk`. Amortised O(1). */
export function addEntry(mask: number, cost: number, promise: number, of: number, risk = 0): void {
  if (entries.count === entries.mask.length) {
    const size = entries.count * 2;
    for (const name of ['mask', 'of'] as const) {
      const more = new Int32Array(size);
      more.set(entries[name]);
      entries[name] = more;
    }
    for (const name of ['cost', 'promise', 'risk'] as const) {
      const more = new Float64Array(size);
      more.set(entries[name]);
      entries[name] = more;
    }
  }
  const e = entries.count++;
  entries.mask[e] = mask;
  entries.cost[e] = cost;
  entries.promise[e] = promise;
  entries.of[e] = of;
  entries.risk[e] = risk;
}

let admitted = new Uint8Array(64);

/**
 * Builds the options of the rows that some parcel within the gap may go by. `gap` in minor units.
 * O(pairs × rows of their warehouse), then as `buildOptions`.
 */
export function admittedOptions(method: Method, gap: number, competing: number): OptionTable {
  const { context, items, candidates, candidateMask, relaxation } = method;
  loadPrices(relaxation.price, items.length);
  const rowsOf = (c: number) => (admitRows(method, c, gap) ? admitted : undefined);
  const built = buildOptions(context, items, candidates, candidateMask, { rowsOf }, competing);
  method.work += built.options.count;
  return built.options;
}

/** Marks the rows of candidate `c` by which some parcel can cost less than its share of the gap. */
function admitRows(method: Method, c: number, gap: number): boolean {
  const { context, columns, relaxation, split } = method;
  const { lanes } = context;
  const w = method.candidates[c]!;
  const fixed = split + relaxation.parcelPrice;
  let any = false;
  let ready = 0;
  let times: Float64Array | undefined;
  const { pairStart, pairColumn, pairFloor, mask } = columns;
  method.work += pairStart[c + 1]! - pairStart[c]!;
  for (let p = pairStart[c]!; p < pairStart[c + 1]!; p++) {
    const j = pairColumn[p]!;
    const worth = gap - fixed + priceOfMask(mask[j]!);
    if (pairFloor[p]! > worth) {
      if (pairFloor[p] !== none) method.beyond = true;
      continue;
    }
    const first = lanes.firstFrom(w);
    const count = lanes.endFrom(w) - first;
    if (count > FEW_ROWS) {
      ready ||= earliestReady(context, w);
      if (ready < 0) return false;
      times = timesFrom(context, w, ready);
      const timed = columns.freight[j]!.timedFrom(context, w, ready, times) - method.leastTime;
      if (columnHandling(context, columns, j, w) + timed > worth) {
        if (timed !== none) method.beyond = true;
        continue;
      }
    }
    if (admitted.length < count) admitted = new Uint8Array(count * 2);
    if (!any) admitted.fill(0, 0, count);
    any = true;
    method.work += count;
    admitFor(method, j, worth, { w, ready, times, first, count });
  }
  return any;
}

/** Marks the rows of a warehouse by which a parcel of column `j` costs no more than it is worth. */
function admitFor(
  method: Method,
  j: number,
  worth: number,
  { w, ready, times, first, count }: Leaving,
): void {
  const { context, columns, leastTime } = method;
  const { rows } = context.lanes;
  const { byRow } = columns.freight[j]!;
  const handling = columnHandling(context, columns, j, w);
  for (let i = 0; i < count; i++) {
    if (admitted[i] === 1) continue;
    const row = rows[first + i]!;
    // Whether something is beyond the gap need be found out once.
    if (method.beyond && handling + byRow[row]! > worth) continue;
    const own =
      times === undefined
        ? timeFloor(context, row)
        : timingTime(context, times, w, ready, context.lanes.timing[row]!);
    const time = Math.max(0, own - leastTime);
    const floor = handling + columnRowFloor(context, columns, j, w, row) + time;
    if (floor <= worth) admitted[i] = 1;
    else if (floor !== none) method.beyond = true;
  }
}

/**
 * Prices the parcels of the options built that are within the gap (minor units); all of them, or the best.
 * O(pairs × options of their warehouse).
 */
export function priceParcels(
  method: Method,
  options: OptionTable,
  gap: number,
  all: boolean,
): void {
  const { context, columns, relaxation, split, leastTime, candidates, joint } = method;
  const { network, timePerDay, at } = context;
  const fixed = split + relaxation.parcelPrice;
  clearParcels(columns.count);
  entries.count = 0;
  for (let c = 0; c < candidates.length; c++) {
    const [first, end] = [options.first[c]!, options.first[c + 1]!];
    if (first === end) continue;
    const w = candidates[c]!;
    for (let p = columns.pairStart[c]!; p < columns.pairStart[c + 1]!; p++) {
      const j = columns.pairColumn[p]!;
      const mask = columns.mask[j]!;
      const worth = priceOfMask(mask) - fixed + gap;
      if (columns.pairFloor[p]! > worth) continue;
      const handling = columnHandling(context, columns, j, w);
      method.work += end - first;
      for (let o = first; o < end; o++) {
        if ((mask & ~options.mask[o]!) !== 0 || columns.units[j]! > options.unitsLimit[o]!)
          continue;
        const service = options.service[o]!;
        const mg = columns.mg[j]!;
        if (mg > network.services.maxMg[service]!) continue;
        const rateRow = network.lanes.rateRow[options.lane[o]!]!;
        const remote = network.zones.remote[options.zone[o]!] === 1;
        const card = network.services.card[service]!;
        const freight = freightOf(network.rates, card, rateRow, mg, columns.mm3[j]!, remote);
        const carbon = carbonCost(context, w, options.lane[o]!, mg);
        const cost = freight + carbon + handling + options.lateness[o]!;
        const promise = timePerDay === 0 ? 0 : options.promise[o]!;
        const later = Math.max(0, timeCost(timePerDay, at, promise) - leastTime);
        if (cost === none) continue;
        if (cost + later > worth) {
          method.beyond = true;
          continue;
        }
        if (joint.shared.length > 0 && !sharedStockSuffices(joint, mask, w, options.promise[o]!)) {
          continue;
        }
        if (all) addEntry(mask, cost, promise, o, options.risk[o]!);
        else addParcel(j, cost, promise, o);
      }
    }
  }
}

let firstEntry = new Int32Array(1024);

/**
 * Entries of all parcels kept; the cheapest of each column comes first. Returns the first entry of each
 * column, or `NO_COLUMN`: scratch of the module. O(columns + parcels kept).
 */
export function listParcels({ columns }: Method): Int32Array {
  entries.count = 0;
  if (firstEntry.length < columns.count) firstEntry = new Int32Array(columns.count * 2);
  for (let j = 0; j < columns.count; j++) {
    firstEntry[j] = firstLabel(j) < 0 ? NO_COLUMN : entries.count;
    for (let label = firstLabel(j); label >= 0; label = nextLabel(label)) {
      const { cost, promise, option } = choiceOfLabel(j, label);
      addEntry(columns.mask[j]!, cost, promise, option);
    }
  }
  return firstEntry;
}
