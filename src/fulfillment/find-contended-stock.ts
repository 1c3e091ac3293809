/**
 * Which stock is contended, and the pricing task for it: for each kind of order the warehouses that
 * could send it, by the order solver, and the SKUs of which greedy deciding would use most of what
 * some warehouse has. Everything else has no price and is not looked at again.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Board,
  DAY_SECONDS,
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

/** Units that orders of a kind hold which wait and may still be decided otherwise. */
export interface HeldByKind {
  readonly warehouse_id: string;
  readonly sku_id: string;
  readonly zone_id: string;
  readonly quantity: number;
}

/** What prices of stock are made from. */
export interface StockOutlook {
  readonly at_seconds: number;
  readonly kinds: readonly DemandKind[];
  /** What is free. */
  readonly stock: readonly StockPosition[];
  readonly waiting: readonly HeldByKind[];
  /** Where also that is free which orders hold that wait. */
  readonly freed: Board;
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
  /** Per resource: units that are free, also those that nobody can be sent any more. */
  readonly free: readonly number[];
  /** Per resource: units of its supply that orders hold which wait. */
  readonly held: readonly number[];
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

/** A kind with its orders that wait. */
interface WaitingKind extends SourcedKind {
  /** Their units over those of an average order: not a whole number, and need not be. */
  readonly waiting: number;
}

/** Names a SKU in a warehouse, or to a zone. */
const keyOf = (place_id: string, sku_id: string): string => JSON.stringify([place_id, sku_id]);

/** Units by key. */
function unitsOf<Row>(
  rows: readonly Row[],
  of: (row: Row) => readonly [key: string, units: number],
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const [key, units] = of(row);
    sums.set(key, (sums.get(key) ?? 0) + units);
  }
  return sums;
}

async function sourcesOf(
  network: LiveNetwork,
  { freed, kinds, at_seconds }: StockOutlook,
  work: number,
): Promise<SourcedKind[]> {
  const found: SourcedKind[] = [];
  for (const [i, kind] of kinds.entries()) {
    const { sku_id, quantity } = kind.demand;
    const lines = [{ line_no: 1, sku_id, quantity }];
    const order = { at_seconds, destination: kind.destination, lines };
    const sources = listStockSources(network.compiled, freed, order, { most: MOST_SOURCES, work });
    if (sources.length > 0) found.push({ ...kind, sources });
    if (i % KINDS_PER_TURN === KINDS_PER_TURN - 1) await nextTurn();
  }
  return found;
}

/**
 * What counts of what is held: that of a kind with sources, in a warehouse that is one of its SKU. Whatever
 * does not count as demand does not count as supply either.
 */
function countedOf(kinds: readonly SourcedKind[], waiting: readonly HeldByKind[]): HeldByKind[] {
  const zones = new Set(kinds.map(({ demand }) => keyOf(demand.zone_id, demand.sku_id)));
  const warehouses = new Set(
    kinds.flatMap(({ demand, sources }) =>
      sources.map(({ warehouse_id }) => keyOf(warehouse_id, demand.sku_id)),
    ),
  );
  return waiting.filter(
    ({ warehouse_id, zone_id, sku_id }) =>
      zones.has(keyOf(zone_id, sku_id)) && warehouses.has(keyOf(warehouse_id, sku_id)),
  );
}

/** SKUs of which some warehouse would lose so much of its units, were every order decided greedily. */
function contendedSkus(
  kinds: readonly WaitingKind[],
  units: ReadonlyMap<string, number>,
  share: number,
): Set<string> {
  const used = new Map<string, number>();
  const skus = new Set<string>();
  for (const { demand, sources, waiting } of kinds) {
    const key = keyOf(sources[0]!.warehouse_id, demand.sku_id);
    const use = (used.get(key) ?? 0) + (demand.forecast + waiting) * demand.quantity;
    used.set(key, use);
    if (use >= share * (units.get(key) ?? 0)) skus.add(demand.sku_id);
  }
  return skus;
}

function classOf(
  { demand, sources, waiting }: WaitingKind,
  group: number,
  resourceOf: ReadonlyMap<string, number>,
): PricingClass {
  const choices = sources.map(({ warehouse_id, cost }) => ({
    cost,
    resources: [resourceOf.get(keyOf(warehouse_id, demand.sku_id))!],
    amounts: [demand.quantity],
  }));
  return {
    name: keyOf(demand.zone_id, demand.sku_id),
    choices,
    unserved_cost: UNSERVED_FACTOR * sources.at(-1)!.cost,
    forecast: demand.forecast,
    waiting,
    group,
  };
}

/** Numbers what kinds can be served from. */
function resourcesOf(kinds: readonly SourcedKind[]) {
  const resourceOf = new Map<string, number>();
  const resources: [warehouse_id: string, sku_id: string][] = [];
  for (const { demand, sources } of kinds) {
    for (const { warehouse_id } of sources) {
      const key = keyOf(warehouse_id, demand.sku_id);
      if (resourceOf.has(key)) continue;
      resourceOf.set(key, resources.length);
      resources.push([warehouse_id, demand.sku_id]);
    }
  }
  return { resources, resourceOf };
}

/**
 * What of free stock is supply: lots that would still live when an order of now is promised. Those that
 * perish later count in whole: who takes a unit is given the one that perishes first.
 */
function saleable(
  { skus }: LiveNetwork,
  kinds: readonly SourcedKind[],
  stock: readonly StockPosition[],
): StockPosition[] {
  const soonest = new Map<string, number>();
  for (const { demand, sources } of kinds) {
    for (const { warehouse_id, promise_seconds } of sources) {
      const key = keyOf(warehouse_id, demand.sku_id);
      soonest.set(key, Math.min(promise_seconds, soonest.get(key) ?? Number.POSITIVE_INFINITY));
    }
  }
  return stock.filter(({ warehouse_id, sku_id, expires_seconds = Number.POSITIVE_INFINITY }) => {
    const life_seconds = (skus.get(sku_id)?.minimum_life_days ?? 0) * DAY_SECONDS;
    return expires_seconds >= (soonest.get(keyOf(warehouse_id, sku_id)) ?? 0) + life_seconds;
  });
}

/** Finds what is contended; no classes if nothing is. O(kinds × sources × one decision). */
export async function findContendedStock(
  network: LiveNetwork,
  outlook: StockOutlook,
  limits: ContentionLimits,
): Promise<ContendedStock> {
  const found = await sourcesOf(network, outlook, limits.solver_work);
  const counted = countedOf(found, outlook.waiting);
  const held = unitsOf(counted, (row) => [keyOf(row.warehouse_id, row.sku_id), row.quantity]);
  const wanted = unitsOf(counted, (row) => [keyOf(row.zone_id, row.sku_id), row.quantity]);
  const lotOf = ({ warehouse_id, sku_id, available }: StockPosition) =>
    [keyOf(warehouse_id, sku_id), available] as const;
  const free = unitsOf(outlook.stock, lotOf);
  const supply = unitsOf(saleable(network, found, outlook.stock), lotOf);
  const units = unitsOf([...supply, ...held], (row) => row);
  const kinds = found.map((kind): WaitingKind => {
    const { zone_id, sku_id, quantity } = kind.demand;
    return { ...kind, waiting: (wanted.get(keyOf(zone_id, sku_id)) ?? 0) / quantity };
  });
  const skus = contendedSkus(kinds, units, limits.contended_share);
  const contended = kinds.filter(({ demand }) => skus.has(demand.sku_id));
  const { resources, resourceOf } = resourcesOf(contended);
  const named = (of: ReadonlyMap<string, number>) =>
    resources.map((resource) => of.get(keyOf(...resource)) ?? 0);
  const pricing: Pricing = {
    supply: named(units),
    classes: contended.map((kind, group) => classOf(kind, group, resourceOf)),
    shape: PRIOR_ORDERS,
    seen: contended.map(({ demand }) => demand.orders),
    forecast_seen: contended.map(({ demand }) => demand.pooled_orders),
    scenarios: limits.scenarios,
    seed: limits.seed,
  };
  return { pricing, resources, free: named(free), held: named(held), kinds: contended };
}
