/**
 * One order at the prices of contended stock, exactly, on top of the order solver as it is. The
 * cheapest plan is found first. If it uses priced units, every plan with less cost plus prices must
 * do without some of them, so the search branches on which: each branch is the same order without
 * one warehouse's units of one SKU, and its cheapest cost bounds all below it. Orders that touch
 * nothing contended, nearly all, cost what they did.
 */
import { type Board, giveBack, type Taken, take } from '../board.ts';
import type { CompiledNetwork } from '../network.ts';
import { source } from '../source.ts';
import type { SourcedPlan, SourcingOrder, SourcingResult, WorkBudget } from '../types.ts';

/** Price of one unit of a SKU in a warehouse, minor units of the network's currency, > 0. */
export interface StockPrice {
  readonly warehouse_id: string;
  readonly sku_id: string;
  readonly price: number;
}

/** Prices by warehouse, then SKU; what is not there costs nothing more. */
export type StockPrices = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Solves of one order beyond the first; the best found so far is taken then. */
const MOST_BRANCHES = 16;

/** Indexes prices. Later rows win. */
export function indexStockPrices(rows: readonly StockPrice[]): StockPrices {
  const prices = new Map<string, Map<string, number>>();
  for (const { warehouse_id, sku_id, price } of rows) {
    const bySku = prices.get(warehouse_id) ?? new Map<string, number>();
    prices.set(warehouse_id, bySku.set(sku_id, price));
  }
  return prices;
}

interface Use {
  readonly warehouse_id: string;
  readonly sku_id: string;
  /** Price of all units of it in the plan. */
  readonly charge: number;
}

/** Priced stock that a plan uses, in the order of its parcels. */
function pricedUses(plan: SourcedPlan, order: SourcingOrder, prices: StockPrices): Use[] {
  const skuOf = new Map(order.lines.map((line) => [line.line_no, line.sku_id]));
  const uses = new Map<string, Use>();
  for (const { warehouse_id, takes } of plan.parcels) {
    const bySku = prices.get(warehouse_id);
    if (bySku === undefined) continue;
    for (const { line_no, quantity } of takes) {
      const sku_id = skuOf.get(line_no)!;
      const price = bySku.get(sku_id) ?? 0;
      if (price <= 0) continue;
      const key = JSON.stringify([warehouse_id, sku_id]);
      const charge = (uses.get(key)?.charge ?? 0) + price * quantity;
      uses.set(key, { warehouse_id, sku_id, charge });
    }
  }
  return [...uses.values()];
}

/** What prices add to a plan, minor units. */
export function priceOfPlan(plan: SourcedPlan, order: SourcingOrder, prices: StockPrices): number {
  return pricedUses(plan, order, prices).reduce((sum, use) => sum + use.charge, 0);
}

/** All free units of some stock, in the form that takes them off the board. */
function unitsOf(board: Board, forbidden: readonly Use[]): Taken {
  const { network } = board;
  const takes = forbidden.flatMap(({ warehouse_id, sku_id }) => {
    const stock = board.skus.get(network.skus.indexOf.get(sku_id)!);
    const warehouse = network.warehouses.indexOf.get(warehouse_id)!;
    const row = stock?.warehouses.indexOf(warehouse) ?? -1;
    if (stock === undefined || row < 0) return [];
    const lots = Array.from(
      { length: stock.lotStart[row + 1]! - stock.lotStart[row]! },
      (_, i) => stock.lotStart[row]! + i,
    );
    return lots.map((lot) => ({
      line_no: 0,
      stock_id: board.lotId[lot]!,
      quantity: board.lotAvailable[lot]!,
    }));
  });
  return { parcels: [{ takes, capacity: [] }] };
}

interface Branch {
  readonly forbidden: readonly Use[];
  readonly plan: SourcedPlan;
  readonly uses: readonly Use[];
}

interface Search {
  readonly network: CompiledNetwork;
  readonly board: Board;
  readonly order: SourcingOrder;
  readonly budget: WorkBudget;
  readonly prices: StockPrices;
  work: number;
  branches: number;
}

function branchOn(search: Search, forbidden: readonly Use[]): Branch | undefined {
  const { network, board, order, budget, prices } = search;
  const units = unitsOf(board, forbidden);
  take(board, units);
  const work = Math.max(0, budget.work - search.work);
  const result = source(network, board, order, { ...budget, work });
  giveBack(board, units);
  search.work += result.work;
  search.branches += 1;
  if (result.outcome === 'unsourced') return undefined;
  return { forbidden, plan: result, uses: pricedUses(result, order, prices) };
}

const total = ({ plan, uses }: Branch): number =>
  uses.reduce((sum, use) => sum + use.charge, plan.cost);

/** Best branch: least cost plus prices; the earlier found wins ties. */
function searchBranches(search: Search, root: Branch): Branch {
  let best = root;
  const open: Branch[] = [root];
  const isSpent = () =>
    search.branches >= MOST_BRANCHES ||
    search.work >= search.budget.work ||
    search.budget.should_stop?.() === true;
  while (open.length > 0) {
    open.sort((a, b) => a.plan.cost - b.plan.cost);
    const branch = open.shift()!;
    if (branch.plan.cost >= total(best)) break;
    for (const use of branch.uses) {
      if (isSpent()) return best;
      const child = branchOn(search, [...branch.forbidden, use]);
      if (child === undefined || child.plan.cost >= total(best)) continue;
      if (total(child) < total(best)) best = child;
      open.push(child);
    }
  }
  return best;
}

/** The chosen plan with the whole search's work; dearer than the cheapest, it says by how much. */
function planOf(search: Search, root: Branch, best: Branch): SourcedPlan {
  const { work } = search;
  if (best === root) return { ...best.plan, work };
  const bound = root.plan.proof.kind === 'optimal' ? root.plan.cost : root.plan.proof.lower_bound;
  const cost = best.plan.cost;
  if (cost <= bound) return { ...best.plan, proof: { kind: 'optimal' }, work };
  const gap = bound > 0 ? (cost - bound) / bound : Number.MAX_VALUE;
  return { ...best.plan, proof: { kind: 'bounded', lower_bound: bound, gap }, work };
}

/**
 * Decides one order like `source`, at prices: the plan of least cost plus price × units, found
 * exactly while the branches last (16) and lines are not cut. The plan's `cost` is without prices, its
 * proof against the cheapest plan of this order alone. The board stays as it is. Deterministic.
 * Without prices it is `source` itself.
 */
export function sourceAtPrices(
  network: CompiledNetwork,
  board: Board,
  order: SourcingOrder,
  budget: WorkBudget,
  prices: StockPrices | undefined,
): SourcingResult {
  const first = source(network, board, order, budget);
  if (prices === undefined || prices.size === 0 || first.outcome === 'unsourced') return first;
  const uses = pricedUses(first, order, prices);
  if (uses.length === 0) return first;
  const root: Branch = { forbidden: [], plan: first, uses };
  const search: Search = { network, board, order, budget, prices, work: first.work, branches: 0 };
  return planOf(search, root, searchBranches(search, root));
}
