/** Connections that break are told of once, in few words; those that are being closed are not. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Database, inTransaction, openDatabase } from '../../db/database.ts';
import { databaseUrl, query } from '../postgres.ts';
import { until } from '../workers/until.ts';

describe('a database connection that breaks', () => {
  const heard: Error[] = [];
  let name: string;
  let database: Database;

  beforeEach(async () => {
    heard.length = 0;
    name = `portolan_broken_${randomBytes(4).toString('hex')}`;
    await query(inject('admin_url'), `create database ${name} template ${inject('template_name')}`);
    const url = databaseUrl(inject('admin_url'), name);
    const onError = (error: Error) => heard.push(error);
    database = openDatabase({ url, pool_size: 2, statement_timeout_ms: 5000, onError });
    await inTransaction(database, (tx) => tx.selectFrom('orders').select('order_id').execute());
  });
  afterEach(async () => {
    await query(inject('admin_url'), `drop database if exists ${name} with (force)`);
  });

  const cut = () =>
    query(
      inject('admin_url'),
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
      [name],
    );

  it('is told without the client that broke, whose statements are nobody’s business', async () => {
    await cut();
    await until(() => heard.length > 0, 10);

    expect(heard.every((error) => !('client' in error))).toBe(true);
    await database.close();
  });

  it('is not told of while it is being closed', async () => {
    const closed = database.close();
    await Promise.all([closed, cut()]);

    expect(heard).toEqual([]);
  });
});
