/** What disruptions must be; that they name rows which are not there (any more) is no fault. */
import { assertAmount, assertInstant, assertRows, assertText, fault } from './assert-field.ts';
import type { DisruptionInput } from './types.ts';

/** An end of a window; Infinity is open. */
function assertEnd(value: number, field: string): void {
  if (Math.abs(value) !== Number.POSITIVE_INFINITY) assertInstant(value, field);
}

/** Checks disruptions. O(rows). @throws RangeError that names the field. */
export function assertDisruptions(disruptions: readonly DisruptionInput[]): void {
  assertRows(disruptions, 'disruptions', (row) => {
    assertEnd(row.from_seconds, 'from_seconds');
    assertEnd(row.until_seconds, 'until_seconds');
    switch (row.kind) {
      case 'hub_closed':
        return assertText(row.hub_id, 'hub_id');
      case 'leg_cancelled':
        return assertText(row.leg_id, 'leg_id');
      case 'leg_delayed':
        assertText(row.leg_id, 'leg_id');
        return assertAmount(row.delay_seconds, 'delay_seconds', 'seconds');
      default: {
        const { kind } = row as { readonly kind: unknown };
        throw fault('kind', kind, 'hub_closed, leg_cancelled or leg_delayed');
      }
    }
  });
}
