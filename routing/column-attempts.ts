/**
 * Attempts of the decision by columns: what can be part of a plan below a limit is priced, and the cheapest
 * plan of it searched, of parcels each by itself. Those that add up to lines that are cut, or compete for
 * slots, are searched together (`column-together.ts`, `column-competing.ts`).
 */
import { type Method, relaxParcels, stepsOf } from './column-parcels.ts';
import { admittedOptions, entries, listParcels, priceParcels } from './column-pricing.ts';
import { searchCovers } from './cover.ts';
import { eachOnce } from './items.ts';
import { buildChosen, type Joint, jointlyFeasible, scheduleTogether, wayOf } from './joint.ts';
import { riskOfPlan, timeCost } from './objective.ts';
import type { Choice } from './parcels.ts';
import type { ParcelPlan } from './types.ts';

const none = Number.POSITIVE_INFINITY;

/**
 * Latest of the earliest promises by which each kind of items can be had from parcels or options; Infinity if
 * one cannot: no plan of them ends before. O(parcels × items).
 */
export function earliestEnd(
  { items, counts = eachOnce(items.length) }: Method,
  from: { readonly count: number; readonly mask: Int32Array; readonly promise: Float64Array },
): number {
  const earliest = counts.need.map(() => none);
  for (let i = 0; i < from.count; i++) {
    const promise = from.promise[i]!;
    for (let bits = from.mask[i]!; bits !== 0; bits &= bits - 1) {
      const kind = counts.kind[31 - Math.clz32(bits & -bits)]!;
      if (promise < earliest[kind]!) earliest[kind] = promise;
    }
  }
  return Math.max(...earliest);
}

/** What one attempt found of plans below a limit. */
export interface Attempt {
  best: { parcels: readonly ParcelPlan[]; cost: number } | undefined;
  /** Cheapest cover that was not counted because its parcels do not go together. */
  coupledFrom: number;
  /** No plan costs less, unless it costs `coupledFrom` or more. */
  bound: number;
  complete: boolean;
}

/** First step above the bound in which plans are looked for, and how it grows while none is found. */
const STEP = { least: 10, share: 0.01, growth: 5 };

/** What a search chooses from, and what time costs at least. */
export interface Priced {
  readonly joint: Joint;
  readonly time: (promise: number) => number;
  readonly leastTime: number;
}

/** Price of time until a promise (epoch seconds), minor units. O(1). */
export function timeOf({ context }: Method): (promise: number) => number {
  const { timePerDay, at } = context;
  return (promise) => (timePerDay === 0 ? 0 : timeCost(timePerDay, at, promise));
}

/**
 * Prices the parcels that cost less than the limit (minor units) leaves, each by itself in its best slot;
 * then the relaxation. Undefined if they make no plan. O(pairs × options of their warehouse) beside
 * `relaxParcels`.
 */
export function priceWithin(method: Method, limit: number): Priced | undefined {
  const { context, relaxation, split, counts } = method;
  const gap = limit - (relaxation.bound - split + method.leastTime);
  method.beyond = false;
  const options = admittedOptions(method, gap, 1);
  // A dearer and later parcel may be the surer one, or from where there is more.
  const all = counts !== undefined || context.riskLimit !== none;
  priceParcels(method, options, gap, all);
  relaxParcels(method, all ? undefined : listParcels(method));
  const end = earliestEnd(method, entries);
  if (end === none || relaxation.bound === none) return undefined;
  const time = timeOf(method);
  const leastTime = Math.max(method.leastTime, time(end));
  return { joint: { ...method.joint, options }, time, leastTime };
}

/**
 * Looks for the cheapest plan below `limit`, split and time included (minor units), of parcels each by
 * itself. Exponential at worst, O(budget) at most, see `searchCovers`.
 */
export function attempt(method: Method, limit: number): Attempt {
  const { context, items, split, splitLimit, relaxation, shares } = method;
  const tried: Attempt = { best: undefined, coupledFrom: none, bound: limit, complete: true };
  const within = priceWithin(method, limit);
  if (within === undefined) return tried;
  const { joint, time, leastTime } = within;
  const base = Math.ceil(relaxation.bound - split + leastTime - 1e-4);
  tried.bound = Math.min(limit, base);
  const priced = {
    entries,
    items: items.length,
    most: splitLimit,
    perParcel: split,
    relaxation,
    shares,
  };
  for (let step = STEP.least + STEP.share * base; ; step *= STEP.growth) {
    const below = Math.min(limit, tried.best?.cost ?? none, base + step);
    const searched = searchCovers(
      {
        ...priced,
        ...stepsOf(method, COVER_SHARE),
        time,
        leastTime,
        riskLimit: context.riskLimit,
        found: (chosen, cost) => keep(joint, tried, chosen.map(choiceOf), cost, below),
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

/** Share of the budget that one search for a cover may use. */
const COVER_SHARE = 1 / 8;

function choiceOf(e: number): Choice {
  const [subset, option] = [entries.mask[e]!, entries.of[e]!];
  return { subset, option, cost: entries.cost[e]!, promise: entries.promise[e]! };
}

/**
 * Keeps parcels that are a plan cheaper than the best; returns what the next one must beat, minor units.
 * O(parcels²), see `scheduleTogether`.
 */
export function keep(
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
