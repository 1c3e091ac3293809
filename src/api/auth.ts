/**
 * Who is asking: `Authorization: Bearer ptl_<prefix>_<secret>`. A key that was seen is remembered
 * for a second, by its hash, so that the hot path asks the database once a second per key and a
 * revoked key stops working everywhere within that time.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import { findValidKey } from '../../db/api-keys.ts';
import { inTransaction, type PartyIdentity } from '../../db/database.ts';
import { Refusal } from '../domain/errors.ts';
import { hashKey, ROLE_SCOPES, type Role, type Scope } from '../fulfillment/create-key.ts';
import type { Engine } from '../fulfillment/engine.ts';

/** The party behind a request, as row-level security and the steps need it. */
export interface Caller extends PartyIdentity {
  readonly role: Role;
  readonly party_id: string;
  readonly key_id: string;
  readonly scopes: ReadonlySet<string>;
}

export interface KeyRing {
  /** The caller of a request by its `Authorization` header; null when the key is not valid. */
  find(authorization: string | undefined): Caller | null | Promise<Caller | null>;
  /** Forgets what is remembered of every key: after a revocation in this process. */
  forget(): void;
}

const REMEMBER_MS = 1000;
const MAX_REMEMBERED = 10_000;
const KEY = /^Bearer +(ptl_([0-9a-f]{12})_[A-Za-z0-9_-]{43})$/i;

interface Memory {
  readonly caller: Caller | null;
  readonly until: number;
}

/** Opens a key ring on the engine's database. */
export function keyRing(engine: Engine): KeyRing {
  // The age of a memory is this machine's business: it follows the process's own monotonic clock,
  // not the injected one.
  // Strangers are remembered apart: however many knock, they do not crowd out the known.
  const known = new Map<string, Memory>();
  const strangers = new Map<string, Memory>();
  const asking = new Map<string, Promise<Caller | null>>();

  const ask = async (digest: string, key: string, prefix: string) => {
    try {
      const caller = await findCaller(engine, key, prefix);
      const memories = caller === null ? strangers : known;
      if (memories.size >= MAX_REMEMBERED) memories.clear();
      memories.set(digest, { caller, until: performance.now() + REMEMBER_MS });
      return caller;
    } finally {
      asking.delete(digest);
    }
  };
  return {
    find: (authorization) => {
      const [, key, prefix] = KEY.exec(authorization ?? '') ?? [];
      if (key === undefined || prefix === undefined) return null;
      const digest = hash('sha256', key);
      const memory = known.get(digest) ?? strangers.get(digest);
      if (memory !== undefined && memory.until > performance.now()) return memory.caller;
      const pending = asking.get(digest) ?? ask(digest, key, prefix);
      if (!asking.has(digest)) asking.set(digest, pending);
      return pending;
    },
    forget: () => known.clear(),
  };
}

async function findCaller(engine: Engine, key: string, prefix: string): Promise<Caller | null> {
  const row = await inTransaction(engine.database, (tx) => findValidKey(tx, prefix));
  if (row === undefined || !timingSafeEqual(row.secret_hash, hashKey(key))) return null;
  const { key_id, party_id } = row;
  return { key_id, party_id, role: row.role as Role, scopes: new Set(row.scopes) };
}

/** Throws unless the caller may use an interface that needs `scope`. */
export function requireScope(caller: Caller | null, scope: Scope): asserts caller is Caller {
  if (caller === null) {
    throw new Refusal('invalid_key', 'expected the header authorization: Bearer ptl_…');
  }
  if (caller.scopes.has(scope)) return;
  const ofRole: readonly Scope[] = ROLE_SCOPES[caller.role];
  if (ofRole.includes(scope)) throw new Refusal('missing_scope', `this needs the scope ${scope}`);
  throw new Refusal('forbidden_role', `a key of the role ${caller.role} cannot have ${scope}`);
}
