/**
 * Columns of rows as parameters, one list a column. What takes the database most time of a large
 * insert is reading its parameters, so each kind of cell travels as what is cheapest to read there:
 * numbers, ids and instants in PostgreSQL's own binary form, JSON as one text with a line a cell,
 * everything else as an array's text.
 */
import { type RawBuilder, sql } from 'kysely';
import { instantText } from '../src/domain/instants.ts';

/** A row whose cells are not looked at before they are sent. */
export type Cells = { readonly [column: string]: unknown };

/** A column as a set-returning expression, and the cast that its items still need. */
export interface Column {
  readonly rows: RawBuilder<unknown>;
  readonly cast: RawBuilder<unknown>;
}

const NO_CAST = sql``;

/**
 * The cells called `name` of `rows`. `type` is PostgreSQL's own name. A cell that is left out is
 * null. An instant is a `Temporal.Instant`, RFC 3339 text or a number of seconds since 1970; JSON and
 * arrays are given as they are.
 *
 * @throws TypeError for a cell that is not of the type, and RangeError for text that is no instant.
 */
export function columnOf(rows: readonly Cells[], name: string, type: string): Column {
  const fixed = FIXED[type];
  if (fixed !== undefined) {
    return {
      rows: sql`unnest(${binaryList(rows, name, fixed)}::${sql.raw(type)}[])`,
      cast: NO_CAST,
    };
  }
  const cast = sql`::${sql.raw(type)}`;
  if (type === 'json' || type === 'jsonb') {
    // JSON as it is printed holds no line break, and is never empty.
    return { rows: sql`string_to_table(${jsonLines(rows, name)}, E'\n', '')`, cast };
  }
  // An array's items cannot be arrays of their own here: they travel as text and are cast row by row.
  const isNested = type.endsWith('[]');
  const item = sql.raw(isNested ? 'text' : type);
  const list = sql`unnest(${textList(rows, name, type)}::${item}[])`;
  return { rows: list, cast: isNested ? cast : NO_CAST };
}

/**
 * A column of arrays of instants, all of `length`, as an expression of the row's `place` (from 1):
 * one flat binary list, of which each row cuts its own. Undefined where it cannot be: for another
 * type, for arrays of different lengths, with nulls in them, or not in seconds.
 */
export function instantsOf(
  rows: readonly Cells[],
  name: string,
  type: string,
  place: RawBuilder<unknown>,
): RawBuilder<unknown> | undefined {
  if (type !== 'timestamp with time zone[]') return undefined;
  const cells = rows.map((row) => row[name]);
  const length = Array.isArray(cells[0]) ? cells[0].length : 0;
  const isFlat = (cell: unknown) =>
    Array.isArray(cell) && cell.length === length && cell.every((at) => typeof at === 'number');
  if (length === 0 || !cells.every(isFlat)) return undefined;
  const flat = cells.flat().map((at) => ({ at }));
  const list = binaryList(flat, 'at', INSTANT);
  const size = sql.raw(String(length));
  return sql`(${list}::timestamptz[])[(${place} - 1) * ${size} + 1 : ${place} * ${size}]`;
}

/** A cell as PostgreSQL's text for `type`; null is null. */
export function cellText(cell: unknown, type: string): string | null {
  if (cell === null || cell === undefined) return null;
  if (type === 'json' || type === 'jsonb') return JSON.stringify(cell);
  if (typeof cell === 'string') return cell;
  const isInstant = type.startsWith('timestamp');
  const text = (item: unknown) =>
    isInstant && typeof item === 'number' ? instantText(item) : String(item);
  if (!Array.isArray(cell)) return text(cell);
  return `{${cell.map((item) => (item === null ? 'NULL' : quoted(text(item)))).join(',')}}`;
}

/** The cells of a column in the text form of an array, each quoted so that it can move no other. */
function textList(rows: readonly Cells[], name: string, type: string): string {
  let last: unknown;
  let printed = '';
  let text = '';
  for (const row of rows) {
    const cell = row[name] ?? null;
    // Rows of one batch share many of their cells.
    if (cell !== last || printed === '') {
      last = cell;
      const bare = cellText(cell, type);
      printed = bare === null ? 'NULL' : quoted(bare);
    }
    text += text === '' ? printed : `,${printed}`;
  }
  return `{${text}}`;
}

function quoted(text: string): string {
  const escaped = /["\\]/.test(text) ? text.replaceAll(/["\\]/g, '\\$&') : text;
  return `"${escaped}"`;
}

function jsonLines(rows: readonly Cells[], name: string): string {
  let text = '';
  let isFirst = true;
  for (const row of rows) {
    if (!isFirst) text += '\n';
    isFirst = false;
    const cell = row[name] ?? null;
    if (cell !== null) text += JSON.stringify(cell);
  }
  return text;
}

/** A type whose values have all one size: its id in the catalogue, and how a value is written. */
interface FixedType {
  readonly oid: number;
  readonly bytes: number;
  write(list: DataView, at: number, cell: unknown): void;
}

const INSTANT: FixedType = { oid: 1184, bytes: 8, write: writeInstant };
const FIXED: { readonly [type: string]: FixedType | undefined } = {
  boolean: {
    oid: 16,
    bytes: 1,
    write: (list, at, cell) => list.setUint8(at, cell === true ? 1 : 0),
  },
  bigint: {
    oid: 20,
    bytes: 8,
    write: (list, at, cell) => list.setBigInt64(at, BigInt(wholeOf(cell))),
  },
  smallint: { oid: 21, bytes: 2, write: (list, at, cell) => list.setInt16(at, within(cell, 15)) },
  integer: { oid: 23, bytes: 4, write: (list, at, cell) => list.setInt32(at, within(cell, 31)) },
  'double precision': {
    oid: 701,
    bytes: 8,
    write: (list, at, cell) => list.setFloat64(at, numberOf(cell)),
  },
  timestamptz: INSTANT,
  'timestamp with time zone': INSTANT,
  uuid: { oid: 2950, bytes: 16, write: writeUuid },
};

/** Header of an array's binary form: dimensions, whether nulls, item type; then length and bound. */
const HEADER_BYTES = 20;
/** An array without items has no dimension to describe. */
const NO_ITEMS_BYTES = 12;

/** An array as `array_recv` of PostgreSQL reads it: each item behind its size, -1 for null. */
function binaryList(rows: readonly Cells[], name: string, type: FixedType): Buffer {
  const { oid, bytes, write } = type;
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + rows.length * (4 + bytes));
  const list = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  let hasNull = 0;
  let at = HEADER_BYTES;
  let last: unknown = null;
  for (const row of rows) {
    const cell = row[name] ?? null;
    if (cell === null) {
      hasNull = 1;
      list.setInt32(at, -1);
      at += 4;
    } else {
      list.setInt32(at, bytes);
      at += 4;
      // Rows of one batch share many of their cells, and instants are dear to take apart.
      if (cell === last) buffer.copyWithin(at, at - 4 - bytes, at - 4);
      else write(list, at, cell);
      at += bytes;
    }
    last = cell;
  }
  list.setInt32(0, rows.length === 0 ? 0 : 1);
  list.setInt32(4, hasNull);
  list.setInt32(8, oid);
  list.setInt32(12, rows.length);
  list.setInt32(16, 1);
  return buffer.subarray(0, rows.length === 0 ? NO_ITEMS_BYTES : at);
}

function numberOf(cell: unknown): number {
  if (typeof cell === 'number') return cell;
  throw new TypeError(`got ${JSON.stringify(cell)}, expected a number`);
}

function wholeOf(cell: unknown): number {
  if (Number.isSafeInteger(cell)) return cell as number;
  throw new TypeError(`got ${JSON.stringify(cell)}, expected a whole number`);
}

/** A whole number that `bits` and a sign can hold. */
function within(cell: unknown, bits: number): number {
  const whole = wholeOf(cell);
  if (whole >= -(2 ** bits) && whole < 2 ** bits) return whole;
  throw new RangeError(`got ${whole}, expected a number below 2^${bits}`);
}

/** 2000-01-01, from which PostgreSQL counts its microseconds, in seconds since 1970. */
const POSTGRES_EPOCH_SECONDS = 946_684_800n;

function writeInstant(list: DataView, at: number, cell: unknown): void {
  list.setBigInt64(at, microsecondsOf(cell) - POSTGRES_EPOCH_SECONDS * 1_000_000n);
}

function microsecondsOf(cell: unknown): bigint {
  if (typeof cell === 'number') return BigInt(wholeOf(cell)) * 1_000_000n;
  const instant = cell instanceof Temporal.Instant ? cell : Temporal.Instant.from(String(cell));
  // Rounded down, also before 1970, where a division rounds up.
  return (
    (instant.epochNanoseconds - (((instant.epochNanoseconds % 1000n) + 1000n) % 1000n)) / 1000n
  );
}

/** The value of each hexadecimal digit, by its character code; -1 for what is none. */
const DIGITS = Int8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? -1 : digit;
});
const UUID_FORM = 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx';
/** Where each byte begins in the text. */
const UUID_BYTES = Array.from(UUID_FORM.matchAll(/xx/g), ({ index }) => index);
const UUID_DASHES = Array.from(UUID_FORM.matchAll(/-/g), ({ index }) => index);

function writeUuid(list: DataView, at: number, cell: unknown): void {
  const text = String(cell);
  let signs = text.length - UUID_FORM.length;
  for (let k = 0; k < UUID_BYTES.length; k += 1) {
    const from = UUID_BYTES[k]!;
    const high = digitAt(text, from);
    const low = digitAt(text, from + 1);
    signs |= high | low;
    list.setUint8(at + k, high * 16 + low);
  }
  if (signs < 0 || text.length > UUID_FORM.length || UUID_DASHES.some((k) => text[k] !== '-')) {
    throw new TypeError(`got ${JSON.stringify(cell)}, expected a UUID`);
  }
}

/** The digit at a place of a text; negative for what is none. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? DIGITS[code]! : -1;
}
