/**
 * Which stock is contended, and the pricing task for it: for each kind of order the warehouses that
 * could send it, by the order solver, and the SKUs of which greedy deciding would use most of what
 * some warehouse has. Everything else has no price and is not looked at again.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Board,
  type ForecastDemand,
  listStockSources,
  type Pricing,
  type PricingClass,
  type StockPosition,
  type StockSource,
} from '../../routing/index.ts';
import type { LiveNetwork } from './engine.ts';

/** A kind of order: what is forecast of it, and one of the places it goes to. */
export interface DemandKind {
  readonly demand: ForecastDemand;
  readonly destination: {
    readonly country: string;
    readonly postal_code: string;
    readonly position?: readonly [number, number] | undefined;
  };
}

/** What contention is judged by. */
export interface ContentionLimits {
  /** Share of a warehouse's units that greedy deciding would use, from which a SKU is contended. */
  readonly contended_share: number;
  readonly solver_work: number;
  readonly scenarios: number;
  readonly seed: number;
}

/** The task, with what its resources and classes stand for. */
export interface ContendedStock {
  readonly pricing: Pricing;
  /** Per resource: warehouse and SKU. */
  readonly resources: readonly (readonly [warehouse_id: string, sku_id: string])[];
  readonly kinds: readonly DemandKind[];
}

/** Warehouses looked at per kind of order, the cheapest first. */
const MOST_SOURCES = 8;
/** Weight of pooled demand against a kind's own orders, in orders. */
const PRIOR_ORDERS = 5;
/** Nobody serving an order costs so many times its dearest source. */
const UNSERVED_FACTOR = 2;
/** Kinds after which others get a turn. */
const KINDS_PER_TURN = 16;

interface SourcedKind extends DemandKind {
  readonly sources: readonly StockSource[];
}

const keyOf = (warehouse_id: string, sku_id: string): string =>
  JSON.stringify([warehouse_id, sku_id]);

/** Free units by warehouse and SKU. */
function unitsOf(stock: readonly StockPosition[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { warehouse_id, sku_id, available } of stock) {
    const key = keyOf(warehouse_id, sku_id);
    units.set(key, (units.get(key) ?? 0) + available);
  }
  return units;
}

async function sourcesOf(
  network: LiveNetwork,
  board: Board,
  kinds: readonly DemandKind[],
  at_seconds: number,
  work: number,
): Promise<SourcedKind[]> {
  const found: SourcedKind[] = [];
  for (const [i, kind] of kinds.entries()) {
    const { sku_id, quantity } = kind.demand;
    const lines = [{ line_no: 1, sku_id, quantity }];
    const order = { at_seconds, destination: kind.destination, lines };
    const sources = listStockSources(network.compiled, board, order, { most: MOST_SOURCES, work });
    if (sources.length > 0) found.push({ ...kind, sources });
    if (i % KINDS_PER_TURN === KINDS_PER_TURN - 1) await nextTurn();
  }
  return found;
}

/** SKUs of which some warehouse would lose so much of its units, were every order decided greedily. */
function contendedSkus(
  kinds: readonly SourcedKind[],
  units: ReadonlyMap<string, number>,
  share: number,
): Set<string> {
  const used = new Map<string, number>();
  const skus = new Set<string>();
  for (const { demand, sources } of kinds) {
    const key = keyOf(sources[0]!.warehouse_id, demand.sku_id);
    const use = (used.get(key) ?? 0) + demand.forecast * demand.quantity;
    used.set(key, use);
    if (use >= share * (units.get(key) ?? 0)) skus.add(demand.sku_id);
  }
  return skus;
}

function classOf(
  { demand, sources }: SourcedKind,
  group: number,
  resourceOf: ReadonlyMap<string, number>,
): PricingClass {
  const choices = sources.map(({ warehouse_id, cost }) => ({
    cost,
    resources: [resourceOf.get(keyOf(warehouse_id, demand.sku_id))!],
    amounts: [demand.quantity],
  }));
  return {
    choices,
    unserved_cost: UNSERVED_FACTOR * sources.at(-1)!.cost,
    forecast: demand.forecast,
    group,
  };
}

/** Finds what is contended; no classes if nothing is. O(kinds × sources × one decision). */
export async function findContendedStock(
  network: LiveNetwork,
  board: Board,
  stock: readonly StockPosition[],
  kinds: readonly DemandKind[],
  at_seconds: number,
  limits: ContentionLimits,
): Promise<ContendedStock> {
  const units = unitsOf(stock);
  const sourced = await sourcesOf(network, board, kinds, at_seconds, limits.solver_work);
  const skus = contendedSkus(sourced, units, limits.contended_share);
  const contended = sourced.filter(({ demand }) => skus.has(demand.sku_id));
  const resourceOf = new Map<string, number>();
  const resources: [string, string][] = [];
  for (const { demand, sources } of contended) {
    for (const { warehouse_id } of sources) {
      const key = keyOf(warehouse_id, demand.sku_id);
      if (resourceOf.has(key)) continue;
      resourceOf.set(key, resources.length);
      resources.push([warehouse_id, demand.sku_id]);
    }
  }
  const pricing: Pricing = {
    supply: resources.map(([w, sku]) => units.get(keyOf(w, sku)) ?? 0),
    classes: contended.map((kind, group) => classOf(kind, group, resourceOf)),
    shape: PRIOR_ORDERS,
    seen: contended.map(({ demand }) => demand.orders),
    forecast_seen: contended.map(({ demand }) => demand.pooled_orders),
    scenarios: limits.scenarios,
    seed: limits.seed,
  };
  return { pricing, resources, kinds: contended };
}
