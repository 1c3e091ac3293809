/** Policies: versions that are never changed, only moved from state to state. */
import { sql } from 'kysely';
import type { PolicyRules, PolicyState } from '../src/domain/policy.ts';
import type { Tx } from './database.ts';
import { insertRows } from './rows.ts';

/** A policy as stored. */
export interface PolicyRow {
  readonly policy_id: string;
  readonly name: string;
  readonly version: number;
  /** Whose orders it is for; null = all platforms that have none of their own. */
  readonly platform_id: string | null;
  readonly rules: PolicyRules;
  readonly note: string | null;
  readonly state: PolicyState;
  readonly share_percent: number | null;
  /** Version of its newest journal event. */
  readonly moves: number;
  readonly created_by: string;
  readonly created_at: Temporal.Instant;
  readonly moved_at: Temporal.Instant;
}

/**
 * Takes the lock under which policies are made and moved, until the transaction ends: two moves at
 * once follow one another, and the second sees what the first did.
 */
export async function lockPolicies(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('portolan.policies', 0))`.execute(tx);
}

/** The number of the next version of a name; the caller holds `lockPolicies`. */
export async function nextPolicyVersion(tx: Tx, name: string): Promise<number> {
  const newest = await tx
    .selectFrom('policies')
    .select(({ fn }) => fn.max('version').as('version'))
    .where('name', '=', name)
    .executeTakeFirst();
  return (newest?.version ?? 0) + 1;
}

/** Stores a new version. */
export async function insertPolicy(tx: Tx, policy: PolicyRow): Promise<void> {
  await insertRows(tx, 'policies', [policy]);
}

/** Finds one policy, as far as the reader may see it. */
export async function findPolicy(tx: Tx, policy_id: string): Promise<PolicyRow | null> {
  const row = await tx
    .selectFrom('policies')
    .selectAll()
    .where('policy_id', '=', policy_id)
    .executeTakeFirst();
  return (row as PolicyRow | undefined) ?? null;
}

/** Lists policies, newest first, at most `limit`, from the one before `before` on. */
export async function listPolicies(
  tx: Tx,
  page: { readonly state?: PolicyState; readonly before: string | null; readonly limit: number },
): Promise<PolicyRow[]> {
  let query = tx.selectFrom('policies').selectAll().orderBy('policy_id', 'desc').limit(page.limit);
  if (page.before !== null) query = query.where('policy_id', '<', page.before);
  if (page.state !== undefined) query = query.where('state', '=', page.state);
  return (await query.execute()) as unknown as PolicyRow[];
}

/** Lists the policies that are in shadow, have a share, or are live. Reads one small partial index. */
export async function listPoliciesInForce(tx: Tx): Promise<PolicyRow[]> {
  const rows = await tx
    .selectFrom('policies')
    .selectAll()
    .where('state', 'in', ['shadow', 'share', 'live'])
    .orderBy('policy_id')
    .execute();
  return rows as unknown as PolicyRow[];
}

/** Where a policy is moved to. */
export interface PolicyMove {
  readonly policy_id: string;
  readonly state: PolicyState;
  readonly share_percent: number | null;
  readonly moves: number;
  readonly moved_at: Temporal.Instant;
}

/** Moves one policy; the caller holds `lockPolicies` and has seen that the move is legal. */
export async function savePolicyMove(tx: Tx, move: PolicyMove): Promise<void> {
  const { policy_id, state, share_percent, moves, moved_at } = move;
  await tx
    .updateTable('policies')
    .set({ state, share_percent, moves, moved_at: moved_at.toString() })
    .where('policy_id', '=', policy_id)
    .execute();
}
