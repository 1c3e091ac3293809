import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { acceleratedClock, manualClock, systemClock } from '../../src/runtime/clock.ts';
import { createClockFile, openClockHand, readClockFile } from '../../src/runtime/clock-file.ts';
import { clockOf } from '../../src/runtime/clock-setting.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { timerMs } from '../../workers/relay.ts';

const start = Temporal.Instant.from('2026-05-11T22:00:00Z');
const origin = Temporal.Instant.from('2026-11-25T09:00:00Z');
const seed = 20261125;

/** A clock at `speed`, and the machine's that drives it. */
function driven(speed: number) {
  const machine = manualClock(origin.toString());
  return { machine, clock: acceleratedClock({ speed, start, origin }, machine.now) };
}

describe('an accelerated clock', () => {
  it('shows its start at the origin, and a day a minute at 1440', () => {
    const { machine, clock } = driven(1440);
    expect(clock.now().equals(start)).toBe(true);

    machine.advance(60);

    expect(clock.now().toString()).toBe(start.add({ hours: 24 }).toString());
    expect(clock.speed).toBe(1440);
  });

  it(`shows the same in every process and after every restart (seed ${seed})`, () => {
    const moments = fc.tuple(
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ max: 1e9, min: 0 }),
    );
    fc.assert(
      fc.property(moments, ([speed, milliseconds]) => {
        const a = driven(speed);
        const b = driven(speed);
        a.machine.advance(milliseconds / 2000);
        a.clock.now();
        a.machine.set(origin.add({ milliseconds }));
        b.machine.set(origin.add({ milliseconds }));

        expect(a.clock.now().equals(b.clock.now())).toBe(true);
        expect(a.clock.now().equals(start.add({ milliseconds: milliseconds * speed }))).toBe(true);
      }),
      { seed, numRuns: 200 },
    );
  });

  it('shows whole microseconds, which PostgreSQL stores as they are', () => {
    const nanoseconds = origin.epochNanoseconds + 1_234_567n;
    const clock = acceleratedClock({ speed: 7, start, origin }, () =>
      Temporal.Instant.fromEpochNanoseconds(nanoseconds),
    );

    expect(clock.now().epochNanoseconds % 1000n).toBe(0n);
    expect(clock.now().since(start).total('microseconds')).toBe(Math.floor(1234.567 * 7));
  });

  it('runs before its origin too: a process may be told of a start that is yet to come', () => {
    const { machine, clock } = driven(60);
    machine.advance(-1);

    expect(clock.now().equals(start.subtract({ seconds: 60 }))).toBe(true);
  });
});

describe('a clock in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-clock-'));
  const path = join(folder, 'clock');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('stands until it is moved, goes on at the speed of the machine, and is never set back', async () => {
    createClockFile(path, start);
    const clock = readClockFile(path, 3600);
    const hand = openClockHand(path);
    expect(clock.now().equals(start)).toBe(true);
    await pause(5);
    expect(clock.now().equals(start)).toBe(true);
    expect([clock.speed, clock.work_speed]).toEqual([3600, 1]);

    hand.moveTo(start.add({ hours: 1 }));
    const moved = clock.now();
    await pause(5);
    const later = clock.now();
    hand.moveTo(start.add({ minutes: 30 }));

    expect(moved.since(start).total('seconds')).toBeGreaterThanOrEqual(3600);
    expect(moved.since(start).total('seconds')).toBeLessThan(3660);
    expect(later.since(moved).total('milliseconds')).toBeGreaterThan(0);
    expect(Temporal.Instant.compare(clock.now(), later)).toBeGreaterThanOrEqual(0);
    hand.close();
  });

  it('shows the same to every process that is given the file', () => {
    createClockFile(path, start);
    const hand = openClockHand(path);
    const [a, b] = [readClockFile(path, 60), clockOf(loadConfig({ PORTOLAN_CLOCK_FILE: path }))];
    for (let minutes = 1; minutes <= 200; minutes += 1) {
      hand.moveTo(start.add({ minutes }));
      const shown = [a.now(), b.now()].map((now) => now.since(start).total('minutes'));
      expect(Math.min(...shown)).toBeGreaterThanOrEqual(minutes);
      expect(Math.max(...shown)).toBeLessThan(minutes + 1);
    }
    hand.close();
  });
});

describe('the clock of the settings', () => {
  it("is the machine's own unless they say otherwise", () => {
    expect(clockOf(loadConfig({}))).toBe(systemClock);
    expect(clockOf(loadConfig({ PORTOLAN_CLOCK_ORIGIN: origin.toString() }))).toBe(systemClock);
    expect(systemClock.speed).toBe(1);
  });

  it('is set and sped up by them', () => {
    const env = {
      PORTOLAN_CLOCK_SPEED: '60',
      PORTOLAN_CLOCK_START: start.toString(),
      PORTOLAN_CLOCK_ORIGIN: origin.toString(),
    };
    const clock = clockOf(loadConfig(env));
    const expected = systemClock.now().since(origin).total('seconds') * 60;

    expect(clock.speed).toBe(60);
    expect(clock.now().since(start).total('seconds') - expected).toBeLessThan(60);
  });
});

describe('the look at what has fallen due', () => {
  it('comes with every sweep by the own clock, and as often as it may by a fast one', () => {
    expect(timerMs(1000, 1)).toBe(1000);
    expect(timerMs(1000, 4)).toBe(250);
    expect(timerMs(1000, 1440)).toBe(100);
    expect(timerMs(30, 1440)).toBe(30);
  });
});
