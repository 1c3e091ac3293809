/**
 * Time as an argument. Every part that needs the current instant takes a `Clock`; leases, timers and
 * deadlines follow it, never the database's `now()`, so a week can run in a minute and any incident
 * can be replayed.
 */
export interface Clock {
  /** The current instant. */
  now(): Temporal.Instant;
  /** The current instant in whole milliseconds since 1970: a tenth of what `now` costs. */
  milliseconds(): number;
  /**
   * Seconds of this clock per second of the machine: 1 but in a demonstration. What is done every so
   * often because it costs the machine something is done that often in the machine's own seconds.
   */
  readonly speed: number;
  /**
   * The same while somebody works: as `speed`, but 1 for a clock that waits for the work. Turns what is
   * left until a deadline into the machine's own seconds, in which it solves, stores and waits.
   */
  readonly work_speed: number;
}

/** Moves a clock that others share. */
export interface ClockHand {
  /** From now on it shows `at` and goes on from there; it is never set back. */
  moveTo(at: Temporal.Instant): void;
}

/** The machine's own clock, in whole microseconds: what PostgreSQL stores is what was answered. */
export const systemClock: Clock = {
  now: systemNow,
  milliseconds: () => Date.now(),
  speed: 1,
  work_speed: 1,
};

/** A clock that runs faster than the machine's; see `acceleratedClock`. */
export interface Acceleration {
  /** Seconds of the clock per second of the machine; a whole number. */
  readonly speed: number;
  /** What the clock showed at `origin`. */
  readonly start: Temporal.Instant;
  /** The machine's instant at which the clock showed `start`. */
  readonly origin: Temporal.Instant;
}

/**
 * A clock that shows `start + (machine time − origin) × speed`, in whole microseconds. It keeps
 * nothing, so processes that are given the same numbers show the same time, and a process that is
 * started again goes on where the clock is by then. `machine` is the time it is driven by.
 */
export function acceleratedClock(
  { speed, start, origin }: Acceleration,
  machine: () => Temporal.Instant = systemNow,
): Clock {
  const from = start.epochNanoseconds / 1000n;
  const zero = origin.epochNanoseconds;
  const factor = BigInt(speed);
  const now = () => {
    const passed = ((machine().epochNanoseconds - zero) * factor) / 1000n;
    return Temporal.Instant.fromEpochNanoseconds((from + passed) * 1000n);
  };
  return { now, milliseconds: () => now().epochMilliseconds, speed, work_speed: speed };
}

function systemNow(): Temporal.Instant {
  return Temporal.Now.instant().round({ smallestUnit: 'microsecond', roundingMode: 'floor' });
}

/** A clock that stands still until it is moved; for tests. */
export interface ManualClock extends Clock {
  set(instant: Temporal.Instant | string): void;
  advance(seconds: number): void;
}

/** A clock at `start`, an RFC 3339 instant. */
export function manualClock(start: string): ManualClock {
  let instant = Temporal.Instant.from(start);
  return {
    now: () => instant,
    milliseconds: () => instant.epochMilliseconds,
    speed: 1,
    work_speed: 1,
    set: (next) => {
      instant = Temporal.Instant.from(next);
    },
    advance: (seconds) => {
      instant = instant.add({ milliseconds: Math.round(seconds * 1000) });
    },
  };
}

/** Starts measuring how long something takes: the function returned tells the seconds so far. */
export function stopwatch(): () => number {
  const started = performance.now();
  return () => (performance.now() - started) / 1000;
}
