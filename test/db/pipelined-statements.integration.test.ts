/**
 * Statements that are sent behind each other without waiting: whatever fails half way, none runs
 * outside its transaction or with the eyes of another party, and the cause is what is told.
 */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  asParty,
  type Database,
  inTransaction,
  openDatabase,
  together,
} from '../../db/database.ts';
import { databaseUrl, query } from '../postgres.ts';

const who = sql<{ party: string }>`select current_setting('portolan.party', true) as party`;
const insertNote = (note: string) => sql`insert into notes values (${note})`;

describe('pipelined statements', () => {
  const name = `portolan_piped_${randomBytes(4).toString('hex')}`;
  let database: Database;

  beforeAll(async () => {
    await query(inject('admin_url'), `create database ${name} template ${inject('template_name')}`);
    const url = databaseUrl(inject('admin_url'), name);
    await query(url, 'create table notes (note text not null)');
    await query(url, 'grant all on notes to portolan_engine');
    database = openDatabase({ url, pool_size: 1, statement_timeout_ms: 5000 });
  });
  afterAll(async () => {
    await database.close();
    await query(inject('admin_url'), `drop database if exists ${name} with (force)`);
  });

  const notes = async () => {
    const read = await sql<{ note: string }>`select note from notes`.execute(database.engine);
    return read.rows.map(({ note }) => note);
  };

  test('a read that goes on after its transaction failed never runs as the next party', async () => {
    const late = Promise.withResolvers<unknown>();
    const next = Promise.withResolvers<void>();
    // The settings fail (a text cannot hold a zero byte), and with them the whole transaction.
    const broken = asParty(database, { role: 'platform', party_id: 'first\0' }, async (tx) => {
      await who.execute(tx).catch(() => undefined);
      setTimeout(next.resolve, 50);
      await next.promise;
      await who.execute(tx).then(({ rows }) => late.resolve(rows), late.resolve);
    });
    const second = asParty(database, { role: 'platform', party_id: 'second' }, async (tx) => {
      next.resolve();
      await late.promise;
      return (await who.execute(tx)).rows;
    });

    await expect(broken).rejects.toMatchObject({ code: '22021' });
    expect(await late.promise).toMatchObject({ code: '25P02' });
    expect(await second).toEqual([{ party: 'second' }]);
  });

  test('a read that its own work does not wait for ends with the transaction', async () => {
    const late = Promise.withResolvers<unknown>();
    const over = Promise.withResolvers<void>();
    await asParty(database, { role: 'platform', party_id: 'first' }, async (tx) => {
      over.promise.then(() => who.execute(tx)).then(late.resolve, late.resolve);
    });
    await asParty(database, { role: 'platform', party_id: 'second' }, async (tx) => {
      over.resolve();
      await late.promise;
      await who.execute(tx);
    });

    expect(await late.promise).toMatchObject({ message: expect.stringContaining('came after') });
  });

  test('a connection that is given back before its end was heard serves the next party', async () => {
    const parties = ['one', 'two', 'three', 'one'];
    const reads = parties.map((party_id, at) =>
      asParty(database, { role: 'platform', party_id }, async (tx) => {
        if (at === 1) await sql`select 1 / 0`.execute(tx);
        return (await who.execute(tx)).rows[0]?.party;
      }).catch((error) => error.code),
    );

    expect(await Promise.all(reads)).toEqual(['one', '22012', 'three', 'one']);
  });

  test('a statement whose rows cannot be made is undone with those before it', async () => {
    const step = inTransaction(database, (tx) =>
      together(tx, [
        async (tx) => {
          await sql`select 1`.execute(tx);
          await insertNote('half').execute(tx);
        },
        () => {
          throw new RangeError('no such instant');
        },
      ]),
    );

    await expect(step).rejects.toThrow('no such instant');
    expect(await notes()).toEqual([]);
  });

  test('the failure that is told is the cause, not what failed because of it', async () => {
    const step = inTransaction(database, (tx) =>
      together(tx, [
        async (tx) => {
          await sql`select 1`.execute(tx);
          await insertNote('after').execute(tx);
        },
        (tx) => sql`select 1 / 0`.execute(tx),
      ]),
    );

    await expect(step).rejects.toMatchObject({ code: '22012' });
    expect(await notes()).toEqual([]);
  });
});
