/**
 * A Portolan to throw away: an embedded database in a temporary folder, the API and a worker as
 * processes of their own, and the first operator's key. Nothing of it is left behind.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { startEmbeddedDatabase } from '../../src/runtime/embedded-database.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');
const START_SECONDS = 60;

/** A running engine: where it answers, and a key that may do all. */
export interface RunningEngine {
  readonly url: string;
  readonly operator_key: string;
  /** The auditor's word on the data: what it prints, and whether it found nothing. */
  audit(): { clean: boolean; report: string };
  stop(): Promise<void>;
}

/** Starts everything; about three seconds. What was started is stopped again when a part fails. */
export async function startThrowAwayEngine(): Promise<RunningEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-brunel-'));
  chmodSync(folder, 0o711);
  const log = pino({ level: 'warn' }, process.stderr);
  const children: ChildProcess[] = [];
  const database = await startEmbeddedDatabase({ data_dir: join(folder, 'data'), log });
  const stop = async () => {
    await Promise.all(children.map(stopChild));
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const env = {
      ...process.env,
      DATABASE_URL: database.url,
      PORTOLAN_DATA_DIR: join(folder, 'data'),
      PORTOLAN_LOG_LEVEL: 'warn',
    };
    const run = (...words: string[]) =>
      execFileSync(process.execPath, [MAIN, ...words], { env, encoding: 'utf8', stdio: 'pipe' });
    run('migrate');
    const operator_key = run('key', 'create', '--role', 'operator').trim();
    const port = await freePort();
    const start = (command: string, at: number) => {
      const options = { env: { ...env, PORTOLAN_PORT: String(at) }, stdio: stdio() };
      children.push(spawn(process.execPath, [MAIN, command], options));
    };
    start('api', port);
    start('worker', await freePort());
    const url = `http://127.0.0.1:${port}`;
    await untilReady(url, children);
    return { url, operator_key, audit: () => audit(env), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Standard output is for the one line of the result. */
function stdio(): ['ignore', 2, 2] {
  return ['ignore', 2, 2];
}

function audit(env: NodeJS.ProcessEnv): { clean: boolean; report: string } {
  try {
    const options = { env, encoding: 'utf8', stdio: 'pipe' } as const;
    return { clean: true, report: execFileSync(process.execPath, [MAIN, 'audit'], options) };
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return { clean: false, report: `${stdout ?? ''}${stderr ?? ''}` };
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await ended;
}

async function untilReady(url: string, children: readonly ChildProcess[]): Promise<void> {
  for (let attempt = 0; attempt < START_SECONDS * 10; attempt += 1) {
    const ended = children.find((child) => child.exitCode !== null);
    if (ended !== undefined) throw new Error(`a process ended with code ${ended.exitCode}`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error(`the API did not become ready in ${START_SECONDS} s`);
}

async function freePort(): Promise<number> {
  return await new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });
}
