/**
 * Branch and bound for orders whose parcels compete for capacity or units. Parcels are chosen for
 * the lowest open item first, in order of a bound that completes them by the subset programme
 * without competition; a complete choice is then given slots in every order of its parcels.
 */
import type { Limits } from './exact.ts';
import { scheduleTogether, unitsSuffice, wayOf } from './joint.ts';
import { splitCost, timeCost } from './objective.ts';
import { type Choice, parcelCost } from './parcels.ts';
import type { Problem } from './problem.ts';
import { cheapestPartition, completion } from './subsets.ts';
import type { ParcelPlan } from './types.ts';

interface Fitted {
  readonly parcels: ParcelPlan[];
  readonly cost: number;
}

interface Search {
  readonly problem: Problem;
  readonly limits: Limits;
  readonly split: number;
  /** Copy of the completion costs: scheduling must not overwrite them. */
  readonly rest: Float64Array;
  best: Fitted | undefined;
  stopped: boolean;
  /** Work at which the caller's port is asked next. */
  askAt: number;
}

/** Steps between two questions to the caller's port. */
const ASK_EVERY = 4096;

interface Branch {
  readonly choice: Choice;
  readonly bound: number;
}

/** Time that a set of choices costs at least. */
function timeOf(problem: Problem, choices: readonly Choice[]): number {
  const { context } = problem;
  if (context.timePerDay === 0) return 0;
  const latest = choices.reduce(
    (most, { promise }) => Math.max(most, promise),
    problem.floorPromise,
  );
  return timeCost(context.timePerDay, context.at, latest);
}

/** All parcels for the lowest item of `open`, cheapest bound first. */
function branches(search: Search, open: number, chosen: readonly Choice[], cost: number): Branch[] {
  const { problem, split, rest } = search;
  const { candidates, candidateMask, options } = problem;
  const lowest = open & -open;
  const found: Branch[] = [];
  for (let c = 0; c < candidates.length; c++) {
    const mask = candidateMask[c]! & open;
    if ((mask & lowest) === 0) continue;
    const others = mask ^ lowest;
    for (let sub = others; ; sub = (sub - 1) & others) {
      const subset = sub | lowest;
      for (let o = options.first[c]!; o < options.first[c + 1]!; o++) {
        problem.work++;
        const own = parcelCost(problem, subset, o);
        const total = cost + own + split + rest[open ^ subset]!;
        if (total === Number.POSITIVE_INFINITY) continue;
        const promise = Math.max(problem.floorPromise, options.promise[o]!);
        const choice = { subset, option: o, cost: own, promise };
        const bound = total - split + timeOf(problem, [...chosen, choice]);
        if (search.best === undefined || bound < search.best.cost) found.push({ choice, bound });
      }
      if (sub === 0) break;
    }
  }
  return found.sort((a, b) => a.bound - b.bound);
}

function descend(search: Search, open: number, chosen: readonly Choice[], cost: number): void {
  const { problem, limits } = search;
  if (open === 0) {
    problem.work += 1000 * chosen.length;
    const ways = chosen.map((choice) => wayOf(problem, choice));
    const fitted = scheduleTogether(problem, ways);
    if (fitted !== undefined && (search.best === undefined || fitted.cost < search.best.cost)) {
      search.best = fitted;
    }
    return;
  }
  if (chosen.length === problem.splitLimit || !unitsSuffice(problem, chosen)) return;
  for (const { choice, bound } of branches(search, open, chosen, cost)) {
    if (search.best !== undefined && bound >= search.best.cost) return;
    if (problem.work > limits.work) search.stopped = true;
    if (problem.work > search.askAt) {
      search.askAt = problem.work + ASK_EVERY;
      if (limits.shouldStop()) search.stopped = true;
    }
    if (search.stopped) return;
    const after = cost + choice.cost + search.split;
    descend(search, open ^ choice.subset, [...chosen, choice], after);
  }
}

/**
 * Best plan whose parcels fit together that the limits allow to find; undefined if none was found.
 * `known` are partitions to try first. At least one descent is made whatever the limits.
 */
export function coupledSearch(
  problem: Problem,
  known: readonly { readonly choices: readonly Choice[] }[],
  limits: Limits,
): Fitted | undefined {
  let best: Fitted | undefined;
  for (const { choices } of known) {
    const ways = choices.map((choice) => wayOf(problem, choice));
    const fitted = scheduleTogether(problem, ways);
    if (fitted !== undefined && (best === undefined || fitted.cost < best.cost)) best = fitted;
  }
  const split = splitCost(problem.context);
  cheapestPartition(problem, Number.POSITIVE_INFINITY, split);
  const rest = completion.slice(0, problem.full + 1);
  const search: Search = { problem, limits, split, rest, best, stopped: false, askAt: 0 };
  descend(search, problem.full, [], 0);
  return search.best;
}
