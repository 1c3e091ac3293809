/** Rules on time: zones exist, dates are real, hours and timetables ascend without overlap. */
import { WEEKDAYS, type WeeklyHours, type WeeklyTimes } from './network.ts';
import { type FaultList, shown } from './network-faults.ts';
import type { CheckedNetwork } from './network-tables.ts';

/** Time zones, hours, cut-offs, timetables and holidays. O(rows + times). */
export function checkCalendars(network: CheckedNetwork, faults: FaultList): void {
  const zones = timeZoneCheck(faults);
  network.warehouses.rows.forEach((row, index) => {
    if (row === null) return;
    const at = `/warehouses/${index}`;
    zones(row.time_zone, `${at}/time_zone`);
    checkHours(row.hours, `${at}/hours`, faults);
    checkDates(row.holidays, `${at}/holidays`, faults);
  });
  network.zones.rows.forEach((row, index) => {
    if (row === null) return;
    const at = `/zones/${index}`;
    zones(row.time_zone, `${at}/time_zone`);
    checkHours(row.delivery_hours, `${at}/delivery_hours`, faults);
    checkDates(row.holidays, `${at}/holidays`, faults);
  });
  network.services.rows.forEach((row, index) => {
    if (row === null) return;
    checkTimes(row.pickups, `/services/${index}/pickups`, faults);
    checkDates(row.pickup_holidays, `/services/${index}/pickup_holidays`, faults);
  });
  network.hubs.rows.forEach((row, index) => {
    if (row !== null) zones(row.time_zone, `/hubs/${index}/time_zone`);
  });
  network.legs.rows.forEach((row, index) => {
    if (row?.departures !== undefined) {
      checkTimes(row.departures, `/legs/${index}/departures`, faults);
    }
  });
}

/** A check of zone names that asks for each name once: a thousand warehouses share few zones. */
function timeZoneCheck(faults: FaultList): (name: string, pointer: string) => void {
  const known = new Map<string, boolean>();
  return (name, pointer) => {
    if (!known.has(name)) known.set(name, isTimeZone(name));
    if (known.get(name)) return;
    faults.add(pointer, `got ${shown(name)}, expected an IANA time zone such as Asia/Seoul`);
  };
}

/** True for a named zone; a bare offset (+09:00) knows no daylight saving and is refused. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Temporal.ZonedDateTime(0n, name);
    return true;
  } catch {
    return false;
  }
}

function checkHours(hours: WeeklyHours | undefined, pointer: string, faults: FaultList): void {
  if (hours === undefined) return;
  for (const day of WEEKDAYS) {
    let end = '';
    hours[day]?.forEach(([from, to], index) => {
      const at = `${pointer}/${day}/${index}`;
      // HH:MM compares as text; 24:00 is past every other time.
      if (from >= to) faults.add(at, `got ${from} to ${to}, expected the end after the start`);
      else if (from < end) {
        faults.add(
          at,
          `got a start at ${from}, expected ${end} or later: hours ascend, none overlap`,
        );
      }
      if (to > end) end = to;
    });
  }
}

function checkTimes(times: WeeklyTimes, pointer: string, faults: FaultList): void {
  for (const day of WEEKDAYS) {
    let last = '';
    times[day]?.forEach((time, index) => {
      const at = `${pointer}/${day}/${index}`;
      if (time === '24:00') faults.add(at, 'got 24:00, expected 00:00 of the day after');
      else if (time <= last) faults.add(at, `got ${time}, expected a time after ${last}`);
      last = time;
    });
  }
}

function checkDates(
  dates: readonly string[] | undefined,
  pointer: string,
  faults: FaultList,
): void {
  dates?.forEach((date, index) => {
    if (!isDate(date))
      faults.add(`${pointer}/${index}`, `got ${date}, expected a date that exists`);
  });
}

/** True when `YYYY-MM-DD` is a day of the Gregorian calendar. */
function isDate(text: string): boolean {
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}
