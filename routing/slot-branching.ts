/**
 * The cheapest plan of parcels that compete for slots: branch and bound over the linear programme of a pool
 * of parcels, with rows added as solutions break them (branch and cut, Padberg and Rinaldi 1991). Two halves
 * are told apart by a sum that a plan must have whole, which says more than a single parcel does (Ryan and
 * Foster 1981, "An integer programming approach to scheduling"): the parcels of a warehouse, those with the
 * same contents, those of a service there on a day, those of an hour, in the end one parcel. Where time has a
 * price, also by when the last promise is.
 */
import { solve } from './dual-simplex.ts';
import { countOf } from './items.ts';
import type { Choice } from './parcels.ts';
import {
  addRow,
  levels,
  openSimplex,
  type Row,
  restore,
  type Simplex,
  snapshot,
} from './simplex-basis.ts';
import { part, partTime } from './slot-parting.ts';
import { keepParcels } from './slot-pool.ts';
import {
  BEHIND,
  brokenCuts,
  type Cut,
  cutRow,
  type Levels,
  NEAR,
  type Programme,
  planRows,
  rowOf,
  TIME,
  UNUSED,
} from './slot-rows.ts';

const none = Number.POSITIVE_INFINITY;
/** Cells of the programme that take as long as one step of other searches. */
export const CELLS_PER_STEP = 40;
/** Rows beyond which a programme is given up. */
const MOST_ROWS = 400;
/** Parcels that are worth leaving out of a search begun anew. */
const MANY = 50;

/** What is looked for. */
export interface BranchTask extends Programme {
  /** Rows known to be broken by solutions. */
  readonly cuts: readonly Cut[];
  /** Price of one parcel fewer than `most`, minor units. */
  readonly parcelPrice: number;
  /** What a plan costs beyond the reduced costs of its parcels and its time, minor units. */
  readonly base: number;
  /** Plans that cost as much or more are not wanted. */
  readonly limit: number;
  /** Told of every plan below the limit, cheapest so far; returns the new limit, exclusive. */
  readonly found: (choices: readonly Choice[], cost: number) => number;
  /** Steps after which the search gives up, and the port that may end it sooner. */
  readonly steps: number;
  readonly stop: () => boolean;
}

/** How far a search went. */
export interface Branched {
  /** No plan below the limit that was not found costs less; Infinity if none was left out. */
  readonly bound: number;
  /** True if plans were left out because of the limit. */
  readonly isCut: boolean;
  readonly work: number;
}

interface Search {
  readonly task: BranchTask;
  readonly lp: Simplex;
  /** Reduced costs at the root and what was proved there, once it is solved. */
  root: { readonly reduced: Float64Array; readonly proved: number } | undefined;
  limit: number;
  bound: number;
  isCut: boolean;
  isSpent: boolean;
  /** True if the pool can be made much smaller: the search begins anew. */
  isAnew: boolean;
  nodes: number;
}

/** Opens the programme with the rows that every plan has. */
function open(task: BranchTask, work: number): Search {
  const { pool, most, parcelPrice, counts, scale, cuts } = task;
  const cost = new Float64Array(pool.count + BEHIND);
  cost.set(pool.reduced);
  cost[pool.count + UNUSED] = parcelPrice;
  cost[pool.count + TIME] = scale;
  const pieces = counts.need.reduce((sum, need) => sum + need, 0);
  const lp = openSimplex(cost, pieces + most + 1);
  lp.work = work;
  for (const row of planRows(task)) addRow(lp, row);
  for (const cut of cuts) addRow(lp, cutRow(task, cut));
  const nothing = {
    root: undefined,
    bound: none,
    isCut: false,
    isSpent: false,
    isAnew: false,
    nodes: 0,
  };
  return { task, lp, limit: task.limit, ...nothing };
}

/** The least that a plan can cost, whole minor units, of which it is proved that it costs no less. */
const costOf = (proved: number): number => Math.ceil(proved - NEAR);

/** A node solved: no plan under its rows costs less than `bound`; empty if that is all that is known. */
interface Settled {
  readonly bound: number;
  /** The same, not rounded up to what plans can cost. */
  readonly proved: number;
  readonly found: Levels;
}

/** True if the steps are used up or the caller says so; once it is, it stays so. */
function isSpent(search: Search): boolean {
  const { task, lp } = search;
  search.isSpent ||= lp.work > task.steps * CELLS_PER_STEP || task.stop();
  return search.isSpent;
}

/** Solves the programme with every row that its solution breaks. */
function settle(search: Search): Settled {
  const { lp, task } = search;
  for (;;) {
    const { bound: least, isSolved } = solve(lp, () => isSpent(search));
    const proved = task.base + least;
    const bound = costOf(proved);
    if (bound >= search.limit || !isSolved || isSpent(search)) return { bound, proved, found: [] };
    const found = levels(lp);
    const broken = brokenCuts(task, found);
    if (broken.length === 0) return { bound, proved, found };
    if (lp.rows.length + broken.length > MOST_ROWS) return { bound, proved, found: [] };
    for (const cut of broken) addRow(lp, cutRow(task, cut));
  }
}

/** Tells of a whole solution if it is a plan below the limit; what it costs, Infinity if it is none. */
function tell(search: Search, found: Levels, latest: number): number {
  const { task } = search;
  const { pool, joint } = task;
  let cost = task.base + latest;
  const choices: Choice[] = [];
  for (const [j, level] of found) {
    if (j === pool.count + UNUSED) cost += task.parcelPrice * Math.round(level);
    if (j >= pool.count) continue;
    const option = pool.option[j]!;
    const promise = joint.options.promise[option]!;
    for (let n = Math.round(level); n > 0; n--) {
      cost += pool.reduced[j]!;
      choices.push({ subset: pool.mask[j]!, option, cost: pool.cost[j]!, promise });
    }
  }
  // Levels are rounded: what does not add up is no plan.
  const { counts } = task;
  const adds = (need: number, k: number) =>
    need === choices.reduce((sum, { subset }) => sum + countOf(counts, subset, k), 0);
  if (!counts.need.every(adds)) return none;
  const whole = Math.round(cost);
  if (whole < search.limit) search.limit = task.found(choices, whole);
  return whole;
}

/** True if parcel `j` is in no plan below the limit, by what was proved at the root. */
function isBeyond({ root, limit }: Search, j: number): boolean {
  return root !== undefined && costOf(root.proved + root.reduced[j]!) >= limit;
}

/** Ends the search if by what is now known an eighth of the parcels is in no better plan. */
function askAnew(search: Search): void {
  const { count } = search.task.pool;
  let beyond = 0;
  for (let j = 0; j < count; j++) if (isBeyond(search, j)) beyond++;
  search.isAnew ||= beyond > Math.max(MANY, count / 8);
}

/** Nodes after which a plan is dived for again. */
const DIVE_EVERY = 32;

/**
 * Dives for a plan: takes the parcel nearest to whole, solves again, until all are whole or it costs too
 * much. The programme stays as it was.
 */
function dive(search: Search, from: Levels): void {
  const { lp, task } = search;
  const { pool } = task;
  const before = snapshot(lp);
  for (let found = from; found.length > 0; ) {
    let [near, taken, level] = [0, -1, 0];
    let latest = 0;
    for (const [j, at] of found) {
      if (j >= pool.count) continue;
      latest = Math.max(latest, pool.time[j]!);
      const part = at - Math.floor(at + NEAR);
      if (part > NEAR && part > near) [near, taken, level] = [part, j, at];
    }
    if (taken < 0) {
      tell(search, found, latest);
      break;
    }
    addRow(
      lp,
      rowOf(pool.count, (j) => (j === taken ? -1 : 0), -Math.ceil(level)),
    );
    const next = settle(search);
    if (next.bound >= search.limit) break;
    found = next.found;
  }
  restore(lp, before);
}

/** Looks at all plans under the rows of the programme. */
function visit(search: Search): void {
  const { bound, proved, found } = settle(search);
  if (bound >= search.limit) {
    search.isCut ||= bound !== none;
    return;
  }
  if (found.length === 0) {
    search.bound = Math.min(search.bound, bound);
    return;
  }
  if (search.root === undefined) {
    search.root = { reduced: search.lp.reduced.slice(), proved };
    askAnew(search);
    if (search.isAnew) return;
  }
  if (search.nodes++ % DIVE_EVERY === 0) {
    dive(search, found);
    askAnew(search);
    if (search.isAnew || bound >= search.limit) return;
    if (search.isSpent) {
      search.bound = Math.min(search.bound, bound);
      return;
    }
  }
  const halves = halve(search, bound, found);
  if (halves === undefined) return;
  const from = snapshot(search.lp);
  for (const row of halves) {
    addRow(search.lp, row);
    visit(search);
    restore(search.lp, from);
    if (search.isAnew) return;
    if (search.isSpent) break;
  }
  if (search.isSpent) search.bound = Math.min(search.bound, bound);
}

/** The rows that part a node in two, once it is told of; undefined if nothing better is left in it. */
function halve(search: Search, bound: number, found: Levels): Row[] | undefined {
  const { pool, scale } = search.task;
  let [latest, time] = [0, 0];
  for (const [j, level] of found) {
    if (j < pool.count) latest = Math.max(latest, pool.time[j]!);
    else if (j === pool.count + TIME) time = scale * level;
  }
  const halves = part(search.task, found);
  if (halves === undefined) {
    const cost = tell(search, found, latest);
    askAnew(search);
    if (cost <= bound || bound >= search.limit) return undefined;
    if (latest - time < 0.5) {
      search.bound = Math.min(search.bound, bound);
      return undefined;
    }
  }
  const isLate = latest - time > 0.5 && latest - time > (search.limit - bound) / 4;
  if (halves === undefined || isLate) return partTime(search.task, time, latest);
  return halves;
}

/**
 * Looks for the cheapest plan below the limit. Exponential at worst, O(steps) at most; a node takes as long
 * as `solve` of the dual simplex, and memory for one basis by depth.
 */
export function branch(task: BranchTask): Branched {
  let search = open(task, 0);
  visit(search);
  while (search.isAnew && !search.isSpent) {
    const { limit, lp } = search;
    const pool = keepParcels(search.task.pool, (j) => !isBeyond(search, j));
    search = open({ ...task, pool, limit }, lp.work);
    visit(search);
    search.isCut = true;
  }
  const bound = search.isAnew ? Math.min(search.bound, costOf(search.root!.proved)) : search.bound;
  return { bound, isCut: search.isCut, work: Math.ceil(search.lp.work / CELLS_PER_STEP) };
}
