/**
 * The decision itself: one batch of orders against one view of stock and capacity. No I/O; the clock
 * is asked only for how much time is left, which the solver spends in the machine's own time, however
 * fast the clock runs. What an order takes, the next one of the batch sees taken.
 */

import type { CapacityRow } from '../../db/capacity.ts';
import type { OrderToDecide } from '../../db/orders.ts';
import type { FreeStock } from '../../db/stock.ts';
import {
  type BatchCheck,
  type Board,
  boardUnder,
  type CompiledNetwork,
  openBoard,
  type SourcedPlan,
  type SourcingOrder,
  type SourcingResult,
  type StockPosition,
  sourceExploring,
  take,
  type WorkBudget,
} from '../../routing/index.ts';
import { stopwatch } from '../runtime/clock.ts';
import { openChecks, type Unsound } from './check-decisions.ts';
import { openPace, type Pace } from './decision-pace.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { sourcingRules } from './order-rules.ts';
import { type RulingPolicy, rulingOf } from './policy-network.ts';
import type { LivePrices } from './price-source.ts';

/** The race for stock or capacity was lost too often: an operator must look. */
export interface Contended {
  readonly outcome: 'unsourced';
  readonly reason: 'contended';
  readonly line_nos: readonly number[];
  readonly work: number;
}

/** An order with what was decided for it. */
export interface DecidedInBatch {
  /** Place in the batch: what came before was taken when this was decided. */
  readonly position: number;
  readonly order: OrderToDecide;
  readonly problem: SourcingOrder;
  readonly result: SourcingResult | Contended | Unsound;
  readonly from_quote: boolean;
  /** The policy whose rules it was made by; null = the network's own. */
  readonly policy_id: string | null;
  readonly work_budget: number;
  readonly elapsed_us: number;
}

/** A plan that was sold before the order came. */
export interface SoldPlan {
  readonly plan: SourcedPlan;
  readonly policy_id: string | null;
}

/** What a batch is decided from. `quoted` are plans already sold, by order. */
export interface BatchView {
  readonly orders: readonly OrderToDecide[];
  /** Orders that wait for a decision, these included. */
  readonly waiting: number;
  readonly stock: readonly StockPosition[];
  readonly capacity: readonly CapacityRow[];
  readonly quoted: ReadonlyMap<string, SoldPlan>;
  /** Prices in force; null = none, greedy. */
  readonly prices: LivePrices | null;
  /** Policies in force. */
  readonly policies: readonly RulingPolicy[];
}

/**
 * Decides a batch in the order given: earliest deadline first. Where that takes long it ends early:
 * what it decided is stored first, the others wait for the next batch.
 */
export function decideBatch(
  engine: Engine,
  network: LiveNetwork,
  view: BatchView,
): DecidedInBatch[] {
  const batch: OpenedBatch = {
    ...{ network, view, pace: openPace(engine, view) },
    at_seconds: Math.floor(engine.clock.milliseconds() / 1000),
    board: openBoard(network.compiled, view.stock, view.capacity),
    check: openChecks(network, view.stock, view.capacity),
  };
  const decided: DecidedInBatch[] = [];
  for (const [position, order] of view.orders.entries()) {
    if (batch.pace.isOver(position)) break;
    decided.push(decideAt(batch, position, order));
  }
  return decided;
}

interface OpenedBatch {
  readonly network: LiveNetwork;
  readonly view: BatchView;
  readonly pace: Pace;
  readonly at_seconds: number;
  readonly board: Board;
  readonly check: BatchCheck;
}

/** One order of a batch, and the network under the policy that rules it. */
interface OpenedOrder {
  readonly position: number;
  readonly order: OrderToDecide;
  readonly problem: SourcingOrder;
  readonly compiled: CompiledNetwork;
}

/** Decides one order on the batch's board, and takes what its plan uses. */
function decideAt(batch: OpenedBatch, position: number, order: OrderToDecide): DecidedInBatch {
  const { network, view, board } = batch;
  const problem = problemOf(order, batch.at_seconds);
  const elapsed = stopwatch();
  // A quoted plan was checked when it was sold, and what it takes is held already: neither the
  // board nor the checker were shown it as free.
  const sold = view.quoted.get(order.order_id);
  const ruling = rulingOf(network, view.policies, order.platform_id, order.order_id);
  const made =
    sold === undefined
      ? decideInTime(batch, { position, order, problem, compiled: ruling.compiled })
      : { result: sold.plan, work: 0 };
  const { result } = made;
  if (sold === undefined && result.outcome === 'sourced') take(board, result);
  return {
    position,
    order,
    problem,
    result,
    from_quote: sold !== undefined,
    policy_id: sold === undefined ? ruling.policy_id : sold.policy_id,
    work_budget: made.work,
    elapsed_us: Math.round(elapsed() * 1e6),
  };
}

/**
 * Decides within the time there is. Where that runs out before the work does, the order is decided
 * greedily after all: how far the solver came cannot be told by anything that could be stored.
 */
function decideInTime(
  { pace, view, board, check }: OpenedBatch,
  { position, order, problem, compiled }: OpenedOrder,
): { result: SourcingResult | Unsound; work: number } {
  const under = boardUnder(board, compiled);
  const work = pace.workFor(position);
  let stopped = false;
  const should_stop = () => {
    stopped ||= pace.isSpent(position);
    return stopped;
  };
  const prices = view.prices?.index;
  const decide = (budget: WorkBudget) =>
    sourceExploring(compiled, under, problem, budget, prices, order.order_id);
  if (work > GREEDY_WORK) {
    const result = decide({ work, should_stop });
    if (!stopped) return { result: sound(check, compiled, problem, result), work };
  }
  const greedy = decide({ work: GREEDY_WORK });
  return { result: sound(check, compiled, problem, greedy), work: GREEDY_WORK };
}

/** With so little work an order is decided greedily at once. */
const GREEDY_WORK = 1;

/** The decision as it may be saved. */
function sound(
  check: BatchCheck,
  { policy }: CompiledNetwork,
  problem: SourcingOrder,
  result: SourcingResult,
): SourcingResult | Unsound {
  if (result.outcome === 'unsourced') return result;
  const violations = check(problem, result, policy);
  if (violations.length === 0) return result;
  const { work } = result;
  return { outcome: 'unsourced', reason: 'unsound', line_nos: [], violations, work };
}

/** What of an order its routing problem is made from. */
export type OrderAsked = Pick<
  OrderToDecide,
  'rules' | 'lines' | 'deliver_by' | 'excluded_warehouses' | 'excluded_stock'
> &
  Pick<SourcingOrder, 'destination'>;

/** The routing problem of an order as of `at_seconds`. */
export function problemOf(order: OrderAsked, at_seconds: number): SourcingOrder {
  const { country, postal_code, position } = order.destination;
  const { groupOf, ...rules } = sourcingRules(order.rules);
  return {
    at_seconds,
    destination: { country, postal_code, ...(position === undefined ? {} : { position }) },
    lines: order.lines.map(({ line_no, sku_id, quantity, weight_grams }) => ({
      line_no,
      sku_id,
      quantity,
      ...(weight_grams === null ? {} : { weight_grams }),
      ...groupOf(line_no),
    })),
    ...rules,
    ...(order.deliver_by === null
      ? {}
      : { deliver_by_seconds: Math.floor(order.deliver_by.epochMilliseconds / 1000) }),
    ...(order.excluded_warehouses.length === 0
      ? {}
      : { excluded_warehouses: order.excluded_warehouses }),
    ...(order.excluded_stock.length === 0 ? {} : { excluded_stock: order.excluded_stock }),
  };
}

/** Free stock as routing sees it: a lot's last day of use ends at midnight in its warehouse's zone. */
export function stockPositions(network: LiveNetwork, rows: readonly FreeStock[]): StockPosition[] {
  const ends = new Map<string, number>();
  const positions: StockPosition[] = [];
  for (const { stock_id, warehouse_id, sku_id, available, expires_on } of rows) {
    const warehouse = network.warehouses.get(warehouse_id);
    if (warehouse === undefined) continue;
    if (expires_on === null) {
      positions.push({ stock_id, warehouse_id, sku_id, available });
      continue;
    }
    const key = `${warehouse.time_zone} ${expires_on}`;
    let end = ends.get(key);
    if (end === undefined) {
      end = endOfDay(expires_on, warehouse.time_zone);
      ends.set(key, end);
    }
    positions.push({ stock_id, warehouse_id, sku_id, available, expires_seconds: end });
  }
  return positions;
}

/** The warehouses that have any of this stock. */
export function warehousesOf(stock: readonly StockPosition[]): string[] {
  return [...new Set(stock.map((row) => row.warehouse_id))];
}

function endOfDay(day: string, zone: string): number {
  const next = Temporal.PlainDate.from(day).add({ days: 1 });
  return Math.floor(next.toZonedDateTime(zone).epochMilliseconds / 1000);
}
