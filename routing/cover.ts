/**
 * The cheapest exact cover of an order's items by parcels: depth first over the sets of items that
 * parcels hold, the item in the fewest sets first, and where the sets cover all items over the parcels
 * of each. By the dual prices of the relaxation a cover costs its bound plus the reduced costs of its
 * parcels, so a branch ends as soon as these exceed what is still to be gained, and where parcels are
 * scarce as soon as what is left needs more of them than remain. Exact cover after Knuth 2000 ("Dancing
 * links", algorithm X), bounded as in Balas and Padberg 1976. The steps are counted and limited.
 */
import { type CoverSets, listSets, type PricedEntries, setOf } from './cover-sets.ts';

/** What is asked of a cover. */
export interface CoverTask extends PricedEntries {
  /** Most risk of all parcels together. */
  readonly riskLimit: number;
  /** Told of every cover below the limit, cheapest so far; returns the new limit, exclusive. */
  readonly found: (chosen: readonly number[], cost: number) => number;
  /** Steps after which the search gives up, and the port that may end it sooner. */
  readonly steps: number;
  readonly stop: () => boolean;
}

interface Walk {
  readonly task: CoverTask;
  readonly sets: CoverSets;
  /** Sets chosen so far, and where they cover all items the parcels of them. */
  readonly chosen: number[];
  readonly parcels: number[];
  /** Covers that cost as much or more are not wanted. */
  limit: number;
  /** What the bound leaves for reduced costs. */
  slack: number;
  steps: number;
  /** Steps after which the port is asked next. */
  asked: number;
  stopped: boolean;
  /** True if a branch ended because what it costs is not below the limit. */
  cut: boolean;
}

/** Where a branch of the search stands. */
interface Branch {
  /** Items not yet covered, and the parcels that they need at least. */
  readonly open: number;
  readonly needed: number;
  /** Least reduced costs so far. */
  readonly paid: number;
  readonly latest: number;
  readonly risk: number;
}

/** Counts a step; true if it was the last. */
function spent(walk: Walk): boolean {
  const { task } = walk;
  if (++walk.steps > walk.asked) {
    walk.asked = Math.min(task.steps, walk.steps + 4096);
    walk.stopped ||= walk.steps > task.steps || task.stop();
  }
  return walk.stopped;
}

/** Covers what is open: by one of the sets that hold its rarest item, and what then is left. */
function descend(walk: Walk, branch: Branch): void {
  const { open, needed, paid } = branch;
  const { task, sets } = walk;
  // Parcels that may follow the next one.
  const room = task.most - walk.chosen.length - 1;
  if (room === 0) {
    const last = setOf(open);
    if (last >= 0) choose(walk, branch, last);
    return;
  }
  const { start, set, setMask, key, byShare, rank } = sets;
  let at = 0;
  while ((open & (1 << rank[at]!)) === 0) at++;
  const least = needed - room - 1e-6;
  for (let k = start[rank[at]!]!; k < start[rank[at]! + 1]!; k++) {
    if (byShare) {
      if (key[k]! < least) return;
    } else if (paid + key[k]! >= walk.slack) {
      walk.cut = true;
      return;
    }
    if (spent(walk)) return;
    const mask = setMask[k]!;
    if ((mask & open) !== mask) continue;
    // The last parcel holds all that is left, if there is such a one.
    if (room === 1 && mask !== open && setOf(open ^ mask) < 0) continue;
    choose(walk, branch, set[k]!);
    if (walk.stopped) return;
  }
}

/** Goes on with a set of which all items are open, unless even its best parcels are too dear. */
function choose(walk: Walk, branch: Branch, s: number): void {
  const { task, sets, chosen } = walk;
  const paid = branch.paid + sets.reduced[s]!;
  const rest = branch.open ^ sets.mask[s]!;
  const needed = branch.needed - sets.share[s]!;
  if (rest !== 0 && needed > task.most - chosen.length - 1 + 1e-6) return;
  const risk = branch.risk + sets.risk[s]!;
  if (risk > task.riskLimit) return;
  const latest = Math.max(branch.latest, sets.promise[s]!);
  if (paid + Math.max(0, task.time(latest) - task.leastTime) >= walk.slack) {
    walk.cut = true;
    return;
  }
  chosen.push(s);
  if (rest !== 0) descend(walk, { open: rest, needed, paid, latest, risk });
  else fill(walk, 0, { paid, cost: 0, latest: 0, price: task.leastTime, risk: 0 });
  chosen.pop();
}

/** Where the choice of parcels for a cover's sets stands. */
interface Filling {
  /** Reduced costs, the least for sets still without parcel. */
  readonly paid: number;
  readonly cost: number;
  readonly latest: number;
  /** What time costs until then. */
  readonly price: number;
  readonly risk: number;
}

/** Chooses a parcel for the set at place `at` of a cover and those behind it, cheapest first. */
function fill(walk: Walk, at: number, filling: Filling): void {
  const { task, sets, chosen, parcels } = walk;
  const { entries, time, leastTime } = task;
  const isWhole = at + 1 === chosen.length;
  const others = filling.paid - sets.reduced[chosen[at]!]!;
  for (let e = sets.first[chosen[at]!]!; e >= 0; e = sets.next[e]!) {
    if (spent(walk)) return;
    const paid = others + sets.own[e]!;
    if (paid + filling.price - leastTime >= walk.slack) {
      walk.cut = true;
      return;
    }
    const risk = filling.risk + entries.risk[e]!;
    if (risk > task.riskLimit) continue;
    const latest = Math.max(filling.latest, entries.promise[e]!);
    const price = Math.max(filling.price, time(latest));
    if (paid + price - leastTime >= walk.slack) {
      walk.cut = true;
      continue;
    }
    const cost = filling.cost + entries.cost[e]!;
    parcels.push(e);
    if (isWhole) tell(walk, cost + task.perParcel * (chosen.length - 1) + price);
    else fill(walk, at + 1, { paid, cost, latest, price, risk });
    parcels.pop();
    if (walk.stopped) return;
  }
}

/** Steps that take as long as one parcel of a plan that is made of a cover. */
const PLAN_STEPS = 16;

/** Tells of the cover chosen, if it costs less than the limit. */
function tell(walk: Walk, cost: number): void {
  if (cost >= walk.limit) {
    walk.cut = true;
    return;
  }
  const limit = walk.task.found(walk.parcels, cost);
  // A plan is made of the cover, perhaps once for each of its parcels.
  walk.steps += PLAN_STEPS * walk.parcels.length ** 2;
  walk.stopped ||= walk.task.stop();
  walk.slack -= walk.limit - limit;
  walk.limit = limit;
}

/** How far a search went. */
export interface Searched {
  /** True if no cover below the limit was missed. */
  readonly complete: boolean;
  /** True if no parcel and no branch was left out because of the limit: nothing is beyond it. */
  readonly whole: boolean;
}

/**
 * Looks for covers that cost less than `limit`, split and time included. Work is added to the
 * relaxation's. `limit` in minor units. Exponential at worst, but O(steps) of the task at most, beside
 * `listSets`. After Knuth 2000 (algorithm X) and Balas and Padberg 1976.
 */
export function searchCovers(task: CoverTask, limit: number): Searched {
  const { relaxation, perParcel, leastTime, items, entries } = task;
  if (relaxation.bound === Number.POSITIVE_INFINITY) return { complete: true, whole: true };
  const slack = limit - (relaxation.bound - perParcel + leastTime) + 1e-4;
  if (!(slack > 0)) return { complete: true, whole: false };
  const sets = listSets(task, slack);
  const walk: Walk = {
    task,
    sets,
    chosen: [],
    parcels: [],
    limit,
    slack,
    steps: 0,
    asked: 0,
    stopped: false,
    cut: false,
  };
  const open = 2 ** items - 1;
  descend(walk, { open, needed: sets.needed, paid: 0, latest: 0, risk: 0 });
  relaxation.work += entries.count + walk.steps;
  return { complete: !walk.stopped, whole: sets.isWhole && !walk.cut };
}
