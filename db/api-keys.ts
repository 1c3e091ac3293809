/** API keys. The key itself is never stored: only its SHA-256 and a prefix that may be shown. */
import type { Tx } from './database.ts';

export interface NewKey {
  readonly key_id: string;
  readonly prefix: string;
  readonly secret_hash: Buffer;
  readonly role: string;
  readonly party_id: string;
  readonly scopes: string[];
  readonly label: string | null;
  readonly created_at: Temporal.Instant;
}

/** A key as an operator sees it. */
export interface KeyRow {
  readonly key_id: string;
  readonly prefix: string;
  readonly role: string;
  readonly party_id: string;
  readonly scopes: string[];
  readonly label: string | null;
  readonly created_at: Temporal.Instant;
  readonly revoked_at: Temporal.Instant | null;
}

const SHOWN = [
  'key_id',
  'prefix',
  'role',
  'party_id',
  'scopes',
  'label',
  'created_at',
  'revoked_at',
] as const;

/** Stores a new key. */
export async function insertKey(tx: Tx, key: NewKey): Promise<void> {
  const created_at = key.created_at.toString();
  await tx
    .insertInto('api_keys')
    .values({ ...key, created_at })
    .execute();
}

/** Everything one request's admission needs, by the unique prefix, while the key is valid. */
export async function findValidKey(
  tx: Tx,
  prefix: string,
): Promise<
  (Pick<KeyRow, 'key_id' | 'role' | 'party_id' | 'scopes'> & { secret_hash: Buffer }) | undefined
> {
  return await tx
    .selectFrom('api_keys')
    .select(['key_id', 'role', 'party_id', 'scopes', 'secret_hash'])
    .where('prefix', '=', prefix)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
}

/** One key, revoked or not. */
export async function findKey(tx: Tx, key_id: string): Promise<KeyRow | undefined> {
  return await tx
    .selectFrom('api_keys')
    .select(SHOWN)
    .where('key_id', '=', key_id)
    .executeTakeFirst();
}

/** Keys, newest first (ids ascend with time), from below `before`. */
export async function listKeys(
  tx: Tx,
  page: { before: string | null; limit: number },
): Promise<KeyRow[]> {
  return await tx
    .selectFrom('api_keys')
    .select(SHOWN)
    .$if(page.before !== null, (query) => query.where('key_id', '<', page.before))
    .orderBy('key_id', 'desc')
    .limit(page.limit)
    .execute();
}

/** Revokes a key; false when it was revoked before. */
export async function markKeyRevoked(
  tx: Tx,
  key_id: string,
  at: Temporal.Instant,
): Promise<boolean> {
  const changed = await tx
    .updateTable('api_keys')
    .set({ revoked_at: at.toString() })
    .where('key_id', '=', key_id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}
