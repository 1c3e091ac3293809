/**
 * Idempotency keys: who sent which request under which key, and what was answered.
 *
 * A row is claimed (status 0) before the effect and completed after it, each in a transaction of its
 * own. A crash in between leaves the claim: a copy of the request is told that the first one still
 * runs, until the claim is old enough to be taken over; then the effect runs once more, and the
 * natural ids of the steps (order reference, receipt reference, event id, fencing token) make that
 * a repetition without effect. So the two need not share a transaction, and the shared transaction
 * of the door stays shared.
 */
import { sql } from 'kysely';
import type { Tx } from './database.ts';

/** Whose key. */
export interface KeyOwner {
  readonly role: string;
  readonly party_id: string;
  readonly key: string;
}

/** What was stored of the first request. Status 0: it was claimed and not answered. */
export interface StoredAnswer {
  readonly request_hash: Buffer;
  readonly status: number;
  readonly response: unknown;
  readonly created_at: Temporal.Instant;
}

/** Rows that one claim may forget: old ones leave at least as fast as new ones come. */
const FORGET_ROWS = 20;

/**
 * Claims a key for a request: undefined when this request is the first (or takes over from one that
 * began before `stale_before` and never ended), else what is stored. Two copies at once: the second
 * waits for the first claim's commit and then reads it.
 */
export async function claimKey(
  tx: Tx,
  owner: KeyOwner,
  claim: { request_hash: Buffer; now: Temporal.Instant; stale_before: Temporal.Instant },
): Promise<StoredAnswer | undefined> {
  for (;;) {
    const now = claim.now.toString();
    const claimed = await sql`
      insert into idempotency_keys as k
        (role, party_id, key, request_hash, status, response, created_at)
      values
        (${owner.role}, ${owner.party_id}, ${owner.key}, ${claim.request_hash}, 0, 'null', ${now})
      on conflict (role, party_id, key) do update set created_at = excluded.created_at
        where k.status = 0 and k.created_at < ${claim.stale_before.toString()}
          and k.request_hash = excluded.request_hash
      returning 1`.execute(tx);
    if (claimed.rows.length > 0) return undefined;
    const stored = await findAnswer(tx, owner);
    // Missing: it was given back or forgotten since; then the key is free to be claimed.
    if (stored !== undefined) return stored;
  }
}

async function findAnswer(tx: Tx, owner: KeyOwner): Promise<StoredAnswer | undefined> {
  return await tx
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'status', 'response', 'created_at'])
    .where('role', '=', owner.role)
    .where('party_id', '=', owner.party_id)
    .where('key', '=', owner.key)
    .executeTakeFirst();
}

/** Stores the answer of a claimed request. */
export async function saveAnswer(
  tx: Tx,
  owner: KeyOwner,
  answer: { status: number; response: string },
): Promise<void> {
  await tx
    .updateTable('idempotency_keys')
    .set(answer)
    .where('role', '=', owner.role)
    .where('party_id', '=', owner.party_id)
    .where('key', '=', owner.key)
    .where('status', '=', 0)
    .execute();
}

/** Gives a claim back: the request failed without an answer worth keeping, a copy may try. */
export async function releaseKey(tx: Tx, owner: KeyOwner): Promise<void> {
  await tx
    .deleteFrom('idempotency_keys')
    .where('role', '=', owner.role)
    .where('party_id', '=', owner.party_id)
    .where('key', '=', owner.key)
    .where('status', '=', 0)
    .execute();
}

/** Forgets some of the keys that are older than `before`; uses the index on their age. */
export async function forgetOldKeys(tx: Tx, before: Temporal.Instant): Promise<void> {
  await sql`
    delete from idempotency_keys where ctid in (
      select ctid from idempotency_keys where created_at < ${before.toString()}
      order by created_at limit ${FORGET_ROWS} for update skip locked)`.execute(tx);
}
