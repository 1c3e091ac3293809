/**
 * A clock that several processes of one machine share by a file, and that one of them moves. It stands
 * where it was put; once it was moved it goes on at the machine's own speed, so that work which takes
 * the machine a moment takes a moment, until it is moved again. So a simulation may skip the time in
 * which nobody does anything, and no other: see `simulation/pace.ts`.
 */
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { type Clock, type ClockHand, systemClock } from './clock.ts';

/** What the clock showed (µs), when on the machine (µs; 0 = it stands), and both as a check. */
const CELL_BYTES = 24;
/** A cell that is being written is read again; it is whole a moment later. */
const READS_MAX = 1_000;

/** Makes the file, with a clock that stands at `start`. */
export function createClockFile(path: string, start: Temporal.Instant): void {
  writeFileSync(path, cellOf(microseconds(start), 0n));
}

/** The clock of a file; `speed` is how fast it is moved at most. Throws when there is no such file. */
export function readClockFile(path: string, speed: number): Clock {
  const file = openSync(path, 'r');
  const now = () => shown(file);
  return { now, milliseconds: () => now().epochMilliseconds, speed, work_speed: 1 };
}

/** The hand of the clock: only one process may hold it. */
export function openClockHand(path: string): ClockHand & { close(): void } {
  const file = openSync(path, 'r+');
  return {
    moveTo: (at) => {
      const target = microseconds(at);
      // Who has seen it later than that must not see it go back.
      if (target <= microseconds(shown(file))) return;
      writeSync(file, cellOf(target, microseconds(systemClock.now())), 0, CELL_BYTES, 0);
    },
    close: () => closeSync(file),
  };
}

function shown(file: number): Temporal.Instant {
  const cell = Buffer.alloc(CELL_BYTES);
  for (let reads = 0; reads < READS_MAX; reads += 1) {
    const length = readSync(file, cell, 0, CELL_BYTES, 0);
    const [at, origin] = [cell.readBigInt64LE(0), cell.readBigInt64LE(8)];
    if (length !== CELL_BYTES || (at ^ origin) !== cell.readBigInt64LE(16)) continue;
    const since = origin === 0n ? 0n : microseconds(systemClock.now()) - origin;
    return Temporal.Instant.fromEpochNanoseconds((at + (since > 0n ? since : 0n)) * 1000n);
  }
  throw new Error('the clock file cannot be read');
}

function cellOf(at: bigint, origin: bigint): Buffer {
  const cell = Buffer.alloc(CELL_BYTES);
  cell.writeBigInt64LE(at, 0);
  cell.writeBigInt64LE(origin, 8);
  cell.writeBigInt64LE(at ^ origin, 16);
  return cell;
}

function microseconds(instant: Temporal.Instant): bigint {
  return instant.epochNanoseconds / 1000n;
}
