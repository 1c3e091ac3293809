/**
 * The database of a test run: one real PostgreSQL 18 in a temporary folder (or the one that
 * `PORTOLAN_TEST_DATABASE_URL` names), with a template database migrated once. Test files clone the
 * template, so they run side by side and never see each other's rows.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { migrate } from '../db/migrate.ts';
import { startEmbeddedDatabase } from '../src/runtime/embedded-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the server's own database: where databases are created and dropped. */
    readonly admin_url: string;
    /** Name of the migrated database that test files clone. */
    readonly template_name: string;
  }
}

/** Nothing of a test run has to survive a power cut; many files connect at once. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '128MB',
};

/** vitest's global set-up: provides `admin_url` and `template_name`; the result tears down. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.PORTOLAN_TEST_DATABASE_URL;
  const server = given === undefined ? await startServer() : { url: given, stop: async () => {} };
  const template = `portolan_template_${randomBytes(5).toString('hex')}`;
  await query(server.url, `create database ${template}`);
  await migrate(databaseUrl(server.url, template));
  project.provide('admin_url', server.url);
  project.provide('template_name', template);
  return async () => {
    await query(server.url, `drop database if exists ${template} with (force)`);
    await server.stop();
  };
}

/** The same server, another database. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs one statement outside any transaction, on a connection of its own. */
export async function query(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const data_dir = mkdtempSync(join(tmpdir(), 'portolan-test-'));
  const log = pino({ level: 'silent' });
  const server = await startEmbeddedDatabase({ data_dir, log, settings: SETTINGS });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      rmSync(data_dir, { recursive: true, force: true });
    },
  };
}
