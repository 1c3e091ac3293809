/**
 * Applies a network document: checked whole, stored as a new immutable version, taken over by every
 * process within a second. A version that would orphan open work is refused with the reasons.
 */
import { inTransaction, type Tx } from '../../db/database.ts';
import { appendEvents } from '../../db/journal.ts';
import {
  findCurrentNetwork,
  findPackedNetwork,
  insertNetwork,
  listNeeds,
  lockNetworks,
  type Need,
} from '../../db/networks.ts';
import { type Fault, Refusal } from '../domain/errors.ts';
import type { Removed } from '../domain/network-changes.ts';
import { MAX_FAULTS } from '../domain/network-faults.ts';
import type { Services } from '../runtime/services.ts';
import type { NetworkSource } from './engine.ts';
import { draftOf, draftOfText, type NetworkDraft } from './network-draft.ts';

/** Who applies, as `role:party_id`, and what: a document, or the JSON text of a large one. */
export type ApplyNetwork = {
  readonly applied_by: string;
  readonly request_id?: string | undefined;
} & ({ readonly document: unknown } | { readonly json: Uint8Array });

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
 * Applies `command.document`, or what `command.json` says, which is checked in a thread of its own.
 * Concurrent calls get consecutive versions.
 *
 * @throws Refusal `invalid_network` with every fault, `network_orphans_work` with every reason, or
 * `invalid_json`.
 */
export async function applyNetwork(
  engine: NetworkApplier,
  command: ApplyNetwork,
): Promise<AppliedNetwork> {
  const draft = await ('json' in command ? draftOfText(command.json) : draftOf(command.document));
  try {
    for (;;) {
      const compared = await compareWithCurrent(engine, draft);
      const applied = await inTransaction(engine.database, (tx) =>
        applyDraft(tx, engine, { draft, compared, command }),
      );
      if (applied === 'overtaken') continue;
      if (applied.changed) engine.networks?.refresh();
      return applied;
    }
  } finally {
    draft.close();
  }
}

/** A version that the draft was compared with, and what it takes away from that. */
interface Compared {
  readonly version: number | null;
  readonly removed: readonly Removed[];
}

/** Compared before any lock is taken: deciding waits for whoever holds the networks' lock. */
async function compareWithCurrent(engine: NetworkApplier, draft: NetworkDraft): Promise<Compared> {
  const before = await inTransaction(engine.database, async (tx) => {
    const current = await findCurrentNetwork(tx);
    if (current === null || current.digest === draft.packed.digest) return null;
    const packed = await findPackedNetwork(tx, current.version);
    if (packed === null) throw new Error(`network version ${current.version} has no document`);
    return { version: current.version, packed };
  });
  if (before === null) return { version: null, removed: [] };
  return { version: before.version, removed: await draft.removedFrom(before.packed) };
}

async function applyDraft(
  tx: Tx,
  engine: NetworkApplier,
  given: { draft: NetworkDraft; compared: Compared; command: ApplyNetwork },
): Promise<AppliedNetwork | 'overtaken'> {
  const { draft, compared, command } = given;
  const { packed } = draft;
  await lockNetworks(tx);
  const current = await findCurrentNetwork(tx);
  if (current?.digest === packed.digest) {
    return { version: current.version, digest: packed.digest, changed: false, warnings: [] };
  }
  if ((current?.version ?? null) !== compared.version) return 'overtaken';
  const warnings = await refuseOrphans(tx, engine, compared.removed, draft);
  const version = (current?.version ?? 0) + 1;
  const { applied_by } = command;
  const applied_at = engine.clock.now();
  await insertNetwork(tx, { ...packed, version, applied_at, applied_by });
  await appendEvents(tx, [appliedEvent(draft, command, { version, applied_at })]);
  return { version, digest: packed.digest, changed: true, warnings };
}

function appliedEvent(
  { packed, facts }: NetworkDraft,
  { applied_by, request_id }: ApplyNetwork,
  { version, applied_at }: { version: number; applied_at: Temporal.Instant },
) {
  return {
    entity: 'network',
    entity_id: 'network',
    version,
    type: 'network.applied',
    at: applied_at,
    request_id: request_id ?? null,
    data: { digest: packed.digest, applied_by, rows: facts.rows },
  };
}

/** Refuses a version that takes away what open work needs; returns what is only suspicious. */
async function refuseOrphans(
  tx: Tx,
  engine: NetworkApplier,
  removed: readonly Removed[],
  { facts }: NetworkDraft,
): Promise<string[]> {
  const now = engine.clock.now();
  const needs = await listNeeds(tx, { removed, now, limit: MAX_FAULTS });
  const isWarning = (need: Need) => need.needed_by === 'live API keys';
  const faults = needs
    .filter((need) => !isWarning(need))
    .map((need) => orphanFault(need, removed, facts.currency));
  if (faults.length > 0) {
    const detail = 'open work needs what the new network takes away; nothing was applied';
    throw new Refusal('network_orphans_work', detail, faults);
  }
  return needs.filter(isWarning).map((need) => {
    return `/${need.kind}: ${need.id} is missing, and ${need.count} live API keys are its own`;
  });
}

function orphanFault(need: Need, removed: readonly Removed[], currency: string): Fault {
  const who = `${need.count} ${need.needed_by}`;
  if (need.kind === 'currency') {
    return { pointer: '/currency', detail: `got ${currency}, but ${who} are in ${need.id}` };
  }
  if (need.kind === 'sku_sellers') {
    const { now } = removed.find(({ kind, id }) => kind === 'sku_sellers' && id === need.id)!;
    const detail = `got ${now!.seller_id}, but ${who} of ${need.id} are another seller's`;
    return { pointer: `/skus/${now!.index}/seller_id`, detail };
  }
  return { pointer: `/${need.kind}`, detail: `${need.id} is missing, and ${who} still need it` };
}
