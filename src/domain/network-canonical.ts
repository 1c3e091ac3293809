/**
 * One text per network: equal documents print alike, whatever the order in which their fields came.
 * The digest of that text tells whether an import changes anything.
 */
import type { Network } from './network.ts';

/** Characters of a piece, about: printing or parsing one takes a few milliseconds. */
const PIECE_CHARACTERS = 300_000;

/**
 * The document as JSON without blanks, fields of every object sorted by name; rows keep their order.
 * (Keys that are whole numbers come first, ascending, as JavaScript always lists them.) O(size).
 */
export function canonicalNetwork(network: Network): string {
  return [...networkPieces(sortedNetwork(network))].join('');
}

/** The same document with the fields of every object in order of name; lists of ids are shared. */
export function sortedNetwork(network: Network): Network {
  return sorted(network) as Network;
}

/** The JSON text of a document as it stands, in pieces that are quickly printed. */
export function* networkPieces(network: Network): Generator<string, void> {
  let before = '{';
  for (const [field, value] of Object.entries(network)) {
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(field)}:`;
    before = ',';
    if (!isTable(value)) yield JSON.stringify(value);
    else yield* tableText(value);
  }
  yield before === '{' ? '{}' : '}';
}

function* tableText(rows: readonly unknown[]): Generator<string, void> {
  let before = '[';
  for (const piece of tablePieces(rows)) {
    yield `${before}${piece.slice(1, -1)}`;
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

/** The rows of a table as JSON arrays, each quickly printed and parsed. */
export function* tablePieces(rows: readonly unknown[]): Generator<string, void> {
  let texts: string[] = [];
  let characters = 0;
  for (const row of rows) {
    const text = JSON.stringify(row);
    texts.push(text);
    characters += text.length;
    if (characters < PIECE_CHARACTERS) continue;
    yield `[${texts.join(',')}]`;
    texts = [];
    characters = 0;
  }
  if (texts.length > 0) yield `[${texts.join(',')}]`;
}

/** True for a field of a document that holds rows. */
export function isTable(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    // Most of a network is long arrays of ids: those need no copy.
    return value.every(isScalar) ? value : value.map(sorted);
  }
  if (isScalar(value)) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(fields).sort()) copy[key] = sorted(fields[key]);
  return copy;
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
