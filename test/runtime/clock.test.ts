import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceleratedClock,
  clockOf,
  heldClock,
  manualClock,
  systemClock,
} from '../../src/runtime/clock.ts';
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

describe('a held clock', () => {
  it('stands at its start until it is let go, and then runs as if it had begun there', () => {
    const clock = heldClock({ speed: 3600, start });
    expect(clock.now().equals(start)).toBe(true);
    expect(clock.speed).toBe(3600);

    clock.release(systemClock.now().subtract({ seconds: 10 }));

    expect(clock.now().since(start).total('hours')).toBeGreaterThanOrEqual(10);
    expect(clock.now().since(start).total('hours')).toBeLessThan(20);
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
