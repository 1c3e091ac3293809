/**
 * A network on its way to be applied: checked, printed, and able to say what it takes away. Small
 * documents are worked on here and now, large ones in a thread of their own.
 */
import { type PackedNetwork, packNetwork, unpackNetwork } from '../../db/network-document.ts';
import { type Fault, Refusal } from '../domain/errors.ts';
import type { Network } from '../domain/network.ts';
import { type Removed, removedBetween } from '../domain/network-changes.ts';
import { validateNetwork } from '../domain/network-rules.ts';
import { openNetworkDraftThread } from './network-draft-thread.ts';

/** What is said of a document where the document itself is too much. */
export interface NetworkFacts {
  readonly currency: string;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
}

/** A sound document. */
export interface NetworkDraft {
  readonly packed: PackedNetwork;
  readonly facts: NetworkFacts;
  /** What it takes away from a stored document. */
  removedFrom(before: Buffer): Promise<Removed[]>;
  close(): void;
}

/** Makes a draft of a document in memory. Throws Refusal `invalid_network` with every fault. */
export async function draftOf(document: unknown): Promise<NetworkDraft> {
  const checked = validateNetwork(document);
  if ('faults' in checked) refuse(checked.faults);
  const { network } = checked;
  return {
    packed: await packNetwork(network),
    facts: networkFacts(network),
    removedFrom: async (before) => removedBetween(await unpackNetwork(before), network),
    close: () => {},
  };
}

/**
 * Makes a draft of a document's JSON text, in a thread: the caller's event loop goes on. Throws
 * Refusal `invalid_json`, or `invalid_network` with every fault.
 */
export async function draftOfText(json: Uint8Array): Promise<NetworkDraft> {
  const thread = openNetworkDraftThread();
  try {
    const checked = await thread.check(json);
    if ('not_json' in checked) {
      throw new Refusal('invalid_json', `the body is not valid JSON: ${checked.not_json}`);
    }
    if ('faults' in checked) refuse(checked.faults);
    const { packed, digest, facts } = checked;
    return {
      packed: { document: Buffer.from(packed), digest },
      facts,
      removedFrom: (before) => thread.removedFrom(before),
      close: () => thread.close(),
    };
  } catch (error) {
    thread.close();
    throw error;
  }
}

/** Counts a document's rows. */
export function networkFacts(network: Network): NetworkFacts {
  const tables = Object.entries(network).filter(([, value]) => Array.isArray(value));
  const rows = tables.map(([table, list]) => [table, (list as readonly unknown[]).length]);
  return { currency: network.currency, rows: Object.fromEntries(rows) };
}

function refuse(faults: readonly Fault[]): never {
  const detail = `the network has ${faults.length === 1 ? 'a fault' : 'faults'}; nothing was applied`;
  throw new Refusal('invalid_network', detail, faults);
}
