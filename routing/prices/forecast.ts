/**
 * Demand ahead from orders behind: a kind of order (SKU × zone) comes at the pooled rate of its SKU
 * and its zone, times the shape of the week, times what its own orders teach (Gamma–Poisson, see
 * `demand.ts`).
 */
import { DAY_SECONDS, HOUR_SECONDS } from '../types.ts';

const WEEK_HOURS = 168;
/** 1970-01-01 was a Thursday; hours of the week count from Monday 00:00 UTC. */
const FIRST_HOUR_OF_WEEK = 72;
/** Hours of the week start as if each had seen so many orders of the average hour. */
const EVEN_ORDERS = 5;
/** Fraction of the golden ratio. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Hour of the week (0 = Monday 00:00 to 01:00 UTC) of an instant, epoch seconds. O(1). */
export function hourOfWeek(at_seconds: number): number {
  return (Math.floor(at_seconds / HOUR_SECONDS) + FIRST_HOUR_OF_WEEK) % WEEK_HOURS;
}

/**
 * Seasonality by hour of the week, mean 1 over the hours seen: orders per hour against the average
 * hour, shrunk towards 1 where little was seen. `orders` and `hours` have 168 entries: orders seen in,
 * and how many times the window covered, each hour of the week. O(168).
 */
export function weekShape(orders: Float64Array, hours: Float64Array): Float64Array {
  const total = orders.reduce((sum, count) => sum + count, 0);
  const seen = hours.reduce((sum, count) => sum + count, 0);
  const perHour = seen > 0 ? total / seen : 0;
  return orders.map((count, h) => (count + EVEN_ORDERS) / (perHour * hours[h]! + EVEN_ORDERS));
}

/**
 * How many times the window [from, until) covers each hour of the week; parts count as parts.
 * O(hours of the window).
 */
export function hoursCovered(from_seconds: number, until_seconds: number): Float64Array {
  const hours = new Float64Array(WEEK_HOURS);
  for (let at = from_seconds; at < until_seconds; ) {
    const next = Math.min(until_seconds, (Math.floor(at / HOUR_SECONDS) + 1) * HOUR_SECONDS);
    hours[hourOfWeek(at)]! += (next - at) / HOUR_SECONDS;
    at = next;
  }
  return hours;
}

/** Hours of a window, each weighted by its season. O(hours of the window). */
export function seasonalHours(shape: Float64Array, from_seconds: number, until: number): number {
  return hoursCovered(from_seconds, until).reduce((sum, hours, h) => sum + hours * shape[h]!, 0);
}

/**
 * Instants at which `count` orders of a window are expected: the i-th where the share u_i of its
 * seasonal hours has passed. The u_i follow the golden ratio (van der Corput's idea with Weyl's
 * sequence), so that any run of neighbours spreads over the whole window. O(hours + count log hours)
 */
export function arrivalInstants(
  shape: Float64Array,
  from_seconds: number,
  until_seconds: number,
  count: number,
): number[] {
  const starts: number[] = [];
  const passed: number[] = [];
  let sum = 0;
  for (let at = from_seconds; at < until_seconds; ) {
    const next = Math.min(until_seconds, (Math.floor(at / HOUR_SECONDS) + 1) * HOUR_SECONDS);
    starts.push(at);
    passed.push(sum);
    sum += shape[hourOfWeek(at)]! * (next - at);
    at = next;
  }
  return Array.from({ length: count }, (_, i) => {
    const wanted = (((i + 0.5) * GOLDEN) % 1) * sum;
    const hour = passed.findLastIndex((before) => before <= wanted);
    const at = starts[hour]!;
    return Math.floor(at + (wanted - passed[hour]!) / shape[hourOfWeek(at)]!);
  });
}

/** What was seen of one kind of order. */
export interface SeenDemand {
  readonly sku_id: string;
  readonly zone_id: string;
  readonly orders: number;
  readonly units: number;
}

/** What is forecast of one kind. */
export interface ForecastDemand extends SeenDemand {
  /** Orders that pooling alone would have expected of the window behind. */
  readonly pooled_orders: number;
  /** Orders that pooling alone expects of the window ahead. */
  readonly forecast: number;
  /** Units of an average order, whole, at least 1. */
  readonly quantity: number;
}

const sums = (
  rows: readonly SeenDemand[],
  of: (row: SeenDemand) => string,
): Map<string, number> => {
  const totals = new Map<string, number>();
  for (const row of rows) totals.set(of(row), (totals.get(of(row)) ?? 0) + row.orders);
  return totals;
};

/**
 * Forecasts each kind for the window ahead. `ratio` is the seasonal hours ahead over those behind.
 * Pooling: orders of the SKU × share of the zone in all orders. O(kinds).
 */
export function forecastDemand(seen: readonly SeenDemand[], ratio: number): ForecastDemand[] {
  const bySku = sums(seen, (row) => row.sku_id);
  const byZone = sums(seen, (row) => row.zone_id);
  const all = seen.reduce((sum, row) => sum + row.orders, 0);
  return seen.map((row) => {
    const pooled = (bySku.get(row.sku_id)! * byZone.get(row.zone_id)!) / all;
    const quantity = Math.max(1, Math.round(row.units / row.orders));
    return { ...row, pooled_orders: pooled, forecast: pooled * ratio, quantity };
  });
}

/** Longest window behind that demand is learned from, seconds: four weeks. */
export const LOOK_BACK_SECONDS = 28 * DAY_SECONDS;
