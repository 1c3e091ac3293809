/** What times of a network document must be: zones that exist, hours and dates that can be read. */
import { assertList, assertObject, fault } from './assert-field.ts';
import type { WeeklyHoursInput, WeeklyTimeInput, WeeklyTimesInput } from './types.ts';

type Weekday = keyof WeeklyHoursInput;
const TIME = 'a time from 00:00 to 24:00';
const NONE: readonly never[] = [];

/** True for the days of a weekly table. */
function isDay(name: string): name is Weekday {
  switch (name) {
    case 'mon':
    case 'tue':
    case 'wed':
    case 'thu':
    case 'fri':
    case 'sat':
    case 'sun':
      return true;
    default:
      return false;
  }
}

/** True for `HH:MM` from 00:00 to 24:00. A network has so many that a pattern would take too long. */
function isTime(text: unknown): boolean {
  if (typeof text !== 'string' || text.length !== 5 || text.charCodeAt(2) !== 58) return false;
  const tens = text.charCodeAt(0) - 48;
  const ones = text.charCodeAt(1) - 48;
  const minuteTens = text.charCodeAt(3) - 48;
  const minuteOnes = text.charCodeAt(4) - 48;
  if (tens < 0 || ones < 0 || ones > 9) return false;
  if (minuteTens < 0 || minuteTens > 5 || minuteOnes < 0 || minuteOnes > 9) return false;
  const minutes = (tens * 10 + ones) * 60 + minuteTens * 10 + minuteOnes;
  return minutes <= 24 * 60;
}

/**
 * The name of a weekday in a weekly table; others are refused, or what they say would count for nothing.
 */
function weekday(day: string, field: string): Weekday {
  if (isDay(day)) return day;
  throw fault(`${field}`, day, 'days named mon, tue, wed, thu, fri, sat, sun');
}

const assertWeek = (week: unknown, field: string) =>
  assertObject(week, field, 'a table by weekday');

/** Checks opening hours. O(intervals). @throws RangeError that names the field. */
export function assertHours(hours: WeeklyHoursInput, field: string): void {
  assertWeek(hours, field);
  for (const day in hours) {
    const spans = hours[weekday(day, field)] ?? NONE;
    if (!Array.isArray(spans)) throw fault(`${field}.${day}`, spans, 'a list of pairs of times');
    for (let i = 0; i < spans.length; i++) {
      if (!isSpan(spans[i])) throw faultOfSpan(spans[i], `${field}.${day}[${i}]`);
    }
  }
}

// Times compare as text.
const isSpan = (span: unknown): boolean =>
  Array.isArray(span) && isTime(span[0]) && isTime(span[1]) && span[0] < span[1];

/** What is wrong with a pair of times. */
function faultOfSpan(span: unknown, field: string): RangeError {
  if (!Array.isArray(span)) return fault(field, span, 'a pair of times');
  const [from, to] = span;
  if (!isTime(from)) return fault(`${field}[0]`, from, TIME);
  return fault(`${field}[1]`, to, isTime(to) ? `an end after ${from}, 24:00 at most` : TIME);
}

/** Checks points in time per weekday. O(points). @throws RangeError that names the field. */
export function assertTimes(times: WeeklyTimesInput, field: string): void {
  assertWeek(times, field);
  for (const day in times) {
    const points = times[weekday(day, field)] ?? NONE;
    if (!Array.isArray(points)) throw fault(`${field}.${day}`, points, 'a list of times');
    for (let i = 0; i < points.length; i++) {
      if (!isTime(points[i])) throw fault(`${field}.${day}[${i}]`, points[i], TIME);
    }
  }
}

/** Checks one point in time per weekday. O(1). @throws RangeError that names the field. */
export function assertDayTimes(times: WeeklyTimeInput, field: string): void {
  assertWeek(times, field);
  for (const day in times) {
    const time = times[weekday(day, field)];
    if (!isTime(time ?? '00:00')) throw fault(`${field}.${day}`, time, TIME);
  }
}

/** Names that were found to mean something, so that each is looked at once. */
export interface KnownTimes {
  readonly zones: Set<string>;
  readonly dates: Set<string>;
}

/** Nothing known yet. O(1). */
export const noTimes = (): KnownTimes => ({ zones: new Set(), dates: new Set() });

/** Refuses a zone that there is not, a name looked at once. O(1). @throws RangeError that names the field. */
export function assertTimeZone(zone: string, field: string, { zones }: KnownTimes): void {
  if (zones.has(zone)) return;
  try {
    new Temporal.ZonedDateTime(0n, zone);
  } catch {
    throw fault(field, zone, 'an IANA time zone such as Asia/Seoul');
  }
  zones.add(zone);
}

/** Refuses dates that do not exist. O(dates). @throws RangeError that names the field. */
export function assertDates(
  list: readonly string[] | undefined,
  field: string,
  { dates }: KnownTimes,
): void {
  if (list === undefined || list === null) return;
  assertList(list, field, 'dates');
  for (let i = 0; i < list.length; i++) {
    const date = list[i]!;
    if (dates.has(date)) continue;
    if (!isDate(date)) throw fault(`${field}[${i}]`, date, 'a date that exists, YYYY-MM-DD');
    dates.add(date);
  }
}

function isDate(text: unknown): boolean {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text);
    return true;
  } catch {
    return false;
  }
}
