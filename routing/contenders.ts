/**
 * Contenders: the ways of sending items that can still be part of the cheapest plan. Every subset
 * of the items gets a floor (freight and handling of its cheapest warehouse, its least lateness),
 * the floors are completed by the subset programme, and a plan made of the best parcel per part
 * says what is affordable. A way whose floor, with the floor of all the rest, costs more than that
 * plan is in no plan that is cheaper – bounding by Lagrange's idea of a relaxed completion, as in
 * Held and Karp 1970. O(Σ_w 2^|items of w| + 3^n / 2), far below pricing every service.
 */

import { bestParcel } from './best-parcel.ts';
import {
  fillFloors,
  floorOf,
  freightBySubset,
  handlingFloor,
  pairFloor,
  rowFloor,
  type Survey,
} from './contender-floors.ts';
import { FEW_ROWS, type Leaving, leastTime, timeFloor, timesFrom, timingTime } from './floors.ts';
import { type Item, makeItem } from './items.ts';
import { splitCost, timeCost } from './objective.ts';
import type { Admission } from './options.ts';
import { type Holders, MAX_ITEMS, type OrderContext } from './problem.ts';
import { earliestReady } from './slots.ts';
import { completion, partitionFloors } from './subsets.ts';

/** What a parcel of a subset may cost by itself, time included. */
const affordable = new Float64Array(1 << MAX_ITEMS);
let admitted = new Uint8Array(64);
let able = new Int32Array(64);

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

/** Numbers of the candidates of which some parcel is affordable by its freight floor. O(pairs). */
function affordableHouses({ holders, time }: Survey): number[] {
  const { candidates, candidateMask } = holders;
  const houses: number[] = [];
  for (let c = 0, pair = 0; c < candidates.length; c++) {
    const mask = candidateMask[c]!;
    let any = false;
    for (let subset = mask; subset !== 0; subset = (subset - 1) & mask) {
      if (pairFloor[pair++]! + time <= affordable[subset]!) any = true;
    }
    if (any) houses.push(c);
  }
  return houses;
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

/**
 * The warehouses and options worth building for items of different SKUs, and the work it took to find
 * out; undefined if no plan was found to measure them by.
 * O(Σ_w 2^|items of w| + 3^items / 2 + rows of the parcels that are affordable). Bounds as in Held and
 * Karp 1970.
 */
export function findContenders(
  context: OrderContext,
  items: readonly Item[],
  holders: Holders,
  splitLimit: number,
): { holders: Holders; admission: Admission; work: number } | undefined {
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
  const houses = affordableHouses(survey);
  const admission: Admission = {
    rowsOf: (k) => (admitRows(survey, houses[k]!) ? admitted : undefined),
  };
  const contending: Holders = {
    ...holders,
    candidates: houses.map((c) => holders.candidates[c]!),
    candidateMask: houses.map((c) => holders.candidateMask[c]!),
  };
  return { holders: contending, admission, work: survey.work };
}
