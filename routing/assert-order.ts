/** What an order must be for a decision to mean anything; types cannot say it, and callers may have none. */
import type { SourcingOrder } from './types.ts';

const told = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : String(value);

function fault(field: string, got: unknown, expected: string): RangeError {
  return new RangeError(`${field}: got ${told(got)}, expected ${expected}`);
}

/**
 * Checks an order's numbers. O(lines).
 *
 * @throws RangeError that names the field, what was got and what was expected.
 */
export function assertOrder({ at_seconds, deliver_by_seconds, lines }: SourcingOrder): void {
  if (!Number.isFinite(at_seconds)) throw fault('at_seconds', at_seconds, 'epoch seconds');
  if (deliver_by_seconds !== undefined && !Number.isFinite(deliver_by_seconds))
    throw fault('deliver_by_seconds', deliver_by_seconds, 'epoch seconds');
  if (lines.length === 0) throw fault('lines', 0, 'at least 1');
  const seen = new Set<number>();
  for (const [i, { line_no, quantity, weight_grams }] of lines.entries()) {
    const place = `lines[${i}]`;
    if (seen.has(line_no)) throw fault(`${place}.line_no`, line_no, 'a number of its own');
    seen.add(line_no);
    if (!Number.isSafeInteger(quantity) || quantity < 1)
      throw fault(`${place}.quantity`, quantity, 'a whole number of units, at least 1');
    if (weight_grams !== undefined && !(weight_grams >= 0))
      throw fault(`${place}.weight_grams`, weight_grams, 'grams, at least 0');
  }
}
