/** The clock of the checker against Temporal, plain arithmetic and the calendars of the solver. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dayOfDate,
  daysOfDates,
  dayTable,
  doorAt,
  doorCalendar,
  openCalendar,
  pickupCalendar,
  readyAt,
} from '../../routing/calendar.ts';
import { checkerClock } from '../../routing/checker-clock.ts';
import type { ServiceInput, WarehouseInput, ZoneInput } from '../../routing/index.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { runs, seedOf } from './runs.ts';

const SEED = seedOf(80_600);
const HOUR = 3600;
const DAY = 24 * HOUR;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const at = (text: string): number => Temporal.Instant.from(text).epochMilliseconds / 1000;
const clock = checkerClock();

describe('the date of an instant', () => {
  it('is that of the place, around every change of its clocks', () => {
    const zones = ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Africa/Cairo'];
    let changes = 0;
    for (const zone of [...zones, 'Asia/Beirut', 'America/Santiago', 'America/Havana']) {
      let next = Temporal.ZonedDateTime.from(`2025-12-01[${zone}]`).getTimeZoneTransition('next');
      for (; next !== null && next.year < 2028; next = next.getTimeZoneTransition('next')) {
        changes++;
        for (let minutes = -1600; minutes <= 1600; minutes += 10) {
          const then = next.add({ minutes });
          const expected = dayOfDate(then.toPlainDate().toString()) * DAY;
          expect(clock.dateSlot(then.epochMilliseconds / 1000, zone), `${then}`).toBe(expected);
        }
      }
    }
    expect(changes).toBeGreaterThan(20);
  });
});

const SPANS = [
  [['09:00', '18:00']],
  [['00:00', '24:00']],
  [['20:00', '24:00']],
  [['00:00', '06:30']],
  // Empty, in each other, beside each other, in no order, only where the clock may skip it.
  [['12:00', '12:00']],
  [
    ['14:00', '10:00'],
    ['16:00', '17:00'],
  ],
  [
    ['08:00', '16:00'],
    ['09:00', '12:00'],
  ],
  [
    ['08:00', '12:00'],
    ['12:00', '15:00'],
  ],
  [
    ['15:00', '17:00'],
    ['07:00', '09:00'],
  ],
  [['02:00', '03:00']],
] as const;
const hours = fc.dictionary(fc.constantFrom(...DAYS), fc.constantFrom(...SPANS), { minKeys: 1 });
const timeZone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'UTC');
const month = fc.constantFrom('2026-03-02', '2026-03-23', '2026-10-19', '2026-10-26');
const holidays = fc.constantFrom(undefined, [], ['2026-03-24', '2026-03-30', '2026-10-27']);

describe('doors', () => {
  it('are answered when the calendars say so, at their closing by choice, never on holidays', () => {
    const seconds = fc.array(fc.integer({ min: 0, max: 12 * 96 }), {
      minLength: 20,
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        fc.option(hours, { nil: undefined }),
        timeZone,
        month,
        holidays,
        seconds,
        (delivery_hours, time_zone, from, free, quarters) => {
          const table = dayTable(time_zone, dayOfDate(from), 40);
          const calendar = doorCalendar(table, delivery_hours as never, daysOfDates(free));
          const zone = { time_zone, delivery_hours, holidays: free } as unknown as ZoneInput;
          const start = dayOfDate(from) * DAY + DAY;
          for (const quarter of quarters) {
            const t = start + quarter * 900;
            const door = doorAt(calendar, t);
            if (door < 0) continue;
            expect(clock.door(zone, t)).toBe(door);
            const isClosing = doorAt(calendar, t - 1) === t - 1;
            expect(clock.doorOrClosing(zone, t)).toBe(isClosing ? t : door);
          }
          const [first, last] = [start, start + 3 * DAY];
          const spans = clock.doors(zone, first, last);
          if (doorAt(calendar, last) < 0) return;
          if (spans === undefined) expect(doorAt(calendar, first + 1)).toBe(first + 1);
          else {
            // They tell when a door is answered, to the one that the last arrival waits for.
            for (let t = first; t <= last; t += 1800) {
              const open = spans.find(([, to]) => t < to)!;
              expect(Math.max(t, open[0])).toBe(doorAt(calendar, t));
            }
          }
        },
      ),
      { seed: SEED, numRuns: runs(120) },
    );
  });
});

describe('a door', () => {
  it('is not answered in hours that the clock skips', () => {
    const delivery_hours = { mon: [['09:00', '10:00']], sun: [['02:00', '03:00']] };
    const zone = { time_zone: 'Europe/Berlin', delivery_hours } as unknown as ZoneInput;
    expect(clock.door(zone, at('2026-03-28T20:00Z'))).toBe(at('2026-03-30T07:00Z'));
    expect(clock.door(zone, at('2026-03-21T20:00Z'))).toBe(at('2026-03-22T01:00Z'));
  });
});

describe('quiet hours', () => {
  it('begin with the run that an instant falls into, over days, weeks and of almost a week', () => {
    const zone = { time_zone: 'UTC' } as ZoneInput;
    const random = seededRandom(SEED);
    let inside = 0;
    for (let i = 0; i < runs(400); i++) {
      const first = random.between(0, 167);
      const length = random.pick([1, 9, 14, 38, 60, 160]);
      const second = first + length + random.between(1, 7);
      const week: [number, number][] = [[first, length]];
      if (length < 160 && second + 3 < Math.min(168, first + 160)) week.push([second, 3]);
      const t = at('2026-03-23T00:00Z') + random.between(0, 4 * 7 * 24 * 4) * 900;
      // 1970-01-05 was a Monday.
      const sinceMonday = (t - 4 * DAY) % (7 * DAY);
      const past = week
        .map(([from, long]) => {
          const since = (sinceMonday - from * HOUR + 7 * DAY) % (7 * DAY);
          return since < long * HOUR ? since : 0;
        })
        .reduce((sum, one) => sum + one, 0);
      expect(clock.quietSince(zone, week, t), `run ${i}, ${week}, ${t}`).toBe(t - past);
      inside += +(past > 0);
    }
    expect(inside).toBeGreaterThan(runs(60));
  });

  it('are one run where the clock skips what lies between two', () => {
    const berlin = { time_zone: 'Europe/Berlin' } as ZoneInput;
    const sunday = 6 * 24;
    const week: [number, number][] = [
      [sunday, 2],
      [sunday + 3, 2],
    ];
    const since = (text: string) => clock.quietSince(berlin, week, at(text));
    expect(since('2026-03-29T02:30Z')).toBe(at('2026-03-28T23:00Z'));
    expect(since('2026-03-29T03:00Z')).toBe(at('2026-03-29T03:00Z'));
    expect(since('2026-03-22T03:30Z')).toBe(at('2026-03-22T02:00Z'));
    expect(since('2026-03-22T01:00Z')).toBe(at('2026-03-22T01:00Z'));
  });
});

describe('pickups', () => {
  it('are those of the calendars, on no holiday of the service or the warehouse', () => {
    const times = fc.constantFrom(['10:00', '18:00'], ['02:30', '23:30'], ['00:00'], ['16:30']);
    const week = fc.dictionary(fc.constantFrom(...DAYS), times, { minKeys: 1 });
    fc.assert(
      fc.property(week, timeZone, month, holidays, holidays, (pickups, time_zone, from, a, b) => {
        const table = dayTable(time_zone, dayOfDate(from), 12);
        const closed = daysOfDates([...(a ?? []), ...(b ?? []).slice(1)]);
        const calendar = pickupCalendar(table, pickups as never, closed);
        const service = { pickups, pickup_holidays: a } as unknown as ServiceInput;
        const own = { time_zone, holidays: b?.slice(1) } as unknown as WarehouseInput;
        const real = new Set(calendar.at);
        for (let t = table.start[1]!; t < table.start[11]!; t += 1800) {
          expect(clock.isPickup(own, service, t), `${from} ${t}`).toBe(real.has(t));
        }
      }),
      { seed: SEED + 1, numRuns: runs(60) },
    );
  });
});

describe('a weekly time', () => {
  it('that the clock skips is the next day’s, in a place where that is so', () => {
    const table = dayTable('America/Nuuk', dayOfDate('2026-03-26'), 5);
    const pickups = { sat: ['23:30'] };
    const [lands, ...others] = pickupCalendar(table, pickups, undefined).at;
    const nuuk = { time_zone: 'America/Nuuk' } as WarehouseInput;
    expect([lands, ...others]).toEqual([at('2026-03-29T01:30Z')]);
    expect(clock.isPickup(nuuk, { pickups } as unknown as ServiceInput, lands!)).toBe(true);
  });

  it('is another instant in another place, and on no other day', () => {
    const service = { pickups: { mon: ['10:00'] } } as unknown as ServiceInput;
    const [berlin, utc] = ['Europe/Berlin', 'UTC'].map((time_zone) => ({ time_zone }));
    const instants = [at('2026-11-16T09:00Z'), at('2026-11-16T10:00Z')];
    const picked = [berlin, utc].map((one) =>
      instants.map((t) => clock.isPickup(one as WarehouseInput, service, t)),
    );
    expect(picked).toEqual([
      [true, false],
      [false, true],
    ]);
    const monday = dayOfDate('2026-11-16');
    const days = [-1, 0, 1].map((off) => clock.departures(service.pickups, 'UTC', monday + off));
    expect(days).toEqual([[], [instants[1]], []]);
  });
});

describe('opening hours', () => {
  const open = { mon: [['08:00', '12:00']], tue: [['13:00', '17:00']] } as const;
  const warehouse = {
    ...{ time_zone: 'Europe/Berlin', hours: open, cut_offs: { mon: '11:00' } },
    processing_seconds: 2 * HOUR,
  } as unknown as WarehouseInput;

  it('begin with their first second, end before their last, and take starts to the cut-off', () => {
    const shift = { from: at('2026-11-16T07:00Z'), to: at('2026-11-16T11:00Z') };
    const last = at('2026-11-16T10:00Z');
    expect(clock.shift(warehouse, shift.from - 1)).toBe(undefined);
    expect(clock.shift(warehouse, shift.from)).toEqual({ ...shift, last });
    expect(clock.shift(warehouse, last)).toEqual({ ...shift, last });
    expect(clock.shift(warehouse, last + 1)).toBe(undefined);
    const tuesday = at('2026-11-17T16:00Z');
    expect(clock.mayStart(warehouse, tuesday - 1)).toBe(true);
    expect(clock.mayStart(warehouse, tuesday)).toBe(false);
    const away = { ...warehouse, holidays: ['2026-11-16'] };
    expect(clock.shift(away, shift.from)).toBe(undefined);
    expect(clock.mayStart(away, tuesday - 1)).toBe(true);
  });

  it('end work with their very end, or go on with it when they begin again', () => {
    const table = dayTable('Europe/Berlin', dayOfDate('2026-11-16'), 20);
    const calendar = openCalendar(table, open as never, undefined, undefined);
    for (const [start, ready] of [
      ['2026-11-16T09:00Z', '2026-11-16T11:00Z'],
      ['2026-11-16T09:01Z', '2026-11-17T12:01Z'],
      ['2026-11-17T15:30Z', '2026-11-23T08:30Z'],
    ] as const) {
      expect(clock.readyAfter(warehouse, at(start))).toBe(at(ready));
      expect(readyAt(calendar, at(start), 2 * HOUR)).toBe(at(ready));
    }
  });
});
