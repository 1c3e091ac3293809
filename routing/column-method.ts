/**
 * The exact decision by columns, for orders too large for a table of all subsets: what warehouses
 * hold is listed (`columns.ts`), its relaxation priced (`relaxation.ts`), a first plan made, and only
 * what can still beat it is built, priced and searched (`column-attempts.ts`). Exact to 30 items where
 * stock is spread over many warehouses; `undefined` where it is too dense to be listed.
 */
import { type Attempt, attempt } from './column-attempts.ts';
import { attemptCompeting } from './column-competing.ts';
import {
  cheapParts,
  costOfParts,
  findShares,
  type Method,
  openMethod,
  relaxFloors,
} from './column-parcels.ts';
import { attemptCounted } from './column-together.ts';
import { coverExists } from './cover-exists.ts';
import type { Limits, Solution } from './exact.ts';
import { greedyParcels } from './greedy.ts';
import type { Counts, Item } from './items.ts';
import { type Holdings, listHolders, type OrderContext } from './problem.ts';
import type { Relaxation } from './relaxation.ts';

const none = Number.POSITIVE_INFINITY;

/** Growth of what is allowed above the bound while no plan is found. */
const WIDENING = 16;

/** No plan exists. */
function refusal({ work, relaxation }: Method, splitLimited: boolean) {
  const spent = Math.ceil(work + relaxation.work);
  return { parcels: undefined, cost: none, lowerBound: none, splitLimited, work: spent };
}

/** The refusal, if all items are held but not by so few warehouses; undefined = perhaps they are. */
function refuseHoldings({ candidateMask }: Holdings, items: readonly Item[], splitLimit: number) {
  if (splitLimit >= items.length) return undefined;
  if (candidateMask.reduce((all, mask) => all | mask, 0) !== 2 ** items.length - 1)
    return undefined;
  const { possible, work } = coverExists(candidateMask, items.length, splitLimit);
  if (possible) return undefined;
  return { parcels: undefined, cost: none, lowerBound: none, splitLimited: true, work };
}

/** Items that are counted, and what some plan of them costs; Infinity if none is known. */
export interface Counted {
  readonly counts: Counts;
  readonly upper: number;
}

/** Cost of a first plan, minor units; Infinity if none is found. */
function cheapCost(method: Method): number {
  const parts = cheapParts(method);
  return parts === undefined ? none : costOfParts(method, parts);
}

/**
 * Decides the items in at most `splitLimit` parcels, exactly or with the bound that was proved;
 * undefined if the columns are too many to be listed. O(pairs × rows + pivots × (columns + items²))
 * before the searches, which are exponential at worst and end with `limits.work` steps. Costs in minor
 * units.
 */
export function solveByColumns(
  context: OrderContext,
  items: readonly Item[],
  splitLimit: number,
  limits: Limits,
  counted?: Counted,
): (Solution & { readonly work: number }) | undefined {
  const holders = listHolders(context, items);
  const refused = counted === undefined ? refuseHoldings(holders, items, splitLimit) : undefined;
  if (refused !== undefined) return refused;
  const method = openMethod(context, items, holders, splitLimit, limits, counted?.counts);
  if (method === undefined) return undefined;
  const { relaxation, split } = method;
  relaxFloors(method, method.splitLimit);
  if (relaxation.bound === none) {
    relaxFloors(method, method.pieces);
    return refusal(method, relaxation.bound !== none);
  }
  findShares(method);
  if (relaxation.bound === none) return refusal(method, true);
  const floors = { ...relaxation, price: relaxation.price.slice() };
  const base = relaxation.bound - split + method.leastTime;
  const upper = counted?.upper ?? cheapCost(method);
  // Plans cost whole minor units, so a limit that is none would only lose what is proved.
  let limit = Math.ceil(upper === none ? base + 0.1 * base + 200 : upper + 1);
  for (;;) {
    const { best, bound, complete } = bestBelow(method, limit);
    const work = Math.ceil(method.work + relaxation.work);
    if (best !== undefined) return { ...best, lowerBound: bound, splitLimited: false, work };
    if (!complete || (method.beyond && work > limits.work)) {
      return { parcels: undefined, cost: none, lowerBound: bound, splitLimited: false, work };
    }
    if (!method.beyond) return refusal(method, true);
    restore(relaxation, floors);
    limit = Math.ceil(base + (limit - base) * WIDENING);
  }
}

function restore(relaxation: Relaxation, from: Relaxation): void {
  relaxation.price.set(from.price);
  relaxation.parcelPrice = from.parcelPrice;
  relaxation.bound = from.bound;
}

/** The cheaper of two plans, the first of equal ones. */
function cheaper(one: Attempt['best'], other: Attempt['best']): Attempt['best'] {
  return (other?.cost ?? none) < (one?.cost ?? none) ? other : one;
}

/** The greedy plan, if lines are whole and greed finds one. */
function greedyPlan({ context, items, splitLimit, counts }: Method): Attempt['best'] {
  return counts === undefined ? greedyParcels(context, items, splitLimit) : undefined;
}

/**
 * Cheapest plan below a limit, with a lower bound of all plans. Where the cheapest parcels take each
 * other's slots, all parcels are looked at again, each in every slot that it may have to move to.
 */
function bestBelow(method: Method, limit: number): Attempt {
  const { relaxation, counts } = method;
  const floors = { ...relaxation, price: relaxation.price.slice() };
  const first = counts ? attemptCounted(method, limit) : attempt(method, limit);
  if (first.complete && first.coupledFrom >= (first.best?.cost ?? limit)) return first;
  // A plan that is known spares looking at what costs more.
  const known = first.best ?? greedyPlan(method);
  const least = Math.min(first.bound, first.coupledFrom);
  restore(relaxation, floors);
  const again = attemptCompeting(method, known?.cost ?? limit);
  return {
    best: cheaper(again.best, known),
    coupledFrom: again.coupledFrom,
    bound: Math.max(least, Math.min(again.bound, again.coupledFrom)),
    complete: again.complete && again.coupledFrom === none,
  };
}
