/**
 * Floors of columns: the least that a parcel of a column can cost before its slots are looked up. By
 * weight band alone they are known for all pairs of warehouse and column; by what each service charges
 * they are worked out for the columns that the relaxation would take or a first plan could use.
 */
import { carbonCost } from './carbon.ts';
import type { Columns, Listing } from './columns.ts';
import { latenessFloor } from './floors.ts';
import { freightFloors, NO_FREIGHT } from './freight-floors.ts';
import type { OrderContext } from './problem.ts';
import { floorIndex, freightOf, roundMoney } from './rates.ts';

/** Handling of column `j` in warehouse `w`, minor units. O(1). */
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
 * Freight and carbon of column `j` from `w` by one row of the lane table and its least lateness, minor
 * units; Infinity if the service may not carry it. O(bands).
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

/**
 * Freight floor and handling of every pair, and of each column the least of them: what its floor is at
 * least. O(pairs).
 */
export function surveyFloors(columns: Columns, { context, candidates }: Listing): void {
  const { network, lanes } = context;
  const { handlingPerParcel, handlingPerUnit } = network.warehouses;
  columns.freight.length = columns.count;
  for (let j = 0; j < columns.count; j++) {
    const index = floorIndex(network.rates, columns.mg[j]!, columns.mm3[j]!);
    columns.freight[j] = freightFloors(context, index, columns.classes[j]!);
  }
  columns.floor.fill(Number.POSITIVE_INFINITY, 0, columns.count);
  columns.isSettled.fill(0, 0, columns.count);
  if (columns.pairFloor.length < columns.pairColumn.length) {
    columns.pairFloor = new Float64Array(columns.pairColumn.length);
  }
  const { pairStart, pairColumn, pairFloor, freight, units, floor: least } = columns;
  for (let c = 0; c < candidates.length; c++) {
    const w = candidates[c]!;
    const origin = lanes.originOf(w);
    const [parcel, unit] = [handlingPerParcel[w]!, handlingPerUnit[w]!];
    for (let p = pairStart[c]!; p < pairStart[c + 1]!; p++) {
      const j = pairColumn[p]!;
      const own = freight[j]!.fromOrigin(origin, w);
      const floor = roundMoney(parcel + unit * units[j]!) + own;
      pairFloor[p] = own === NO_FREIGHT ? Number.POSITIVE_INFINITY : floor;
      if (pairFloor[p]! < least[j]!) least[j] = pairFloor[p]!;
    }
  }
}

/**
 * Floor of column `j`, minor units: the cheapest row of the cheapest warehouse. The warehouse that
 * promises most goes first: it dismisses most of the others. O(pairs of the column + rows of those that
 * are not dismissed) once, then O(1).
 */
export function columnFloor(context: OrderContext, columns: Columns, j: number): number {
  const { floor, isSettled, lastPair, pairBefore, pairFloor, pairHouse } = columns;
  if (isSettled[j] === 1) return floor[j]!;
  isSettled[j] = 1;
  const promised = floor[j]!;
  floor[j] = Number.POSITIVE_INFINITY;
  if (promised === Number.POSITIVE_INFINITY) return promised;
  let first = lastPair[j]!;
  while (pairFloor[first]! > promised) first = pairBefore[first]!;
  lowerFloor(context, columns, j, pairHouse[first]!);
  for (let p = lastPair[j]!; p >= 0; p = pairBefore[p]!) {
    if (p !== first && pairFloor[p]! < floor[j]!) lowerFloor(context, columns, j, pairHouse[p]!);
  }
  return floor[j]!;
}

/** True if some parcel of column `j` can be sent at all. O(pairs of the column × rows), mostly O(1). */
export function canSend(context: OrderContext, columns: Columns, j: number): boolean {
  const { floor, isSettled, lastPair, pairBefore, pairHouse } = columns;
  if (isSettled[j] === 1) return floor[j] !== Number.POSITIVE_INFINITY;
  const { lanes } = context;
  for (let p = lastPair[j]!; p >= 0; p = pairBefore[p]!) {
    const w = pairHouse[p]!;
    const first = lanes.firstFrom(w);
    const end = lanes.endFrom(w);
    for (let place = first; place < end; place++) {
      const row = lanes.rows[place]!;
      if (columnRowFloor(context, columns, j, w, row) !== Number.POSITIVE_INFINITY) return true;
    }
  }
  return false;
}
