/**
 * The checker's own clock work: plain walks over local days with Temporal, nothing precompiled but
 * a memory of what was walked before. Shares no code with the solver's calendars.
 */
import type { ServiceInput, WarehouseInput, WeeklyHoursInput, ZoneInput } from './types.ts';

const NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** Local days walked before giving up. */
const MOST_DAYS = 400;

type Span = readonly [number, number];

/** Calendar questions of the checker. Instants are epoch seconds. */
export interface Clock {
  /** 00:00 UTC of the local date of an instant. */
  readonly dateSlot: (seconds: number, timeZone: string) => number;
  /** True if processing may start at the instant: open, not past the cut-off. */
  readonly mayStart: (warehouse: WarehouseInput, seconds: number) => boolean;
  /** `start` plus the processing time counted in open hours. */
  readonly readyAfter: (warehouse: WarehouseInput, start: number) => number;
  /** True if the service picks up at the warehouse at that instant. */
  readonly isPickup: (warehouse: WarehouseInput, service: ServiceInput, seconds: number) => boolean;
  /** Instant at which a door is answered, from `seconds` on. */
  readonly door: (zone: ZoneInput, seconds: number) => number;
  /** Delivery spans of a zone overlapping [from, to]; undefined = always open. */
  readonly doors: (zone: ZoneInput, from: number, to: number) => Span[] | undefined;
}

const dateOf = (seconds: number, timeZone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(Math.floor(seconds * 1000))
    .toZonedDateTimeISO(timeZone)
    .toPlainDate();

/** Instant of a local time of a date; `24:00` is the next date's midnight. */
function instant(date: Temporal.PlainDate, time: string, timeZone: string): number {
  const local =
    time === '24:00'
      ? date.add({ days: 1 }).toPlainDateTime('00:00')
      : date.toPlainDateTime(Temporal.PlainTime.from(time));
  return local.toZonedDateTime(timeZone).epochMilliseconds / 1000;
}

/** Open spans of one local date, in order, merged. */
function spansOf(
  date: Temporal.PlainDate,
  timeZone: string,
  hours: WeeklyHoursInput | undefined,
  holidays: readonly string[] | undefined,
): Span[] {
  if (holidays?.includes(date.toString())) return [];
  const pairs =
    hours === undefined ? [['00:00', '24:00'] as const] : hours[NAMES[date.dayOfWeek - 1]!];
  const spans = (pairs ?? [])
    .filter(([from, to]) => from < to)
    .map(([from, to]): Span => [instant(date, from, timeZone), instant(date, to, timeZone)])
    .filter(([from, to]) => from < to)
    .sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [from, to] of spans) {
    const last = merged.at(-1);
    if (last === undefined || from > last[1]) merged.push([from, to]);
    else last[1] = Math.max(last[1], to);
  }
  return merged;
}

/** Remembers the spans of the dates of one owner. */
function rememberSpans<T extends WarehouseInput | ZoneInput>(
  hoursOf: (owner: T) => WeeklyHoursInput | undefined,
): (owner: T, date: Temporal.PlainDate) => Span[] {
  const known = new WeakMap<T, Map<string, Span[]>>();
  return (owner, date) => {
    let dates = known.get(owner);
    if (dates === undefined) {
      dates = new Map();
      known.set(owner, dates);
    }
    const key = date.toString();
    let spans = dates.get(key);
    if (spans === undefined) {
      spans = spansOf(date, owner.time_zone, hoursOf(owner), owner.holidays);
      dates.set(key, spans);
    }
    return spans;
  };
}

type SpansOf<T> = (owner: T, date: Temporal.PlainDate) => Span[];

function readyAfter(
  open: SpansOf<WarehouseInput>,
  warehouse: WarehouseInput,
  start: number,
): number {
  let date = dateOf(start, warehouse.time_zone);
  let left = warehouse.processing_seconds;
  if (left === 0) return start;
  for (let day = 0; day < MOST_DAYS; day++, date = date.add({ days: 1 })) {
    for (const [from, to] of open(warehouse, date)) {
      const here = Math.max(0, to - Math.max(from, start));
      if (here >= left) return Math.max(from, start) + left;
      left -= here;
    }
  }
  return Number.POSITIVE_INFINITY;
}

function mayStart(open: SpansOf<WarehouseInput>, warehouse: WarehouseInput, at: number): boolean {
  const date = dateOf(at, warehouse.time_zone);
  const cutOff = warehouse.cut_offs?.[NAMES[date.dayOfWeek - 1]!];
  if (cutOff !== undefined && at > instant(date, cutOff, warehouse.time_zone)) return false;
  return open(warehouse, date).some(([from, to]) => from <= at && at < to);
}

function isPickup(warehouse: WarehouseInput, service: ServiceInput, seconds: number): boolean {
  const zone = warehouse.time_zone;
  const date = dateOf(seconds, zone);
  const iso = date.toString();
  if (service.pickup_holidays?.includes(iso) || warehouse.holidays?.includes(iso)) return false;
  // A time that a clock change skips lands later, possibly on the next date.
  return [date.subtract({ days: 1 }), date].some((day) =>
    service.pickups[NAMES[day.dayOfWeek - 1]!]?.some(
      (time) => instant(day, time, zone) === seconds,
    ),
  );
}

function doorFrom(spans: SpansOf<ZoneInput>, zone: ZoneInput, seconds: number): number {
  if (zone.delivery_hours === undefined && !zone.holidays?.length) return seconds;
  let date = dateOf(seconds, zone.time_zone);
  for (let day = 0; day < MOST_DAYS; day++, date = date.add({ days: 1 })) {
    for (const [from, to] of spans(zone, date)) {
      if (seconds < to) return Math.max(from, seconds);
    }
  }
  return Number.POSITIVE_INFINITY;
}

/** A clock that remembers the days it has walked. */
export function checkerClock(): Clock {
  const open = rememberSpans<WarehouseInput>((warehouse) => warehouse.hours);
  const answered = rememberSpans<ZoneInput>((zone) => zone.delivery_hours);
  return {
    dateSlot: (seconds, timeZone) => Date.parse(`${dateOf(seconds, timeZone)}T00:00:00Z`) / 1000,
    mayStart: (warehouse, seconds) => mayStart(open, warehouse, seconds),
    readyAfter: (warehouse, start) => readyAfter(open, warehouse, start),
    isPickup,
    door: (zone, seconds) => doorFrom(answered, zone, seconds),
    doors: (zone, from, to) => {
      if (zone.delivery_hours === undefined && !zone.holidays?.length) return undefined;
      const spans: Span[] = [];
      let date = dateOf(from, zone.time_zone);
      // One span past the end is needed: it is where late arrivals wait for.
      for (let day = 0; day < MOST_DAYS && (spans.at(-1)?.[0] ?? 0) <= to; day++) {
        spans.push(...answered(zone, date));
        date = date.add({ days: 1 });
      }
      return spans;
    },
  };
}
