/**
 * The programs of one PostgreSQL cluster: make it, start it, stop it. Each runs as the place's user,
 * in a fixed language and time zone.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { PostgresPlace } from './postgres-place.ts';

const run = promisify(execFile);

/** PostgreSQL settings by name. */
export type ServerSettings = Readonly<Record<string, string>>;

/** Durable, and sized for a small machine of two cores. */
export const SERVER_SETTINGS: ServerSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  fsync: 'on',
  synchronous_commit: 'on',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  max_parallel_workers_per_gather: '0',
  autovacuum_naptime: '20s',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
};
const POLL_MS = 20;
/** Replaying the log after a crash can take a while: how long (ms) a start may take. */
const START_LIMIT_MS = 180_000;
const STOP_LIMIT_SECONDS = 15;
const DATABASE_NAME = 'portolan';
const LOGIN_NAME = 'portolan';

/** Where the server answers on `port`. */
export function urlOf(place: PostgresPlace, port: number): string {
  return `postgres://${LOGIN_NAME}:${place.memory.password}@127.0.0.1:${port}/${DATABASE_NAME}`;
}

/** Makes a new cluster beside its final name, so that a half-made one is never started. */
export async function makeCluster(place: PostgresPlace): Promise<void> {
  const fresh = `${place.cluster_dir}.new`;
  const passwordFile = `${fresh}.password`;
  rmSync(fresh, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(passwordFile, place.memory.password, { mode: 0o600 });
  giveTo(place, fresh);
  giveTo(place, passwordFile);
  try {
    await program(place, 'initdb', [
      `--pgdata=${fresh}`,
      '--auth=scram-sha-256',
      `--username=${LOGIN_NAME}`,
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ]);
    const single = program(place, 'postgres', ['--single', '-D', fresh, 'template1']);
    single.child.stdin?.end(`create database ${DATABASE_NAME}\n`);
    await single;
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(fresh, place.cluster_dir);
}

/** Starts the server; resolves when it takes connections. */
export async function startServer(
  place: PostgresPlace,
  port: number,
  settings: ServerSettings,
): Promise<ChildProcess> {
  const flags = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const log = openSync(place.log_file, 'a', 0o600);
  const child = spawn(programPath(place, 'postgres'), ['-D', place.cluster_dir, ...flags], {
    ...spawnOptions(place),
    // Its own process group: Ctrl-C reaches Portolan alone, which stops the database last.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  let failure: Error | null = null;
  child.once('error', (error) => {
    failure = error;
  });
  for (let waited = 0; waited < START_LIMIT_MS; waited += POLL_MS) {
    await pause(POLL_MS);
    if (failure !== null) throw failure;
    if (child.exitCode !== null || child.signalCode !== null) throw startFailure(place);
    const file = readPidFile(place);
    if (file?.pid === child.pid && file?.status === 'ready') return child;
  }
  child.kill('SIGQUIT');
  throw startFailure(place);
}

function startFailure(place: PostgresPlace): Error {
  const tail = readFileSync(place.log_file, 'utf8').trimEnd().split('\n').slice(-12).join('\n  ');
  return new Error(
    `the embedded database did not start; its log ${place.log_file} ends:\n  ${tail}`,
  );
}

/** Stops the server cleanly, or at once if it will not; does nothing when none runs. */
export async function stopServer(place: PostgresPlace): Promise<void> {
  const limits = ['-D', place.cluster_dir, '-w', '-t', String(STOP_LIMIT_SECONDS)];
  for (const mode of ['fast', 'immediate']) {
    if (readPidFile(place) === null) return;
    await program(place, 'pg_ctl', ['stop', '-m', mode, ...limits]).catch(() => undefined);
  }
}

/** What a running (or killed) server says of itself in its data folder. */
export function readPidFile(place: PostgresPlace): { pid: number; status: string } | null {
  try {
    const lines = readFileSync(join(place.cluster_dir, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), status: (lines[7] ?? '').trim() };
  } catch {
    return null;
  }
}

function program(place: PostgresPlace, name: string, parameters: readonly string[]) {
  return run(programPath(place, name), parameters, spawnOptions(place));
}

/** npm unpacks programs executable, but not on every file system and umask. */
function programPath(place: PostgresPlace, name: string): string {
  const path = join(place.programs_dir, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  try {
    chmodSync(path, 0o755);
  } catch {
    // Not ours to change; if it cannot be run, the attempt says so.
  }
  return path;
}

/** A fixed language and zone; as the unprivileged user when we are root; from a folder it can enter. */
function spawnOptions(place: PostgresPlace) {
  const isWindows = process.platform === 'win32';
  return {
    cwd: place.memory.place,
    ...(isWindows ? {} : { env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' } }),
    ...(place.user === null ? {} : { uid: place.user.uid, gid: place.user.gid }),
  };
}

function giveTo(place: PostgresPlace, path: string): void {
  if (place.user !== null) chownSync(path, place.user.uid, place.user.gid);
}
