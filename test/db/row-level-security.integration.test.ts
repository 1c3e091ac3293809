import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asParty, type PartyIdentity } from '../../db/database.ts';
import { type Harness, startHarness } from '../harness.ts';
import { insertWorld } from './audited-world.ts';

/** What each party of the world may see, by table; tables that are not named show nothing. */
const SEES: readonly (readonly [PartyIdentity, Record<string, number>])[] = [
  [
    { role: 'platform', party_id: 'shop' },
    {
      orders: 1,
      order_lines: 1,
      decisions: 1,
      shipments: 1,
      reservations: 1,
      quotes: 1,
      idempotency_keys: 1,
      milestones: 7,
    },
  ],
  [
    { role: 'warehouse', party_id: 'rotterdam' },
    { stock: 1, stock_ledger: 3, shipments: 1, reservations: 1, milestones: 7 },
  ],
  [
    { role: 'carrier', party_id: 'swift' },
    { shipments: 1, reservations: 1, assignments: 1, milestones: 7 },
  ],
  [
    { role: 'seller', party_id: 'acme' },
    { stock: 1, stock_ledger: 3 },
  ],
];

const STRANGERS: readonly PartyIdentity[] = [
  { role: 'platform', party_id: 'market' },
  { role: 'warehouse', party_id: 'lisbon' },
  { role: 'carrier', party_id: 'polder' },
  { role: 'seller', party_id: 'globex' },
  // A name alone is nothing: the role has to fit too.
  { role: 'carrier', party_id: 'shop' },
  { role: 'platform', party_id: '*' },
  { role: '', party_id: '' },
];

describe('row-level security', () => {
  let harness: Harness;
  let relations: string[];
  beforeAll(async () => {
    harness = await startHarness();
    await harness.owner.transaction().execute(insertWorld);
    const found = await sql<{ name: string }>`
      select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind in ('r', 'v') and c.relname not like 'portolan%'
      order by 1`.execute(harness.owner);
    relations = found.rows.map((row) => row.name);
  });
  afterAll(async () => {
    await harness.close();
  });

  /** Rows of each table that `who` sees, tables without any left out. */
  async function seenBy(who: PartyIdentity | null): Promise<Record<string, number>> {
    const work = async (tx: Parameters<Parameters<typeof asParty>[2]>[0]) => {
      const seen: Record<string, number> = {};
      for (const relation of relations) {
        const rows = await sql<{ count: number }>`
          select count(*) as count from ${sql.table(relation)}`.execute(tx);
        if (rows.rows[0]!.count > 0) seen[relation] = rows.rows[0]!.count;
      }
      return seen;
    };
    if (who !== null) return await asParty(harness.database, who, work);
    return await harness.database.party.transaction().execute(work);
  }

  it('is forced on every table, with a policy that reads and one that writes', async () => {
    const tables = await sql<{ name: string; forced: boolean; policies: number }>`
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
        (select count(*) from pg_policy p where p.polrelid = c.oid and p.polqual is not null
          and p.polwithcheck is not null) as policies
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind = 'r' and c.relname not like 'portolan%'
      order by 1`.execute(harness.owner);

    expect(tables.rows.length).toBeGreaterThan(15);
    expect(tables.rows.filter((table) => !table.forced || table.policies < 3)).toEqual([]);
  });

  it('shows nothing at all where nobody said who asks', async () => {
    expect(await seenBy(null)).toEqual({});
  });

  it.each(SEES)('shows $role $party_id its own rows and no others', async (who, expected) => {
    expect(await seenBy(who)).toEqual(expected);
  });

  it.each(STRANGERS)('shows nothing to $role "$party_id", who has no part in it', async (who) => {
    expect(await seenBy(who)).toEqual({});
  });

  it('shows an operator everything', async () => {
    const seen = await seenBy({ role: 'operator', party_id: '*' });

    expect(seen).toMatchObject({ orders: 1, stock: 1, journal: 4, assignments: 1, networks: 1 });
  });

  it('forgets who asked when the transaction ends', async () => {
    await asParty(harness.database, { role: 'operator', party_id: '*' }, async (tx) => tx);

    expect(await seenBy(null)).toEqual({});
  });

  it('lets no party write, whatever it may see', async () => {
    const operator = { role: 'operator', party_id: '*' };
    const write = asParty(harness.database, operator, (tx) =>
      sql`update orders set state = 'cancelled'`.execute(tx),
    );

    await expect(write).rejects.toMatchObject({ code: '42501' });
  });
});
