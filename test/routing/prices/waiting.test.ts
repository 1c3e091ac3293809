/** Orders that wait: decided again at prices that know of them, they cost less than as they came. */
import { describe, expect, it } from 'vitest';
import {
  choosePlan,
  givePlan,
  openScenarios,
  type Plan,
  pricedCost,
  redecidePools,
  takePlan,
  WAITING_PRICE_SHARE,
} from '../../../routing/index.ts';
import { seededRandom } from '../../../src/simulation/random.ts';
import { runs, seedOf } from '../runs.ts';
import { drawMarket, loadPoolSolvers, type Market } from './market.ts';

const SEED = seedOf(113);
const solvers = await loadPoolSolvers();

const ORDERS = 24;
const WINDOW = 8;

interface Held {
  readonly orderClass: number;
  plan: Plan;
}

/** Decides what waits again over all plans of the market; what nobody needs stays as it is. */
function decideAgain(
  market: Market,
  held: Held[],
  free: Float64Array,
  prices: Float64Array,
  share: number,
) {
  const charged = prices.map((price) => price * share);
  const priced = (plan: Plan): Plan => ({ ...plan, cost: pricedCost(plan, charged) });
  const orders = held.map(({ orderClass, plan }) => {
    return {
      current: priced(plan),
      others: market.plans[orderClass]!.map(priced),
      saving_least: 0.1,
    };
  });
  const again = redecidePools(solvers, { orders, free: [...free] });
  if (again.status === 'failed') throw new Error(again.reason);
  for (const { order, other } of again.exchanges.flatMap(({ moves }) => moves)) {
    const one = held[order]!;
    givePlan(free, one.plan);
    one.plan = market.plans[one.orderClass]![other]!;
    takePlan(free, one.plan);
  }
  expect(Math.min(...free)).toBeGreaterThanOrEqual(0);
}

/** Cost of a game: each order leaves as it came, or waits, decided again at this share of the prices. */
function play(seed: number, share: number | null): number {
  const market = drawMarket(seed);
  const { oracle, demand } = market;
  const random = seededRandom(seed + 5000);
  const orders = Array.from({ length: ORDERS }, () => random.between(0, demand.length - 1));
  const scenarios = openScenarios(solvers.linear, oracle, 6, seededRandom(seed).next, 'redrawn');
  const free = Float64Array.from(market.supply);
  const held: Held[] = [];
  let cost = 0;
  const leave = (count: number) => {
    for (const { plan } of held.splice(0, count)) cost += plan.cost;
  };
  const pricesAt = (t: number): Float64Array => {
    const left = demand.map(() => Math.max(0, ORDERS - t) / demand.length);
    const waiting = new Float64Array(oracle.classes);
    const supply = Float64Array.from(free);
    for (const { orderClass, plan } of held) {
      waiting[orderClass]! += 1;
      givePlan(supply, plan);
    }
    const priced = scenarios.refresh(() => left, supply, 6, waiting);
    if (priced.status === 'failed') throw new Error(priced.reason);
    return priced.prices;
  };
  for (let t = 0; t < ORDERS + WINDOW; t++) {
    const prices = pricesAt(t);
    if (t < ORDERS) {
      const plan = choosePlan(oracle, orders[t]!, prices, free);
      takePlan(free, plan);
      held.push({ orderClass: orders[t]!, plan });
    }
    if (share !== null) decideAgain(market, held, free, prices, share);
    leave(share === null || t >= ORDERS ? 1 : Math.max(0, held.length - WINDOW));
  }
  leave(held.length);
  scenarios.close();
  return cost;
}

describe(`orders that wait (seed ${SEED})`, () => {
  it('cost less decided again at prices that know of them, if those at the margin stay', () => {
    const total = (share: number | null) =>
      Array.from({ length: runs(8) }, (_, run) => play(SEED + run, share)).reduce((a, b) => a + b);
    const [atOnce, again, whole] = [total(null), total(WAITING_PRICE_SHARE), total(1)];
    console.log(JSON.stringify({ seed: SEED, atOnce, again, whole }));
    expect(again).toBeLessThan(atOnce);
    expect(again).toBeLessThan(whole);
  });
});
