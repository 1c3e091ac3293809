/**
 * PRICE: forecasts demand from the orders of late and prices the stock that is contended until the
 * horizon, so that decisions keep for later orders what those will need more. Whatever goes wrong,
 * the last prices grow stale and decisions are greedy again.
 */
import { listCapacity } from '../../db/capacity.ts';
import { inTransaction } from '../../db/database.ts';
import {
  countOrdersByHour,
  type HourlyOrders,
  listPlaceDemand,
  type PlaceDemand,
} from '../../db/demand.ts';
import { insertPriceSet, type PriceSet, takePriceRefresh } from '../../db/prices.ts';
import { listFreeStock } from '../../db/stock.ts';
import {
  DAY_SECONDS,
  type ForecastDemand,
  forecastDemand,
  HOUR_SECONDS,
  hourOfWeek,
  hoursCovered,
  LOOK_BACK_SECONDS,
  openBoard,
  type PricedStock,
  type SeenDemand,
  seasonalHours,
  weekShape,
  zonesOf,
} from '../../routing/index.ts';
import { instantOf, secondsOf } from '../domain/instants.ts';
import { stockPositions, warehousesOf } from './decide-batch.ts';
import type { StepOutcome } from './decide-orders.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import {
  type ContendedStock,
  type DemandKind,
  findContendedStock,
} from './find-contended-stock.ts';
import { priceInThread } from './price-in-thread.ts';

const NOTHING: StepOutcome = { done: 0, more: false };

/**
 * Computes and stores one set of prices, if it is due. Safe beside itself and after a crash: the
 * timer is moved on first, in a transaction of its own.
 */
export async function refreshPrices(engine: Engine): Promise<StepOutcome> {
  const now = engine.clock.now();
  const next = now.add({ seconds: machineSeconds(engine, engine.config.price_refresh_seconds) });
  const taken = await inTransaction(engine.database, (tx) => takePriceRefresh(tx, now, next));
  if (!taken) return NOTHING;
  const network = await engine.networks.current();
  if (network === null || engine.config.price_blend_percent === 0) return { done: 1, more: false };
  const contended = await look(engine, network, now);
  const priced = await price(engine, contended);
  if (priced.status === 'failed') {
    engine.log.warn({ reason: priced.reason }, 'prices could not be computed: the last ones age');
    return { done: 1, more: false };
  }
  const set = setOf(engine, network, now, contended, priced.prices);
  await inTransaction(engine.database, (tx) => insertPriceSet(tx, set));
  const facts = { price_set_id: set.price_set_id, prices: set.prices.length };
  engine.log.debug(facts, 'prices computed');
  return { done: 1, more: false };
}

/** Seconds of the machine as the clock counts them: what prices cost is the machine's time. */
function machineSeconds({ clock }: Engine, seconds: number): number {
  return Math.round(seconds * clock.speed);
}

async function price(engine: Engine, { pricing }: ContendedStock): Promise<PricedStock> {
  if (pricing.classes.length === 0) return { status: 'priced', prices: [], planned: [] };
  return await priceInThread(pricing, engine.config.price_timeout_seconds);
}

/** Reads what was ordered and what is there, and finds what is contended. */
async function look(
  engine: Engine,
  network: LiveNetwork,
  now: Temporal.Instant,
): Promise<ContendedStock> {
  const { config } = engine;
  const window = {
    from: now.subtract({ seconds: LOOK_BACK_SECONDS }),
    until: now,
    orders_max: config.price_orders_max,
  };
  const at_seconds = secondsOf(now);
  const { kinds, stock, capacity } = await inTransaction(engine.database, async (tx) => {
    const byHour = await countOrdersByHour(tx, window);
    const places = await listPlaceDemand(tx, window, config.price_orders_least);
    const ratio = hoursRatio(byHour, at_seconds, config.price_horizon_hours);
    const demand = kindsOf(network, places, ratio).slice(0, config.price_kinds_max);
    const skus = [...new Set(demand.map((kind) => kind.demand.sku_id))];
    const free = stockPositions(network, await listFreeStock(tx, skus));
    const from = at_seconds - 2 * DAY_SECONDS;
    return {
      kinds: demand,
      stock: free,
      capacity: await listCapacity(tx, from, warehousesOf(free)),
    };
  });
  const board = openBoard(network.compiled, stock, capacity);
  return await findContendedStock(network, board, stock, kinds, at_seconds, {
    contended_share: config.price_contended_percent / 100,
    solver_work: config.solver_work_max,
    scenarios: config.price_scenarios,
    seed: at_seconds,
  });
}

/** Seasonal hours ahead over those behind, counted from the first order seen. */
function hoursRatio(byHour: readonly HourlyOrders[], at: number, horizonHours: number): number {
  const first = byHour[0];
  if (first === undefined) return 0;
  const orders = new Float64Array(168);
  for (const { hour, orders: count } of byHour) orders[hourOfWeek(secondsOf(hour))]! += count;
  // Hours in part are hours in whole for a window of less than one.
  const from = Math.min(secondsOf(first.hour), at - HOUR_SECONDS);
  const shape = weekShape(orders, hoursCovered(from, at));
  const ahead = seasonalHours(shape, at, at + horizonHours * HOUR_SECONDS);
  return ahead / seasonalHours(shape, from, at);
}

/** Kinds of orders, most wanted first: places merged into the most specific zone they lie in. */
function kindsOf(
  network: LiveNetwork,
  places: readonly PlaceDemand[],
  ratio: number,
): DemandKind[] {
  const seen = new Map<string, SeenDemand & { destination: PlaceDemand['destination'] }>();
  for (const { sku_id, destination, orders, units } of places) {
    const zone_id = zonesOf(network.compiled, destination)[0];
    if (zone_id === undefined || !network.skus.has(sku_id)) continue;
    const key = JSON.stringify([sku_id, zone_id]);
    const before = seen.get(key) ?? { sku_id, zone_id, orders: 0, units: 0, destination };
    const sum = { orders: before.orders + orders, units: before.units + units };
    seen.set(key, { ...before, ...sum });
  }
  const rows = [...seen.values()];
  const demand: ForecastDemand[] = forecastDemand(rows, ratio);
  return demand
    .map((one, i) => ({ demand: one, destination: rows[i]!.destination }))
    .sort((a, b) => b.demand.forecast - a.demand.forecast);
}

function setOf(
  engine: Engine,
  network: LiveNetwork,
  now: Temporal.Instant,
  { resources, kinds, pricing }: ContendedStock,
  prices: readonly number[],
): PriceSet {
  const { price_blend_percent, price_stale_seconds, price_horizon_hours } = engine.config;
  const blend = price_blend_percent / 100;
  return {
    price_set_id: engine.newId(),
    network_version: network.version,
    computed_at: now,
    stale_at: now.add({ seconds: machineSeconds(engine, price_stale_seconds) }),
    horizon_until: instantOf(secondsOf(now) + price_horizon_hours * HOUR_SECONDS),
    seed: pricing.seed,
    prices: resources.flatMap(([warehouse_id, sku_id], r) =>
      prices[r]! * blend > 0 ? [[warehouse_id, sku_id, prices[r]! * blend] as const] : [],
    ),
    demand: kinds.map(({ demand }) => [
      demand.sku_id,
      demand.zone_id,
      demand.forecast,
      demand.quantity,
    ]),
  };
}
