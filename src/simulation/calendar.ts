/**
 * Local time as the parties of a simulation live by it: opening hours and timetables in a place's own
 * zone. Instants are milliseconds since 1970.
 */
import { WEEKDAYS, type WeeklyHours, type WeeklyTimes } from '../domain/network.ts';

/** A timetable that names no time within this many days is taken for one that never does. */
const HORIZON_DAYS = 15;

/** The first instant at or after `at` at which these hours are open; `at` where there are none. */
export function openAt(hours: WeeklyHours | undefined, zone: string, at: number): number {
  if (hours === undefined) return at;
  for (const [from, to] of intervals(hours, zone, at)) if (to > at) return Math.max(from, at);
  return at;
}

/** When `seconds` of open time have passed since `at`. */
export function afterOpenSeconds(
  hours: WeeklyHours | undefined,
  zone: string,
  at: number,
  seconds: number,
): number {
  let left = seconds * 1000;
  if (hours === undefined) return at + left;
  for (const [from, to] of intervals(hours, zone, at)) {
    const start = Math.max(from, at);
    if (to <= start) continue;
    if (to - start >= left) return start + left;
    left -= to - start;
  }
  return at + seconds * 1000;
}

/** The first time of a weekly timetable after `at`; null where there is none. */
export function nextTime(times: WeeklyTimes, zone: string, at: number): number | null {
  for (const date of datesFrom(zone, at)) {
    for (const time of times[WEEKDAYS[date.dayOfWeek - 1]!] ?? []) {
      const instant = instantOf(date, time, zone);
      if (instant > at) return instant;
    }
  }
  return null;
}

/** The local date and time of an instant. */
export function localTime(zone: string, at: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(zone);
}

function* intervals(hours: WeeklyHours, zone: string, at: number): Generator<[number, number]> {
  for (const date of datesFrom(zone, at)) {
    for (const [from, to] of hours[WEEKDAYS[date.dayOfWeek - 1]!] ?? []) {
      yield [instantOf(date, from, zone), instantOf(date, to, zone)];
    }
  }
}

function* datesFrom(zone: string, at: number): Generator<Temporal.PlainDate> {
  const first = localTime(zone, at).toPlainDate();
  for (let days = 0; days < HORIZON_DAYS; days += 1) yield first.add({ days });
}

/** `24:00` is the midnight that ends the day. */
function instantOf(date: Temporal.PlainDate, time: string, zone: string): number {
  const [day, clock] = time === '24:00' ? [date.add({ days: 1 }), '00:00'] : [date, time];
  return day.toZonedDateTime({ timeZone: zone, plainTime: clock }).epochMilliseconds;
}
