/**
 * Quiet hours: times of the week in which a service next to never delivers, as was learned
 * (`promise/door-hours.ts`). A promise states an instant by which a share of the parcels is there; inside a
 * quiet run nearly as many are there at its beginning, so that is what is promised:
 *
 *   promise = max(door(soonest), door or closing(back(t)))
 *
 * with t the pickup plus the quantile at the policy's confidence, back(t) the beginning of the run that
 * holds t, else t, and `soonest` as t with the quantile `QUIET_PART` (1 - p) lower: no more is given away
 * whatever hours say, and nothing is promised before the pickup. All of it is monotone: of two pickups, or
 * of two times one of which is at every quantile the later, the later promises no sooner. door(soonest) is a
 * floor of it that needs no hours, so floors of several services can be compared.
 *
 * Published hours of doors go on to move promises forward, but the very closing may be promised, too, if some
 * come before: learned times are those of real deliveries, and what has not come by then comes from the next
 * opening on.
 */
import { type DayTable, doorAt, doorCalendar, firstFrom, type Intervals } from './calendar.ts';
import type { NetworkInput, QuietHoursInput, WeeklyHoursInput, ZoneInput } from './types.ts';

/** Numbers, from 1 on, of the services that have quiet hours, by id; 0 stands for all others. */
export type QuietServices = ReadonlyMap<string, number>;

/** Quiet times of a service by its number in a zone by its index; undefined = none. */
export type QuietTimes = (service: number, zone: number) => Intervals | undefined;

/** Numbers the services that rows speak of; undefined where there are none. O(rows). */
export function quietServices(rows: NetworkInput['quiet_hours']): QuietServices | undefined {
  if (rows === undefined || rows.length === 0) return undefined;
  const ids = new Set(rows.map(({ service_id }) => service_id));
  return new Map([...ids].map((id, i) => [id, i + 1]));
}

/**
 * Quiet times of a document over the days that `table` has for a time zone, each made when it is first asked
 * for; `zones` by index. O(rows + zones), then O(days) for each service, country and time zone.
 */
export function quietTimes(
  rows: NetworkInput['quiet_hours'],
  zones: readonly ZoneInput[],
  table: (timeZone: string) => DayTable,
): QuietTimes {
  const services = quietServices(rows);
  if (services === undefined) return () => undefined;
  const runs = new Map(
    rows!.map(({ service_id, region, runs }) => [
      placeKey(services.get(service_id)!, region),
      runs,
    ]),
  );
  const places = [...new Set(zones.map(({ country, time_zone }) => `${country} ${time_zone}`))];
  const placeOf = Int32Array.from(zones, ({ country, time_zone }) =>
    places.indexOf(`${country} ${time_zone}`),
  );
  const made: (Intervals | null | undefined)[] = [];
  return (service, zone) => {
    const key = service * places.length + placeOf[zone]!;
    if (made[key] === undefined) {
      const { country, time_zone } = zones[zone]!;
      const own = runs.get(placeKey(service, country)) ?? runs.get(placeKey(service, null)) ?? [];
      made[key] =
        own.length === 0 ? null : doorCalendar(table(time_zone), weeklyOf(own), undefined)!;
    }
    return made[key] ?? undefined;
  };
}

const placeKey = (service: number, region: string | null): string => `${service} ${region ?? ''}`;

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const timeOf = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** Runs as hours of weekdays; what is cut at midnight is put together again by `doorCalendar`. */
function weeklyOf(runs: QuietHoursInput['runs']): WeeklyHoursInput {
  const week = WEEKDAYS.map((): [string, string][] => []);
  for (const [first, hours] of runs) {
    for (let hour = first; hour < first + hours; ) {
      const until = Math.min(first + hours, 24 * (Math.floor(hour / 24) + 1));
      const day = Math.floor(hour / 24);
      week[day % 7]!.push([timeOf(hour - 24 * day), timeOf(until - 24 * day)]);
      hour = until;
    }
  }
  return Object.fromEntries(WEEKDAYS.map((day, i) => [day, week[i]!]));
}

/** Beginning of the quiet time that holds an instant, else it, epoch seconds. O(1), as `firstFrom`. */
export function quietSince(quiet: Intervals, instant: number): number {
  const i = firstFrom(quiet.to, quiet.toIndex, instant + 1);
  return i === quiet.to.length ? instant : Math.min(instant, quiet.from[i]!);
}

/** As `doorAt`, but the very closing counts as answered: -1 beyond the horizon. O(1), as `firstFrom`. */
export function doorBy(doors: Intervals | undefined, instant: number): number {
  if (doors === undefined) return instant;
  const i = firstFrom(doors.to, doors.toIndex, instant);
  return i === doors.to.length ? -1 : Math.max(instant, doors.from[i]!);
}

/**
 * The instant that is promised of `stated`, and at the soonest of `soonest`, by a service without quiet hours
 * there (undefined) or with them; all epoch seconds, -1 beyond the horizon. O(1), as `firstFrom`.
 */
export function promiseAt(
  doors: Intervals | undefined,
  quiet: Intervals | undefined,
  stated: number,
  soonest: number,
): number {
  if (quiet === undefined) return doorAt(doors, stated);
  const [least, by] = [doorAt(doors, soonest), doorBy(doors, quietSince(quiet, stated))];
  return least < 0 || by < 0 ? -1 : Math.max(least, by);
}
