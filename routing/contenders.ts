/**
 * Contenders: the ways of sending items that can still be part of the cheapest plan. Every subset
 * of the items gets a floor (freight and handling of its cheapest warehouse, its least lateness),
 * the floors are completed by the subset programme, and a plan made of the best parcel per part
 * says what is affordable. A way whose floor, with the floor of all the rest, costs more than that
 * plan is in no plan that is cheaper – bounding by Lagrange's idea of a relaxed completion, as in
 * Held and Karp 1970. O(Σ_w 2^|items of w| + 3^n / 2), far below pricing every service.
 */
import { carbonCost } from './carbon.ts';
import { arrivalPromise, FreightFloors, latenessFloor, promiseFloor } from './floors.ts';
import { type Item, makeItem } from './items.ts';
import { splitCost, timeCost } from './objective.ts';
import type { Admission } from './options.ts';
import { type Holders, MAX_ITEMS, type OrderContext } from './problem.ts';
import { floorIndex, freightOf, roundMoney } from './rates.ts';
import { bestParcel } from './single.ts';
import { completion, partitionFloors } from './subsets.ts';

const SIZE = 1 << MAX_ITEMS;
const floorOf = new Float64Array(SIZE);
/** What a parcel of a subset may cost by itself, time included. */
const affordable = new Float64Array(SIZE);
let admitted = new Uint8Array(64);

/** State of one look at the candidates of a problem. */
interface Survey {
  readonly context: OrderContext;
  readonly items: readonly Item[];
  readonly holders: Holders;
  /** Freight floors by subset. */
  readonly freight: readonly FreightFloors[];
  /** Price of the least time that any plan takes. */
  readonly time: number;
  work: number;
}

/** Freight and carbon of a subset from `w` by one row of the lane table, and its least lateness. */
function rowFloor(survey: Survey, subset: number, w: number, row: number): number {
  const { context, holders } = survey;
  const { network, lanes } = context;
  const service = lanes.service[row]!;
  const freight = freightOf(
    network.rates,
    network.services.card[service]!,
    network.lanes.rateRow[lanes.lane[row]!]!,
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

/** Lowers a subset's floor to that of warehouse `w`. */
function lowerFloor(survey: Survey, subset: number, w: number): void {
  const { lanes } = survey.context;
  const handling = handlingFloor(survey, subset, w);
  survey.work++;
  if (handling + survey.freight[subset]!.from(w) >= floorOf[subset]!) return;
  for (let row = lanes.start[w]!; row < lanes.start[w + 1]!; row++) {
    const floor = handling + rowFloor(survey, subset, w, row);
    if (floor < floorOf[subset]!) floorOf[subset] = floor;
  }
  survey.work += lanes.start[w + 1]! - lanes.start[w]!;
}

/** Cost of a plan that sends each part by its best parcel; Infinity if one has none. */
function costOfParts(survey: Survey, parts: readonly number[], split: number): number {
  const { context, items, holders } = survey;
  const { candidates, candidateMask, floorPromise } = holders;
  let cost = split * (parts.length - 1);
  let latest = floorPromise;
  for (const part of parts) {
    const whole = items.filter((_, i) => (part & (1 << i)) !== 0).flatMap((item) => item.parts);
    const item = makeItem(context.network, context.lines, whole);
    const able = candidates.filter((_, c) => (candidateMask[c]! & part) === part);
    const best = bestParcel(context, item, able);
    survey.work += best.work;
    if (best.warehouse < 0) return Number.POSITIVE_INFINITY;
    cost += best.cost - timeCost(context.timePerDay, context.at, best.promise);
    latest = Math.max(latest, best.promise);
  }
  return cost + timeCost(context.timePerDay, context.at, latest);
}

/** Marks the rows of candidate `c` that some affordable parcel goes by; false if there are none. */
function admitRows(survey: Survey, c: number): boolean {
  const { context, holders } = survey;
  const { lanes, at, timePerDay } = context;
  const w = holders.candidates[c]!;
  const mask = holders.candidateMask[c]!;
  const first = lanes.start[w]!;
  const count = lanes.start[w + 1]! - first;
  if (admitted.length < count) admitted = new Uint8Array(count * 2);
  let any = false;
  for (let subset = mask; subset !== 0; subset = (subset - 1) & mask) {
    const handling = handlingFloor(survey, subset, w);
    survey.work++;
    if (handling + survey.freight[subset]!.from(w) + survey.time > affordable[subset]!) continue;
    if (!any) admitted.fill(0, 0, count);
    any = true;
    survey.work += count;
    for (let i = 0; i < count; i++) {
      if (admitted[i] === 1) continue;
      const promise = Math.max(holders.floorPromise, promiseFloor(context, first + i));
      const time = timeCost(timePerDay, at, promise);
      if (handling + rowFloor(survey, subset, w, first + i) + time <= affordable[subset]!) {
        admitted[i] = 1;
      }
    }
  }
  return any;
}

function freightFloors(context: OrderContext, holders: Holders, full: number): FreightFloors[] {
  const byIndex: FreightFloors[] = [];
  const bySubset: FreightFloors[] = new Array(full + 1);
  for (let subset = 1; subset <= full; subset++) {
    const index = floorIndex(context.network.rates, holders.mg[subset]!, holders.mm3[subset]!);
    byIndex[index] ??= new FreightFloors(context, index);
    bySubset[subset] = byIndex[index];
  }
  return bySubset;
}

/** Earliest instant, epoch seconds, at which any parcel of the order can be promised. */
function earliestFloor(context: OrderContext, { floorPromise }: Holders): number {
  const { promise } = context.arrivalFloors;
  let earliest = Number.POSITIVE_INFINITY;
  for (let arrival = 0; arrival < promise.length; arrival++) {
    earliest = Math.min(earliest, arrivalPromise(context, arrival));
  }
  return Math.max(floorPromise, earliest);
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
  const time = timeCost(context.timePerDay, context.at, earliestFloor(context, holders));
  const freight = freightFloors(context, holders, full);
  const survey: Survey = { context, items, holders, freight, time, work: full };
  floorOf.fill(Number.POSITIVE_INFINITY, 0, full + 1);
  holders.candidates.forEach((w, c) => {
    const mask = holders.candidateMask[c]!;
    for (let subset = mask; subset !== 0; subset = (subset - 1) & mask) {
      lowerFloor(survey, subset, w);
    }
  });
  const split = splitCost(context);
  const parts = partitionFloors(full, floorOf, split, splitLimit);
  if (parts === undefined) return undefined;
  let most = costOfParts(survey, parts, split);
  if (parts.length > 1 && floorOf[full] !== Number.POSITIVE_INFINITY) {
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
