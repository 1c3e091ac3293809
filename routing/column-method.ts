/**
 * The exact decision by columns, for orders too large for a table of all subsets: what warehouses
 * hold is listed (`columns.ts`), its relaxation priced (`relaxation.ts`), a first plan made, and only
 * what can still beat it is built, priced (`column-parcels.ts`) and searched (`cover.ts`). Exact to
 * 30 items where stock is spread over many warehouses; `undefined` where it is too dense to be listed.
 */
import {
  cheapParts,
  costOfParts,
  findShares,
  type Method,
  openMethod,
  relaxFloors,
  relaxParcels,
  stepsOf,
} from './column-parcels.ts';
import { admittedOptions, entries, listParcels, priceParcels } from './column-pricing.ts';
import { openSlots, priceWays, type SlotTask, slotsTogether } from './column-slots.ts';
import { type CoverTask, searchCovers } from './cover.ts';
import { coverExists } from './cover-exists.ts';
import type { Limits, Solution } from './exact.ts';
import type { Item } from './items.ts';
import { buildChosen, type Joint, jointlyFeasible, scheduleTogether, wayOf } from './joint.ts';
import { riskOfPlan, timeCost } from './objective.ts';
import type { Choice } from './parcels.ts';
import { type Holdings, listHolders, type OrderContext } from './problem.ts';
import type { Relaxation } from './relaxation.ts';
import type { ParcelPlan } from './types.ts';

const none = Number.POSITIVE_INFINITY;

/** Latest of the earliest promises of the items: no plan of these entries ends before. */
function earliestEnd({ items }: Method): number {
  let end = 0;
  for (let i = 0; i < items.length; i++) {
    let earliest = none;
    for (let e = 0; e < entries.count; e++) {
      if ((entries.mask[e]! & (1 << i)) !== 0) earliest = Math.min(earliest, entries.promise[e]!);
    }
    end = Math.max(end, earliest);
  }
  return end;
}

/** What one attempt found of plans below a limit. */
interface Attempt {
  best: { parcels: readonly ParcelPlan[]; cost: number } | undefined;
  /** Cheapest cover that was not counted because its parcels do not go together. */
  coupledFrom: number;
  /** No plan costs less, unless it costs `coupledFrom` or more. */
  bound: number;
  complete: boolean;
}

/** First step above the bound in which plans are looked for, and how it grows while none is found. */
const STEP = { least: 10, share: 0.01, growth: 5 };

/**
 * Prices the parcels within the gap, each by itself, or where they compete (`coupled`) every way with
 * all its slots; then the relaxation.
 */
function priceWithin(method: Method, gap: number, coupled: boolean) {
  const { splitLimit, context } = method;
  method.beyond = false;
  const options = admittedOptions(method, gap, coupled ? splitLimit : 1);
  const slots = coupled ? priceWays(method, options, gap) : undefined;
  // A dearer and later parcel may be the surer one.
  const all = coupled || context.riskLimit !== none;
  if (slots === undefined) priceParcels(method, options, gap, all);
  relaxParcels(method, all ? undefined : listParcels(method));
  return { options, slots };
}

/** How chosen entries become parcels: as they are, or in the slots that they have together. */
function chooser(slots: SlotTask | undefined) {
  if (slots === undefined) {
    return { together: undefined, choicesOf: (chosen: readonly number[]) => chosen.map(choiceOf) };
  }
  let choices: readonly Choice[] = [];
  const together: CoverTask['together'] = (chosen, below, isWhole, isSpent) => {
    const found = slotsTogether(slots, chosen, below, isWhole, isSpent);
    choices = found.choices;
    return found;
  };
  return { together, choicesOf: () => choices };
}

/**
 * Looks for the cheapest plan below `limit`, split and time included. With `coupled` every way counts,
 * also one that is dearer and later than another, with every slot it may have to move to.
 */
function attempt(method: Method, limit: number, coupled: boolean): Attempt {
  const { context, items, split, splitLimit, relaxation, shares, kinds } = method;
  const { timePerDay, at, riskLimit } = context;
  const gap = limit - (relaxation.bound - split + method.leastTime);
  const { options, slots } = priceWithin(method, gap, coupled);
  const time = (promise: number) => (timePerDay === 0 ? 0 : timeCost(timePerDay, at, promise));
  const end = earliestEnd(method);
  const tried: Attempt = { best: undefined, coupledFrom: none, bound: limit, complete: true };
  if (end === none || relaxation.bound === none) return tried;
  const leastTime = Math.max(method.leastTime, time(end));
  const joint: Joint = { ...method.joint, options };
  const { together, choicesOf } = chooser(
    slots && openSlots({ joint, slots, kinds, time, riskLimit }),
  );
  const base = Math.ceil(relaxation.bound - split + leastTime - 1e-4);
  tried.bound = Math.min(limit, base);
  const priced = {
    entries,
    items: items.length,
    most: splitLimit,
    perParcel: split,
    relaxation,
    shares,
    kinds,
  };
  for (let step = STEP.least + STEP.share * base; ; step *= STEP.growth) {
    const below = Math.min(limit, tried.best?.cost ?? none, base + step);
    const searched = searchCovers(
      {
        ...priced,
        ...stepsOf(method),
        time,
        leastTime,
        riskLimit,
        together,
        found: (chosen, cost) => keep(joint, tried, choicesOf(chosen), cost, below),
      },
      below,
    );
    tried.complete = searched.complete;
    if (!searched.complete) return tried;
    const enough = Math.min(limit, tried.best?.cost ?? none);
    tried.bound = Math.max(tried.bound, searched.whole ? enough : Math.min(below, enough));
    if (!searched.whole && below >= limit) method.beyond = true;
    if (searched.whole || below >= enough) return tried;
  }
}

function choiceOf(e: number): Choice {
  const [subset, option] = [entries.mask[e]!, entries.of[e]!];
  return { subset, option, cost: entries.cost[e]!, promise: entries.promise[e]! };
}

/** Keeps a cover that is cheaper than the best plan; returns what the next one must beat. */
function keep(
  joint: Joint,
  tried: Attempt,
  choices: readonly Choice[],
  cost: number,
  limit: number,
): number {
  const fits = jointlyFeasible(joint, choices);
  let built = fits ? buildChosen(joint, choices) : undefined;
  if (built === undefined || built.cost > cost) {
    tried.coupledFrom = Math.min(tried.coupledFrom, cost);
    const ways = choices.map((choice) => wayOf(joint, choice));
    built ??= scheduleTogether(joint, ways);
    if (built !== undefined && riskOfPlan(built.parcels) > joint.context.riskLimit)
      built = undefined;
  }
  if (built !== undefined && built.cost < (tried.best?.cost ?? none)) tried.best = built;
  return Math.min(limit, tried.best?.cost ?? none);
}

/** Growth of what is allowed above the bound while no plan is found. */
const WIDENING = 16;

/** No plan exists. */
function refusal({ work, relaxation }: Method, splitLimited: boolean) {
  const spent = work + relaxation.work;
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
): (Solution & { readonly work: number }) | undefined {
  const holders = listHolders(context, items);
  const refused = refuseHoldings(holders, items, splitLimit);
  if (refused !== undefined) return refused;
  const method = openMethod(context, items, holders, splitLimit, limits);
  if (method === undefined) return undefined;
  const { relaxation, split } = method;
  relaxFloors(method, method.splitLimit);
  if (relaxation.bound === none) {
    relaxFloors(method, items.length);
    return refusal(method, relaxation.bound !== none);
  }
  findShares(method);
  if (relaxation.bound === none) return refusal(method, true);
  const floors = { ...relaxation, price: relaxation.price.slice() };
  const base = relaxation.bound - split + method.leastTime;
  const parts = cheapParts(method);
  const upper = parts === undefined ? none : costOfParts(method, parts);
  let limit = upper === none ? base + 0.1 * base + 200 : upper + 1;
  for (;;) {
    const { best, bound, complete } = bestBelow(method, limit);
    const work = method.work + relaxation.work;
    if (best !== undefined) return { ...best, lowerBound: bound, splitLimited: false, work };
    if (!complete) {
      return { parcels: undefined, cost: none, lowerBound: bound, splitLimited: false, work };
    }
    if (!method.beyond) return refusal(method, true);
    restore(relaxation, floors);
    limit = base + (limit - base) * WIDENING;
  }
}

function restore(relaxation: Relaxation, from: Relaxation): void {
  relaxation.price.set(from.price);
  relaxation.parcelPrice = from.parcelPrice;
  relaxation.bound = from.bound;
}

/**
 * Cheapest plan below a limit, with a lower bound of all plans. Where the cheapest parcels take each
 * other's slots, all parcels are looked at again, each in every slot that it may have to move to.
 */
function bestBelow(method: Method, limit: number): Attempt {
  const { relaxation } = method;
  const floors = { ...relaxation, price: relaxation.price.slice() };
  const first = attempt(method, limit, false);
  const below = first.best?.cost ?? limit;
  if (first.coupledFrom >= below) return first;
  const least = Math.min(first.bound, first.coupledFrom);
  restore(relaxation, floors);
  const again = attempt(method, below, true);
  return {
    best: again.best ?? first.best,
    coupledFrom: again.coupledFrom,
    bound: Math.max(least, Math.min(again.bound, again.coupledFrom)),
    complete: again.complete && again.coupledFrom === none,
  };
}
