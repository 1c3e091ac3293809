/**
 * One order at the prices of contended stock, capacity and carriers, exactly, on top of the order
 * solver as it is. The cheapest plan is found first. If it uses anything priced, every plan with less
 * cost plus prices must use less of some of it, so the search branches on what: each branch is the
 * same order where there is one less of that stock or slot than the plan takes, and its lower bound
 * bounds all below it. The units left are those that live longest: what any others could do, these
 * can. A carrier that is owed work has a price below 0: the best plan by it alone is a start of its
 * own. Orders that touch nothing contended, nearly all, cost what they did.
 */
import { type Board, giveBack, take } from '../board.ts';
import { type CompiledNetwork, zonesOf } from '../network.ts';
import { timeCost } from '../objective.ts';
import { sourceAt } from '../source.ts';
import type { SourcedPlan, SourcingOrder, SourcingResult, WorkBudget } from '../types.ts';
import { carrierPrice, servicesByCarrier } from './carrier-prices.ts';
import { isFree, owedOnPlan, type PricedUse, type Prices, pricedUses } from './resource-prices.ts';

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
  /** The carrier that all parcels go by; undefined = any. */
  readonly by: string | undefined;
  readonly caps: readonly Cap[];
  readonly plan: SourcedPlan;
  readonly uses: readonly PricedUse[];
  /** Prices below 0 of the plan's parcels. */
  readonly owed: number;
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
  readonly network: CompiledNetwork;
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

/** The order by one carrier alone, and without those that are capped. */
function orderUnder(
  { network, order }: Search,
  by: string | undefined,
  caps: readonly Cap[],
): SourcingOrder {
  const shunned = caps.flatMap(({ use }) => use.carrier_id ?? []);
  if (by === undefined && shunned.length === 0) return order;
  const services = servicesByCarrier(network);
  const without = shunned.flatMap((carrier) => services.get(carrier) ?? []);
  return {
    ...order,
    ...(by === undefined ? {} : { only_services: services.get(by) ?? [] }),
    excluded_services: [...(order.excluded_services ?? []), ...without],
  };
}

/** The cheapest plan under caps; undefined if there is none, or it cuts a line that can stay whole. */
function branchOn(
  search: Search,
  by: string | undefined,
  caps: readonly Cap[],
): Branch | undefined {
  const { board, budget, timePerDay } = search;
  const order = orderUnder(search, by, caps);
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
  return branchOf(search, result, { by, caps });
}

function branchOf(
  { order, prices }: Pick<Search, 'order' | 'prices'>,
  plan: SourcedPlan,
  at: Pick<Branch, 'by' | 'caps'>,
): Branch {
  return { ...at, plan, uses: pricedUses(plan, order, prices), owed: owedOnPlan(plan, prices) };
}

/** What the search minimises, but for prices: a plan's cost is at the policy's price of time. */
function objectiveOf({ order, timePerDay }: Search, plan: SourcedPlan): number {
  const timeless = plan.parcels.reduce((sum, { cost }) => sum - cost.time, plan.cost);
  return timeless + timeCost(timePerDay, Math.ceil(order.at_seconds), plan.promise_seconds);
}

const totalOf = (search: Search, { plan, uses, owed }: Branch): number =>
  uses.reduce((sum, use) => sum + use.charge, objectiveOf(search, plan) + owed);

/** What every plan costs at least, but for prices. */
const costAtLeast = (search: Search, plan: SourcedPlan): number =>
  plan.proof.kind === 'optimal' ? objectiveOf(search, plan) : plan.proof.lower_bound;

/**
 * What every plan of a branch costs at least. By one carrier all parcels are owed alike; plans by
 * several that are owed something are not looked for.
 */
const leastOf = (search: Search, { plan, by, owed }: Branch): number =>
  costAtLeast(search, plan) + (by === undefined ? 0 : owed);

/** Carriers that are owed work where the order goes. */
function owedCarriers({ network, order, prices }: Search): string[] {
  if (prices.carriers.size === 0) return [];
  const zones = zonesOf(network, order.destination);
  return [...prices.carriers.keys()].filter((carrier) =>
    zones.some((zone) => carrierPrice(prices.carriers, carrier, zone) < 0),
  );
}

/** Best branch: least cost plus prices; the earlier found wins ties. */
function searchBranches(search: Search, root: Branch): Branch {
  const starts = owedCarriers(search).flatMap((carrier) => branchOn(search, carrier, []) ?? []);
  const open: Branch[] = [root, ...starts];
  let best = open.reduce((a, b) => (totalOf(search, b) < totalOf(search, a) ? b : a));
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
      const name = `${branch.by} ${nameOf(caps)}`;
      if (search.seen.has(name)) continue;
      search.seen.add(name);
      if (isSpent()) return best;
      const child = branchOn(search, branch.by, caps);
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
  const bound = costAtLeast(search, root.plan);
  const cost = objectiveOf(search, best.plan);
  if (cost <= bound) return { ...best.plan, proof: { kind: 'optimal' }, work };
  const gap = bound > 0 ? (cost - bound) / bound : Number.MAX_VALUE;
  return { ...best.plan, proof: { kind: 'bounded', lower_bound: bound, gap }, work };
}

/**
 * Decides one order like `source`, at prices: the plan of least cost plus price × use, found
 * exactly while the branches last (16) and lines stay whole; no line is cut that the cheapest plan
 * keeps whole. With prices of carriers that holds for orders that leave in one parcel; of several
 * parcels by several carriers it looks at the cheapest, those without a dear carrier, and those by one
 * that is owed work. The plan's `cost` is without prices, its
 * proof against the cheapest plan of this order alone. The board stays as it is. Deterministic.
 * Without prices it is `source` itself. `timePerDay` replaces the policy's price of time (quotes).
 * O(1) decisions more than `source`: at most 16.
 *
 * @throws RangeError as `assertOrder` and `assertBudget`.
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
  const root = branchOf({ order, prices }, first, { by: undefined, caps: [] });
  if (root.uses.length === 0 && prices.carriers.size === 0) return first;
  const found = { mayCut: cutsLine(first), seen: new Set<string>(), work: first.work, branches: 0 };
  const search: Search = { network, board, order, budget, prices, timePerDay, ...found };
  return planOf(search, root, searchBranches(search, root));
}
