/** Which clock a process lives by. */
import { acceleratedClock, type Clock, systemClock } from './clock.ts';
import { readClockFile } from './clock-file.ts';

/** The clock that the settings ask for: the machine's own, unless they speed it up or name another. */
export function clockOf(settings: {
  readonly clock_speed: number;
  readonly clock_start: Temporal.Instant | undefined;
  readonly clock_origin: Temporal.Instant | undefined;
  readonly clock_file: string | undefined;
}): Clock {
  const { clock_speed: speed, clock_start: start, clock_origin: origin, clock_file } = settings;
  if (clock_file !== undefined) return readClockFile(clock_file, speed);
  if (origin === undefined || (speed === 1 && start === undefined)) return systemClock;
  return acceleratedClock({ speed, start: start ?? origin, origin });
}
