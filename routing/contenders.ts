/**
 * Contenders: the ways of sending items that can still be part of the cheapest plan. Every subset
 * of the items gets a floor (freight and handling of its cheapest warehouse, its least lateness),
 * the floors are completed by the subset programme, and a plan made of the best parcel per part
 * says what is affordable. A way whose floor, with the floor of all the rest, costs more than that
 * plan is in no plan that is cheaper – bounding by Lagrange's idea of a relaxed completion, as in
 * Held and Karp 1970. O(Σ_w 2^|items of w| + 3^n / 2), far below pricing every service.
 */

import { bestParcel } from './best-parcel.ts';
import { carbonCost } from './carbon.ts';
import {
  FEW_ROWS,
  type Leaving,
  latenessFloor,
  leastTime,
  timeFloor,
  timesFrom,
  timingTime,
} from './floors.ts';
import { type FreightFloors, freightFloors, NO_FREIGHT } from './freight-floors.ts';
import { type Item, makeItem } from './items.ts';
import { splitCost, timeCost } from './objective.ts';
import type { Admission } from './options.ts';
import { type Holders, MAX_ITEMS, type OrderContext } from './problem.ts';
import { floorIndex, freightOf, roundMoney } from './rates.ts';
import { earliestReady } from './slots.ts';
import { completion, partitionFloors } from './subsets.ts';

const SIZE = 1 << MAX_ITEMS;
const classesOf = new Uint8Array(SIZE);
const floorOf = new Float64Array(SIZE);
/** Least freight floor and handling by subset, and the candidate that has it; -1 = none. */
const leastOf = new Float64Array(SIZE);
const leastAt = new Int32Array(SIZE);
/** What a parcel of a subset may cost by itself, time included. */
const affordable = new Float64Array(SIZE);
let admitted = new Uint8Array(64);
/** Freight floor and handling by pair of candidate and subset, those of a candidate in falling order. */
let pairFloor = new Float64Array(1024);
let able = new Int32Array(64);

/** State of one look at the candidates of a problem. */
interface Survey {
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

/** Freight and carbon of a subset from `w` by one row of the lane table, and its least lateness. */
function rowFloor(survey: Survey, subset: number, w: number, row: number): number {
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

function handlingFloor({ context, holders }: Survey, subset: number, w: number): number {
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
    const [parcel, unit] = [handlingPerParcel[w]!, handlingPerUnit[w]!];
    pairStart.push(pair);
    for (let subset = mask; subset !== 0; subset = (subset - 1) & mask) {
      if (pair === pairFloor.length) {
        const more = new Float64Array(pair * 2);
        more.set(pairFloor);
        pairFloor = more;
      }
      const floor = roundMoney(parcel + unit * units[subset]!) + freight[subset]!.from(w);
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
function fillFloors(survey: Survey, full: number): void {
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

/** Cost of a plan that sends each part by its best parcel; Infinity if one has none. */
function costOfParts(survey: Survey, parts: readonly number[], split: number): number {
  const { context, items, holders } = survey;
  const { candidates, candidateMask, floorPromise } = holders;
  if (able.length < candidates.length) able = new Int32Array(candidates.length * 2);
  let cost = split * (parts.length - 1);
  let latest = floorPromise;
  for (const part of parts) {
    let count = 0;
    for (let c = 0; c < candidates.length; c++) {
      if ((candidateMask[c]! & part) === part) able[count++] = candidates[c]!;
    }
    const best = bestParcel(context, itemOf(context, items, part), able, count);
    survey.work += best.work;
    if (best.warehouse < 0) return Number.POSITIVE_INFINITY;
    cost += best.cost - timeCost(context.timePerDay, context.at, best.promise);
    latest = Math.max(latest, best.promise);
  }
  return cost + timeCost(context.timePerDay, context.at, latest);
}

/** The items of a set as one. */
function itemOf(context: OrderContext, items: readonly Item[], set: number): Item {
  if ((set & (set - 1)) === 0) return items[31 - Math.clz32(set)]!;
  const whole = items.filter((_, i) => (set & (1 << i)) !== 0).flatMap((item) => item.parts);
  return makeItem(context.network, context.lines, whole);
}

/** Marks the rows of candidate `c` that some affordable parcel goes by; false if there are none. */
function admitRows(survey: Survey, c: number): boolean {
  const { context, holders } = survey;
  const mask = holders.candidateMask[c]!;
  let any = false;
  let ready = 0;
  let times: Float64Array | undefined;
  let pair = survey.pairStart[c]!;
  for (let subset = mask; subset !== 0; subset = (subset - 1) & mask) {
    if (pairFloor[pair++]! + survey.time > affordable[subset]!) continue;
    const { lanes } = context;
    const w = holders.candidates[c]!;
    const first = lanes.firstFrom(w);
    const count = lanes.endFrom(w) - first;
    if (count > FEW_ROWS) {
      ready ||= earliestReady(context, w);
      if (ready < 0) return false;
      times = timesFrom(context, w, ready);
      const timed = survey.freight[subset]!.timedFrom(context, w, ready, times);
      if (handlingFloor(survey, subset, w) + timed > affordable[subset]!) continue;
    }
    if (admitted.length < count) admitted = new Uint8Array(count * 2);
    if (!any) admitted.fill(0, 0, count);
    any = true;
    survey.work += count;
    admitFor(survey, subset, { w, ready, times, first, count });
  }
  return any;
}

/** Marks the rows of a warehouse by which a parcel of the subset is affordable. O(rows). */
function admitFor(
  survey: Survey,
  subset: number,
  { w, ready, times, first, count }: Leaving,
): void {
  const { context, holders } = survey;
  const { lanes, timePerDay, at } = context;
  const { rows } = lanes;
  const { byRow } = survey.freight[subset]!;
  const most = affordable[subset]! - handlingFloor(survey, subset, w);
  const floorTime = timeCost(timePerDay, at, holders.floorPromise);
  for (let i = 0; i < count; i++) {
    if (admitted[i] === 1) continue;
    const row = rows[first + i]!;
    if (byRow[row]! + survey.time > most) continue;
    const own =
      times === undefined
        ? timeFloor(context, row)
        : timingTime(context, times, w, ready, lanes.timing[row]!);
    const time = Math.max(floorTime, own);
    if (byRow[row]! + time > most) continue;
    if (rowFloor(survey, subset, w, row) + time <= most) admitted[i] = 1;
  }
}

function freightBySubset(
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

/**
 * The options worth building for items of different SKUs, and the work it took to find out;
 * undefined if no plan was found to measure them by.
 */
export function findContenders(
  context: OrderContext,
  items: readonly Item[],
  holders: Holders,
  splitLimit: number,
): { admission: Admission; work: number } | undefined {
  const full = 2 ** items.length - 1;
  const own = timeCost(context.timePerDay, context.at, holders.floorPromise);
  const time = Math.max(own, leastTime(context));
  const freight = freightBySubset(context, items, holders, full);
  const survey: Survey = { context, items, holders, freight, time, pairStart: [], work: full };
  fillFloors(survey, full);
  const split = splitCost(context);
  const parts = partitionFloors(full, floorOf, split, splitLimit);
  if (parts === undefined) return undefined;
  let most = costOfParts(survey, parts, split);
  if (parts.length > 1 && floorOf[full]! + time < most) {
    most = Math.min(most, costOfParts(survey, [full], split));
  }
  if (most === Number.POSITIVE_INFINITY) return undefined;
  for (let subset = 1; subset <= full; subset++) {
    affordable[subset] = most - completion[full ^ subset]!;
  }
  const admission: Admission = {
    rowsOf: (c) => (admitRows(survey, c) ? admitted : undefined),
  };
  return { admission, work: survey.work };
}
