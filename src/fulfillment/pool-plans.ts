/**
 * Part of REDECIDE: finds other plans for orders that wait, and writes all of them out over the lots
 * and slots that they use. No I/O. Plans are found on a board where none of the orders holds anything;
 * another plan of an order is the one that does without some warehouses, or without some stock that is
 * not there for everybody.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Board,
  boardUnder,
  type ExcludedStock,
  type OrderPool,
  openBoard,
  type Plan,
  type PooledOrders,
  type Prices,
  type SourcedPlan,
  type SourcingOrder,
  sourceExploring,
} from '../../routing/index.ts';
import type { LiveNetwork } from './engine.ts';
import {
  chargedPrice,
  keepsPromise,
  slotKey,
  type WaitingOrder,
  type WaitingView,
  withoutHolds,
} from './waiting-orders.ts';

/** Solves for one order, at most: from other warehouses, and without single goods of some. */
const MOST_WAREHOUSE_SOLVES = 6;
const MOST_STOCK_SOLVES = 6;

/** What a plan is to do without. */
export interface Exclusions {
  readonly warehouses: readonly string[];
  readonly stock: readonly ExcludedStock[];
}

/** Nothing is excluded. */
const NONE: Exclusions = { warehouses: [], stock: [] };

/** What finding plans may use. */
export interface PoolBudget {
  /** Solver steps in all, and for one plan. */
  readonly work: number;
  readonly plan_work: number;
  /** Prices in force; undefined = none. */
  readonly prices: Prices | undefined;
}

/** The task, and by which exclusions each of its plans came out. */
export interface PooledPlans {
  readonly pooled: PooledOrders;
  /** Per order, per other plan. */
  readonly excluded: readonly (readonly Exclusions[])[];
}

interface FoundPlan {
  readonly plan: SourcedPlan;
  /** Its cost with prices: what plans are compared by. */
  readonly total: number;
  readonly excluded: Exclusions;
}

/**
 * Finds other plans. Null where no order of `seeds` could be had for less if the others made room: then
 * nobody has a reason to move. Lets others have a turn after each order.
 */
export async function poolPlans(
  network: LiveNetwork,
  view: WaitingView,
  seeds: ReadonlySet<string>,
  budget: PoolBudget,
): Promise<PooledPlans | null> {
  const relaxed = withoutHolds(network, view, view.orders);
  const board = openBoard(network.compiled, relaxed.stock, relaxed.capacity);
  const search = { board, scarce: scarceStock(view), left: budget.work, ...budget };
  const found = new Map<WaitingOrder, FoundPlan[]>();
  let isWorthwhile = false;
  const isSeed = (order: WaitingOrder) => seeds.has(order.offered.order_id);
  for (const order of view.orders.filter(isSeed)) {
    const best = solve(search, order, NONE);
    await nextTurn();
    if (best === null || best.total > totalOf(order) - Math.max(1, order.saving_least)) continue;
    found.set(order, [best]);
    isWorthwhile = true;
  }
  if (!isWorthwhile) return null;
  for (const order of view.orders) {
    found.set(order, morePlans(search, order, found.get(order) ?? []));
    await nextTurn();
  }
  return writtenOut(view, found);
}

interface Search {
  readonly board: Board;
  readonly scarce: (warehouse_id: string, sku_id: string) => boolean;
  left: number;
  readonly plan_work: number;
  readonly prices: Prices | undefined;
}

/** What the plan that an order has costs with prices. */
const totalOf = ({ cost, price }: WaitingOrder): number => cost + price;

function solve(search: Search, order: WaitingOrder, excluded: Exclusions): FoundPlan | null {
  if (search.left <= 0) return null;
  const problem = withExcluded(order, excluded);
  const board = boardUnder(search.board, order.compiled);
  const { plan_work: work, prices } = search;
  const { order_id } = order.offered;
  const result = sourceExploring(order.compiled, board, problem, { work }, prices, order_id);
  search.left -= Math.max(1, result.work);
  if (!keepsPromise(order, result)) return null;
  const total = result.cost + chargedPrice(result, order, prices);
  return { plan: result, total, excluded };
}

/** The order's problem without some warehouses and some stock. */
export function withExcluded(
  { problem }: WaitingOrder,
  { warehouses, stock }: Exclusions,
): SourcingOrder {
  const { excluded_warehouses = [], excluded_stock = [] } = problem;
  return {
    ...problem,
    ...(warehouses.length === 0
      ? {}
      : { excluded_warehouses: [...excluded_warehouses, ...warehouses] }),
    ...(stock.length === 0 ? {} : { excluded_stock: [...excluded_stock, ...stock] }),
  };
}

/**
 * Other plans of an order: from the next best warehouses, one after the other, and without each scarce
 * stock that a plan found before uses, breadth first.
 */
function morePlans(search: Search, order: WaitingOrder, first: readonly FoundPlan[]): FoundPlan[] {
  const found = [...first];
  let last = first[0] ?? solve(search, order, NONE);
  if (last !== null && first.length === 0) found.push(last);
  for (let solves = 0; last !== null && solves < MOST_WAREHOUSE_SOLVES; solves += 1) {
    const used = last.plan.parcels.map((parcel) => parcel.warehouse_id);
    const warehouses = [...new Set([...last.excluded.warehouses, ...used])];
    last = solve(search, order, { warehouses, stock: [] });
    if (last !== null) found.push(last);
  }
  withoutScarce(search, order, found);
  return found;
}

/** Adds plans that do without scarce stock: what the order holds of it, and what plans use of it. */
function withoutScarce(search: Search, order: WaitingOrder, found: FoundPlan[]): void {
  const lines = new Map(order.problem.lines.map((line) => [line.line_no, line.sku_id]));
  const own = scarceUses(search, order.held);
  const open: Exclusions[] = own.length === 0 ? [] : [{ warehouses: [], stock: own }];
  const seen = new Set<string>();
  const branch = ({ plan, excluded }: FoundPlan) => {
    const uses = plan.parcels.flatMap(({ warehouse_id, takes }) =>
      takes.map(({ line_no }) => ({ warehouse_id, sku_id: lines.get(line_no)! })),
    );
    for (const use of scarceUses(search, uses)) {
      open.push({ ...excluded, stock: [...excluded.stock, use] });
    }
  };
  const [best] = found;
  if (best !== undefined) branch(best);
  for (let solves = 0; solves < MOST_STOCK_SOLVES && open.length > 0; ) {
    const excluded = open.shift()!;
    const name = JSON.stringify(excluded.stock.map((one) => [one.warehouse_id, one.sku_id]).sort());
    if (seen.has(name)) continue;
    seen.add(name);
    solves += 1;
    const next = solve(search, order, excluded);
    if (next === null) continue;
    found.push(next);
    branch(next);
  }
}

/** Scarce stock among some, each once. */
function scarceUses(search: Search, uses: readonly ExcludedStock[]): ExcludedStock[] {
  const scarce = new Map<string, ExcludedStock>();
  for (const { warehouse_id, sku_id } of uses) {
    if (!search.scarce(warehouse_id, sku_id)) continue;
    scarce.set(`${warehouse_id} ${sku_id}`, { warehouse_id, sku_id });
  }
  return [...scarce.values()];
}

/** Stock is scarce where not every order that wants the SKU could have it from there as it is free. */
function scarceStock({ orders, free }: WaitingView): Search['scarce'] {
  const wanted = new Map<string, number>();
  for (const { sku_id, quantity } of orders.flatMap(({ held }) => held)) {
    wanted.set(sku_id, (wanted.get(sku_id) ?? 0) + quantity);
  }
  const there = new Map<string, number>();
  for (const { warehouse_id, sku_id, available } of free) {
    const key = `${warehouse_id} ${sku_id}`;
    there.set(key, (there.get(key) ?? 0) + available);
  }
  return (warehouse_id, sku_id) =>
    (there.get(`${warehouse_id} ${sku_id}`) ?? 0) < (wanted.get(sku_id) ?? 0);
}

/** Numbers the lots and slots that any plan uses, and writes the plans out over them. */
function writtenOut(
  { orders, free, capacity }: WaitingView,
  found: ReadonlyMap<WaitingOrder, readonly FoundPlan[]>,
): PooledPlans {
  const units = new Map(free.map((row) => [`lot ${row.stock_id}`, row.available]));
  const used = new Map(capacity.map((row) => [slotKey(row), row.used]));
  const numberOf = new Map<string, number>();
  const left: number[] = [];
  const number = (name: string, free_units: number) => {
    const known = numberOf.get(name);
    if (known !== undefined) return known;
    numberOf.set(name, left.length);
    return left.push(Math.max(0, free_units)) - 1;
  };
  const planOf = (cost: number, takes: readonly Taken[], slots: readonly Slot[]): Plan => {
    const amounts = new Map<number, number>();
    const use = (resource: number, amount: number) =>
      amounts.set(resource, (amounts.get(resource) ?? 0) + amount);
    for (const { stock_id, quantity } of takes) {
      use(number(`lot ${stock_id}`, units.get(`lot ${stock_id}`) ?? 0), quantity);
    }
    for (const slot of slots) {
      const key = slotKey(slot);
      use(number(`slot ${key}`, slot.limit - (used.get(key) ?? 0)), slot.amount);
    }
    return { cost, resources: [...amounts.keys()], amounts: [...amounts.values()] };
  };
  const pools = orders.map((order): OrderPool => {
    const slots = order.offered.shipments.flatMap((shipment) => shipment.capacity);
    const others = found.get(order)!.map(({ plan, total }) => {
      const takes = plan.parcels.flatMap((parcel) => parcel.takes);
      return planOf(
        total,
        takes,
        plan.parcels.flatMap((parcel) => parcel.capacity),
      );
    });
    const current = planOf(totalOf(order), order.held, slots);
    return { current, others, saving_least: order.saving_least };
  });
  const excluded = orders.map((order) => found.get(order)!.map((one) => one.excluded));
  return { pooled: { orders: pools, free: left }, excluded };
}

interface Taken {
  readonly stock_id: number;
  readonly quantity: number;
}
interface Slot {
  readonly resource: string;
  readonly slot_seconds: number;
  readonly amount: number;
  readonly limit: number;
}
