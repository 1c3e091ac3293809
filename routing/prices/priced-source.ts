/**
 * One order at the prices of contended stock and capacity, exactly, on top of the order solver as it
 * is. The cheapest plan is found first. If it uses anything priced, every plan with less cost plus
 * prices must use less of some of it, so the search branches on what: each branch is the same order
 * where there is one less of that stock or slot than the plan takes, and its lower bound bounds all
 * below it. The units left are those that live longest: what any others could do, these can. Orders
 * that touch nothing contended, nearly all, cost what they did.
 */
import { type Board, giveBack, take } from '../board.ts';
import type { CompiledNetwork } from '../network.ts';
import { timeCost } from '../objective.ts';
import { sourceAt } from '../source.ts';
import type { SourcedPlan, SourcingOrder, SourcingResult, WorkBudget } from '../types.ts';
import { isFree, type PricedUse, type Prices, pricedUses } from './resource-prices.ts';

/** Solves of one order beyond the first; the best found so far is taken then. */
const MOST_BRANCHES = 16;

/** Most that a branch may use of one priced thing. */
interface Cap {
  readonly use: PricedUse;
  readonly most: number;
}

/** Caps with one more, which is below the one there was of the same thing. */
function withCap(caps: readonly Cap[], use: PricedUse): Cap[] {
  const others = caps.filter((cap) => cap.use.name !== use.name);
  return [...others, { use, most: use.units - 1 }];
}

/** Names a set of caps, in whatever order they came about. */
const nameOf = (caps: readonly Cap[]): string =>
  JSON.stringify(caps.map((cap) => `${cap.use.name} ${cap.most}`).sort());

interface Branch {
  readonly caps: readonly Cap[];
  readonly plan: SourcedPlan;
  readonly uses: readonly PricedUse[];
}

/** True if some line leaves in more than one parcel. */
function cutsLine({ parcels }: SourcedPlan): boolean {
  const seen = new Set<number>();
  for (const { takes } of parcels) {
    const lines = new Set(takes.map((one) => one.line_no));
    for (const line of lines) if (seen.has(line)) return true;
    for (const line of lines) seen.add(line);
  }
  return false;
}

interface Search {
  readonly board: Board;
  readonly order: SourcingOrder;
  readonly budget: WorkBudget;
  readonly prices: Prices;
  /** Minor units per day that the search goes by. */
  readonly timePerDay: number;
  /** The cheapest plan cuts a line: the others may, too. */
  readonly mayCut: boolean;
  /** Caps looked at before. */
  readonly seen: Set<string>;
  work: number;
  branches: number;
}

/** The cheapest plan under caps; undefined if there is none, or it cuts a line that can stay whole. */
function branchOn(search: Search, caps: readonly Cap[]): Branch | undefined {
  const { board, order, budget, prices, timePerDay } = search;
  const above = { parcels: caps.map((cap) => cap.use.above(board, cap.most)) };
  take(board, above);
  const work = Math.max(0, budget.work - search.work);
  const result = sourceAt(board, order, { ...budget, work }, timePerDay);
  giveBack(board, above);
  search.work += result.work;
  search.branches += 1;
  if (result.outcome === 'unsourced') return undefined;
  // A line is cut only where no plan keeps all lines whole: none is left below this branch either.
  if (!search.mayCut && cutsLine(result)) return undefined;
  return { caps, plan: result, uses: pricedUses(result, order, prices) };
}

/** What the search minimises, but for prices: a plan's cost is at the policy's price of time. */
function objectiveOf({ order, timePerDay }: Search, plan: SourcedPlan): number {
  const timeless = plan.parcels.reduce((sum, { cost }) => sum - cost.time, plan.cost);
  return timeless + timeCost(timePerDay, Math.ceil(order.at_seconds), plan.promise_seconds);
}

const totalOf = (search: Search, { plan, uses }: Branch): number =>
  uses.reduce((sum, use) => sum + use.charge, objectiveOf(search, plan));

/** What every plan of a branch costs at least. */
const leastOf = (search: Search, { plan }: Branch): number =>
  plan.proof.kind === 'optimal' ? objectiveOf(search, plan) : plan.proof.lower_bound;

/** Best branch: least cost plus prices; the earlier found wins ties. */
function searchBranches(search: Search, root: Branch): Branch {
  let best = root;
  const open: Branch[] = [root];
  const isSpent = () =>
    search.branches >= MOST_BRANCHES ||
    search.work >= search.budget.work ||
    search.budget.should_stop?.() === true;
  while (open.length > 0) {
    open.sort((a, b) => leastOf(search, a) - leastOf(search, b));
    const branch = open.shift()!;
    if (leastOf(search, branch) >= totalOf(search, best)) break;
    for (const use of branch.uses) {
      const caps = withCap(branch.caps, use);
      const name = nameOf(caps);
      if (search.seen.has(name)) continue;
      search.seen.add(name);
      if (isSpent()) return best;
      const child = branchOn(search, caps);
      if (child === undefined) continue;
      if (totalOf(search, child) < totalOf(search, best)) best = child;
      if (leastOf(search, child) < totalOf(search, best)) open.push(child);
    }
  }
  return best;
}

/** The chosen plan with the whole search's work; dearer than the cheapest, it says by how much. */
function planOf(search: Search, root: Branch, best: Branch): SourcedPlan {
  const { work } = search;
  if (best === root) return { ...best.plan, work };
  const bound = leastOf(search, root);
  const cost = objectiveOf(search, best.plan);
  if (cost <= bound) return { ...best.plan, proof: { kind: 'optimal' }, work };
  const gap = bound > 0 ? (cost - bound) / bound : Number.MAX_VALUE;
  return { ...best.plan, proof: { kind: 'bounded', lower_bound: bound, gap }, work };
}

/**
 * Decides one order like `source`, at prices: the plan of least cost plus price × use, found
 * exactly while the branches last (16) and lines stay whole; no line is cut that the cheapest plan
 * keeps whole. The plan's `cost` is without prices, its
 * proof against the cheapest plan of this order alone. The board stays as it is. Deterministic.
 * Without prices it is `source` itself. `timePerDay` replaces the policy's price of time (quotes).
 */
export function sourceAtPrices(
  network: CompiledNetwork,
  board: Board,
  order: SourcingOrder,
  budget: WorkBudget,
  prices: Prices | undefined,
  timePerDay: number = network.policy.time_per_day,
): SourcingResult {
  const first = sourceAt(board, order, budget, timePerDay);
  if (prices === undefined || first.outcome === 'unsourced' || isFree(prices)) return first;
  const uses = pricedUses(first, order, prices);
  if (uses.length === 0) return first;
  const root: Branch = { caps: [], plan: first, uses };
  const found = { mayCut: cutsLine(first), seen: new Set<string>(), work: first.work, branches: 0 };
  const search: Search = { board, order, budget, prices, timePerDay, ...found };
  return planOf(search, root, searchBranches(search, root));
}
