/**
 * Time as an argument. Every part that needs the current instant takes a `Clock`; leases, timers and
 * deadlines follow it, never the database's `now()`, so a week can run in a minute and any incident
 * can be replayed.
 */
export interface Clock {
  /** The current instant. */
  now(): Temporal.Instant;
}

/** The machine's own clock, in whole microseconds: what PostgreSQL stores is what was answered. */
export const systemClock: Clock = {
  now: () => Temporal.Now.instant().round({ smallestUnit: 'microsecond', roundingMode: 'floor' }),
};

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
