/**
 * Applies a network document: checked whole, stored as a new immutable version, taken over by every
 * process within a second. A version that would orphan open work is refused with the reasons.
 */
import { inTransaction, type Tx } from '../../db/database.ts';
import { appendEvents } from '../../db/journal.ts';
import {
  findCurrentNetwork,
  findNetworkDocument,
  insertNetwork,
  listNeeds,
  lockNetworks,
  type Need,
  packNetwork,
} from '../../db/networks.ts';
import { type Fault, Refusal } from '../domain/errors.ts';
import type { Network } from '../domain/network.ts';
import { removedBetween } from '../domain/network-changes.ts';
import { MAX_FAULTS } from '../domain/network-faults.ts';
import { validateNetwork } from '../domain/network-rules.ts';
import type { Services } from '../runtime/services.ts';
import type { NetworkSource } from './engine.ts';
import { isRefreshable } from './network-source.ts';

/** A document to apply, as it came; `applied_by` says who, as `role:party_id`. */
export interface ApplyNetwork {
  readonly document: unknown;
  readonly applied_by: string;
  readonly request_id?: string | undefined;
}

export interface AppliedNetwork {
  readonly version: number;
  readonly digest: string;
  /** False when the current version is this very document: nothing was written. */
  readonly changed: boolean;
  /** What is allowed but looks like a mistake, such as a live key of a party that is gone. */
  readonly warnings: readonly string[];
}

/** What applying needs; a command line has no network source to wake. */
export type NetworkApplier = Pick<Services, 'database' | 'clock'> & {
  readonly networks?: NetworkSource;
};

/**
 * Applies `command.document`. Concurrent calls get consecutive versions.
 *
 * @throws Refusal `invalid_network` with every fault, or `network_orphans_work` with every reason.
 */
export async function applyNetwork(
  engine: NetworkApplier,
  command: ApplyNetwork,
): Promise<AppliedNetwork> {
  const checked = validateNetwork(command.document);
  if ('faults' in checked) {
    const { faults } = checked;
    const detail = `the network has ${faults.length === 1 ? 'a fault' : 'faults'}; nothing was applied`;
    throw new Refusal('invalid_network', detail, faults);
  }
  const { network } = checked;
  const packed = await packNetwork(network);
  const applied = await inTransaction(engine.database, async (tx) => {
    await lockNetworks(tx);
    const current = await findCurrentNetwork(tx);
    if (current?.digest === packed.digest) {
      return { version: current.version, digest: packed.digest, changed: false, warnings: [] };
    }
    const warnings = current === null ? [] : await refuseOrphans(tx, engine, current, network);
    const version = (current?.version ?? 0) + 1;
    const { applied_by } = command;
    const applied_at = engine.clock.now();
    await insertNetwork(tx, { ...packed, version, applied_at, applied_by });
    await appendEvents(tx, [appliedEvent(network, { ...command, version, applied_at, packed })]);
    return { version, digest: packed.digest, changed: true, warnings };
  });
  if (applied.changed && isRefreshable(engine.networks)) engine.networks.refresh();
  return applied;
}

function appliedEvent(
  network: Network,
  applied: Omit<ApplyNetwork, 'document'> & {
    version: number;
    applied_at: Temporal.Instant;
    packed: { digest: string };
  },
) {
  const rows = Object.entries(network).filter(([, value]) => Array.isArray(value));
  return {
    entity: 'network',
    entity_id: 'network',
    version: applied.version,
    type: 'network.applied',
    at: applied.applied_at,
    request_id: applied.request_id ?? null,
    data: {
      digest: applied.packed.digest,
      applied_by: applied.applied_by,
      rows: Object.fromEntries(rows.map(([table, list]) => [table, (list as unknown[]).length])),
    },
  };
}

/** Refuses a version that takes away what open work needs; returns what is only suspicious. */
async function refuseOrphans(
  tx: Tx,
  engine: NetworkApplier,
  current: { version: number },
  after: Network,
): Promise<string[]> {
  const before = await findNetworkDocument(tx, current.version);
  if (before === null) throw new Error(`network version ${current.version} has no document`);
  const removed = removedBetween(before, after);
  const now = engine.clock.now();
  const needs = await listNeeds(tx, { removed, now, limit: MAX_FAULTS });
  const isWarning = (need: Need) => need.needed_by === 'live API keys';
  const faults = needs.filter((need) => !isWarning(need)).map((need) => orphanFault(need, after));
  if (faults.length > 0) {
    const detail = 'open work needs what the new network takes away; nothing was applied';
    throw new Refusal('network_orphans_work', detail, faults);
  }
  return needs.filter(isWarning).map((need) => {
    return `/${need.kind}: ${need.id} is missing, and ${need.count} live API keys are its own`;
  });
}

function orphanFault(need: Need, after: Network): Fault {
  const who = `${need.count} ${need.needed_by}`;
  if (need.kind === 'currency') {
    return { pointer: '/currency', detail: `got ${after.currency}, but ${who} are in ${need.id}` };
  }
  if (need.kind === 'sku_sellers') {
    const index = after.skus.findIndex((sku) => sku.id === need.id);
    const detail = `got ${after.skus[index]?.seller_id}, but ${who} of ${need.id} are another seller's`;
    return { pointer: `/skus/${index}/seller_id`, detail };
  }
  return { pointer: `/${need.kind}`, detail: `${need.id} is missing, and ${who} still need it` };
}
