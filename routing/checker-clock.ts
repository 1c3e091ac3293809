/**
 * The checker's own clock work: plain walks over local days with Temporal, nothing precompiled but
 * a memory of what was walked before. Shares no code with the solver's calendars.
 */
import type { ServiceInput, WarehouseInput, WeeklyHoursInput, ZoneInput } from './types.ts';

const NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** Local days walked before giving up. */
const MOST_DAYS = 400;
const DAY = 86_400;
/** Clocks change at quarters of an hour, so an offset holds for a whole one. */
const QUARTER = 900;

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

/** Remembers what was made for an owner and a number. */
function remember<K extends object, T>(
  make: (owner: K, number: number) => T,
): (owner: K, number: number) => T {
  const known = new WeakMap<K, Map<number, T>>();
  return (owner, number) => {
    let own = known.get(owner);
    if (own === undefined) {
      own = new Map();
      known.set(owner, own);
    }
    let value = own.get(number);
    if (value === undefined) {
      value = make(owner, number);
      own.set(number, value);
    }
    return value;
  };
}

const offsets = new Map<string, Map<number, number>>();

/** Seconds that a zone is ahead of UTC at an instant. */
function offsetAt(seconds: number, timeZone: string): number {
  let known = offsets.get(timeZone);
  if (known === undefined) {
    known = new Map();
    offsets.set(timeZone, known);
  }
  const quarter = Math.floor(seconds / QUARTER);
  let offset = known.get(quarter);
  if (offset === undefined) {
    const instant = Temporal.Instant.fromEpochMilliseconds(quarter * QUARTER * 1000);
    offset = instant.toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e9;
    known.set(quarter, offset);
  }
  return offset;
}

/** The local date of an instant, as days since 1970-01-01. */
const dayOf = (seconds: number, timeZone: string): number =>
  Math.floor((seconds + offsetAt(seconds, timeZone)) / DAY);

const dateOf = (day: number): Temporal.PlainDate =>
  new Temporal.PlainDate(1970, 1, 1).add({ days: day });

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

type SpansOf<T> = (owner: T, day: number) => Span[];

function readyAfter(
  open: SpansOf<WarehouseInput>,
  warehouse: WarehouseInput,
  start: number,
): number {
  let left = warehouse.processing_seconds;
  if (left === 0) return start;
  const first = dayOf(start, warehouse.time_zone);
  for (let day = first; day < first + MOST_DAYS; day++) {
    for (const [from, to] of open(warehouse, day)) {
      const here = Math.max(0, to - Math.max(from, start));
      if (here >= left) return Math.max(from, start) + left;
      left -= here;
    }
  }
  return Number.POSITIVE_INFINITY;
}

/** Last start of a date at a warehouse; Infinity without a cut-off. */
function cutOff(warehouse: WarehouseInput, day: number): number {
  const date = dateOf(day);
  const time = warehouse.cut_offs?.[NAMES[date.dayOfWeek - 1]!];
  return time === undefined ? Number.POSITIVE_INFINITY : instant(date, time, warehouse.time_zone);
}

/** Pickups of the services' timetables in one time zone, by local date. */
function pickupsIn(timeZone: string): (service: ServiceInput, day: number) => Set<number> {
  return remember((service: ServiceInput, day) => {
    const date = dateOf(day);
    const times = service.pickups[NAMES[date.dayOfWeek - 1]!] ?? [];
    return new Set(times.map((time) => instant(date, time, timeZone)));
  });
}

function doorFrom(spans: SpansOf<ZoneInput>, zone: ZoneInput, seconds: number): number {
  if (zone.delivery_hours === undefined && !zone.holidays?.length) return seconds;
  const first = dayOf(seconds, zone.time_zone);
  for (let day = first; day < first + MOST_DAYS; day++) {
    for (const [from, to] of spans(zone, day)) {
      if (seconds < to) return Math.max(from, seconds);
    }
  }
  return Number.POSITIVE_INFINITY;
}

/** A clock that remembers the days it has walked. */
export function checkerClock(): Clock {
  const open = remember((owner: WarehouseInput, day) =>
    spansOf(dateOf(day), owner.time_zone, owner.hours, owner.holidays),
  );
  const answered = remember((owner: ZoneInput, day) =>
    spansOf(dateOf(day), owner.time_zone, owner.delivery_hours, owner.holidays),
  );
  const closed = remember(
    (owner: WarehouseInput | ServiceInput, day) =>
      ('pickups' in owner ? owner.pickup_holidays : owner.holidays)?.includes(
        dateOf(day).toString(),
      ) ?? false,
  );
  const lastStart = remember(cutOff);
  const pickups = new Map<string, ReturnType<typeof pickupsIn>>();
  const pickupsAt = (timeZone: string) => {
    const known = pickups.get(timeZone) ?? pickupsIn(timeZone);
    pickups.set(timeZone, known);
    return known;
  };
  return {
    dateSlot: (seconds, timeZone) => dayOf(seconds, timeZone) * DAY,
    mayStart: (warehouse, seconds) => {
      const day = dayOf(seconds, warehouse.time_zone);
      if (seconds > lastStart(warehouse, day)) return false;
      return open(warehouse, day).some(([from, to]) => from <= seconds && seconds < to);
    },
    readyAfter: (warehouse, start) => readyAfter(open, warehouse, start),
    isPickup: (warehouse, service, seconds) => {
      const day = dayOf(seconds, warehouse.time_zone);
      if (closed(service, day) || closed(warehouse, day)) return false;
      // A time that a clock change skips lands later, possibly on the next date.
      const at = pickupsAt(warehouse.time_zone);
      return at(service, day).has(seconds) || at(service, day - 1).has(seconds);
    },
    door: (zone, seconds) => doorFrom(answered, zone, seconds),
    doors: (zone, from, to) => {
      if (zone.delivery_hours === undefined && !zone.holidays?.length) return undefined;
      const spans: Span[] = [];
      const first = dayOf(from, zone.time_zone);
      // One span past the end is needed: it is where late arrivals wait for.
      for (let day = first; day < first + MOST_DAYS && (spans.at(-1)?.[0] ?? 0) <= to; day++) {
        spans.push(...answered(zone, day));
      }
      return spans;
    },
  };
}
