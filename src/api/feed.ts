/** Cursors of the feeds: a position in commit order, kept by the client for as long as it likes. */
import type { FeedPosition } from '../../db/work-pages.ts';
import { NUMBER_PART, readCursor, writeCursor } from './cursor.ts';

/** The position a cursor stands for; null = the beginning. */
export function feedPosition(kind: string, cursor: string | undefined): FeedPosition | null {
  const position = readCursor(kind, cursor, [NUMBER_PART, NUMBER_PART]);
  return position === null ? null : { xid: position[0]!, seq: position[1]! };
}

/** The cursor after a page; an empty page leaves the client where it was. */
export function feedCursor(
  kind: string,
  rows: readonly FeedPosition[],
  cursor: string | undefined,
): string | null {
  const last = rows.at(-1);
  return last === undefined ? (cursor ?? null) : writeCursor(kind, [last.xid, last.seq]);
}
