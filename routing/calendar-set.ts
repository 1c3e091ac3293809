/**
 * The calendars of a whole network. Equal timetables are compiled once; pickup timetables, of which
 * there are (time zones × schedules), are compiled when first asked for.
 */
import { type ArrivalCache, arrivalCache } from './arrivals.ts';
import {
  type DayTable,
  daysOfDates,
  dayTable,
  doorCalendar,
  type Intervals,
  type OpenCalendar,
  openCalendar,
  type PickupCalendar,
  pickupCalendar,
} from './calendar.ts';
import { type QuietTimes, quietTimes } from './quiet-hours.ts';
import { DAY_SECONDS, type NetworkInput, type ServiceInput, type WarehouseInput } from './types.ts';

/** Days compiled before the first instant and after the horizon, for time zones ahead or behind. */
const MARGIN_DAYS = 2;
/** Days compiled ahead when the caller does not say. */
export const DEFAULT_HORIZON_DAYS = 21;
/** Longest wait for a door to open that is still found. */
const DOOR_WAIT_DAYS = 14;

/** Calendars by warehouse, zone and service index. */
export interface CalendarSet {
  readonly fromSeconds: number;
  readonly decideUntil: number;
  /** First local date and number of dates on which capacity slots can lie. */
  readonly firstDay: number;
  readonly days: number;
  readonly open: readonly OpenCalendar[];
  readonly closedDays: readonly (ReadonlySet<number> | undefined)[];
  readonly doors: readonly (Intervals | undefined)[];
  readonly quiet: QuietTimes;
  readonly arrivals: ArrivalCache;
  /** Pickups of a service at a warehouse, in the warehouse's zone. */
  readonly pickups: (warehouse: number, service: number) => PickupCalendar;
  /** The same by number of the timetable (see {@link timetablesOf}). */
  readonly pickupsBy: (warehouse: number, timetable: number) => PickupCalendar;
  /** Number of each warehouse's time zone. */
  readonly timeZone: Int32Array;
}

/** Returns the value made for an equal key before, or makes it. */
function shared<T>(): (key: string, make: () => T) => T {
  const made = new Map<string, T>();
  return (key, make) => {
    let value = made.get(key);
    if (value === undefined) {
      value = make();
      made.set(key, value);
    }
    return value;
  };
}

/** Numbers the pickup timetables of services, equal ones the same. O(services). */
export function timetablesOf(services: readonly ServiceInput[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(services, ({ pickups, pickup_holidays }) => {
    const key = JSON.stringify([pickups, pickup_holidays ?? []]);
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
}

function pickupLookup(
  warehouses: readonly WarehouseInput[],
  services: readonly ServiceInput[],
  timetable: Int32Array,
  table: (timeZone: string) => DayTable,
): Pick<CalendarSet, 'pickups' | 'pickupsBy' | 'timeZone'> {
  const firstOf: ServiceInput[] = [];
  services.forEach((service, s) => {
    firstOf[timetable[s]!] ??= service;
  });
  const timeZones = [...new Set(warehouses.map((warehouse) => warehouse.time_zone))];
  const zoneOf = Int32Array.from(warehouses, (warehouse) => timeZones.indexOf(warehouse.time_zone));
  const compiled: (PickupCalendar | undefined)[] = new Array(timeZones.length * firstOf.length);
  const pickupsBy = (warehouse: number, number: number): PickupCalendar => {
    const key = zoneOf[warehouse]! * firstOf.length + number;
    const known = compiled[key];
    if (known !== undefined) return known;
    const { pickups, pickup_holidays } = firstOf[number]!;
    const days = table(timeZones[zoneOf[warehouse]!]!);
    const calendar = pickupCalendar(days, pickups, daysOfDates(pickup_holidays));
    compiled[key] = calendar;
    return calendar;
  };
  const pickups = (warehouse: number, service: number) => pickupsBy(warehouse, timetable[service]!);
  return { pickups, pickupsBy, timeZone: zoneOf };
}

/** What calendars know of lanes: the longest time on the way, seconds, and `timetablesOf` the services. */
export interface LaneTimes {
  readonly longestTransit: number;
  readonly timetable: Int32Array;
}

/**
 * Compiles all calendars of a document, its rows in order of index, over the horizon.
 * O(distinct timetables × days).
 */
export function compileCalendars(
  { warehouses, zones, services, quiet_hours }: NetworkInput,
  { longestTransit, timetable }: LaneTimes,
  horizon: { readonly from_seconds: number; readonly horizon_days?: number | undefined },
): CalendarSet {
  const horizonDays = horizon.horizon_days ?? DEFAULT_HORIZON_DAYS;
  const firstDay = Math.floor(horizon.from_seconds / DAY_SECONDS) - MARGIN_DAYS;
  const days = horizonDays + 2 * MARGIN_DAYS;
  const doorDays = days + Math.ceil(longestTransit / DAY_SECONDS) + DOOR_WAIT_DAYS;
  const tables = shared<DayTable>();
  const doorTables = shared<DayTable>();
  const table = (zone: string) => tables(zone, () => dayTable(zone, firstDay, days));
  const doorTable = (zone: string) => doorTables(zone, () => dayTable(zone, firstDay, doorDays));
  const opens = shared<OpenCalendar>();
  const closed = shared<ReadonlySet<number> | undefined>();
  const doors = shared<Intervals | undefined>();
  const dates = (list: readonly string[] | undefined) =>
    closed(JSON.stringify(list ?? []), () => daysOfDates(list));
  return {
    fromSeconds: horizon.from_seconds,
    decideUntil: horizon.from_seconds + (horizonDays * DAY_SECONDS) / 3,
    firstDay,
    days: days + 1,
    open: warehouses.map(({ time_zone, hours, holidays, cut_offs }) =>
      opens(JSON.stringify([time_zone, hours, holidays ?? [], cut_offs ?? {}]), () =>
        openCalendar(table(time_zone), hours, dates(holidays), cut_offs),
      ),
    ),
    closedDays: warehouses.map(({ holidays }) => dates(holidays)),
    doors: zones.map(({ time_zone, delivery_hours, holidays }) =>
      doors(JSON.stringify([time_zone, delivery_hours ?? null, holidays ?? []]), () =>
        doorCalendar(doorTable(time_zone), delivery_hours, dates(holidays)),
      ),
    ),
    quiet: quietTimes(quiet_hours, zones, doorTable),
    arrivals: arrivalCache(),
    ...pickupLookup(warehouses, services, timetable, table),
  };
}
