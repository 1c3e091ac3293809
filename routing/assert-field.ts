/** What is told of input that means nothing: the field by its path, what was got, what was expected. */

/** What amounts are of. */
export const MONEY = 'minor units of money';
/** The same of lengths. */
export const MILLIMETRES = 'millimetres';

/** Errors that name a field, which may be a field of something else. */
const faults = new WeakSet<RangeError>();

function refusal(message: string): RangeError {
  const error = new RangeError(message);
  faults.add(error);
  return error;
}

function told(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** The error that refuses a field. O(length of what was got). */
export function fault(field: string, got: unknown, expected: string): RangeError {
  return refusal(`${field}: got ${told(got)}, expected ${expected}`);
}

/** A fault of a field as one of a field of `place`; what is no fault stays what it is. O(length). */
export function within(place: string, error: unknown): unknown {
  if (!(error instanceof RangeError && faults.has(error))) return error;
  return refusal(`${place}${/^[[:]/.test(error.message) ? '' : '.'}${error.message}`);
}

/** Refuses what is no list. O(1). @throws RangeError that names the field. */
export function assertList(value: unknown, field: string, of: string): void {
  if (!Array.isArray(value)) throw fault(field, value, `a list of ${of}`);
}

/** Refuses what is no object with fields. O(1). @throws RangeError that names the field. */
export function assertObject(value: unknown, field: string, expected: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fault(field, value, expected);
  }
}

/** Checks each of a list: the place is told in front of the field. O(rows) checks. @throws as the check. */
export function assertEach<T>(
  rows: readonly T[],
  field: string,
  check: (row: T, i: number) => void,
): void {
  assertList(rows, field, 'rows');
  let i = 0;
  try {
    for (; i < rows.length; i++) check(rows[i]!, i);
  } catch (error) {
    throw within(`${field}[${i}]`, error);
  }
}

/** Checks each of a list of rows with fields. O(rows) checks. @throws as the check. */
export function assertRows<T>(
  rows: readonly T[],
  field: string,
  check: (row: T, i: number) => void,
): void {
  assertEach(rows, field, (row, i) => {
    if (typeof row !== 'object' || row === null) throw fault('', row, 'a row');
    check(row, i);
  });
}

/** Refuses what is no text, or an empty one. O(1). @throws RangeError that names the field. */
export function assertText(value: unknown, field: string): void {
  if (typeof value !== 'string' || value === '') throw fault(field, value, 'a text, not empty');
}

/** Refuses what is neither true nor false. O(1). @throws RangeError that names the field. */
export function assertFlag(value: unknown, field: string): void {
  if (typeof value !== 'boolean') throw fault(field, value, 'true or false');
}

/** Refuses what is no finite number of at least 0. O(1). @throws RangeError that names the field. */
export function assertAmount(value: unknown, field: string, unit: string): void {
  if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) return;
  throw fault(field, value, `${unit}, at least 0`);
}

/** The same, but Infinity is none. O(1). @throws RangeError that names the field. */
export function assertLimit(value: unknown, field: string, unit: string): void {
  if (typeof value === 'number' && value >= 0) return;
  throw fault(field, value, `${unit}, at least 0`);
}

/** Refuses what is no probability. O(1). @throws RangeError that names the field. */
export function assertShare(value: unknown, field: string): void {
  if (typeof value === 'number' && value >= 0 && value <= 1) return;
  throw fault(field, value, 'a probability, from 0 to 1');
}

/** Epoch seconds end here (year 33658); milliseconds since 2001 do not begin below. */
const SECONDS_END = 1e12;

/** Refuses what is no instant in epoch seconds. O(1). @throws RangeError that names the field. */
export function assertInstant(value: unknown, field: string): void {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw fault(field, value, 'epoch seconds');
  }
  if (value >= SECONDS_END) throw fault(field, value, 'epoch seconds, not milliseconds');
}

/** Refuses what is no [longitude, latitude]. O(1). @throws RangeError that names the field. */
export function assertPosition(value: unknown, field: string): void {
  const [lon, lat] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof lon === 'number' && typeof lat === 'number') {
    if (Math.abs(lon) <= 180 && Math.abs(lat) <= 90) return;
    throw fault(field, `${lon}, ${lat}`, '[lon, lat] in degrees');
  }
  throw fault(field, value, '[lon, lat] in degrees');
}
