/** The embedded database keeps what was committed, whoever dies and however often it is started. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type EmbeddedDatabase,
  runningDatabaseUrl,
  startEmbeddedDatabase,
} from '../../src/runtime/embedded-database.ts';
import { FolderInUse, isAlive } from '../../src/runtime/folder-lock.ts';
import { silentLog } from '../../src/runtime/log.ts';
import { readMemory } from '../../src/runtime/postgres-place.ts';
import { query } from '../postgres.ts';
import { until } from '../workers/until.ts';

const CHILD = fileURLToPath(new URL('./embedded-database-child.ts', import.meta.url));
const IS_ROOT = process.getuid?.() === 0;

describe('the embedded database', () => {
  let folder: string;
  let data_dir: string;
  let running: EmbeddedDatabase | null;

  const start = async (dir = data_dir): Promise<EmbeddedDatabase> => {
    running = await startEmbeddedDatabase({ data_dir: dir, log: silentLog() });
    return running;
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-embedded-'));
    chmodSync(folder, 0o711);
    data_dir = join(folder, 'data');
  });
  beforeEach(() => {
    running = null;
  });
  afterEach(async () => {
    await running?.stop();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('starts from nothing, durable, behind a password, on loopback alone', async () => {
    const { url } = await start();

    const settings = await query(
      url,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
        current_setting('listen_addresses') as addresses, current_setting('server_encoding') as text`,
    );
    expect(settings.rows).toEqual([
      { fsync: 'on', commit: 'on', addresses: '127.0.0.1', text: 'UTF8' },
    ]);
    const withoutPassword = url.replace(/:[^:@/]+@/, ':wrong@');
    await expect(query(withoutPassword, 'select 1')).rejects.toThrow('password');
    expect(statSync(join(data_dir, 'embedded-database.json')).mode & 0o777).toBe(0o600);
  });

  it('keeps its rows over a restart, and stops for good', async () => {
    const first = await start();
    await query(first.url, 'create table if not exists kept as select 42 as answer');
    await first.stop();
    await expect(query(first.url, 'select 1')).rejects.toThrow();

    const second = await start();

    expect((await query(second.url, 'select answer from kept')).rows).toEqual([{ answer: 42 }]);
  });

  it('refuses a second start on the same folder, naming the process', async () => {
    const { url } = await start();

    const again = startEmbeddedDatabase({ data_dir, log: silentLog() });

    await expect(again).rejects.toThrow(FolderInUse);
    await expect(again).rejects.toThrow(`process ${process.pid}`);
    expect(runningDatabaseUrl(data_dir)).toBe(url);
  });

  it('stops the server that a killed process left behind, and loses nothing', async () => {
    const child = await startChild(data_dir);
    await query(child.url, 'create table if not exists kept as select 42 as answer');
    await killed(child.process);
    expect(isAlive(child.pid)).toBe(true);
    expect(runningDatabaseUrl(data_dir)).toBeNull();

    const { url, pid } = await start();

    expect(isAlive(child.pid)).toBe(false);
    expect(pid()).not.toBe(child.pid);
    expect((await query(url, 'select answer from kept')).rows).toEqual([{ answer: 42 }]);
  });

  it('comes back by itself, at the same address, when the server is killed', async () => {
    const { url, pid } = await start();
    await query(url, 'create table if not exists kept as select 42 as answer');
    const before = pid()!;

    process.kill(before, 'SIGKILL');

    await until(async () => {
      const answer = await query(url, 'select answer from kept').catch(() => null);
      return answer?.rows[0]?.answer === 42;
    }, 30);
    expect(pid()).not.toBe(before);
  });

  it('is not deceived by a stale pid file that names another process', async () => {
    const { stop } = await start();
    await stop();
    const { place } = readMemory(data_dir)!;
    const stale = [process.pid, join(place, 'postgres'), 1, 5432, '', 'localhost', '', 'ready', ''];
    writeFileSync(join(place, 'postgres', 'postmaster.pid'), stale.join('\n'));

    const { url } = await start();

    await query(url, 'select 1');
  });

  it('begins anew after a first start that was cut short', async () => {
    const { place } = readMemory(data_dir)!;
    rmSync(join(place, 'postgres'), { recursive: true });
    writeFileSync(join(place, 'postgres.new'), 'half of a cluster');

    const { url } = await start();

    await query(url, 'select 1');
  });

  it('says what its log says when it cannot start', async () => {
    const settings = { shared_buffers: 'much' };

    const failing = startEmbeddedDatabase({ data_dir, log: silentLog(), settings });

    await expect(failing).rejects.toThrow(/shared_buffers/);
    expect((await start()).url).toContain('127.0.0.1');
  });

  it.skipIf(!IS_ROOT)('works as root below a folder that is closed to others', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const inside = join(closed, 'data');

    const { url } = await start(inside);
    const { place } = readMemory(inside)!;

    try {
      expect(place.startsWith(folder)).toBe(false);
      expect(statSync(closed).mode & 0o777).toBe(0o700);
      await query(url, 'create table if not exists kept as select 42 as answer');
      await running?.stop();
      const { url: second } = await start(inside);
      expect((await query(second, 'select answer from kept')).rows).toEqual([{ answer: 42 }]);
    } finally {
      await running?.stop();
      rmSync(place, { recursive: true, force: true });
    }
  });
});

interface Child {
  readonly process: ChildProcess;
  readonly url: string;
  /** Of the database server. */
  readonly pid: number;
}

async function startChild(data_dir: string): Promise<Child> {
  const child = spawn(process.execPath, [CHILD, data_dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const text = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(String(chunk)));
    child.once('exit', (code) => reject(new Error(`the child ended with ${code}`)));
  });
  return { process: child, ...JSON.parse(text) };
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
