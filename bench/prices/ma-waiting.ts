/**
 * Plays a sequence as the engine works: an order gets a plan when it comes, waits, and may be decided
 * again with the others that wait, by the code of production (`redecidePools`), until it leaves. Prices
 * count what waits as certain demand, and what it holds as free.
 */
import {
  choosePlan,
  givePlan,
  type HeldOrder,
  type OrderPool,
  type Plan,
  type PoolSolvers,
  pricedCost,
  redecidePools,
  takePlan,
  WAITING_PRICE_SHARE,
} from '../../routing/index.ts';
import { type Belief, keepPrices, type PricePolicy, type WaitingDemand } from './kept-prices.ts';
import type { MaGame, Played } from './ma-play.ts';

/** How orders wait. */
export interface Waits {
  /** Orders that wait at most. */
  readonly window: number;
  /** Orders between two waves. */
  readonly every: number;
  /** Money that must be saved for each order moved. */
  readonly saving_least: number;
}

/** Plans looked at for one order in a wave. */
const MOST_SOLVES = 8;

/** A game, and how many kinds of goods a centre may hold: resource r is good r mod `items` in a centre. */
export interface WaitingGame extends MaGame {
  readonly items: number;
}

interface Board {
  readonly game: WaitingGame;
  readonly free: Float64Array;
  held: HeldOrder[];
  cost: number;
}

/** What the orders that wait are, and hold. */
function waitingDemand({ game, held }: Board, { classOf, oracle }: Belief): WaitingDemand {
  const orders = new Float64Array(oracle.classes);
  const units = new Float64Array(game.oracle.resources);
  for (const { orderClass, plan } of held) {
    orders[classOf[orderClass]!]! += 1;
    givePlan(units, plan);
  }
  return { orders, held: units };
}

/**
 * Other plans of an order on a board where none of them holds anything: the cheapest, and without each
 * scarce unit that it or a plan found before uses, breadth first (as `poolPlans` does in production).
 */
function otherPlans(
  { game }: Board,
  { orderClass, plan: current }: HeldOrder,
  relaxed: Float64Array,
  prices: Float64Array,
  isScarce: (resource: number) => boolean,
): Plan[] {
  const own = current.resources.filter(isScarce);
  const open: (readonly number[])[] = own.length === 0 ? [[]] : [[], own];
  const found = new Map<string, Plan>();
  for (let solves = 0; solves < MOST_SOLVES && open.length > 0; solves++) {
    const excluded = open.shift()!;
    const left = Float64Array.from(relaxed);
    for (const r of excluded) left[r] = 0;
    const plan = game.oracle.cheapest(orderClass, prices, left);
    const name = plan.resources.join();
    if (found.has(name)) continue;
    found.set(name, plan);
    for (const r of plan.resources.filter(isScarce)) open.push([...excluded, r]);
  }
  return [...found.values()];
}

/** Decides what waits again, at the prices. */
function decideAgain(
  board: Board,
  solvers: PoolSolvers,
  prices: Float64Array,
  saving_least: number,
): void {
  const { game, free, held } = board;
  const relaxed = Float64Array.from(free);
  for (const { plan } of held) givePlan(relaxed, plan);
  const wanted = new Float64Array(game.items);
  for (const r of held.flatMap(({ plan }) => plan.resources)) wanted[r % game.items]! += 1;
  // Scarce: as it is free, not everybody who waits could have it.
  const isScarce = (r: number) => free[r]! < wanted[r % game.items]!;
  const plans = held.map((order) => otherPlans(board, order, relaxed, prices, isScarce));
  const charged = prices.map((price) => price * WAITING_PRICE_SHARE);
  const priced = (plan: Plan): Plan => ({ ...plan, cost: pricedCost(plan, charged) });
  const orders = held.map(({ plan }, i): OrderPool => {
    return { current: priced(plan), others: plans[i]!.map(priced), saving_least };
  });
  const again = redecidePools(solvers, { orders, free: [...free] });
  if (again.status === 'failed') return;
  for (const { moves } of again.exchanges) {
    for (const { order } of moves) givePlan(free, held[order]!.plan);
    for (const { order, other } of moves) {
      const plan = plans[order]![other]!;
      board.held[order] = { ...held[order]!, plan };
      takePlan(free, plan);
    }
  }
  if (free.some((units) => units < 0)) throw new Error('An exchange took more than there was.');
}

function leave(board: Board, count: number): void {
  for (const { plan } of board.held.splice(0, count)) board.cost += plan.cost;
}

/** Plays with prices; what waits is decided again before each wave, and the oldest leave. */
export function playWaiting(
  game: WaitingGame,
  solvers: PoolSolvers,
  belief: Belief,
  policy: PricePolicy,
  { window, every, saving_least }: Waits,
): Played {
  const { oracle, stock, arrivals } = game;
  const prices = keepPrices(solvers.linear, { arrivals, belief, policy });
  const board: Board = { game, free: Float64Array.from(stock), held: [], cost: 0 };
  const used = new Float64Array(oracle.resources);
  const wave = () => {
    const current = prices.current();
    if (current !== undefined) decideAgain(board, solvers, current, saving_least);
  };
  let came = 0;
  arrivals.forEach((orderClass, t) => {
    prices.look(t, board.free, () => waitingDemand(board, belief));
    used.fill(0);
    if (orderClass >= 0) {
      const plan = choosePlan(oracle, orderClass, prices.current(), board.free);
      takePlan(board.free, plan);
      board.held.push({ orderClass, plan });
      givePlan(used, plan);
      if (++came % every === 0) {
        wave();
        leave(board, Math.max(0, board.held.length - window));
      }
    }
    prices.note(used);
  });
  // Nobody comes any more; those that wait leave in the waves that follow.
  while (board.held.length > 0) {
    prices.makeAll(arrivals.length, board.free, waitingDemand(board, belief));
    wave();
    leave(board, every);
  }
  prices.close();
  return { cost: board.cost, ...prices.times() };
}
