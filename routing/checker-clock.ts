/**
 * The checker's own clock work: plain walks over local days with Temporal, nothing precompiled but
 * a memory of what was walked before. Shares no code with the solver's calendars.
 */
import type {
  QuietHoursInput,
  ServiceInput,
  WarehouseInput,
  WeeklyHoursInput,
  WeeklyTimesInput,
  ZoneInput,
} from './types.ts';

const NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** Local days walked before giving up. */
const MOST_DAYS = 400;
const DAY = 86_400;
/** Clocks change at quarters of an hour, so an offset holds for a whole one. */
const QUARTER = 900;

type Span = readonly [number, number];

/** Open time of a warehouse: from, to (exclusive), and the last instant at which processing may start. */
export interface Shift {
  readonly from: number;
  readonly to: number;
  readonly last: number;
}

/** Calendar questions of the checker. Instants are epoch seconds. */
export interface Clock {
  /** 00:00 UTC of the local date of an instant. */
  readonly dateSlot: (seconds: number, timeZone: string) => number;
  /** The open time of an instant at which processing may start: open, not past the cut-off. */
  readonly shift: (warehouse: WarehouseInput, seconds: number) => Shift | undefined;
  /** True if there is one. */
  readonly mayStart: (warehouse: WarehouseInput, seconds: number) => boolean;
  /** `start` plus the processing time counted in open hours. */
  readonly readyAfter: (warehouse: WarehouseInput, start: number) => number;
  /** True if the service picks up at the warehouse at that instant. */
  readonly isPickup: (warehouse: WarehouseInput, service: ServiceInput, seconds: number) => boolean;
  /** Instants of a weekly timetable on a local date, as days since 1970-01-01. */
  readonly departures: (times: WeeklyTimesInput, timeZone: string, day: number) => number[];
  /** Instant at which a door is answered, from `seconds` on. */
  readonly door: (zone: ZoneInput, seconds: number) => number;
  /** The same where the very closing counts as answered. */
  readonly doorOrClosing: (zone: ZoneInput, seconds: number) => number;
  /** Beginning of the run of quiet hours that an instant falls into; the instant itself if into none. */
  readonly quietSince: (zone: ZoneInput, runs: QuietHoursInput['runs'], seconds: number) => number;
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

/** Offsets of one time zone: by UTC day where one holds all day, else by quarter of an hour. */
interface Offsets {
  readonly days: Map<number, number | undefined>;
  readonly quarters: Map<number, number>;
}

const offsets = new Map<string, Offsets>();

function offsetOf(seconds: number, timeZone: string): number {
  const instant = Temporal.Instant.fromEpochMilliseconds(seconds * 1000);
  return instant.toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e9;
}

/** The offset at every sixth hour of a UTC day and at its end, if they are one. */
function offsetOfDay(day: number, timeZone: string): number | undefined {
  const first = offsetOf(day * DAY, timeZone);
  for (let part = 1; part <= 4; part++) {
    if (offsetOf(day * DAY + (part * DAY) / 4, timeZone) !== first) return undefined;
  }
  return first;
}

/** Seconds that a zone is ahead of UTC at an instant. */
function offsetAt(seconds: number, timeZone: string): number {
  let known = offsets.get(timeZone);
  if (known === undefined) {
    known = { days: new Map(), quarters: new Map() };
    offsets.set(timeZone, known);
  }
  const utcDay = Math.floor(seconds / DAY);
  let offset = known.days.get(utcDay);
  if (offset === undefined && !known.days.has(utcDay)) {
    offset = offsetOfDay(utcDay, timeZone);
    known.days.set(utcDay, offset);
  }
  if (offset !== undefined) return offset;
  const quarter = Math.floor(seconds / QUARTER);
  offset = known.quarters.get(quarter) ?? offsetOf(quarter * QUARTER, timeZone);
  known.quarters.set(quarter, offset);
  return offset;
}

/** The local date of an instant, as days since 1970-01-01. */
const dayOf = (seconds: number, timeZone: string): number =>
  Math.floor((seconds + offsetAt(seconds, timeZone)) / DAY);

const dateOf = (day: number): Temporal.PlainDate =>
  new Temporal.PlainDate(1970, 1, 1).add({ days: day });

/** Name of the weekday of a date; 1970-01-01 was a Thursday. */
const nameOf = (day: number) => NAMES[(((day + 3) % 7) + 7) % 7]!;

/**
 * Instant of a local time of a date; `24:00` is the next date's midnight. Only where the clock
 * changes on the day before or after is there anything that arithmetic could get wrong.
 */
function instant(day: number, time: string, timeZone: string): number {
  const local = day * DAY + Number(time.slice(0, 2)) * 3600 + Number(time.slice(3, 5)) * 60;
  const offset = offsetAt(local, timeZone);
  if (offsetAt(local - DAY, timeZone) === offset && offsetAt(local + DAY, timeZone) === offset) {
    return local - offset;
  }
  const date =
    time === '24:00'
      ? dateOf(day + 1).toPlainDateTime('00:00')
      : dateOf(day).toPlainDateTime(Temporal.PlainTime.from(time));
  return date.toZonedDateTime(timeZone).epochMilliseconds / 1000;
}

/** True if a date is among the holidays. */
const isAmong = (holidays: readonly string[] | undefined, day: number): boolean =>
  holidays !== undefined && holidays.length > 0 && holidays.includes(dateOf(day).toString());

/** Open spans of one local date, in order, merged. */
function spansOf(
  day: number,
  timeZone: string,
  hours: WeeklyHoursInput | undefined,
  holidays: readonly string[] | undefined,
): Span[] {
  if (isAmong(holidays, day)) return [];
  const pairs = hours === undefined ? [['00:00', '24:00'] as const] : hours[nameOf(day)];
  const spans = (pairs ?? [])
    .map(([from, to]): Span => [instant(day, from, timeZone), instant(day, to, timeZone)])
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
  const time = warehouse.cut_offs?.[nameOf(day)];
  return time === undefined ? Number.POSITIVE_INFINITY : instant(day, time, warehouse.time_zone);
}

/** Pickups of the services' timetables in one time zone, by local date. */
function pickupsIn(timeZone: string): (service: ServiceInput, day: number) => Set<number> {
  return remember((service: ServiceInput, day) => {
    const times = service.pickups[nameOf(day)] ?? [];
    return new Set(times.map((time) => instant(day, time, timeZone)));
  });
}

/** Puts together the runs that may have begun by then and are not over. */
const quietSince: Clock['quietSince'] = (zone, runs, seconds) => {
  const today = dayOf(seconds, zone.time_zone);
  const at = (day: number, hour: number): number =>
    instant(
      day + Math.floor(hour / 24),
      `${String(hour % 24).padStart(2, '0')}:00`,
      zone.time_zone,
    );
  let [since, until] = [Number.NaN, Number.NEGATIVE_INFINITY];
  for (let day = today - 8; day <= today; day++) {
    for (const [first, hours] of runs) {
      if (NAMES[Math.floor(first / 24)] !== nameOf(day)) continue;
      const from = at(day, first % 24);
      if (from > seconds) break;
      // Where the clock skips what lies between two runs, they are one.
      if (from > until) since = from;
      until = Math.max(until, at(day, (first % 24) + hours));
    }
  }
  return seconds < until ? since : seconds;
};

function doorFrom(
  spans: SpansOf<ZoneInput>,
  zone: ZoneInput,
  seconds: number,
  isClosingOpen = false,
): number {
  if (zone.delivery_hours === undefined && !zone.holidays?.length) return seconds;
  // What closes at midnight closes on the day before.
  const first = dayOf(seconds - +isClosingOpen, zone.time_zone);
  for (let day = first; day < first + MOST_DAYS; day++) {
    for (const [from, to] of spans(zone, day)) {
      if (seconds < to || (isClosingOpen && seconds === to)) return Math.max(from, seconds);
    }
  }
  return Number.POSITIVE_INFINITY;
}

function doorsIn(answered: SpansOf<ZoneInput>, zone: ZoneInput, from: number, to: number) {
  if (zone.delivery_hours === undefined && !zone.holidays?.length) return undefined;
  const spans: Span[] = [];
  const first = dayOf(from, zone.time_zone);
  // One span past the end is needed: it is where late arrivals wait for.
  for (let day = first; day < first + MOST_DAYS && (spans.at(-1)?.[0] ?? 0) <= to; day++) {
    spans.push(...answered(zone, day));
  }
  return spans;
}

/** A clock that remembers the days it has walked: a question costs O(days) the first time, then O(1). */
export function checkerClock(): Clock {
  const open = remember((owner: WarehouseInput, day) =>
    spansOf(day, owner.time_zone, owner.hours, owner.holidays),
  );
  const answered = remember((owner: ZoneInput, day) =>
    spansOf(day, owner.time_zone, owner.delivery_hours, owner.holidays),
  );
  const closed = remember((owner: WarehouseInput | ServiceInput, day) =>
    isAmong('pickups' in owner ? owner.pickup_holidays : owner.holidays, day),
  );
  const lastStart = remember(cutOff);
  const pickups = new Map<string, ReturnType<typeof pickupsIn>>();
  const pickupsAt = (timeZone: string) => {
    const known = pickups.get(timeZone) ?? pickupsIn(timeZone);
    pickups.set(timeZone, known);
    return known;
  };
  const shift: Clock['shift'] = (warehouse, seconds) => {
    const day = dayOf(seconds, warehouse.time_zone);
    const last = lastStart(warehouse, day);
    const here = open(warehouse, day).find(([from, to]) => from <= seconds && seconds < to);
    return here === undefined || seconds > last ? undefined : { from: here[0], to: here[1], last };
  };
  return {
    dateSlot: (seconds, timeZone) => dayOf(seconds, timeZone) * DAY,
    shift,
    mayStart: (warehouse, seconds) => shift(warehouse, seconds) !== undefined,
    readyAfter: (warehouse, start) => readyAfter(open, warehouse, start),
    isPickup: (warehouse, service, seconds) => {
      const day = dayOf(seconds, warehouse.time_zone);
      if (closed(service, day) || closed(warehouse, day)) return false;
      // A time that a clock change skips lands later, possibly on the next date.
      const at = pickupsAt(warehouse.time_zone);
      return at(service, day).has(seconds) || at(service, day - 1).has(seconds);
    },
    departures: (times, timeZone, day) =>
      (times[nameOf(day)] ?? []).map((time) => instant(day, time, timeZone)),
    door: (zone, seconds) => doorFrom(answered, zone, seconds),
    doorOrClosing: (zone, seconds) => doorFrom(answered, zone, seconds, true),
    quietSince,
    doors: (zone, from, to) => doorsIn(answered, zone, from, to),
  };
}
