/**
 * Plans that were not chosen, by the subset programme: the cheapest whole plan that uses one candidate
 * of a problem. Parcels of one order are not counted against each other.
 */
import { type Item, makeItem, type Part } from './items.ts';
import { splitCost, timeCost } from './objective.ts';
import { parcelCost, parcelsOf } from './parcels.ts';
import { MAX_ITEMS, type OrderContext, type Problem } from './problem.ts';
import { completionsUnder } from './subsets.ts';
import type { SourcingResult } from './types.ts';

/** Steps spent on limits of promises. */
const STEPS = 2_000_000;

/**
 * Items of the plan as decided, so that cut lines stay cut and groups whole; of a refused order its
 * whole lines and groups. O(lines + takes).
 */
export function decidedItems(context: OrderContext, result: SourcingResult): Item[] {
  const { lines, network } = context;
  const bond = (line: number) => (lines[line]!.group < 0 ? -1 - line : lines[line]!.group);
  if (result.outcome === 'unsourced') {
    const whole = lines.map(({ quantity }, line): Part => ({ line, quantity }));
    return [...Map.groupBy(whole, ({ line }) => bond(line)).values()]
      .slice(0, MAX_ITEMS)
      .map((parts) => makeItem(network, lines, parts));
  }
  const lineOf = new Map(lines.map((line, i) => [line.lineNo, i]));
  const parcels = result.parcels.map(({ takes }) => {
    const units = new Map<number, number>();
    for (const { line_no, quantity } of takes) {
      const line = lineOf.get(line_no)!;
      units.set(line, (units.get(line) ?? 0) + quantity);
    }
    return [...units].map(([line, quantity]): Part => ({ line, quantity }));
  });
  const single = parcels.flatMap((parts) => [
    ...Map.groupBy(parts, ({ line }) => bond(line)).values(),
  ]);
  const groups = single.length <= MAX_ITEMS ? single : parcels.slice(0, MAX_ITEMS);
  return groups.map((parts) => makeItem(network, lines, parts));
}

/** Cheapest completions of every set of items by plans promised no later than the limit. */
export interface Completion {
  readonly limit: number;
  readonly rest: Float64Array;
}

/**
 * Completions under a bounded number of limits on promises, the latest always among them.
 * O(limits × split limit × 3^items / 2): at most 64 limits, two of 13 items and more.
 */
export function completions(problem: Problem): Completion[] {
  const { context, splitLimit } = problem;
  const promises = new Set<number>();
  for (let subset = 1; subset <= problem.full; subset++) {
    for (const { promise } of parcelsOf(subset)) promises.add(promise);
  }
  const all = [...promises].sort((a, b) => b - a);
  const most = Math.max(2, Math.min(64, Math.floor(STEPS / 3 ** problem.items.length)));
  const step = Math.max(1, Math.ceil(all.length / most));
  const limits = all.filter((_, i) => i % step === 0);
  const split = splitCost(context);
  return limits.map((limit) => ({
    limit,
    rest: completionsUnder(problem, limit, split, splitLimit - 1),
  }));
}

/** A plan by its numbers: minor units, and epoch seconds of its last promise. */
export interface Found {
  readonly cost: number;
  readonly promise: number;
}

/** Cheapest plan that has one of the parcels of candidate `c`. O(subsets held × options × limits). */
export function cheapestWith(
  problem: Problem,
  c: number,
  known: readonly Completion[],
): Found | undefined {
  const { context, options, candidateMask, full } = problem;
  const mask = candidateMask[c]!;
  let best: Found | undefined;
  for (let subset = mask; subset !== 0; subset = (subset - 1) & mask) {
    for (let o = options.first[c]!; o < options.first[c + 1]!; o++) {
      const own = parcelCost(problem, subset, o);
      if (own === Number.POSITIVE_INFINITY) continue;
      const alone = subset === full;
      for (const { limit, rest } of known) {
        const others = own + rest[full ^ subset]!;
        if (others === Number.POSITIVE_INFINITY) break;
        const promise = alone ? options.promise[o]! : Math.max(options.promise[o]!, limit);
        const cost = others + timeCost(context.timePerDay, context.at, promise);
        if (best === undefined || cost < best.cost) best = { cost, promise };
        // With no price of time there is one limit and it says nothing of the promise.
        if (alone || limit <= options.promise[o]!) break;
      }
    }
  }
  return best;
}
