/**
 * Floors of columns: the least that a parcel of a column can cost before its slots are looked up, by
 * pair of warehouse and column and over all warehouses.
 */
import { carbonCost } from './carbon.ts';
import type { Columns, Listing } from './columns.ts';
import { latenessFloor } from './floors.ts';
import { freightFloors, NO_FREIGHT } from './freight-floors.ts';
import type { OrderContext } from './problem.ts';
import { floorIndex, freightOf, roundMoney } from './rates.ts';

/** Columns that there is room for at first. */
const SIZE = 1 << 12;

/** Handling of column `j` in warehouse `w`, minor units. */
export function columnHandling(
  { network }: OrderContext,
  columns: Columns,
  j: number,
  w: number,
): number {
  const { handlingPerParcel, handlingPerUnit } = network.warehouses;
  return roundMoney(handlingPerParcel[w]! + handlingPerUnit[w]! * columns.units[j]!);
}

/**
 * Freight and carbon of column `j` from `w` by one row of the lane table and its least lateness; Infinity
 * if the service may not carry it.
 */
export function columnRowFloor(
  context: OrderContext,
  columns: Columns,
  j: number,
  w: number,
  row: number,
): number {
  const { network, lanes, barredServices } = context;
  const { services } = network;
  const service = lanes.service[row]!;
  if (
    (columns.classes[j]! & ~services.classes[service]!) !== 0 ||
    columns.mg[j]! > services.maxMg[service]! ||
    columns.longest[j]! > services.maxLength[service]! ||
    columns.girth[j]! > services.maxGirthPlusLength[service]! ||
    barredServices?.[service] === 1
  ) {
    return Number.POSITIVE_INFINITY;
  }
  const freight = freightOf(
    network.rates,
    services.card[service]!,
    lanes.rateRow[row]!,
    columns.mg[j]!,
    columns.mm3[j]!,
    network.zones.remote[lanes.zone[row]!] === 1,
  );
  const carbon = carbonCost(context, w, lanes.lane[row]!, columns.mg[j]!);
  return freight + carbon + latenessFloor(context, row);
}

/** Lowers the floor of column `j` to that of warehouse `w`. O(rows of the warehouse). */
function lowerFloor(context: OrderContext, columns: Columns, j: number, w: number): void {
  const { lanes } = context;
  const { byRow } = columns.freight[j]!;
  const handling = columnHandling(context, columns, j, w);
  const first = lanes.firstFrom(w);
  const end = lanes.endFrom(w);
  const { rows } = lanes;
  columns.work += end - first;
  let least = columns.floor[j]!;
  for (let place = first; place < end; place++) {
    const row = rows[place]!;
    if (handling + byRow[row]! >= least || byRow[row] === NO_FREIGHT) continue;
    const floor = handling + columnRowFloor(context, columns, j, w, row);
    if (floor < least) least = floor;
  }
  columns.floor[j] = least;
}

/** By column the warehouse that promises most, and what it promises. */
let leastAt = new Int32Array(SIZE);
let leastOf = new Float64Array(SIZE);

/** Freight floor and handling of every pair, and of each column the least of them. O(pairs). */
function surveyPairs(columns: Columns, { context, candidates }: Listing): void {
  const { handlingPerParcel, handlingPerUnit } = context.network.warehouses;
  if (leastAt.length < columns.count) {
    leastAt = new Int32Array(columns.mask.length);
    leastOf = new Float64Array(columns.mask.length);
  }
  leastOf.fill(Number.POSITIVE_INFINITY, 0, columns.count);
  if (columns.pairFloor.length < columns.pairColumn.length) {
    columns.pairFloor = new Float64Array(columns.pairColumn.length);
  }
  const { pairStart, pairColumn, pairFloor, freight, units } = columns;
  for (let c = 0; c < candidates.length; c++) {
    const w = candidates[c]!;
    const [parcel, unit] = [handlingPerParcel[w]!, handlingPerUnit[w]!];
    for (let p = pairStart[c]!; p < pairStart[c + 1]!; p++) {
      const j = pairColumn[p]!;
      const least = freight[j]!.from(w);
      const floor = roundMoney(parcel + unit * units[j]!) + least;
      pairFloor[p] = least === NO_FREIGHT ? Number.POSITIVE_INFINITY : floor;
      if (pairFloor[p]! >= leastOf[j]!) continue;
      leastOf[j] = pairFloor[p]!;
      leastAt[j] = w;
    }
  }
}

/**
 * Floors of all columns: the cheapest row of the cheapest warehouse. The warehouse that promises most
 * goes first. O(pairs + rows of the pairs whose floor is below the column's).
 */
export function fillFloors(columns: Columns, listing: Listing): void {
  const { context, candidates } = listing;
  const { rates } = context.network;
  columns.floor.fill(Number.POSITIVE_INFINITY, 0, columns.count);
  columns.freight.length = columns.count;
  for (let j = 0; j < columns.count; j++) {
    const index = floorIndex(rates, columns.mg[j]!, columns.mm3[j]!);
    columns.freight[j] = freightFloors(context, index, columns.classes[j]!);
  }
  surveyPairs(columns, listing);
  for (let j = 0; j < columns.count; j++) {
    if (leastOf[j] !== Number.POSITIVE_INFINITY) lowerFloor(context, columns, j, leastAt[j]!);
  }
  const { pairStart, pairColumn, pairFloor, floor } = columns;
  for (let c = 0; c < candidates.length; c++) {
    const w = candidates[c]!;
    for (let p = pairStart[c]!; p < pairStart[c + 1]!; p++) {
      const j = pairColumn[p]!;
      if (pairFloor[p]! < floor[j]! && leastAt[j] !== w) lowerFloor(context, columns, j, w);
    }
  }
}
