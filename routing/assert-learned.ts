/** What learned waits and quiet hours must be; whom they are of may be gone. */
import { assertEach, assertList, assertRows, assertText, fault } from './assert-field.ts';
import { type QuietHoursInput, WAIT_SHARES, type WaitInput } from './types.ts';

const WEEK_HOURS = 168;

/** Refuses what is no whole number of hours in a range. */
function assertHoursIn(value: number, field: string, least: number): void {
  if (Number.isSafeInteger(value) && value >= least && value < WEEK_HOURS) return;
  throw fault(field, value, `a whole number from ${least} to ${WEEK_HOURS - 1}`);
}

/** Checks waits. O(rows). @throws RangeError that names the field. */
export function assertWaits(waits: readonly WaitInput[]): void {
  assertRows(waits, 'waits', ({ warehouse_id, hours, wait_seconds }) => {
    if (warehouse_id !== null) assertText(warehouse_id, 'warehouse_id');
    if (hours !== null) assertEach(hours, 'hours', (hour) => assertHoursIn(hour, '', 0));
    let least = 0;
    assertEach(wait_seconds, 'wait_seconds', (wait) => {
      if (!(wait >= least && Number.isFinite(wait))) {
        throw fault('', wait, `seconds, at least ${least}`);
      }
      least = wait;
    });
    const shares = WAIT_SHARES.length;
    if (wait_seconds.length !== shares) {
      throw fault('wait_seconds', wait_seconds, `${shares} waits, one for each share`);
    }
  });
}

/** Checks quiet hours. O(rows). @throws RangeError that names the field. */
export function assertQuietHours(rows: readonly QuietHoursInput[]): void {
  assertRows(rows, 'quiet_hours', ({ service_id, region, runs }) => {
    assertText(service_id, 'service_id');
    if (region !== null) assertText(region, 'region');
    assertEach(runs, 'runs', (run) => {
      assertList(run, '', 'first hour and hours');
      assertHoursIn(run[0], '[0]', 0);
      assertHoursIn(run[1], '[1]', 1);
    });
  });
}
