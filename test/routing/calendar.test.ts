/** Local timetables as instants, across the clock changes of two continents. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dayOfDate,
  daysOfDates,
  dayTable,
  doorAt,
  doorCalendar,
  firstPickup,
  instantOf,
  openCalendar,
  pickupCalendar,
  readyAt,
  startAt,
} from '../../routing/calendar.ts';
import { checkerClock } from '../../routing/checker-clock.ts';
import type { WarehouseInput, WeeklyHoursInput } from '../../routing/index.ts';
import { runs, seedOf } from './runs.ts';

const at = (text: string): number => Temporal.Instant.from(text).epochMilliseconds / 1000;
const show = (seconds: number): string =>
  Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toString();
const table = (zone: string, from: string, days = 20) => dayTable(zone, dayOfDate(from), days);
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const daily = <T>(value: T) => Object.fromEntries(DAYS.map((day) => [day, value]));

it('a pickup is found among one each minute', () => {
  const minutes = Array.from({ length: 24 * 60 }, (_, i) =>
    [i / 60, i % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':'),
  );
  const calendar = pickupCalendar(table('UTC', '2026-03-02', 25), daily(minutes), undefined);
  expect(calendar.at.length).toBe(36_000);
  for (const day of [2, 20, 24, 26]) {
    const ready = at(`2026-03-${String(day).padStart(2, '0')}T12:00:30Z`);
    expect(show(calendar.at[firstPickup(calendar, ready)]!)).toBe(show(ready + 30));
  }
});

describe('a local time', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'America/St_Johns', 'UTC'];
  const more = ['Australia/Lord_Howe', 'Africa/Cairo', 'Asia/Beirut', 'America/Santiago'];

  it('is the instant Temporal says, on every day of two years and any minute', () => {
    const minutes = fc.integer({ min: 0, max: 24 * 60 });
    const day = fc.integer({ min: dayOfDate('2025-12-01'), max: dayOfDate('2027-11-30') });
    const zone = fc.constantFrom(...zones, ...more);
    fc.assert(
      fc.property(zone, day, minutes, (timeZone, first, minute) => {
        const found = instantOf(dayTable(timeZone, first, 3), 0, minute * 60);
        const date = new Temporal.PlainDate(1970, 1, 1).add({
          days: first + (minute === 1440 ? 1 : 0),
        });
        const plainTime = new Temporal.PlainTime(Math.floor(minute / 60) % 24, minute % 60);
        const local = date.toZonedDateTime({ timeZone, plainTime });
        expect(found).toBe(local.epochMilliseconds / 1000);
      }),
      { seed: seedOf(7), numRuns: runs(400) },
    );
  });

  it('is so in tables with changes at midnight, over it, of a whole day, and at either end', () => {
    const odd = [
      ['America/Goose_Bay', '1990-10-20'],
      ['America/Lima', '1990-01-01'],
      ['America/Havana', '2028-03-01'],
      ['America/Sao_Paulo', '2018-10-25'],
      ['Asia/Tehran', '1991-04-20'],
      ['Pacific/Apia', '2011-12-20'],
    ] as const;
    for (const [timeZone, from] of odd) {
      for (let days = 1; days < 30; days++) {
        const local = table(timeZone, from, days);
        for (const seconds of [0, 30 * 60, 12 * 3600, 23.5 * 3600]) {
          const plainTime = Temporal.PlainTime.from('00:00').add({ seconds });
          const date = Temporal.PlainDate.from(from).add({ days: days - 1 });
          const expected = date.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds / 1000;
          expect(instantOf(local, days - 1, seconds), `${timeZone} ${date}`).toBe(expected);
        }
      }
    }
  });

  it('skipped by a gap moves forward; repeated by an overlap counts once, the first time', () => {
    const berlin = table('Europe/Berlin', '2026-03-29');
    expect(show(instantOf(berlin, 0, 2.5 * 3600))).toBe('2026-03-29T01:30:00Z');
    const newYork = table('America/New_York', '2026-03-08');
    expect(show(instantOf(newYork, 0, 2.5 * 3600))).toBe('2026-03-08T07:30:00Z');
    const autumn = table('Europe/Berlin', '2026-10-25');
    expect(show(instantOf(autumn, 0, 2.5 * 3600))).toBe('2026-10-25T00:30:00Z');
    const november = table('America/New_York', '2026-11-01');
    expect(show(instantOf(november, 0, 1.5 * 3600))).toBe('2026-11-01T05:30:00Z');
  });
});

describe('opening hours', () => {
  it('count the hour that a clock change takes or gives', () => {
    const hours = daily([['00:00', '06:00']] as const);
    const spring = openCalendar(table('Europe/Berlin', '2026-03-29'), hours, undefined, undefined);
    expect(spring.to[0]! - spring.from[0]!).toBe(5 * 3600);
    const autumn = openCalendar(table('Europe/Berlin', '2026-10-25'), hours, undefined, undefined);
    expect(autumn.to[0]! - autumn.from[0]!).toBe(7 * 3600);
  });

  it('start at once when open, else at the next opening, and skip holidays', () => {
    const hours = daily([['08:00', '16:00']] as const);
    const holidays = daysOfDates(['2026-11-18']);
    const calendar = openCalendar(table('Europe/Berlin', '2026-11-16'), hours, holidays, undefined);
    expect(show(startAt(calendar, at('2026-11-17T10:00Z')))).toBe('2026-11-17T10:00:00Z');
    expect(show(startAt(calendar, at('2026-11-17T14:59:59Z')))).toBe('2026-11-17T14:59:59Z');
    expect(show(startAt(calendar, at('2026-11-17T15:00Z')))).toBe('2026-11-19T07:00:00Z');
  });

  it('send orders past the weekday cut-off to the next open day', () => {
    const hours = daily([['08:00', '20:00']] as const);
    const cutOffs = { mon: '14:00', tue: '18:00' };
    const calendar = openCalendar(table('Europe/Berlin', '2026-11-16'), hours, undefined, cutOffs);
    expect(show(startAt(calendar, at('2026-11-16T13:00:00Z')))).toBe('2026-11-16T13:00:00Z');
    expect(show(startAt(calendar, at('2026-11-16T13:00:01Z')))).toBe('2026-11-17T07:00:00Z');
    expect(show(startAt(calendar, at('2026-11-17T16:00:00Z')))).toBe('2026-11-17T16:00:00Z');
    expect(show(startAt(calendar, at('2026-11-17T18:00:00Z')))).toBe('2026-11-18T07:00:00Z');
    expect(show(startAt(calendar, at('2026-11-18T18:59:59Z')))).toBe('2026-11-18T18:59:59Z');
  });

  it('are the only time that processing runs in', () => {
    const hours = daily([
      ['08:00', '12:00'],
      ['13:00', '17:00'],
    ] as const);
    const calendar = openCalendar(
      table('Europe/Berlin', '2026-11-16'),
      hours,
      undefined,
      undefined,
    );
    const start = at('2026-11-16T10:00Z');
    expect(show(readyAt(calendar, start, 3600))).toBe('2026-11-16T11:00:00Z');
    expect(show(readyAt(calendar, start, 3601))).toBe('2026-11-16T12:00:01Z');
    expect(show(readyAt(calendar, start, 6 * 3600))).toBe('2026-11-17T08:00:00Z');
    expect(readyAt(calendar, start, 0)).toBe(start);
    expect(readyAt(calendar, start, 1e7)).toBe(-1);
  });

  it('agree with the checker, which walks the days', () => {
    const spans = fc.constantFrom(
      [['06:00', '14:00']],
      [['00:00', '24:00']],
      [
        ['08:00', '12:00'],
        ['11:00', '15:00'],
        ['20:00', '24:00'],
      ],
      [['01:30', '03:30']],
    );
    const week = fc.dictionary(fc.constantFrom(...DAYS), spans, { minKeys: 1 });
    const cutOffs = fc.dictionary(
      fc.constantFrom(...DAYS),
      fc.constantFrom('02:30', '11:00', '13:30'),
    );
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York');
    const month = fc.constantFrom('2026-03-02', '2026-03-23', '2026-10-19', '2026-10-26');
    const offset = fc.integer({ min: 0, max: 9 * 86_400 });
    const seconds = fc.integer({ min: 0, max: 60 * 3600 });
    fc.assert(
      fc.property(
        week,
        cutOffs,
        zone,
        month,
        offset,
        seconds,
        (hours, cuts, time_zone, from, after, work) => {
          const weekly = hours as WeeklyHoursInput;
          const calendar = openCalendar(table(time_zone, from, 60), weekly, undefined, cuts);
          const warehouse = { time_zone, hours: weekly, cut_offs: cuts, processing_seconds: work };
          const clock = checkerClock();
          const begin = calendar.from[0]! + after;
          const start = startAt(calendar, begin);
          if (start < 0) return;
          expect(clock.mayStart(warehouse as unknown as WarehouseInput, start)).toBe(true);
          if (start > begin) {
            for (const t of [begin, start - 1]) {
              expect(clock.mayStart(warehouse as unknown as WarehouseInput, t)).toBe(false);
            }
          }
          const ready = readyAt(calendar, start, work);
          if (ready < 0) return;
          expect(clock.readyAfter(warehouse as unknown as WarehouseInput, start)).toBe(ready);
        },
      ),
      { seed: seedOf(11), numRuns: runs(150) },
    );
  });
});

describe('pickups and doors', () => {
  it('take the first pickup at or after ready, never on a holiday, in any order of asking', () => {
    const week = daily(['09:00', '17:30']);
    const calendar = pickupCalendar(
      table('America/New_York', '2026-11-24'),
      week,
      daysOfDates(['2026-11-26']),
    );
    const next = (text: string) => show(calendar.at[firstPickup(calendar, at(text))]!);
    expect(next('2026-11-25T14:00Z')).toBe('2026-11-25T14:00:00Z');
    expect(next('2026-11-25T22:31Z')).toBe('2026-11-27T14:00:00Z');
    expect(next('2026-11-25T14:01Z')).toBe('2026-11-25T22:30:00Z');
    expect(next('2026-11-25T13:59Z')).toBe('2026-11-25T14:00:00Z');
  });

  it('move a promise to the next time that a door is answered', () => {
    const hours = {
      mon: [['09:00', '12:00']],
      tue: [['09:00', '12:00']],
      thu: [['00:00', '24:00']],
      fri: [['00:00', '08:00']],
    } as const;
    const doors = doorCalendar(
      table('Europe/Berlin', '2026-11-16'),
      hours,
      daysOfDates(['2026-11-17']),
    );
    const door = (text: string) => show(doorAt(doors, at(text)));
    expect(door('2026-11-16T09:30Z')).toBe('2026-11-16T09:30:00Z');
    expect(door('2026-11-16T11:00Z')).toBe('2026-11-18T23:00:00Z');
    expect(door('2026-11-19T23:30Z')).toBe('2026-11-19T23:30:00Z');
    expect(door('2026-11-20T07:00Z')).toBe('2026-11-23T08:00:00Z');
    expect(doorAt(doorCalendar(table('UTC', '2026-11-16'), undefined, undefined), 5)).toBe(5);
    expect(
      doorAt(doorCalendar(table('UTC', '2026-11-16'), {}, undefined), at('2026-11-16T00:00Z')),
    ).toBe(-1);
  });
});
