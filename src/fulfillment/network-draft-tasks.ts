/**
 * What the thread of a large draft does: checks and prints a document, and compares it with another.
 * Runs in a thread of its own (`network-draft-thread.ts`), so it may compute for seconds.
 */
import { packNetwork, unpackNetwork } from '../../db/network-document.ts';
import type { Fault } from '../domain/errors.ts';
import type { Network } from '../domain/network.ts';
import { removedBetween } from '../domain/network-changes.ts';
import { validateNetwork } from '../domain/network-rules.ts';
import { type NetworkFacts, networkFacts } from './network-draft.ts';
import { answerTasks } from './task-thread.ts';

/** Asks of the thread. Documents are bytes: JSON, or as stored. */
export type Task =
  | { readonly kind: 'check'; readonly json: Uint8Array }
  | { readonly kind: 'compare'; readonly before: Uint8Array };

/** A document that was checked, or all that is wrong with it. */
export type Checked =
  | { readonly packed: Uint8Array; readonly digest: string; readonly facts: NetworkFacts }
  | { readonly faults: readonly Fault[] }
  | { readonly not_json: string };

let document: Network | null = null;

async function run(task: Task): Promise<unknown> {
  switch (task.kind) {
    case 'check':
      return await check(Buffer.from(task.json).toString());
    case 'compare':
      return removedBetween(await unpackNetwork(task.before), document!);
  }
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

answerTasks<Task>(run);
