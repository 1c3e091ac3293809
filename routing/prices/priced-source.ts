/**
 * One order at the prices of contended stock, exactly, on top of the order solver as it is. The
 * cheapest plan is found first. If it uses priced units, every plan with less cost plus prices must
 * use fewer of some of them, so the search branches on which: each branch is the same order where one
 * warehouse has one unit less of one SKU than the plan takes, and its lower bound bounds all below it.
 * The units left are those that live longest: what any others could do, these can. Orders that
 * touch nothing contended, nearly all, cost what they did.
 */
import { type Board, giveBack, stockRow, type Taken, take } from '../board.ts';
import type { CompiledNetwork } from '../network.ts';
import { source } from '../source.ts';
import type {
  SourcedPlan,
  SourcingOrder,
  SourcingResult,
  StockTake,
  WorkBudget,
} from '../types.ts';

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
  readonly units: number;
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
      const before = uses.get(key);
      const units = (before?.units ?? 0) + quantity;
      const charge = (before?.charge ?? 0) + price * quantity;
      uses.set(key, { warehouse_id, sku_id, units, charge });
    }
  }
  return [...uses.values()];
}

/** What prices add to a plan, minor units. */
export function priceOfPlan(plan: SourcedPlan, order: SourcingOrder, prices: StockPrices): number {
  return pricedUses(plan, order, prices).reduce((sum, use) => sum + use.charge, 0);
}

/** Most units that a branch may take of one warehouse's stock of one SKU. */
interface Cap {
  readonly warehouse_id: string;
  readonly sku_id: string;
  readonly most: number;
}

/** What is above the caps, in the form that takes it off the board: the units that die first. */
function unitsAbove(board: Board, caps: readonly Cap[]): Taken {
  const { network } = board;
  const takes = caps.flatMap(({ warehouse_id, sku_id, most }) => {
    const stock = board.skus.get(network.skus.indexOf.get(sku_id)!);
    const row = stock ? stockRow(stock, network.warehouses.indexOf.get(warehouse_id)!) : -1;
    if (stock === undefined || row < 0) return [];
    let above = Math.max(0, stock.total[row]! - most);
    const taken: StockTake[] = [];
    for (let lot = stock.lotStart[row]!; lot < stock.lotStart[row + 1]! && above > 0; lot++) {
      const quantity = Math.min(above, board.lotAvailable[lot]!);
      above -= quantity;
      taken.push({ line_no: 0, stock_id: board.lotId[lot]!, quantity });
    }
    return taken;
  });
  return { parcels: [{ takes, capacity: [] }] };
}

/** Caps with one more, which is below the one there was of the same stock. */
function withCap(caps: readonly Cap[], { warehouse_id, sku_id, units }: Use): Cap[] {
  const others = caps.filter((cap) => cap.warehouse_id !== warehouse_id || cap.sku_id !== sku_id);
  return [...others, { warehouse_id, sku_id, most: units - 1 }];
}

/** Names a set of caps, in whatever order they came about. */
const nameOf = (caps: readonly Cap[]): string =>
  JSON.stringify(caps.map((cap) => [cap.warehouse_id, cap.sku_id, cap.most].join('\u0000')).sort());

interface Branch {
  readonly caps: readonly Cap[];
  readonly plan: SourcedPlan;
  readonly uses: readonly Use[];
}

/** True if some line leaves in more than one parcel. */
function cutsLine({ parcels }: SourcedPlan): boolean {
  const seen = new Set<number>();
  for (const { takes } of parcels) {
    const lines = new Set(takes.map((take) => take.line_no));
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
  readonly prices: StockPrices;
  /** The cheapest plan cuts a line: the others may, too. */
  readonly mayCut: boolean;
  /** Caps looked at before. */
  readonly seen: Set<string>;
  work: number;
  branches: number;
}

/** The cheapest plan under caps; undefined if there is none, or it cuts a line that can stay whole. */
function branchOn(search: Search, caps: readonly Cap[]): Branch | undefined {
  const { network, board, order, budget, prices } = search;
  const units = unitsAbove(board, caps);
  take(board, units);
  const work = Math.max(0, budget.work - search.work);
  const result = source(network, board, order, { ...budget, work });
  giveBack(board, units);
  search.work += result.work;
  search.branches += 1;
  if (result.outcome === 'unsourced') return undefined;
  // A line is cut only where no plan keeps all lines whole: none is left below this branch either.
  if (!search.mayCut && cutsLine(result)) return undefined;
  return { caps, plan: result, uses: pricedUses(result, order, prices) };
}

const total = ({ plan, uses }: Branch): number =>
  uses.reduce((sum, use) => sum + use.charge, plan.cost);

/** What every plan of a branch costs at least. */
const leastOf = ({ cost, proof }: SourcedPlan): number =>
  proof.kind === 'optimal' ? cost : proof.lower_bound;

/** Best branch: least cost plus prices; the earlier found wins ties. */
function searchBranches(search: Search, root: Branch): Branch {
  let best = root;
  const open: Branch[] = [root];
  const isSpent = () =>
    search.branches >= MOST_BRANCHES ||
    search.work >= search.budget.work ||
    search.budget.should_stop?.() === true;
  while (open.length > 0) {
    open.sort((a, b) => leastOf(a.plan) - leastOf(b.plan));
    const branch = open.shift()!;
    if (leastOf(branch.plan) >= total(best)) break;
    for (const use of branch.uses) {
      const caps = withCap(branch.caps, use);
      const name = nameOf(caps);
      if (search.seen.has(name)) continue;
      search.seen.add(name);
      if (isSpent()) return best;
      const child = branchOn(search, caps);
      if (child === undefined) continue;
      if (total(child) < total(best)) best = child;
      if (leastOf(child.plan) < total(best)) open.push(child);
    }
  }
  return best;
}

/** The chosen plan with the whole search's work; dearer than the cheapest, it says by how much. */
function planOf(search: Search, root: Branch, best: Branch): SourcedPlan {
  const { work } = search;
  if (best === root) return { ...best.plan, work };
  const bound = leastOf(root.plan);
  const cost = best.plan.cost;
  if (cost <= bound) return { ...best.plan, proof: { kind: 'optimal' }, work };
  const gap = bound > 0 ? (cost - bound) / bound : Number.MAX_VALUE;
  return { ...best.plan, proof: { kind: 'bounded', lower_bound: bound, gap }, work };
}

/**
 * Decides one order like `source`, at prices: the plan of least cost plus price × units, found
 * exactly while the branches last (16) and lines stay whole; no line is cut that the cheapest plan
 * keeps whole. The plan's `cost` is without prices, its
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
  const root: Branch = { caps: [], plan: first, uses };
  const found = { mayCut: cutsLine(first), seen: new Set<string>(), work: first.work, branches: 0 };
  const search: Search = { network, board, order, budget, prices, ...found };
  return planOf(search, root, searchBranches(search, root));
}
