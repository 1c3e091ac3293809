/**
 * How a network's document is stored: gzip of lines of JSON. The first is the document with its tables
 * empty, the others are pieces of tables, each quickly parsed. Every list that lanes name stands once
 * (`domain/network-lists.ts`). Documents stored before that was so are one line, and are read as well.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Network } from '../src/domain/network.ts';
import {
  isTable,
  networkPieces,
  sortedNetwork,
  tablePieces,
} from '../src/domain/network-canonical.ts';
import { type ListedNetwork, withLists, withoutLists } from '../src/domain/network-lists.ts';

const compress = promisify(gzip);
const expand = promisify(gunzip);
/** A guard against a damaged row, far above the largest network that the schema lets in. */
const MAX_DOCUMENT_BYTES = 1 << 30;
/** Bytes at the end of a gzip that tell how long it is when expanded (RFC 1952, ISIZE). */
const LENGTH_BYTES = 4;

/** A document as it is stored, with the SHA-256 of its canonical text. */
export interface PackedNetwork {
  readonly document: Buffer;
  readonly digest: string;
}

/** Prints and compresses a document. Slow for a large one: do it before taking any lock. */
export async function packNetwork(network: Network): Promise<PackedNetwork> {
  const sorted = sortedNetwork(network);
  const hash = createHash('sha256');
  for (const piece of networkPieces(sorted)) hash.update(piece);
  const lines = [...linesOf(withLists(sorted))];
  return { document: await compress(lines.join('\n')), digest: hash.digest('hex') };
}

function* linesOf(network: ListedNetwork): Generator<string, void> {
  const fields = Object.entries(network);
  yield JSON.stringify(
    Object.fromEntries(fields.map(([name, value]) => [name, isTable(value) ? [] : value])),
  );
  for (const [name, value] of fields) {
    if (!isTable(value)) continue;
    for (const rows of tablePieces(value)) yield `{"table":${JSON.stringify(name)},"rows":${rows}}`;
  }
}

/** How long (bytes) the stored lines are. O(1). */
export function unpackedBytes(packed: Buffer): number {
  return packed.readUInt32LE(packed.length - LENGTH_BYTES);
}

/** A stored document, which was validated when applied: expanded beside the event loop, parsed on it. */
export async function unpackNetwork(packed: Uint8Array): Promise<Network> {
  const steps = await unpackInSteps(packed);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, parsed in steps of some milliseconds each. */
export async function unpackInSteps(packed: Uint8Array): Promise<Generator<void, Network>> {
  return parseInSteps(await expand(packed, { maxOutputLength: MAX_DOCUMENT_BYTES }));
}

function* parseInSteps(text: Buffer): Generator<void, Network> {
  const lines = eachLine(text);
  const document = JSON.parse(lines.next().value!);
  for (const line of lines) {
    yield;
    const { table, rows } = JSON.parse(line);
    for (const row of rows) document[table].push(row);
  }
  return withoutLists(document);
}

function* eachLine(text: Buffer): Generator<string, void> {
  for (let start = 0; start <= text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    yield text.toString('utf8', start, end);
    start = end + 1;
  }
}
