import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { isMigrated, migrate, NewerSchema } from '../../db/migrate.ts';
import { MIGRATIONS } from '../../db/migrations/index.ts';
import { databaseUrl, query } from '../postgres.ts';

describe('migrate', () => {
  const names: string[] = [];

  async function emptyDatabase(): Promise<string> {
    const name = `portolan_empty_${randomBytes(4).toString('hex')}`;
    await query(inject('admin_url'), `create database ${name}`);
    names.push(name);
    return databaseUrl(inject('admin_url'), name);
  }

  let url: string;
  beforeAll(async () => {
    url = await emptyDatabase();
  });
  afterAll(async () => {
    for (const name of names)
      await query(inject('admin_url'), `drop database ${name} with (force)`);
  });

  it('runs every migration once and nothing the second time', async () => {
    expect(await isMigrated(url)).toBe(false);

    expect(await migrate(url)).toEqual(Object.keys(MIGRATIONS));
    expect(await migrate(url)).toEqual([]);

    expect(await isMigrated(url)).toBe(true);
  });

  it('refuses a schema that a newer version made, and names what is strange to it', async () => {
    const newer = await emptyDatabase();
    await migrate(newer);
    await query(newer, `insert into portolan_migrations values ('9999-later', '2099-01-01')`);

    const error = await migrate(newer).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(NewerSchema);
    expect(String(error)).toContain('9999-later');
  });

  it('lets two starters migrate at once: each step runs in exactly one of them', async () => {
    const shared = await emptyDatabase();

    const results = await Promise.all([migrate(shared), migrate(shared), migrate(shared)]);

    expect(results.flat().sort()).toEqual(Object.keys(MIGRATIONS).sort());
  });

  it('lets two databases of one server migrate at once, though roles are shared', async () => {
    const urls = await Promise.all([emptyDatabase(), emptyDatabase()]);

    await Promise.all(urls.map((each) => migrate(each)));

    expect(await Promise.all(urls.map(isMigrated))).toEqual([true, true]);
  });

  it('needs no superuser: a role that may create roles and owns the database is enough', async () => {
    const role = `portolan_owner_${randomBytes(4).toString('hex')}`;
    await query(
      inject('admin_url'),
      `create role ${role} login createrole nosuperuser password 'plain'`,
    );
    const plain = new URL(await emptyDatabase());
    const name = plain.pathname.slice(1);
    await query(inject('admin_url'), `alter database ${name} owner to ${role}`);
    for (const granted of ['portolan_engine', 'portolan_party']) {
      await query(inject('admin_url'), `grant ${granted} to ${role} with admin option`);
    }
    plain.username = role;
    plain.password = 'plain';

    await migrate(plain.href);

    expect(await isMigrated(plain.href)).toBe(true);
    await query(inject('admin_url'), `drop database ${name} with (force)`);
    names.splice(names.indexOf(name), 1);
    await query(inject('admin_url'), `drop role ${role}`);
  });
});
