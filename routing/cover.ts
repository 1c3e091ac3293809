/**
 * The cheapest exact cover of an order's items by parcels: depth first, the item with fewest parcels
 * first, in order of reduced cost. By the dual prices of the relaxation a cover costs its bound plus
 * the reduced costs of its parcels, so a branch ends as soon as these exceed what is still to be
 * gained. Exact cover after Knuth 2000 ("Dancing links", algorithm X), bounded as in Balas and
 * Padberg 1976. Few entries survive reduced-cost fixing; the steps are counted and limited.
 */
import { loadPrices, priceOfMask, type Relaxation } from './relaxation.ts';

/** Parcels to choose from, by number; scratch of the caller. */
export interface Entries {
  count: number;
  mask: Int32Array;
  /** Minor units, without split and time. */
  cost: Float64Array;
  /** Epoch seconds; 0 where time has no price. */
  promise: Float64Array;
  /** See `lateRisk`. */
  risk: Float64Array;
}

/** What parcels cost together; Infinity = they do not go together below the limit. */
export interface Together {
  readonly cost: number;
  readonly steps: number;
  /** True if the limit left some ways of going together out. */
  readonly cut: boolean;
}

/** What is asked of a cover. */
export interface CoverTask {
  readonly entries: Entries;
  readonly items: number;
  /** Most parcels. */
  readonly most: number;
  readonly perParcel: number;
  readonly relaxation: Relaxation;
  /**
   * Shares of a parcel that each item needs at least, however parcels are chosen; undefined where
   * the number of parcels is not scarce.
   */
  readonly shares: Float64Array | undefined;
  /** Price of time until a promise; at least `leastTime` whatever is chosen. */
  readonly time: (promise: number) => number;
  readonly leastTime: number;
  /** Most risk of all parcels together. */
  readonly riskLimit: number;
  /**
   * The least that parcels chosen cost if they go together, time included, whatever is added; only
   * what is less than `below` is looked for. It may be less than that unless the cover `isWhole`.
   * Undefined where parcels do not compete.
   */
  readonly together?:
    | ((chosen: readonly number[], below: number, isWhole: boolean) => Together)
    | undefined;
  /** Told of every cover below the limit, cheapest so far; returns the new limit, exclusive. */
  readonly found: (chosen: readonly number[], cost: number) => number;
  /** Steps after which the search gives up, and the port that may end it sooner. */
  readonly steps: number;
  readonly stop: () => boolean;
}

const MOST_ITEMS = 30;
let reduced = new Float64Array(1024);
let share = new Float64Array(1024);
let listed = new Int32Array(4096);
const listStart = new Int32Array(MOST_ITEMS + 1);
const listEnd = new Int32Array(MOST_ITEMS + 1);
/** Items, those with the fewest entries first. */
const rank = new Int32Array(MOST_ITEMS);

interface Walk {
  readonly task: CoverTask;
  readonly chosen: number[];
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

/** Reduced costs with the time that an entry causes alone; returns the entries that can win. */
function fix(task: CoverTask, slack: number): number[] {
  const { entries, items, perParcel, relaxation, shares, time, leastTime } = task;
  if (reduced.length < entries.count) {
    reduced = new Float64Array(entries.count * 2);
    share = new Float64Array(entries.count * 2);
  }
  if (shares !== undefined) {
    loadPrices(shares, items);
    for (let e = 0; e < entries.count; e++) share[e] = priceOfMask(entries.mask[e]!);
  } else share.fill(0, 0, entries.count);
  loadPrices(relaxation.price, items);
  const fixed = perParcel + relaxation.parcelPrice;
  const kept: number[] = [];
  for (let e = 0; e < entries.count; e++) {
    const own = Math.max(0, entries.cost[e]! + fixed - priceOfMask(entries.mask[e]!));
    reduced[e] = own;
    const later = Math.max(0, time(entries.promise[e]!) - leastTime);
    if (own + later < slack) kept.push(e);
  }
  return kept;
}

/** Lists per item the entries that hold it, least reduced cost first. */
function list({ entries, items }: CoverTask, kept: number[]): void {
  kept.sort((a, b) => reduced[a]! - reduced[b]! || a - b);
  const lists: number[][] = Array.from({ length: items }, () => []);
  for (const e of kept) {
    for (let bits = entries.mask[e]!; bits !== 0; bits &= bits - 1) {
      lists[31 - Math.clz32(bits & -bits)]!.push(e);
    }
  }
  let end = 0;
  for (let i = 0; i < items; i++) {
    listStart[i] = end;
    end += lists[i]!.length;
    if (listed.length < end) {
      const more = new Int32Array(end * 2);
      more.set(listed);
      listed = more;
    }
    listed.set(lists[i]!, listStart[i]!);
    listEnd[i] = end;
    rank[i] = i;
  }
  rank.subarray(0, items).sort((a, b) => lists[a]!.length - lists[b]!.length || a - b);
}

/** Where a branch of the search stands. */
interface Branch {
  /** Items not yet covered, and the parcels that they need at least. */
  readonly open: number;
  readonly needed: number;
  /** Reduced costs so far, and costs. */
  readonly paid: number;
  readonly cost: number;
  readonly latest: number;
  /** What time and going together cost at least. */
  readonly price: number;
  readonly risk: number;
}

function descend(walk: Walk, branch: Branch): void {
  const { open, needed, paid, cost, latest, price } = branch;
  const { task, chosen } = walk;
  const { entries, most, perParcel, time, leastTime } = task;
  let at = 0;
  while ((open & (1 << rank[at]!)) === 0) at++;
  const item = rank[at]!;
  for (let k = listStart[item]!; k < listEnd[item]!; k++) {
    const e = listed[k]!;
    const here = paid + reduced[e]!;
    if (here >= walk.slack) {
      walk.cut = true;
      return;
    }
    walk.steps++;
    const mask = entries.mask[e]!;
    if ((mask & open) !== mask) continue;
    const rest = open ^ mask;
    const left = needed - share[e]!;
    if (rest !== 0 && left > most - chosen.length - 1 + 1e-6) continue;
    const risk = branch.risk + entries.risk[e]!;
    if (risk > task.riskLimit) continue;
    const promise = Math.max(latest, entries.promise[e]!);
    const timed = Math.max(price, time(promise));
    if (here + timed - leastTime >= walk.slack) {
      walk.cut = true;
      continue;
    }
    const own = cost + entries.cost[e]!;
    chosen.push(e);
    const priced = together(walk, { own, paid: here, timed }, rest === 0);
    const isWorth = here + priced - leastTime < walk.slack;
    if (isWorth && rest !== 0 && chosen.length < most) {
      const next = { open: rest, needed: left, paid: here, cost: own, latest: promise };
      descend(walk, { ...next, price: priced, risk });
    } else if (isWorth && rest === 0) {
      tell(walk, own + perParcel * (chosen.length - 1) + priced);
    }
    chosen.pop();
    if (walk.steps > walk.asked) {
      walk.asked = Math.min(task.steps, walk.steps + 4096);
      walk.stopped = walk.steps > task.steps || task.stop();
    }
    if (walk.stopped) return;
  }
}

/** Tells of the cover chosen, if it costs less than the limit. */
function tell(walk: Walk, cost: number): void {
  if (cost >= walk.limit) {
    walk.cut = true;
    return;
  }
  const limit = walk.task.found(walk.chosen, cost);
  walk.slack -= walk.limit - limit;
  walk.limit = limit;
}

/** What the parcels chosen cost beyond their own least: time, and what going together costs. */
function together(
  walk: Walk,
  { own, paid, timed }: { readonly own: number; readonly paid: number; readonly timed: number },
  isWhole: boolean,
): number {
  const { task, chosen, slack } = walk;
  if (task.together === undefined) return timed;
  const below = own + slack + task.leastTime - paid;
  const { cost, steps, cut } = task.together(chosen, below, isWhole);
  walk.steps += steps;
  walk.cut ||= cut;
  return Math.max(timed, cost - own);
}

/** How far a search went. */
export interface Searched {
  /** True if no cover below the limit was missed. */
  readonly complete: boolean;
  /** True if no entry and no branch was left out because of the limit: nothing is beyond it. */
  readonly whole: boolean;
}

/**
 * Looks for covers that cost less than `limit`, split and time included. Work is added to the
 * relaxation's.
 */
export function searchCovers(task: CoverTask, limit: number): Searched {
  const { relaxation, perParcel, leastTime, items, entries } = task;
  if (relaxation.bound === Number.POSITIVE_INFINITY) return { complete: true, whole: true };
  const slack = limit - (relaxation.bound - perParcel + leastTime) + 1e-4;
  if (!(slack > 0)) return { complete: true, whole: false };
  const kept = fix(task, slack);
  list(task, kept);
  const walk: Walk = {
    task,
    chosen: [],
    limit,
    slack,
    steps: 0,
    asked: 0,
    stopped: false,
    cut: false,
  };
  const needed = task.shares?.reduce((sum, one) => sum + one, 0) ?? 0;
  descend(walk, {
    open: 2 ** items - 1,
    needed,
    paid: 0,
    cost: 0,
    latest: 0,
    price: leastTime,
    risk: 0,
  });
  relaxation.work += entries.count + walk.steps;
  return { complete: !walk.stopped, whole: kept.length === entries.count && !walk.cut };
}
