/**
 * The Brunel orders decided one by one at 7 times the published capacities, in any order of arrival.
 * One resource per plant: a place for an order of the day. Greedy fills PLANT03 with orders that
 * others could have served; with a price on its places they go elsewhere while there is time.
 *
 * Known in advance, and nothing else: the plants with their products, customers, rates and
 * capacities; that the day brings 9,215 orders; and what `Knowledge` says of their mix, which is the share
 * and mean cost of every kind (a kind = the plants that can serve it), or what the day before showed of
 * them, or only what the master data suggest, each product equally likely; the last two are corrected by
 * the orders as they come.
 */
import { type Choice, capacitiesAt, choicesOf, mayServe } from '../../examples/brunel/model.ts';
import type { BrunelTables } from '../../examples/brunel/tables.ts';
import {
  demandFactorAt,
  type LinearSolver,
  openDemand,
  openScenarios,
  type Plan,
  type PlanOracle,
  sampleNormal,
} from '../../routing/index.ts';
import { seededRandom } from '../../src/simulation/random.ts';

const MULTIPLE = 7;
/** What an unserved order costs, US dollars: more than any steering could. */
const UNSERVED_USD = 100_000;
const SCENARIOS = 20;
/** Prices are made anew after this part of what is left to come: the last places are few. */
const REFRESH_SHARE = 0.02;
const REFRESH_ORDERS_MAX = 100;
/** Scenarios spread by so many times the uncertainty of the mix: to steer one order costs a few
 * dollars, to leave one unserved ten thousand times that, and few scenarios see no rare future. */
const CAUTION = 3;
/** Weight of the master data against orders seen, in orders. */
const PRIOR_ORDERS = 20;

/** What is believed of one kind of order. */
interface Kind {
  readonly plants: readonly number[];
  /** Orders, or pseudo-orders, of the kind. */
  weight: number;
  /** Orders that the cost sums count, and the sum of costs per plant. */
  seen: number;
  readonly costSum: Float64Array;
}

/** Kinds by the plants that can serve them. */
export type Knowledge = Map<string, Kind>;

const plantsOf = (choices: readonly Choice[]): number[] =>
  choices.map(({ plant }) => plant).sort((a, b) => a - b);

function kindOf(knowledge: Knowledge, plants: readonly number[], plantCount: number): Kind {
  const key = plants.join();
  const known = knowledge.get(key);
  if (known !== undefined) return known;
  const kind = { plants, weight: 0, seen: 0, costSum: new Float64Array(plantCount) };
  knowledge.set(key, kind);
  return kind;
}

function see(knowledge: Knowledge, choices: readonly Choice[], plantCount: number): void {
  const kind = kindOf(knowledge, plantsOf(choices), plantCount);
  kind.weight += 1;
  kind.seen += 1;
  for (const { plant, cost } of choices) kind.costSum[plant]! += cost;
}

/** The mix of the day as its statistics tell it. */
export function populationKnowledge(tables: BrunelTables): Knowledge {
  const knowledge: Knowledge = new Map();
  for (const choices of choicesOf(tables)) see(knowledge, choices, tables.plants.length);
  return knowledge;
}

/** The mix that the master data suggest: each product equally likely, no listed customer. */
export function masterDataKnowledge(tables: BrunelTables): Knowledge {
  const knowledge: Knowledge = new Map();
  const products = new Set(tables.plants.flatMap((plant) => [...plant.products]));
  for (const product_id of products) {
    const order = { order_id: '', customer: '', product_id, unit_quantity: 1, weight_kg: 1 };
    const plants = tables.plants.flatMap((plant, p) => (mayServe(plant, order) ? [p] : []));
    if (plants.length === 0) continue;
    kindOf(knowledge, plants, tables.plants.length).weight += PRIOR_ORDERS / products.size;
  }
  return knowledge;
}

/** The mix as the day before showed it: as many orders, drawn at random with replacement. */
export function dayBeforeKnowledge(tables: BrunelTables, seed: number): Knowledge {
  const knowledge: Knowledge = new Map();
  const orders = choicesOf(tables);
  const random = seededRandom(seed);
  for (const _ of orders) see(knowledge, random.pick(orders), tables.plants.length);
  return knowledge;
}

/** The oracle over kinds: one plan per plant with a place left, or to leave the order unserved. */
function oracleOf(kinds: readonly Kind[], plantCount: number): PlanOracle {
  const overall = new Float64Array(plantCount);
  const counted = new Float64Array(plantCount);
  for (const { plants, seen, costSum } of kinds) {
    for (const p of plants) {
      overall[p]! += costSum[p]!;
      counted[p]! += seen;
    }
  }
  const cost = (kind: Kind, p: number) =>
    kind.seen > 0 ? kind.costSum[p]! / kind.seen : overall[p]! / Math.max(1, counted[p]!);
  return {
    classes: kinds.length,
    resources: plantCount,
    cheapest: (c, prices, free): Plan => {
      const kind = kinds[c]!;
      let best = -1;
      let least = UNSERVED_USD;
      for (const p of kind.plants) {
        const priced = cost(kind, p) + prices[p]!;
        if (free[p]! < 1 || priced >= least) continue;
        least = priced;
        best = p;
      }
      if (best < 0) return { cost: UNSERVED_USD, resources: [], amounts: [] };
      return { cost: cost(kind, best), resources: [best], amounts: [1] };
    },
  };
}

/** Prices of the plants' places for what is still to come, or undefined if none could be solved. */
function pricesOf(
  solver: LinearSolver,
  knowledge: Knowledge,
  left: number,
  free: Float64Array,
  chance: () => number,
): Float64Array | undefined {
  const kinds = [...knowledge.values()];
  const shares = () => {
    // A Dirichlet draw: how far the shares may be off, given the orders they rest on.
    const draws = kinds.map(({ weight }) => {
      const record = openDemand(1, weight);
      return weight * demandFactorAt(record, 0, CAUTION * sampleNormal(chance));
    });
    const total = draws.reduce((sum, draw) => sum + draw, 0);
    return Float64Array.from(draws, (draw) => (left * draw) / total);
  };
  const scenarios = openScenarios(solver, oracleOf(kinds, free.length), SCENARIOS, chance);
  const priced = scenarios.refresh(shares, free, SCENARIOS);
  scenarios.close();
  return priced.status === 'priced' ? priced.prices : undefined;
}

/** Orders served, their cost, and how many greedy serves in the same order of arrival. */
export interface BrunelServed {
  readonly served: number;
  readonly cost_usd: number;
}

function cheapest(
  choices: readonly Choice[],
  free: Float64Array,
  prices: Float64Array | undefined,
): Choice | undefined {
  let best: Choice | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const choice of choices) {
    const priced = choice.cost + (prices?.[choice.plant] ?? 0);
    if (free[choice.plant]! < 1 || priced >= least) continue;
    best = choice;
    least = priced;
  }
  return best;
}

/** How prices are made on the way. */
export interface Online {
  readonly solver: LinearSolver;
  readonly knowledge: Knowledge;
  /** Whether orders seen correct the knowledge. */
  readonly learns: boolean;
  readonly seed: number;
}

/** Serves the orders in the given sequence; without a solver greedily. */
export function serveOnline(
  tables: BrunelTables,
  sequence: readonly (readonly Choice[])[],
  online: Online | null,
): BrunelServed {
  const free = Float64Array.from(capacitiesAt(tables, MULTIPLE));
  const chance = seededRandom(online?.seed ?? 0).next;
  let prices: Float64Array | undefined;
  let served = 0;
  let cost_usd = 0;
  let due = 0;
  sequence.forEach((choices, t) => {
    if (online !== null && t >= due) {
      const left = sequence.length - t;
      due = t + Math.max(1, Math.min(REFRESH_ORDERS_MAX, Math.floor(left * REFRESH_SHARE)));
      prices = pricesOf(online.solver, online.knowledge, left, free, chance);
    }
    const choice = cheapest(choices, free, prices);
    if (choice !== undefined) {
      free[choice.plant]! -= 1;
      served += 1;
      cost_usd += choice.cost;
    }
    if (online?.learns) see(online.knowledge, choices, free.length);
  });
  return { served, cost_usd };
}
