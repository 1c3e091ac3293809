import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIT_CHECKS, type AuditFinding, runChecks } from '../../db/audit.ts';
import type { Tx } from '../../db/database.ts';
import { startPortolan } from '../faults/processes.ts';
import { type Harness, startHarness } from '../harness.ts';
import { A_POLICY, DEFECTS, POLICY } from './audit-defects.ts';
import { insertWorld } from './audited-world.ts';

/** Undoes a planted world: thrown to roll the transaction back. */
class Undo extends Error {}

describe('the auditor', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(async () => {
    await harness.close();
  });

  /** Writes the world, plants the defect, audits, and undoes everything. */
  async function auditWith(plant: string): Promise<AuditFinding[]> {
    let findings: AuditFinding[] = [];
    const work = async (tx: Tx) => {
      await insertWorld(tx);
      await sql.raw(plant).execute(tx);
      findings = await runChecks(tx);
      throw new Undo();
    };
    await expect(harness.owner.transaction().execute(work)).rejects.toThrow(Undo);
    return findings;
  }

  it('finds nothing in a sound world', async () => {
    expect(await auditWith('select 1')).toEqual([]);
  });

  it('does not compare the clocks of two machines', async () => {
    const findings = await auditWith(`
      insert into price_sets (price_set_id, network_version, computed_at, stale_at, horizon_until,
        seed, prices, demand)
      select batch_id, 1, decided_at + interval '1 hour', decided_at + interval '2 hours', decided_at,
        1, '[]', '[]' from decision_batches;
      update decision_batches set price_set_id = batch_id;
      ${A_POLICY}
      insert into journal (entity, entity_id, version, type, at, data) values
      ('policy', '${POLICY}', 1, 'policy.moved', now() + interval '1 hour',
        '{"from": "share", "state": "live", "share_percent": null}');
      update policies set moves = 1;
      update decisions set policy_id = '${POLICY}'`);

    expect(findings).toEqual([]);
  });

  it.each(DEFECTS)('%s: finds %s', async (invariant, _defect, plant) => {
    const findings = await auditWith(plant);

    expect(findings.map((finding) => finding.invariant)).toContain(invariant);
    expect(findings.every((finding) => finding.detail.length > 0)).toBe(true);
  });

  it('has a planted defect for every check that it makes', () => {
    const planted = new Set(DEFECTS.map(([invariant]) => invariant));

    expect(AUDIT_CHECKS.map((check) => check.invariant).filter((it) => !planted.has(it))).toEqual(
      [],
    );
  });

  it('is a command that says what it found, with its exit code too', async () => {
    const audit = async () => {
      const command = startPortolan(['audit'], { DATABASE_URL: harness.url });
      const code = await command.ended;
      return { code, said: command.said() };
    };

    expect(await audit()).toMatchObject({ code: 0, said: 'all invariants hold\n' });
    await harness.stock({ quantity: 1 });
    await sql`update stock set on_hand = 2`.execute(harness.owner);
    const found = await audit();
    await sql`update stock set on_hand = 1`.execute(harness.owner);

    expect(found.code).toBe(1);
    expect(found.said).toContain('balances_equal_ledger: stock ');
  });

  it('reads as the engine does, under row-level security, and takes no lock writers wait for', async () => {
    expect(await harness.audit()).toEqual([]);
  });
});
