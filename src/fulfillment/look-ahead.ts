/** What prices are made from: the orders of late as a forecast, and the stock and capacity there is. */
import { listCapacity } from '../../db/capacity.ts';
import { inTransaction, type Tx } from '../../db/database.ts';
import {
  countOrdersByHour,
  type HourlyOrders,
  listPlaceDemand,
  type PlaceDemand,
  sampleOrders,
} from '../../db/demand.ts';
import {
  findRedecideRun,
  listWaitingUnits,
  type StartsFrom,
  type WaitingUnits,
} from '../../db/redecisions.ts';
import { listFreeStock } from '../../db/stock.ts';
import {
  type Board,
  DAY_SECONDS,
  type ForecastDemand,
  forecastDemand,
  HOUR_SECONDS,
  hourOfWeek,
  hoursCovered,
  LOOK_BACK_SECONDS,
  openBoard,
  type SeenDemand,
  seasonalHours,
  weekShape,
  zonesOf,
} from '../../routing/index.ts';
import { secondsOf } from '../domain/instants.ts';
import type { Network } from '../domain/network.ts';
import type { PolicyRules } from '../domain/policy.ts';
import { stockPositions } from './decide-batch.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { expectOrders } from './expect-orders.ts';
import type { ExpectedOrder } from './find-contended-capacity.ts';
import type { DemandKind, HeldByKind, StockOutlook } from './find-contended-stock.ts';
import type { RulingPolicy } from './policy-network.ts';
import { freezeSeconds, stockFreed } from './waiting-orders.ts';

/** What prices are made from: what is there, and what is expected. */
export interface Outlook extends StockOutlook {
  readonly at: Temporal.Instant;
  readonly board: Board;
  readonly expected: readonly ExpectedOrder[];
  readonly season: Season;
  /** True where orders that wait are counted, however many there are. */
  readonly counts_waiting: boolean;
}

/** Reads what was ordered and what is there. One transaction, no lock. */
export async function lookAhead(
  engine: Engine,
  network: LiveNetwork,
  now: Temporal.Instant,
): Promise<Outlook> {
  const { config } = engine;
  const window = {
    from: now.subtract({ seconds: LOOK_BACK_SECONDS }),
    until: now,
    orders_max: config.price_orders_max,
  };
  const at_seconds = secondsOf(now);
  const starts_from = startsFrom(network, await engine.policies.current(), now);
  const read = await inTransaction(engine.database, async (tx) => {
    const season = seasonOf(await countOrdersByHour(tx, window), at_seconds);
    const until_seconds = at_seconds + config.price_horizon_hours * HOUR_SECONDS;
    const ratio = hoursRatio(season, at_seconds, until_seconds);
    const places = await listPlaceDemand(tx, window, config.price_orders_least);
    const kinds = kindsOf(network, places, ratio).slice(0, config.price_kinds_max);
    const isEnough = season.orders >= config.price_orders_least && hasLimits(network.document);
    const sample = isEnough ? await sampleOrders(tx, window, config.price_sample_orders) : [];
    const ahead = { ...season, from_seconds: at_seconds, until_seconds };
    const expected = expectOrders(network, sample, { ...ahead, orders: season.orders * ratio });
    const skus = new Set([
      ...kinds.map((kind) => kind.demand.sku_id),
      ...expected.flatMap(({ order }) => order.lines.map((line) => line.sku_id)),
    ]);
    const free = await listFreeStock(tx, [...skus]);
    const counts_waiting = await areDecidedAgain(engine, tx, now);
    const waiting = counts_waiting
      ? await waitingFor(engine, tx, network, { now, starts_from, kinds })
      : [];
    const warehouses = new Set([...free, ...waiting].map((row) => row.warehouse_id));
    const capacity = await listCapacity(tx, at_seconds - 2 * DAY_SECONDS, [...warehouses]);
    return { season, kinds, expected, free, counts_waiting, waiting, capacity };
  });
  const { season, kinds, expected, free, counts_waiting, waiting, capacity } = read;
  const stock = stockPositions(network, free);
  const board = openBoard(network.compiled, stock, capacity);
  const given = stockFreed(network, free, waiting);
  const freed = waiting.length === 0 ? board : openBoard(network.compiled, given, capacity);
  const ahead = { season, kinds, expected, counts_waiting, waiting };
  return { at: now, at_seconds, ...ahead, stock, board, freed };
}

/** Seconds of the machine as the clock counts them: what prices cost is the machine's time. O(1). */
export function machineSeconds({ clock }: Engine, seconds: number): number {
  return Math.round(seconds * clock.speed);
}

/** Turns of deciding again that may be missed before nobody counts on it. */
const TURNS_MISSED = 2;

/**
 * True while orders that wait are decided again: it is not turned off here, and it came to run of late. Where
 * no worker does it, or all its turns go to new orders, what waiting orders hold is not given back.
 */
export async function areDecidedAgain(
  engine: Engine,
  tx: Tx,
  now: Temporal.Instant,
): Promise<boolean> {
  const { redecide_seconds, price_refresh_seconds } = engine.config;
  if (redecide_seconds === 0) return false;
  const ran_at = await findRedecideRun(tx);
  const lately = Math.max(price_refresh_seconds, TURNS_MISSED * redecide_seconds);
  return ran_at !== null && now.since(ran_at).total('seconds') <= machineSeconds(engine, lately);
}

/** When warehouses start at the earliest whose orders may still change, under each policy in force. */
function startsFrom(
  { document }: LiveNetwork,
  policies: readonly RulingPolicy[],
  now: Temporal.Instant,
): StartsFrom {
  const after = (rules: PolicyRules): Temporal.Instant => {
    return now.add({ seconds: freezeSeconds({ ...document.policy, ...rules }) });
  };
  const own = policies.map(({ policy_id, rules }) => [policy_id, after(rules)] as const);
  return { network: after({}), policies: Object.fromEntries(own) };
}

interface Waited {
  readonly now: Temporal.Instant;
  readonly starts_from: StartsFrom;
  readonly kinds: readonly DemandKind[];
}

/**
 * What orders that wait hold, by kind. Of those of no kind nothing is known to want what they would give
 * back: they stay where they are.
 */
async function waitingFor(
  { config }: Engine,
  tx: Tx,
  network: LiveNetwork,
  { now, starts_from, kinds }: Waited,
): Promise<(WaitingUnits & HeldByKind)[]> {
  const offers = { live_after: now, offers: config.redecide_offers };
  const keyOf = (sku_id: string, zone_id: string | undefined) => JSON.stringify([sku_id, zone_id]);
  const known = new Set(kinds.map(({ demand }) => keyOf(demand.sku_id, demand.zone_id)));
  const skus = new Set(kinds.map(({ demand }) => demand.sku_id));
  const rows = await listWaitingUnits(tx, offers, starts_from, [...skus]);
  return rows.flatMap((row) => {
    const zone_id = zonesOf(network.compiled, row.destination)[0];
    return zone_id !== undefined && known.has(keyOf(row.sku_id, zone_id))
      ? [{ ...row, zone_id }]
      : [];
  });
}

/** True if some warehouse or service takes no more than so much: else no capacity can be short. */
function hasLimits({ warehouses, services }: Network): boolean {
  return (
    warehouses.some(
      (one) => one.parcels_per_day !== undefined || one.picks_per_hour !== undefined,
    ) ||
    services.some(
      (one) => one.parcels_per_day !== undefined || one.parcels_per_day_per_warehouse !== undefined,
    )
  );
}

/** Orders seen since the first of a window, and the shape of their week. */
export interface Season {
  readonly orders: number;
  readonly since_seconds: number;
  readonly shape: Float64Array;
}

function seasonOf(byHour: readonly HourlyOrders[], at: number): Season {
  const byWeek = new Float64Array(168);
  let orders = 0;
  for (const { hour, orders: count } of byHour) {
    byWeek[hourOfWeek(secondsOf(hour))]! += count;
    orders += count;
  }
  const first = byHour[0] === undefined ? at : secondsOf(byHour[0].hour);
  // Hours in part are hours in whole for a window of less than one.
  const since_seconds = Math.min(first, at - HOUR_SECONDS);
  return { orders, since_seconds, shape: weekShape(byWeek, hoursCovered(since_seconds, at)) };
}

/** Seasonal hours ahead over those behind, counted from the first order seen. */
export function hoursRatio({ since_seconds, shape }: Season, at: number, until: number): number {
  return seasonalHours(shape, at, until) / seasonalHours(shape, since_seconds, at);
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
