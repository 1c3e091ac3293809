/**
 * The embedded PostgreSQL: started with nothing but `npm ci`, durable, on a free loopback port behind
 * a random password, restarted when it dies, stopped cleanly with the program. What a killed
 * predecessor left behind (a running server, a stale pid file, a half-made cluster) is put in order.
 */
import type { ChildProcess } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { commandLine, folderHolder, isAlive, lockFolder } from './folder-lock.ts';
import {
  openDataFolder,
  type PostgresPlace,
  preparePlace,
  readMemory,
  writeMemory,
} from './postgres-place.ts';
import {
  makeCluster,
  readPidFile,
  SERVER_SETTINGS,
  type ServerSettings,
  startServer,
  stopServer,
  urlOf,
} from './postgres-server.ts';

/** Another program may take the port between finding it and listening on it. */
const START_ATTEMPTS = 5;
/** Longest pause (ms) before another attempt to bring a dead server back. */
const RESTART_PAUSE_MAX_MS = 5000;

export interface EmbeddedDatabaseOptions {
  readonly data_dir: string;
  readonly log: Logger;
  /** PostgreSQL settings that differ from the defaults. */
  readonly settings?: ServerSettings;
}

export interface EmbeddedDatabase {
  readonly url: string;
  /** Process id of the server as it runs now. */
  pid(): number | undefined;
  stop(): Promise<void>;
}

/** Starts the database of `data_dir`, making it first if need be. Throws `FolderInUse`. */
export async function startEmbeddedDatabase(
  options: EmbeddedDatabaseOptions,
): Promise<EmbeddedDatabase> {
  const { log } = options;
  const folder = openDataFolder(options.data_dir);
  const unlock = lockFolder(folder);
  try {
    const place = preparePlace(folder, log);
    await clearRemains(place, log);
    if (!existsSync(place.cluster_dir)) {
      log.info({ place: place.memory.place }, 'making a new embedded database');
      await makeCluster(place);
    }
    const server = await startOnFreePort(place, { ...SERVER_SETTINGS, ...options.settings });
    const url = urlOf(place, server.port);
    writeMemory(place.data_dir, { ...place.memory, url });
    return supervise(place, { ...server, url, unlock, log });
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The URL of the database of `data_dir` while another process runs it; else null. */
export function runningDatabaseUrl(data_dir: string): string | null {
  return folderHolder(data_dir) === null ? null : (readMemory(data_dir)?.url ?? null);
}

/** Stops a server that outlived its Portolan, and forgets one that is gone. */
async function clearRemains(place: PostgresPlace, log: Logger): Promise<void> {
  const pid = readPidFile(place)?.pid;
  if (pid === undefined) return;
  const isOurs = isAlive(pid) && commandLine(pid).includes(place.cluster_dir);
  if (isOurs) {
    log.warn({ pid }, 'a database server outlived the Portolan that ran it: stopping it cleanly');
    await stopServer(place);
  } else {
    log.warn({ pid }, 'the database was not stopped cleanly: it recovers from its log');
    rmSync(join(place.cluster_dir, 'postmaster.pid'), { force: true });
  }
}

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
  readonly settings: ServerSettings;
}

/** Starts the server on a loopback port that nobody uses. */
async function startOnFreePort(place: PostgresPlace, settings: ServerSettings): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { port, settings, child: await startServer(place, port, settings) };
    } catch (error) {
      if (attempt === START_ATTEMPTS) throw error;
    }
  }
}

/** Starts the server again when it dies, on the same port, until it is stopped. */
function supervise(
  place: PostgresPlace,
  started: Server & { url: string; unlock: () => void; log: Logger },
): EmbeddedDatabase {
  const { log, port, settings } = started;
  let child: ChildProcess | null = started.child;
  let stopping: Promise<void> | null = null;
  const endWithProgram = () => child?.kill('SIGINT');
  const onExit = async () => {
    child = null;
    for (let attempt = 1; stopping === null && child === null; attempt += 1) {
      log.error({ attempt }, 'the embedded database has died: starting it again');
      try {
        child = await startServer(place, port, settings);
        child.once('exit', onExit);
        // Stopped while it came back: nobody else will stop it.
        if (stopping !== null) await stopServer(place);
      } catch (error) {
        log.error({ err: error, attempt }, 'the embedded database did not start again yet');
        await pause(Math.min(attempt * 200, RESTART_PAUSE_MAX_MS));
      }
    }
  };
  child.once('exit', onExit);
  process.once('exit', endWithProgram);
  const stop = async () => {
    await stopServer(place);
    process.off('exit', endWithProgram);
    writeMemory(place.data_dir, { ...place.memory, url: null });
    started.unlock();
    log.info('the embedded database has stopped');
  };
  return {
    url: started.url,
    pid: () => child?.pid,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free loopback port');
  return address.port;
}
