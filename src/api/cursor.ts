/** Cursors: opaque to callers, a position in one list to us. */
import { Refusal } from '../domain/errors.ts';

/** What one part of a cursor must be: a pattern, or a test of its own. */
export interface CursorPart {
  test(text: string): boolean;
}

/** Writes a position as a cursor of the list `kind`. */
export function writeCursor(kind: string, position: readonly string[]): string {
  return Buffer.from(JSON.stringify([kind, ...position])).toString('base64url');
}

/**
 * Reads a cursor back; each part must pass its test, so that what reaches the database has the
 * right type. Throws `invalid_cursor`; an absent cursor is the beginning: null.
 */
export function readCursor(
  kind: string,
  cursor: string | undefined,
  parts: readonly CursorPart[],
): string[] | null {
  if (cursor === undefined) return null;
  const position = parse(cursor);
  const isOurs =
    Array.isArray(position) &&
    position.length === parts.length + 1 &&
    position[0] === kind &&
    parts.every((part, at) => {
      const value: unknown = position[at + 1];
      return typeof value === 'string' && part.test(value);
    });
  if (!isOurs) {
    const detail = 'got a cursor of another list, expected a next_cursor of this one';
    throw new Refusal('invalid_cursor', detail, [{ pointer: 'cursor', detail }]);
  }
  return (position as string[]).slice(1);
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
}

/** A part that is an id. */
export const UUID_PART = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A part that is a whole number, as text. */
export const NUMBER_PART = /^(0|[1-9][0-9]{0,15})$/;
/** A part that is an instant in UTC. */
export const INSTANT_PART: CursorPart = {
  test: (text) => IN_UTC.test(text) && isInstant(text),
};
const IN_UTC = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,18}Z$/;

function isInstant(text: string): boolean {
  try {
    Temporal.Instant.from(text);
    return true;
  } catch {
    return false;
  }
}
