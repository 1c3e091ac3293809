/** When legs run and hubs are open: weekly timetables as instants, with what does not go as planned. */
import { type DayTable, dayTable, pickupCalendar } from '../calendar.ts';
import { DAY_SECONDS, type DisruptionInput, type HubInput, type LegInput } from '../types.ts';
import type { Window } from './spread.ts';

/** Local days before the horizon, for hubs behind UTC. */
const MARGIN_DAYS = 2;

/** First local day whose departures are listed, as days since 1970-01-01. */
const firstDayOf = (fromSeconds: number): number =>
  Math.floor(fromSeconds / DAY_SECONDS) - MARGIN_DAYS;

/** First place of a value that is not before another; the length if there is none. O(log n). */
export function firstAtOrAfter(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Merged windows, ascending. O(n log n). */
export function mergeWindows(windows: readonly Window[]): Window[] {
  const merged: { from: number; until: number }[] = [];
  for (const { from, until } of [...windows].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.until) last.until = Math.max(last.until, until);
    else if (until > from) merged.push({ from, until });
  }
  return merged;
}

/** What is disrupted, by the row it concerns. */
export interface Disrupted {
  readonly closed: ReadonlyMap<string, readonly Window[]>;
  readonly cancelled: ReadonlyMap<string, readonly Window[]>;
  readonly delayed: ReadonlyMap<string, readonly (Window & { readonly seconds: number })[]>;
}

/** Sorts disruptions by hub and leg. O(n log n). */
export function sortDisruptions(disruptions: readonly DisruptionInput[]): Disrupted {
  const closed = new Map<string, Window[]>();
  const cancelled = new Map<string, Window[]>();
  const delayed = new Map<string, (Window & { seconds: number })[]>();
  const put = <T>(map: Map<string, T[]>, id: string, value: T): void => {
    map.set(id, [...(map.get(id) ?? []), value]);
  };
  for (const row of disruptions) {
    const window = { from: row.from_seconds, until: row.until_seconds };
    if (row.kind === 'hub_closed') put(closed, row.hub_id, window);
    else if (row.kind === 'leg_cancelled') put(cancelled, row.leg_id, window);
    else put(delayed, row.leg_id, { ...window, seconds: row.delay_seconds });
  }
  for (const map of [closed, cancelled]) {
    for (const [id, windows] of map) map.set(id, mergeWindows(windows));
  }
  for (const windows of delayed.values()) {
    windows.sort((a, b) => a.from - b.from || a.until - b.until || a.seconds - b.seconds);
  }
  return { closed, cancelled, delayed };
}

/**
 * Departures of weekly timetables over one span of days; equal ones share their instants.
 * O(days × departures) for each timetable that differs.
 */
export function planDepartures(
  fromSeconds: number,
  days: number,
): (leg: LegInput, hub: HubInput) => Float64Array {
  const firstDay = firstDayOf(fromSeconds);
  const tables = new Map<string, DayTable>();
  const plans = new Map<string, Float64Array>();
  return ({ departures }, { time_zone }) => {
    const key = `${time_zone} ${JSON.stringify(departures)}`;
    const known = plans.get(key);
    if (known !== undefined) return known;
    let table = tables.get(time_zone);
    if (table === undefined) {
      table = dayTable(time_zone, firstDay, days + 2 * MARGIN_DAYS);
      tables.set(time_zone, table);
    }
    const { at } = pickupCalendar(table, departures!, undefined);
    plans.set(key, at);
    return at;
  };
}

const holds = ({ from, until }: Window, at: number): boolean => at >= from && at < until;
const NONE: readonly Window[] = [];

/**
 * Departures planned before those that are listed from a horizon on, as far back as delays may bring
 * them into it. O(days of delay × departures), nothing without delays.
 */
function plannedBefore(
  leg: LegInput,
  { time_zone }: HubInput,
  delays: readonly { readonly seconds: number }[],
  fromSeconds: number,
): Float64Array {
  const days = Math.ceil(delays.reduce((sum, one) => sum + one.seconds, 0) / DAY_SECONDS);
  if (days === 0) return new Float64Array();
  const table = dayTable(time_zone, firstDayOf(fromSeconds) - days, days);
  return pickupCalendar(table, leg.departures!, undefined).at;
}

/**
 * The departures of a leg that do run, ascending: those `planned` from a horizon on, and earlier ones that
 * are late enough to leave in it. What is cancelled or delayed is so by its planned departure; nothing
 * leaves a closed hub, and nothing that would land there by plan.
 * O((departures + days of delay) × (disruptions of the leg and its hubs) + n log n).
 */
export function runsOf(
  leg: LegInput,
  hub: HubInput,
  { planned, from_seconds }: { readonly planned: Float64Array; readonly from_seconds: number },
  { closed, cancelled, delayed }: Disrupted,
): Float64Array {
  const stops = cancelled.get(leg.id) ?? NONE;
  const delays = delayed.get(leg.id) ?? [];
  const [leaves, lands] = [closed.get(leg.from_hub_id) ?? NONE, closed.get(leg.to_hub_id) ?? NONE];
  if (stops.length + delays.length + leaves.length + lands.length === 0) return planned;
  const runs: number[] = [];
  const early = plannedBefore(leg, hub, delays, from_seconds);
  const least = Math.min(from_seconds, planned[0] ?? from_seconds);
  for (const plan of [...early, ...planned]) {
    if (stops.some((window) => holds(window, plan))) continue;
    const late = delays.reduce((sum, one) => sum + (holds(one, plan) ? one.seconds : 0), 0);
    const at = plan + late;
    if (at < least) continue;
    if (leaves.some((window) => holds(window, at))) continue;
    if (lands.some((window) => holds(window, at + leg.duration_seconds))) continue;
    runs.push(at);
  }
  return Float64Array.from(runs).sort();
}
