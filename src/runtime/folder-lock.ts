/**
 * One Portolan per data folder. The lock is a file that names its holder by process id and by the
 * moment that process was born, so an id that was given to another process since (after a reboot, in
 * a container) does not count.
 */
import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LOCK_FILE = 'portolan.lock';

/** The folder is in use by a running process. */
export class FolderInUse extends Error {
  readonly pid: number;

  constructor(folder: string, pid: number) {
    super(
      `the data folder ${folder} is in use by another Portolan, process ${pid}. ` +
        'Stop that one first, or give this one its own folder with PORTOLAN_DATA_DIR.',
    );
    this.name = 'FolderInUse';
    this.pid = pid;
  }
}

interface Holder {
  readonly pid: number;
  readonly born: string;
}

/** Takes the lock of `folder`; returns its release. Throws `FolderInUse`. */
export function lockFolder(folder: string): () => void {
  const path = join(folder, LOCK_FILE);
  const own = `${path}.${process.pid}`;
  const mine = JSON.stringify({ pid: process.pid, born: bornAt(process.pid) });
  writeFileSync(own, mine, { mode: 0o600 });
  try {
    while (!tryLink(own, path)) {
      const text = readIfThere(path);
      const holder = parseHolder(text);
      if (holder !== null && isRunning(holder)) throw new FolderInUse(folder, holder.pid);
      removeStale(path, text);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return () => {
    if (readIfThere(path) === mine) rmSync(path, { force: true });
  };
}

/** The process id that holds the lock of `folder`, or null. */
export function folderHolder(folder: string): number | null {
  const holder = parseHolder(readIfThere(join(folder, LOCK_FILE)));
  return holder !== null && isRunning(holder) ? holder.pid : null;
}

/** True when a process with this id runs, whoever owns it. One that only waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return statFields(pid)[0] !== 'Z';
}

/** The command line of a process, or an empty text when it cannot be known. */
export function commandLine(pid: number): string {
  const fromProc = readIfThere(`/proc/${pid}/cmdline`);
  return fromProc ? fromProc.replaceAll('\0', ' ') : ps(pid, 'command');
}

function isRunning(holder: Holder): boolean {
  return isAlive(holder.pid) && bornAt(holder.pid) === holder.born;
}

/** When a process began: on Linux in clock ticks since this boot, with the boot's own id. */
function bornAt(pid: number): string {
  const ticks = statFields(pid)[19];
  if (ticks === undefined) return ps(pid, 'lstart');
  return `${readIfThere('/proc/sys/kernel/random/boot_id').trim()} ${ticks}`;
}

/**
 * What Linux says of a process, from its state (the third field of `/proc/…/stat`) on; elsewhere
 * nothing. The field before it, the command in brackets, may hold anything.
 */
function statFields(pid: number): string[] {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat === '' ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function ps(pid: number, field: string): string {
  if (process.platform === 'win32') return '';
  try {
    return execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** `link` fails when the target exists: it creates the lock with its content in one step. */
function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a lock aside that was judged stale; puts it back if another one was there by then. */
function removeStale(path: string, judged: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readIfThere(aside) !== judged) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function parseHolder(text: string): Holder | null {
  try {
    const { pid, born } = JSON.parse(text);
    return Number.isSafeInteger(pid) && typeof born === 'string' ? { pid, born } : null;
  } catch {
    return null;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
