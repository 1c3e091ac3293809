/**
 * What the network thread does: checks and prints a document, compares it with another, or takes one
 * apart. Runs in a thread of its own (`network-thread.ts`), so it may compute for seconds.
 */
import { parentPort } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { packNetwork } from '../../db/networks.ts';
import type { Fault } from '../domain/errors.ts';
import type { Network } from '../domain/network.ts';
import { type Removed, removedBetween } from '../domain/network-changes.ts';
import { validateNetwork } from '../domain/network-rules.ts';
import { type NetworkFacts, networkFacts } from './network-draft.ts';

/** Asks of the thread. Documents are bytes: JSON, or gzip of JSON as stored. */
export type Task =
  | { readonly kind: 'check'; readonly json: Uint8Array }
  | { readonly kind: 'compare'; readonly before: Uint8Array }
  | { readonly kind: 'open'; readonly packed: Uint8Array }
  | { readonly kind: 'next' };

/** A document that was checked, or all that is wrong with it. */
export type Checked =
  | { readonly packed: Uint8Array; readonly digest: string; readonly facts: NetworkFacts }
  | { readonly faults: readonly Fault[] }
  | { readonly not_json: string };

/** Rows of one table, as the JSON text of an array. */
export interface Piece {
  readonly table: string;
  readonly rows: string;
}

/** Characters of a piece: parsing one takes a few milliseconds. */
const PIECE_CHARACTERS = 300_000;

let document: Network | null = null;
let pieces: Iterator<Piece> | null = null;

async function run(task: Task): Promise<unknown> {
  switch (task.kind) {
    case 'check':
      return await check(Buffer.from(task.json).toString());
    case 'compare':
      return compare(unpack(task.before), document!);
    case 'open':
      return open(unpack(task.packed));
    case 'next':
      return pieces!.next().value ?? null;
  }
}

function unpack(packed: Uint8Array): Network {
  return JSON.parse(gunzipSync(packed).toString()) as Network;
}

async function check(text: string): Promise<Checked> {
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    return { not_json: (error as Error).message };
  }
  if (poisons(value)) return { not_json: 'it holds a key such as __proto__' };
  const checked = validateNetwork(value);
  if ('faults' in checked) return checked;
  document = checked.network;
  const { document: packed, digest } = await packNetwork(document);
  return { packed, digest, facts: networkFacts(document) };
}

function compare(before: Network, after: Network): Removed[] {
  return removedBetween(before, after);
}

/** Keys that would change what an object is, when copied. */
function poisons(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(poisons);
  return Object.entries(value).some(([key, field]) => {
    const isPoison = key === '__proto__' || (key === 'constructor' && hasPrototype(field));
    return isPoison || poisons(field);
  });
}

function hasPrototype(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}

/** Everything but the rows; those follow piece by piece. */
function open(network: Network): Record<string, unknown> {
  pieces = takeApart(network);
  const fields = Object.entries(network);
  return Object.fromEntries(fields.map(([name, value]) => [name, isTable(value) ? [] : value]));
}

function* takeApart(network: Network): Generator<Piece, null> {
  for (const [table, rows] of Object.entries(network)) {
    if (!isTable(rows)) continue;
    let texts: string[] = [];
    let characters = 0;
    for (const row of rows) {
      const text = JSON.stringify(row);
      texts.push(text);
      characters += text.length;
      if (characters < PIECE_CHARACTERS) continue;
      yield { table, rows: `[${texts.join(',')}]` };
      texts = [];
      characters = 0;
    }
    if (texts.length > 0) yield { table, rows: `[${texts.join(',')}]` };
  }
  return null;
}

function isTable(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

parentPort?.on('message', (task: Task) => {
  run(task).then(
    (answer) => parentPort!.postMessage({ answer }),
    (error: unknown) => parentPort!.postMessage({ error: String((error as Error).stack ?? error) }),
  );
});
