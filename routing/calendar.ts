/**
 * Calendars: weekly local timetables turned once into sorted arrays of epoch seconds, so that the
 * solver only searches numbers. All wall-clock arithmetic is done here, at compile time, in the
 * owner's IANA zone; a day without an offset change needs one addition, the others ask Temporal.
 */

import type { WeeklyTimesInput } from './types.ts';
import { DAY_SECONDS, type WeeklyHoursInput, type WeeklyTimeInput } from './types.ts';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type Weekday = (typeof WEEKDAYS)[number];

/** The local days of one time zone; `start[i]` is valid for adding seconds when `plain[i]` is 1. */
export interface DayTable {
  readonly timeZone: string;
  /** First local date, as days since 1970-01-01. */
  readonly firstDay: number;
  readonly days: number;
  readonly start: Float64Array;
  readonly plain: Uint8Array;
}

/** For each hour from `base` on, the first index whose value is not before that hour. */
export interface HourIndex {
  readonly base: number;
  readonly first: Int16Array | Int32Array;
}

/** Sorted disjoint intervals [from, to), epoch seconds. */
export interface Intervals {
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly toIndex: HourIndex;
}

/** When a warehouse works, and when it may start an order. */
export interface OpenCalendar extends Intervals {
  /** Open seconds before each interval. */
  readonly before: Float64Array;
  /** Inclusive spans in which processing may start: open, and not past the day's cut-off. */
  readonly startFirst: Float64Array;
  readonly startLast: Float64Array;
  readonly startIndex: HourIndex;
}

/** Pickups of one timetable in one time zone. */
export interface PickupCalendar {
  readonly at: Float64Array;
  /** Local date of each pickup, as days since 1970-01-01. */
  readonly day: Int32Array;
  readonly index: HourIndex;
}

/** Indexes sorted instants by hour, so that a search is one look-up and a short step. */
function hourIndex(table: DayTable, values: Float64Array): HourIndex {
  // A day before and after covers time zones ahead of and behind UTC.
  const base = (table.firstDay - 1) * DAY_SECONDS;
  const hours = (table.days + 2) * 24;
  // A pickup each minute is too many for two bytes.
  const first = values.length < 1 << 15 ? new Int16Array(hours) : new Int32Array(hours);
  for (let hour = 0, i = 0; hour < first.length; hour++) {
    while (i < values.length && values[i]! < base + hour * 3600) i++;
    first[hour] = i;
  }
  return { base, first };
}

/** First index with `values[index] ≥ value`; the length if there is none. O(values in an hour). */
export function firstFrom(values: Float64Array, index: HourIndex, value: number): number {
  const hour = Math.floor((value - index.base) / 3600);
  if (hour >= index.first.length) return values.length;
  let i = hour < 0 ? 0 : index.first[hour]!;
  while (i < values.length && values[i]! < value) i++;
  return i;
}

const plainDate = (day: number): Temporal.PlainDate =>
  new Temporal.PlainDate(1970, 1, 1).add({ days: day });

const toSeconds = (instant: Temporal.ZonedDateTime): number => instant.epochMilliseconds / 1000;

/** Day number (since 1970-01-01) of an ISO date. O(1). */
export function dayOfDate(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / (DAY_SECONDS * 1000);
}

/** Day numbers of a list of ISO dates; undefined if there are none. O(dates). */
export function daysOfDates(dates: readonly string[] | undefined): ReadonlySet<number> | undefined {
  return dates === undefined || dates.length === 0 ? undefined : new Set(dates.map(dayOfDate));
}

/**
 * Tabulates local days of `timeZone` from `firstDay` on. O(days), and a few Temporal calls for each change
 * of its offset: between two changes every day begins as many seconds after that of UTC.
 */
export function dayTable(timeZone: string, firstDay: number, days: number): DayTable {
  const midnight = (i: number) => plainDate(firstDay + i).toZonedDateTime(timeZone);
  const start = new Float64Array(days + 1);
  const plain = new Uint8Array(days + 1).fill(1);
  const startWith = (i: number, offset: number): void => {
    start[i] = (firstDay + i) * DAY_SECONDS - offset;
  };
  const first = midnight(0);
  for (let i = 0; i <= days; i++) startWith(i, offsetSeconds(first));
  const end = toSeconds(midnight(days + 1));
  // The first instant may be that of a change.
  let at = first.subtract({ seconds: 1 });
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    if (next === null || toSeconds(next) > end) break;
    const day = dayOfDate(next.toPlainDate().toString()) - firstDay;
    for (let i = Math.max(0, day + 1); i <= days; i++) startWith(i, offsetSeconds(next));
    // Clocks that go back over midnight begin a day twice, and a change may leave out a whole one.
    for (let i = Math.max(0, day - 2); i <= Math.min(days, day + 1); i++) {
      const begins = midnight(i);
      startWith(i, offsetSeconds(begins));
      // A day whose first instant is not 00:00, or whose offset changes, is left to Temporal; where the
      // change is the very midnight between two days, both.
      const isWhole = start[i] === toSeconds(begins) && i !== day && i !== day - 1;
      if (!isWhole || offsetSeconds(begins) !== offsetSeconds(midnight(i + 1))) plain[i] = 0;
    }
    at = next;
  }
  return { timeZone, firstDay, days, start, plain };
}

const offsetSeconds = ({ offsetNanoseconds }: Temporal.ZonedDateTime): number =>
  offsetNanoseconds / 1e9;

/** Seconds of day of `HH:MM`. O(1). */
export function secondsOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 3600 + Number(time.slice(3, 5)) * 60;
}

/**
 * Instant (epoch seconds) of a local time, seconds, on day `i` of the table; gaps move forward, overlaps
 * take the first. O(1): one addition on a plain day, else Temporal.
 */
export function instantOf(table: DayTable, i: number, seconds: number): number {
  if (seconds >= DAY_SECONDS) return instantOf(table, i + 1, seconds - DAY_SECONDS);
  if (table.plain[i] === 1) return table.start[i]! + seconds;
  const time = new Temporal.PlainTime(Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60);
  const local = plainDate(table.firstDay + i).toZonedDateTime({
    timeZone: table.timeZone,
    plainTime: time,
  });
  return toSeconds(local);
}

const weekdayOf = (day: number): Weekday => WEEKDAYS[(((day + 3) % 7) + 7) % 7]!;

/** Local intervals of a weekly table, sorted and merged per weekday, in seconds of day. */
function mergedHours(hours: WeeklyHoursInput): Map<Weekday, [number, number][]> {
  const week = new Map<Weekday, [number, number][]>();
  for (const weekday of WEEKDAYS) {
    const spans = (hours[weekday] ?? [])
      .map(([from, to]): [number, number] => [secondsOfDay(from), secondsOfDay(to)])
      .filter(([from, to]) => to > from)
      .sort((a, b) => a[0] - b[0]);
    const merged: [number, number][] = [];
    for (const span of spans) {
      const last = merged.at(-1);
      if (last !== undefined && span[0] <= last[1]) last[1] = Math.max(last[1], span[1]);
      else merged.push(span);
    }
    week.set(weekday, merged);
  }
  return week;
}

interface DaySpan {
  readonly day: number;
  readonly from: number;
  readonly to: number;
}

function daySpans(
  table: DayTable,
  hours: WeeklyHoursInput,
  holidays: ReadonlySet<number> | undefined,
): DaySpan[] {
  const week = mergedHours(hours);
  const spans: DaySpan[] = [];
  for (let i = 0; i < table.days; i++) {
    const day = table.firstDay + i;
    if (holidays?.has(day)) continue;
    for (const [from, to] of week.get(weekdayOf(day))!) {
      const span = { day: i, from: instantOf(table, i, from), to: instantOf(table, i, to) };
      if (span.to > span.from) spans.push(span);
    }
  }
  return spans;
}

/** Opening hours with cut-offs as arrays. O(days × intervals). */
export function openCalendar(
  table: DayTable,
  hours: WeeklyHoursInput,
  holidays: ReadonlySet<number> | undefined,
  cutOffs: WeeklyTimeInput | undefined,
): OpenCalendar {
  const spans = daySpans(table, hours, holidays);
  const before = new Float64Array(spans.length);
  const starts: [number, number][] = [];
  let open = 0;
  spans.forEach(({ day, from, to }, i) => {
    before[i] = open;
    open += to - from;
    const cutOff = cutOffs?.[weekdayOf(table.firstDay + day)];
    const last =
      cutOff === undefined ? to - 1 : Math.min(to - 1, instantOf(table, day, secondsOfDay(cutOff)));
    if (last >= from) starts.push([from, last]);
  });
  const to = Float64Array.from(spans, (span) => span.to);
  const startLast = Float64Array.from(starts, ([, last]) => last);
  return {
    from: Float64Array.from(spans, (span) => span.from),
    to,
    toIndex: hourIndex(table, to),
    before,
    startFirst: Float64Array.from(starts, ([first]) => first),
    startLast,
    startIndex: hourIndex(table, startLast),
  };
}

/** Delivery hours as merged intervals; without hours every day counts in full. O(days × intervals). */
export function doorCalendar(
  table: DayTable,
  hours: WeeklyHoursInput | undefined,
  holidays: ReadonlySet<number> | undefined,
): Intervals | undefined {
  if (hours === undefined && holidays === undefined) return undefined;
  const always = Object.fromEntries(WEEKDAYS.map((day) => [day, [['00:00', '24:00']]]));
  const from: number[] = [];
  const to: number[] = [];
  for (const span of daySpans(table, hours ?? (always as WeeklyHoursInput), holidays)) {
    if (to.length > 0 && span.from <= to.at(-1)!) to[to.length - 1] = Math.max(to.at(-1)!, span.to);
    else {
      from.push(span.from);
      to.push(span.to);
    }
  }
  const ends = Float64Array.from(to);
  return { from: Float64Array.from(from), to: ends, toIndex: hourIndex(table, ends) };
}

/** Pickups of a weekly timetable, without those on `holidays`. O(days × pickups). */
export function pickupCalendar(
  table: DayTable,
  pickups: WeeklyTimesInput,
  holidays: ReadonlySet<number> | undefined,
): PickupCalendar {
  const points: [number, number][] = [];
  for (let i = 0; i < table.days; i++) {
    const day = table.firstDay + i;
    if (holidays?.has(day)) continue;
    for (const time of pickups[weekdayOf(day)] ?? []) {
      points.push([instantOf(table, i, secondsOfDay(time)), day]);
    }
  }
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const at = Float64Array.from(points, ([instant]) => instant);
  return { at, day: Int32Array.from(points, ([, day]) => day), index: hourIndex(table, at) };
}

/** First pickup not before `ready`, as an index; their number if there is none. O(1), as `firstFrom`. */
export function firstPickup(calendar: PickupCalendar, ready: number): number {
  return firstFrom(calendar.at, calendar.index, ready);
}

/** First instant ≥ `at` at which processing may start; -1 beyond the horizon. O(1), as `firstFrom`. */
export function startAt(calendar: OpenCalendar, at: number): number {
  const i = firstFrom(calendar.startLast, calendar.startIndex, at);
  return i === calendar.startLast.length ? -1 : Math.max(at, calendar.startFirst[i]!);
}

/**
 * `start` plus `seconds` counted in open hours; -1 beyond the horizon. `start` must be open.
 * O(intervals worked through).
 */
export function readyAt(calendar: OpenCalendar, start: number, seconds: number): number {
  const { from, to, before } = calendar;
  let i = firstFrom(to, calendar.toIndex, start + 1);
  const done = before[i]! + (start - from[i]!) + seconds;
  while (i < to.length && before[i]! + (to[i]! - from[i]!) < done) i++;
  return i === to.length ? -1 : from[i]! + (done - before[i]!);
}

/**
 * `instant` if a door is answered then, else the next opening; -1 beyond the horizon. O(1), as
 * `firstFrom`.
 */
export function doorAt(doors: Intervals | undefined, instant: number): number {
  if (doors === undefined) return instant;
  const i = firstFrom(doors.to, doors.toIndex, instant + 1);
  return i === doors.to.length ? -1 : Math.max(instant, doors.from[i]!);
}
