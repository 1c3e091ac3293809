/**
 * From columns to parcels: the rows of the lane table that some parcel within the gap may go by, their
 * options with slots, and the price of every parcel. By the dual prices a parcel whose cost exceeds
 * what its items are worth by more than the gap is in no plan below the limit (reduced-cost fixing).
 */

import { carbonCost } from './carbon.ts';
import type { Method } from './column-parcels.ts';
import { columnHandling, columnRowFloor } from './columns.ts';
import type { Entries } from './cover.ts';
import { NO_FREIGHT, promiseFloor } from './floors.ts';
import { timeCost } from './objective.ts';
import { buildOptions, type OptionTable } from './options.ts';
import { addParcel, choiceOfLabel, clearParcels, firstLabel, nextLabel } from './parcels.ts';
import { sharedStockSuffices } from './problem.ts';
import { freightOf } from './rates.ts';
import { loadPrices, priceOfMask } from './relaxation.ts';

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

/** Adds a parcel to choose from. Amortised O(1). */
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

/** Builds the options of the rows that some parcel within the gap may go by. */
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
  const { context, columns, relaxation, split, leastTime } = method;
  const { lanes, at, timePerDay } = context;
  const w = method.candidates[c]!;
  const first = lanes.start[w]!;
  const count = lanes.start[w + 1]! - first;
  if (admitted.length < count) admitted = new Uint8Array(count * 2);
  let any = false;
  const fixed = split + relaxation.parcelPrice;
  for (let p = columns.pairStart[c]!; p < columns.pairStart[c + 1]!; p++) {
    const j = columns.pairColumn[p]!;
    const base = columnHandling(context, j, w) + fixed - priceOfMask(columns.mask[j]!);
    method.work++;
    const freight = columns.freight[j]!.from(w);
    if (base + freight > gap) {
      if (freight !== NO_FREIGHT) method.beyond = true;
      continue;
    }
    if (!any) admitted.fill(0, 0, count);
    any = true;
    method.work += count;
    for (let i = 0; i < count; i++) {
      if (admitted[i] === 1) continue;
      const time = timeCost(timePerDay, at, promiseFloor(context, first + i)) - leastTime;
      const floor = base + columnRowFloor(context, j, first + i) + Math.max(0, time);
      if (floor <= gap) admitted[i] = 1;
      else if (floor !== none) method.beyond = true;
    }
  }
  return any;
}

/**
 * Prices the parcels of the options built that are within the gap; all of them, or the best.
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
      const handling = columnHandling(context, j, w);
      const worth = priceOfMask(mask) - fixed + gap;
      if (handling + columns.freight[j]!.from(w) > worth) continue;
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

/** Entries of all parcels kept; the cheapest of each column comes first. */
export function listParcels({ columns }: Method): void {
  entries.count = 0;
  for (let j = 0; j < columns.count; j++) {
    for (let label = firstLabel(j); label >= 0; label = nextLabel(label)) {
      const { cost, promise, option } = choiceOfLabel(j, label);
      addEntry(columns.mask[j]!, cost, promise, option);
    }
  }
}
