import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { acceleratedClock, manualClock } from '../../src/runtime/clock.ts';
import { afterOpenSeconds, nextTime, openAt } from '../../src/simulation/calendar.ts';
import { followClock, openSchedule } from '../../src/simulation/schedule.ts';

const SEOUL = 'Asia/Seoul';
const at = (text: string) => Date.parse(`2026-05-${text}+09:00`);
const shop = {
  tue: [
    ['10:00', '13:00'],
    ['14:00', '24:00'],
  ] as [string, string][],
  thu: [['09:00', '12:00']] as [string, string][],
};

describe('local time', () => {
  it('waits until somebody opens, over breaks, nights and closed days', () => {
    expect(openAt(shop, SEOUL, at('12T11:30'))).toBe(at('12T11:30'));
    expect(openAt(shop, SEOUL, at('12T13:00'))).toBe(at('12T14:00'));
    expect(openAt(shop, SEOUL, at('13T00:00'))).toBe(at('14T09:00'));
    expect(openAt(undefined, SEOUL, at('13T00:00'))).toBe(at('13T00:00'));
  });

  it('counts work in open hours only', () => {
    expect(afterOpenSeconds(shop, SEOUL, at('12T12:00'), 3600)).toBe(at('12T13:00'));
    expect(afterOpenSeconds(shop, SEOUL, at('12T12:30'), 3600)).toBe(at('12T14:30'));
    expect(afterOpenSeconds(shop, SEOUL, at('12T23:00'), 2 * 3600)).toBe(at('14T10:00'));
  });

  it('finds the next time of a timetable', () => {
    const times = { tue: ['12:00', '18:00'], fri: ['09:00'] };

    expect(nextTime(times, SEOUL, at('12T12:00'))).toBe(at('12T18:00'));
    expect(nextTime(times, SEOUL, at('12T18:00'))).toBe(at('15T09:00'));
    expect(nextTime({}, SEOUL, at('12T18:00'))).toBeNull();
  });
});

describe('the diary', () => {
  const start = Temporal.Instant.from('2026-05-12T00:00:00Z');

  it('does what is due, in order, on the shared clock, and nothing before its time', async () => {
    const machine = manualClock('2026-11-25T00:00:00Z');
    const clock = acceleratedClock({ speed: 3600, start, origin: machine.now() }, machine.now);
    const schedule = openSchedule(clock);
    followClock(schedule, clock);
    const done: string[] = [];
    const inHours = (hours: number) => start.add({ hours }).epochMilliseconds;
    schedule.at(inHours(2), () => done.push('second'));
    schedule.at(inHours(1), () => done.push('first'));
    schedule.at(inHours(2), () => done.push('third'));
    schedule.at(inHours(9), () => done.push('never'));
    machine.advance(2);
    const all = Promise.withResolvers<void>();
    schedule.at(schedule.now(), all.resolve);

    await all.promise;
    await pause(0);

    expect(done).toEqual(['first', 'second', 'third']);
    schedule.stop();
    await schedule.ended;
  });

  it('ends with the first deed that fails, and says why', async () => {
    const clock = manualClock(start.toString());
    const schedule = openSchedule(clock);
    followClock(schedule, clock);
    schedule.at(0, async () => {
      throw new Error('a defect');
    });

    await expect(schedule.ended).rejects.toThrow('a defect');
  });
});
