/** KEYS: makes API keys for parties and withdraws them. Only the hash of a key is stored. */
import { createHash, randomBytes } from 'node:crypto';
import { findKey, insertKey, markKeyRevoked } from '../../db/api-keys.ts';
import { inTransaction } from '../../db/database.ts';
import { appendEvents } from '../../db/journal.ts';
import { Refusal } from '../domain/errors.ts';
import type { Engine } from './engine.ts';
import { networkNow } from './stock-faults.ts';

/** What each kind of party may do. A key carries all scopes of its role, or some of them. */
export const ROLE_SCOPES = {
  platform: ['promises:quote', 'orders:write', 'orders:read', 'orders:cancel'],
  seller: ['inbound:announce', 'stock:read'],
  warehouse: [
    'inbound:announce',
    'inbound:receive',
    'stock:read',
    'stock:write',
    'work:read',
    'events:write',
  ],
  carrier: ['assignments:read', 'assignments:answer', 'tracking:write'],
  operator: [
    'network:read',
    'network:write',
    'policies:read',
    'policies:write',
    'keys:read',
    'keys:write',
    'orders:read',
    'orders:cancel',
    'stock:read',
    'reports:read',
    'exceptions:read',
    'exceptions:write',
    'live:read',
  ],
} as const;

export type Role = keyof typeof ROLE_SCOPES;
export type Scope = (typeof ROLE_SCOPES)[Role][number];

/** An operator sees every party: its party id is this. */
export const EVERY_PARTY = '*';

export interface CreateKey {
  readonly role: Role;
  /** The party as the network calls it; `*` for an operator and nobody else. */
  readonly party_id: string;
  /** A part of the role's scopes; all of them when absent. */
  readonly scopes?: readonly Scope[] | undefined;
  readonly label?: string | undefined;
  readonly request_id?: string | undefined;
}

/** The only time that the key itself is seen. */
export interface CreatedKey {
  readonly key: string;
  readonly key_id: string;
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly created_at: Temporal.Instant;
}

/** The hash under which a key is stored and found. */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/**
 * Makes a key: `ptl_<prefix>_<secret>`, 256 random bits of secret. An operator's can be made before
 * there is a network; every other party must be one of the network's.
 *
 * @throws Refusal `invalid_request`, `network_missing` or `unknown_reference`.
 */
export async function createKey(engine: Engine, command: CreateKey): Promise<CreatedKey> {
  const scopes = scopesOf(command);
  await refuseStranger(engine, command);
  const prefix = randomBytes(6).toString('hex');
  const key = `ptl_${prefix}_${randomBytes(32).toString('base64url')}`;
  const key_id = engine.newId();
  const created_at = engine.clock.now();
  const { role, party_id } = command;
  const stored = { key_id, prefix, role, party_id, scopes: [...scopes], created_at };
  await inTransaction(engine.database, async (tx) => {
    await insertKey(tx, { ...stored, secret_hash: hashKey(key), label: command.label ?? null });
    await appendEvents(tx, [
      {
        entity: 'key',
        entity_id: key_id,
        version: 1,
        type: 'key.created',
        at: created_at,
        data: { role, party_id, prefix },
        request_id: command.request_id ?? null,
      },
    ]);
  });
  return { key, key_id, prefix, scopes, created_at };
}

function scopesOf({ role, party_id, scopes }: CreateKey): readonly Scope[] {
  if ((role === 'operator') !== (party_id === EVERY_PARTY)) {
    const detail = `got ${party_id} for the role ${role}, expected * for an operator only`;
    throw new Refusal('invalid_request', detail, [{ pointer: '/party_id', detail }]);
  }
  const allowed: readonly Scope[] = ROLE_SCOPES[role];
  const foreign = scopes?.findIndex((scope) => !allowed.includes(scope)) ?? -1;
  if (scopes !== undefined && foreign >= 0) {
    const detail = `got ${scopes[foreign]}, expected one of ${allowed.join(', ')}`;
    throw new Refusal('invalid_request', detail, [{ pointer: `/scopes/${foreign}`, detail }]);
  }
  return scopes ?? allowed;
}

/** Where the network lists the parties of a role; operators are not of the network. */
const TABLES = {
  platform: 'platforms',
  seller: 'sellers',
  warehouse: 'warehouses',
  carrier: 'carriers',
} as const;

/** A misspelt party would get a key that opens nothing, and nobody would know why. */
async function refuseStranger(engine: Engine, { role, party_id }: CreateKey): Promise<void> {
  if (role === 'operator') return;
  const { document } = await networkNow(engine);
  if (document[TABLES[role]].some((party) => party.id === party_id)) return;
  const detail = `got ${JSON.stringify(party_id)}, expected a ${role} of the network`;
  throw new Refusal('unknown_reference', detail, [{ pointer: '/party_id', detail }]);
}

/** Withdraws a key for good; doing it again changes nothing. */
export async function revokeKey(
  engine: Engine,
  command: { readonly key_id: string; readonly request_id: string },
): Promise<void> {
  const at = engine.clock.now();
  await inTransaction(engine.database, async (tx) => {
    const key = await findKey(tx, command.key_id);
    if (key === undefined) throw new Refusal('not_found', 'there is no such key');
    const isRevoked = await markKeyRevoked(tx, command.key_id, at);
    if (!isRevoked) return;
    await appendEvents(tx, [
      {
        entity: 'key',
        entity_id: command.key_id,
        version: 2,
        type: 'key.revoked',
        at,
        data: { role: key.role, party_id: key.party_id, prefix: key.prefix },
        request_id: command.request_id,
      },
    ]);
  });
}
