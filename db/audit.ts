/**
 * The auditor: checks the invariants of docs/guarantees.md on live data. Reads only, takes no lock
 * that writers wait for, and sees one snapshot, so it can run at any time beside the engine. Each
 * check is one set-based query; the cost is a few scans of each table.
 */
import { sql } from 'kysely';
import type { AuditCheck } from './audit/check.ts';
import { JOURNAL_CHECKS } from './audit/journal.ts';
import { ORDER_CHECKS } from './audit/orders.ts';
import { ORPHAN_CHECKS } from './audit/orphans.ts';
import { POLICY_CHECKS } from './audit/policies.ts';
import { ROUTE_CHECKS } from './audit/routes.ts';
import { SHARE_CHECKS } from './audit/shares.ts';
import { SHIPMENT_CHECKS } from './audit/shipments.ts';
import { STOCK_CHECKS } from './audit/stock.ts';
import { TENANCY_CHECKS } from './audit/tenancy.ts';
import { TRANSIT_CHECKS } from './audit/transit.ts';
import type { Database, Tx } from './database.ts';

/** One broken invariant: which, and where. */
export interface AuditFinding {
  readonly invariant: string;
  readonly detail: string;
}

/** Every invariant that the auditor knows, in the order it checks them. */
export const AUDIT_CHECKS: readonly AuditCheck[] = [
  ...STOCK_CHECKS,
  ...ORDER_CHECKS,
  ...SHIPMENT_CHECKS,
  ...ORPHAN_CHECKS,
  ...JOURNAL_CHECKS,
  ...TENANCY_CHECKS,
  ...TRANSIT_CHECKS,
  ...POLICY_CHECKS,
  ...SHARE_CHECKS,
  ...ROUTE_CHECKS,
];

/** Findings listed per invariant; one broken rule must not bury the others. */
const MOST_PER_CHECK = 20;

/** Runs every check in one repeatable-read snapshot; an empty list means all hold. */
export async function runAudit(database: Database): Promise<AuditFinding[]> {
  return await database.engine
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      await sql`set local statement_timeout = 0`.execute(tx);
      return await runChecks(tx);
    });
}

/** Runs every check in the caller's transaction. */
export async function runChecks(tx: Tx): Promise<AuditFinding[]> {
  const findings: AuditFinding[] = [];
  for (const { invariant, find } of AUDIT_CHECKS) {
    const found = await sql<{ detail: string }>`
      select detail from (${find}) found limit ${MOST_PER_CHECK}`.execute(tx);
    for (const { detail } of found.rows) findings.push({ invariant, detail });
  }
  return findings;
}
