/**
 * What the engine's own step of deciding again removes: orders of one to four goods are decided one by
 * one on a network of eight warehouses, wait in a window and leave in waves; before each wave the
 * window is decided again with the code of production (`poolPlans`, `redecidePools`), but for the
 * database. Every good is stored everywhere, unevenly, and in all a twentieth more than is ordered. Orders
 * come one a second, all before the same pickup can be missed: one that was sold for an earlier pickup than
 * it could still have has no other plan, here as in production.
 */
import {
  type Board,
  compileNetwork,
  giveBack,
  openBoard,
  type PoolSolvers,
  redecidePools,
  type SourcedPlan,
  type SourcingOrder,
  type StockPosition,
  source,
  take,
} from '../routing/index.ts';
import type { LiveNetwork } from '../src/fulfillment/engine.ts';
import { poolPlans, withExcluded } from '../src/fulfillment/pool-plans.ts';
import {
  keepsPromise,
  type WaitingOrder,
  withoutHolds,
} from '../src/fulfillment/waiting-orders.ts';
import { type Random, seededRandom } from '../src/simulation/random.ts';
import { aNetwork, aService, aSku, aWarehouse } from '../test/builders/network.ts';

const PLACES = 8;
const GOODS = 40;
const AT = Date.UTC(2026, 2, 18, 9) / 1000;
const BUDGET = { work: 2_000_000, plan_work: 100_000, prices: undefined };

/** How orders come and wait. */
export interface WindowSetting {
  readonly orders: number;
  readonly window: number;
  readonly every: number;
}

/**
 * What left: parcels beyond one per order, new orders for which there was no plan, orders that left later or
 * with less than they were sold, money, and CPU time.
 */
export interface WindowOutcome {
  readonly extra_parcels: number;
  readonly unserved: number;
  readonly broken: number;
  /** Freight and handling, minor units. */
  readonly cost: number;
  /** CPU milliseconds of deciding one window again, all windows. */
  readonly redecide_ms: readonly number[];
}

const placeIds = Array.from({ length: PLACES }, (_, i) => `place-${i + 1}`);

function network(): LiveNetwork {
  const zone = { country: 'NL', time_zone: 'Europe/Amsterdam' };
  const far = placeIds.map((_, i) => [`far-${i}`, [{ base: 500 + (i === 0 ? 0 : 40 + 10 * i) }]]);
  const base = aNetwork();
  const document = aNetwork({
    skus: Array.from({ length: GOODS }, (_, i) => aSku({ id: `good-${i}` })),
    warehouses: placeIds.map((id) => aWarehouse({ id })),
    zones: placeIds.map((id, i) => ({ id, ...zone, postal_prefixes: [String(i + 1)] })),
    carriers: [{ id: 'swift' }],
    rate_cards: [
      { ...base.rate_cards[0]!, weight_breaks_grams: [30_000], rates: Object.fromEntries(far) },
    ],
    services: [
      aService({
        id: 'swift-standard',
        lanes: placeIds.flatMap((from, i) =>
          placeIds.map((to, j) => {
            const rate_area = `far-${Math.abs(i - j)}`;
            return { warehouses: [from], zones: [to], rate_area, transit_time_id: 'days_2' };
          }),
        ),
      }),
    ],
  });
  return {
    ...{ version: 1, transit_version: 0, disruption_no: 0, document, published: document },
    compiled: compileNetwork(document, { from_seconds: AT - (AT % 86_400) }),
    skus: new Map(document.skus.map((sku) => [sku.id, sku])),
    warehouses: new Map(document.warehouses.map((warehouse) => [warehouse.id, warehouse])),
  };
}

/** Goods by popularity: the first are ordered most. */
function drawOrder(random: Random, i: number): SourcingOrder & { readonly place: number } {
  const place = random.between(0, PLACES - 1);
  const goods = new Set<number>();
  const lines = random.between(1, 4);
  while (goods.size < lines) goods.add(Math.floor(GOODS * random.next() ** 2));
  return {
    place,
    at_seconds: AT + i,
    destination: { country: 'NL', postal_code: `${place + 1}000` },
    lines: [...goods].map((good, at) => {
      return { line_no: at + 1, sku_id: `good-${good}`, quantity: 1 };
    }),
  };
}

/** What is ordered of each good, in all a twentieth more, spread unevenly over the places. */
function drawStock(random: Random, orders: readonly SourcingOrder[]): StockPosition[] {
  const wanted = new Map<string, number>();
  for (const { sku_id } of orders.flatMap((order) => order.lines)) {
    wanted.set(sku_id, (wanted.get(sku_id) ?? 0) + 1);
  }
  let stock_id = 0;
  return [...wanted].flatMap(([sku_id, units]) => {
    const shares = placeIds.map(() => 0.3 + random.next());
    const sum = shares.reduce((total, share) => total + share, 0);
    return placeIds.map((warehouse_id, i) => {
      stock_id += 1;
      const available = Math.round((1.05 * units * shares[i]!) / sum);
      return { stock_id, warehouse_id, sku_id, available };
    });
  });
}

interface Waiting {
  readonly id: string;
  readonly problem: SourcingOrder;
  plan: SourcedPlan;
  readonly promise_seconds: number;
}

/** Plays one instance; without a solver nothing is decided again. */
export async function playWindow(
  seed: number,
  { orders: count, window, every }: WindowSetting,
  solver: PoolSolvers | null,
): Promise<WindowOutcome> {
  const random = seededRandom(seed);
  const live = network();
  const orders = Array.from({ length: count }, (_, i) => drawOrder(random, i));
  const stock = drawStock(random, orders);
  const board = openBoard(live.compiled, stock, []);
  const game = { live, board, stock, solver };
  const redecide_ms: number[] = [];
  let [extra_parcels, unserved, broken, cost] = [0, 0, 0, 0];
  let held: Waiting[] = [];
  const leave = (number: number) => {
    for (const { plan, problem, promise_seconds } of held.slice(0, number)) {
      const units = plan.parcels.flatMap(({ takes }) => takes);
      const isWhole = problem.lines.every(({ line_no, quantity }) => {
        const own = units.filter((take) => take.line_no === line_no);
        return own.reduce((sum, take) => sum + take.quantity, 0) === quantity;
      });
      broken += +(plan.promise_seconds > promise_seconds || !isWhole);
      extra_parcels += plan.parcels.length - 1;
      cost += plan.parcels.reduce((sum, one) => sum + one.cost.freight + one.cost.handling, 0);
    }
    held = held.slice(number);
  };
  for (const [i, { place: _, ...problem }] of orders.entries()) {
    const plan = source(live.compiled, board, problem, { work: BUDGET.plan_work });
    if (plan.outcome === 'unsourced') unserved += 1;
    else {
      take(board, plan);
      held.push({ id: `order-${i}`, problem, plan, promise_seconds: plan.promise_seconds });
    }
    if ((i + 1) % every !== 0) continue;
    redecide_ms.push(await decideAgain(game, held, problem.at_seconds));
    leave(Math.max(0, held.length - window));
  }
  redecide_ms.push(await decideAgain(game, held, orders.at(-1)!.at_seconds));
  leave(held.length);
  return { extra_parcels, unserved, broken, cost, redecide_ms };
}

interface Game {
  readonly live: LiveNetwork;
  readonly board: Board;
  readonly stock: readonly StockPosition[];
  readonly solver: PoolSolvers | null;
}

/** Decides what waits again; CPU milliseconds used. */
async function decideAgain(game: Game, held: readonly Waiting[], at: number): Promise<number> {
  const { live, board, stock, solver } = game;
  if (solver === null) return 0;
  const started = process.cpuUsage();
  const rows = new Map(stock.map((row) => [row.stock_id, row]));
  const orders = held.map((one) => waitingOrder(live, rows, one, at));
  const free = stock.map(({ stock_id, warehouse_id, sku_id }) => {
    const available = board.lotAvailable[board.lotOf.get(stock_id)!]!;
    return { stock_id, warehouse_id, sku_id, available, expires_on: null };
  });
  const view = { orders, free, capacity: [] };
  const split = new Set(held.flatMap(({ id, plan }) => (plan.parcels.length > 1 ? [id] : [])));
  const pools = await poolPlans(live, view, split, BUDGET);
  const answer = pools === null ? null : redecidePools(solver, pools.pooled);
  if (answer?.status === 'decided') {
    for (const { moves } of answer.exchanges) {
      const part = moves.map(({ order }) => orders[order]!);
      const { stock: open } = withoutHolds(live, { free: freeNow(game), capacity: [] }, part);
      const scratch = openBoard(live.compiled, open, []);
      const plans = moves.map(({ order, other }) => {
        const problem = withExcluded(orders[order]!, pools!.excluded[order]![other]!);
        const plan = source(live.compiled, scratch, problem, { work: BUDGET.plan_work });
        if (!keepsPromise(orders[order]!, plan)) return null;
        take(scratch, plan);
        return plan;
      });
      if (plans.includes(null)) continue;
      for (const { order } of moves) giveBack(board, held[order]!.plan);
      moves.forEach(({ order }, m) => {
        held[order]!.plan = plans[m]!;
        take(board, plans[m]!);
      });
    }
  }
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

function freeNow({ board, stock }: Game) {
  return stock.map(({ stock_id, warehouse_id, sku_id }) => {
    const available = board.lotAvailable[board.lotOf.get(stock_id)!]!;
    return { stock_id, warehouse_id, sku_id, available, expires_on: null };
  });
}

function waitingOrder(
  live: LiveNetwork,
  rows: ReadonlyMap<number, StockPosition>,
  { id, problem, plan, promise_seconds }: Waiting,
  at: number,
): WaitingOrder {
  const instant = (seconds: number) => Temporal.Instant.fromEpochMilliseconds(seconds * 1000);
  const { policy } = live.compiled;
  const own = plan.parcels.reduce((sum, { cost: c }) => sum + c.freight + c.handling + c.split, 0);
  const time = (policy.time_per_day * Math.max(0, plan.promise_seconds - at)) / 86_400;
  return {
    offered: {
      ...{
        order_id: id,
        platform_id: 'shop',
        version: 1,
        decision_no: 1,
        policy_id: null,
        problem,
      },
      promise_at: instant(promise_seconds),
      promise_confidence: plan.confidence,
      release_due_at: instant(promise_seconds),
      latest_promise_at: instant(plan.promise_seconds),
      shipments: [],
    },
    held: plan.parcels.flatMap((parcel) =>
      parcel.takes.map(({ line_no, stock_id, quantity }) => ({
        ...{ reservation_id: 0, order_id: id, shipment_id: id, line_no, stock_id, quantity },
        ...{ picked: 0, state: 'open' as const, sku_id: rows.get(stock_id)!.sku_id },
        ...{ warehouse_id: parcel.warehouse_id, expires_on: null, weight_grams: null },
      })),
    ),
    compiled: live.compiled,
    problem: { ...problem, at_seconds: at },
    cost: own + Math.round(time),
    price: 0,
    saving_least: 0.1 * policy.split_penalty,
  };
}
