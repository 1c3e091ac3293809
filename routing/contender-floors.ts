/**
 * Floors of subsets: the least that a parcel of some items costs before its slots are looked up, by
 * warehouse and over all of them, for orders whose subsets are all tabulated.
 */

import { carbonCost } from './carbon.ts';
import { latenessFloor } from './floors.ts';
import { type FreightFloors, freightFloors, NO_FREIGHT } from './freight-floors.ts';
import type { Item } from './items.ts';
import { type Holders, MAX_ITEMS, type OrderContext } from './problem.ts';
import { floorIndex, freightOf, roundMoney } from './rates.ts';

const SIZE = 1 << MAX_ITEMS;
const classesOf = new Uint8Array(SIZE);
/** Least freight floor and handling by subset, and the candidate that has it; -1 = none. */
const leastOf = new Float64Array(SIZE);
const leastAt = new Int32Array(SIZE);
/** Floors by subset: the result of the look made last. */
export const floorOf = new Float64Array(SIZE);
/** Freight floor and handling by pair of candidate and subset, those of a candidate in falling order. */
export let pairFloor = new Float64Array(1024);

/** State of one look at the candidates of a problem. */
export interface Survey {
  readonly context: OrderContext;
  readonly items: readonly Item[];
  readonly holders: Holders;
  /** Freight floors by subset. */
  readonly freight: readonly FreightFloors[];
  /** Price of the least time that any plan takes. */
  readonly time: number;
  /** First pair of each candidate. */
  readonly pairStart: number[];
  work: number;
}

/**
 * Freight and carbon of a subset from `w` by one row of the lane table, and its least lateness, minor
 * units. O(bands).
 */
export function rowFloor(survey: Survey, subset: number, w: number, row: number): number {
  const { context, holders } = survey;
  const { network, lanes } = context;
  const freight = freightOf(
    network.rates,
    network.services.card[lanes.service[row]!]!,
    lanes.rateRow[row]!,
    holders.mg[subset]!,
    holders.mm3[subset]!,
    network.zones.remote[lanes.zone[row]!] === 1,
  );
  const carbon = carbonCost(context, w, lanes.lane[row]!, holders.mg[subset]!);
  return freight + carbon + latenessFloor(context, row);
}

/** Handling of a subset in warehouse `w`, minor units. O(1). */
export function handlingFloor({ context, holders }: Survey, subset: number, w: number): number {
  const { handlingPerParcel, handlingPerUnit } = context.network.warehouses;
  return roundMoney(handlingPerParcel[w]! + handlingPerUnit[w]! * holders.units[subset]!);
}

/** Lowers a subset's floor to that of warehouse `w`. O(rows of the warehouse). */
function lowerFloor(survey: Survey, subset: number, w: number): void {
  const { lanes } = survey.context;
  const { byRow } = survey.freight[subset]!;
  const handling = handlingFloor(survey, subset, w);
  const first = lanes.firstFrom(w);
  const end = lanes.endFrom(w);
  const { rows } = lanes;
  survey.work += end - first;
  let least = floorOf[subset]!;
  for (let place = first; place < end; place++) {
    const row = rows[place]!;
    if (handling + byRow[row]! >= least || byRow[row] === NO_FREIGHT) continue;
    const floor = handling + rowFloor(survey, subset, w, row);
    if (floor < least) least = floor;
  }
  floorOf[subset] = least;
}

/** Freight floor and handling of every pair, and of each subset the least of them. O(pairs). */
function surveyPairs(survey: Survey): void {
  const { context, holders, freight, pairStart } = survey;
  const { candidates, candidateMask, units } = holders;
  const { handlingPerParcel, handlingPerUnit } = context.network.warehouses;
  let pair = 0;
  for (let c = 0; c < candidates.length; c++) {
    const w = candidates[c]!;
    const mask = candidateMask[c]!;
    const origin = context.lanes.originOf(w);
    const [parcel, unit] = [handlingPerParcel[w]!, handlingPerUnit[w]!];
    pairStart.push(pair);
    for (let subset = mask; subset !== 0; subset = (subset - 1) & mask) {
      if (pair === pairFloor.length) {
        const more = new Float64Array(pair * 2);
        more.set(pairFloor);
        pairFloor = more;
      }
      const floor =
        roundMoney(parcel + unit * units[subset]!) + freight[subset]!.fromOrigin(origin, w);
      pairFloor[pair++] = floor;
      if (floor >= leastOf[subset]!) continue;
      leastOf[subset] = floor;
      leastAt[subset] = w;
    }
  }
  survey.work += pair;
}

/**
 * Floors of all subsets. The warehouse that promises most goes first: it dismisses most of the others.
 * O(pairs + rows of the pairs whose floor is below the subset's).
 */
export function fillFloors(survey: Survey, full: number): void {
  const { candidates, candidateMask } = survey.holders;
  floorOf.fill(Number.POSITIVE_INFINITY, 0, full + 1);
  leastOf.fill(Number.POSITIVE_INFINITY, 0, full + 1);
  leastAt.fill(-1, 0, full + 1);
  surveyPairs(survey);
  for (let subset = 1; subset <= full; subset++) {
    if (leastAt[subset]! >= 0) lowerFloor(survey, subset, leastAt[subset]!);
  }
  for (let c = 0, pair = 0; c < candidates.length; c++) {
    const mask = candidateMask[c]!;
    for (let subset = mask; subset !== 0; subset = (subset - 1) & mask) {
      if (pairFloor[pair++]! < floorOf[subset]! && leastAt[subset] !== candidates[c]) {
        lowerFloor(survey, subset, candidates[c]!);
      }
    }
  }
}

/** Freight floors by subset of the items. O(2^items). */
export function freightBySubset(
  context: OrderContext,
  items: readonly Item[],
  holders: Holders,
  full: number,
): FreightFloors[] {
  const bySubset: FreightFloors[] = new Array(full + 1);
  for (let subset = 1; subset <= full; subset++) {
    const index = floorIndex(context.network.rates, holders.mg[subset]!, holders.mm3[subset]!);
    const rest = subset & (subset - 1);
    classesOf[subset] = classesOf[rest]! | items[31 - Math.clz32(subset ^ rest)]!.classes;
    bySubset[subset] = freightFloors(context, index, classesOf[subset]!);
  }
  return bySubset;
}
