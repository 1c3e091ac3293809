/**
 * PRICE: forecasts demand from the orders of late and prices the stock and capacity that are contended
 * until the horizon, so that decisions keep for later orders what those will need more. Whatever goes
 * wrong, the last prices follow what is used until they grow stale, and decisions are greedy again.
 */
import { inTransaction, type Tx } from '../../db/database.ts';
import { countOrdersSince } from '../../db/demand.ts';
import {
  deleteUnusedPriceSets,
  findNewestPriceSet,
  insertPriceSet,
  type PriceSet,
  type StoredCourse,
  type StoredCourses,
  takePriceRefresh,
} from '../../db/prices.ts';
import {
  HOUR_SECONDS,
  hasDrifted,
  indexPrices,
  type Pricing,
  type StockPrice,
  usedOf,
} from '../../routing/index.ts';
import { instantOf } from '../domain/instants.ts';
import type { StepOutcome } from './decide-orders.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { findContendedCapacity } from './find-contended-capacity.ts';
import { type DemandKind, findContendedStock } from './find-contended-stock.ts';
import { followedSet, pricesOn } from './follow-prices.ts';
import {
  areDecidedAgain,
  hoursRatio,
  lookAhead,
  machineSeconds,
  type Outlook,
} from './look-ahead.ts';
import { type PricedCarriers, priceCarriers } from './price-carriers.ts';
import { priceInThread } from './price-in-thread.ts';

const NOTHING: StepOutcome = { done: 0, more: false };

/**
 * Computes and stores one set of prices, if it is due, or if orders come otherwise than the last one
 * was made for. Safe beside itself and after a crash: the timer is moved on first, in a transaction of
 * its own.
 */
export async function refreshPrices(engine: Engine): Promise<StepOutcome> {
  const now = engine.clock.now();
  const { price_look_seconds, price_refresh_seconds } = engine.config;
  const look = Math.min(price_look_seconds, price_refresh_seconds);
  const next = now.add({ seconds: machineSeconds(engine, look) });
  const taken = await inTransaction(
    engine.database,
    async (tx) => (await takePriceRefresh(tx, now, next)) && (await isWanted(engine, tx, now)),
  );
  if (!taken) return NOTHING;
  const network = await engine.networks.current();
  if (network === null || engine.config.price_blend_percent === 0) return { done: 1, more: false };
  const outlook = await lookAhead(engine, network, now);
  // Where nothing new could be solved the last prices follow what was used, until they are stale.
  const set = (await solvedSet(engine, network, outlook)) ?? (await followedSet(engine, outlook));
  if (set === null) return { done: 1, more: false };
  await inTransaction(engine.database, async (tx) => {
    await insertPriceSet(tx, set);
    await deleteUnusedPriceSets(tx, now);
  });
  const { price_set_id, prices } = set;
  const sizes = { prices: prices.length, capacity: set.capacity.length };
  const facts = { price_set_id, follows: set.follows, ...sizes };
  engine.log.debug(facts, 'prices computed');
  return { done: 1, more: false };
}

/** True if the last prices are due to be replaced, or things are not as they were made for. */
async function isWanted(engine: Engine, tx: Tx, now: Temporal.Instant): Promise<boolean> {
  const newest = await findNewestPriceSet(tx, now);
  if (newest === undefined) return true;
  const age = now.since(newest.computed_at).total('seconds');
  const due = machineSeconds(engine, engine.config.price_refresh_seconds);
  if (age >= due) return true;
  // Where nothing was contended, other orders than expected can wait for the hour.
  if (!newest.has_prices) return false;
  // Nobody is decided again by prices that do not count who waits: now somebody would be.
  if (!newest.counts_waiting && (await areDecidedAgain(engine, tx, now))) return true;
  const seen = await countOrdersSince(tx, newest.computed_at);
  return hasDrifted(seen, (newest.orders_soon * age) / due);
}

/** A set of newly solved prices; null = they could not be computed. */
async function solvedSet(
  engine: Engine,
  network: LiveNetwork,
  outlook: Outlook,
): Promise<PriceSet | null> {
  const stock = await priceStock(engine, network, outlook);
  if (stock === null) return null;
  const capacity = await priceCapacity(engine, network, outlook, stock.rows);
  if (capacity === null) return null;
  const carriers = await priceCarriers(engine, network.document, outlook.season, outlook.at);
  return setOf(engine, network, outlook, { stock, capacity, carriers });
}

/**
 * A course per resource from here on, its price at the blend that is trusted; null = they could not be
 * computed.
 */
async function solve(engine: Engine, pricing: Pricing): Promise<readonly StoredCourse[] | null> {
  if (pricing.classes.length === 0) return pricing.supply.map((units) => [0, 0, units, 0]);
  const priced = await priceInThread(pricing, engine.config.price_timeout_seconds);
  if (priced.status === 'failed') {
    engine.log.warn(
      { reason: priced.reason },
      'prices could not be computed: the last ones follow use',
    );
    return null;
  }
  const blend = engine.config.price_blend_percent / 100;
  return priced.prices.map((price, r) => {
    return [price * blend, priced.planned[r]!, pricing.supply[r]!, priced.caps[r]!];
  });
}

/** Prices of stock with what they were made from. */
interface PricedStock {
  readonly rows: readonly StockPrice[];
  readonly course: StoredCourses['stock'];
  readonly kinds: readonly DemandKind[];
}

async function priceStock(
  engine: Engine,
  network: LiveNetwork,
  outlook: Outlook,
): Promise<PricedStock | null> {
  const limits = limitsOf(engine, outlook.at_seconds);
  const found = await findContendedStock(network, outlook, limits);
  const solved = await solve(engine, found.pricing);
  if (solved === null) return null;
  const course = found.resources.map(([warehouse_id, sku_id], r) => {
    const [price, planned, , cap] = solved[r]!;
    // What is held is used already: the next prices read what is free, and follow what is used beyond.
    const course = [price, Math.max(0, planned - found.held[r]!), found.free[r]!, cap] as const;
    return [warehouse_id, sku_id, course] as const;
  });
  const rows = course.flatMap(([warehouse_id, sku_id, [price]]) =>
    price > 0 ? [{ warehouse_id, sku_id, price }] : [],
  );
  return { rows, course, kinds: found.kinds };
}

/** Courses of capacity for what the prices of stock leave over. */
async function priceCapacity(
  engine: Engine,
  network: LiveNetwork,
  { board, expected, at_seconds }: Outlook,
  stock: readonly StockPrice[],
): Promise<StoredCourses['capacity'] | null> {
  const prices = indexPrices({ stock });
  const limits = limitsOf(engine, at_seconds);
  const found = await findContendedCapacity(network, board, expected, prices, limits);
  const solved = await solve(engine, found.pricing);
  if (solved === null) return null;
  return found.slots.map(({ resource, slot_seconds }, r) => {
    const [price, planned, , cap] = solved[r]!;
    // What is used is what the next prices can read again.
    return [resource, slot_seconds, [price, planned, -usedOf(board, resource, slot_seconds), cap]];
  });
}

/**
 * The seed of the futures that are looked at now. It is held for a while: prices then move by what has
 * changed, and not by what else might come, and orders that wait are not moved to and fro.
 */
function seedAt(engine: Engine, at_seconds: number): number {
  return Math.floor(at_seconds / machineSeconds(engine, engine.config.price_futures_seconds));
}

function limitsOf(engine: Engine, at_seconds: number) {
  const { config } = engine;
  return {
    contended_share: config.price_contended_percent / 100,
    solver_work: config.solver_work_max,
    scenarios: config.price_scenarios,
    seed: seedAt(engine, at_seconds),
  };
}

/** All that a set is made of. */
interface Priced {
  readonly stock: PricedStock;
  readonly capacity: StoredCourses['capacity'];
  readonly carriers: PricedCarriers;
}

function setOf(
  engine: Engine,
  network: LiveNetwork,
  { at, at_seconds, season, counts_waiting }: Outlook,
  { stock, capacity, carriers }: Priced,
): PriceSet {
  const { price_stale_seconds, price_horizon_hours, price_refresh_seconds } = engine.config;
  const soon = at_seconds + machineSeconds(engine, price_refresh_seconds);
  return {
    price_set_id: engine.newId(),
    network_version: network.version,
    computed_at: at,
    stale_at: at.add({ seconds: machineSeconds(engine, price_stale_seconds) }),
    horizon_until: instantOf(at_seconds + price_horizon_hours * HOUR_SECONDS),
    seed: seedAt(engine, at_seconds),
    orders_soon: season.orders * hoursRatio(season, at_seconds, soon),
    ...pricesOn({ stock: stock.course, capacity }),
    follows: null,
    counts_waiting,
    ...carriers,
    demand: stock.kinds.map(({ demand }) => [
      demand.sku_id,
      demand.zone_id,
      demand.forecast,
      demand.quantity,
    ]),
  };
}
