/** PostgreSQL refuses to run as root: this finds whom to run it as, and what that user can reach. */
import { execFileSync } from 'node:child_process';
import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';

/** A user of this machine. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const OWN_NAME = 'portolan';
const CREATE_COMMANDS: readonly (readonly [string, readonly string[]])[] = [
  ['useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', OWN_NAME]],
  ['adduser', ['-S', '-D', '-H', '-s', '/sbin/nologin', OWN_NAME]],
];

/**
 * Whom to run PostgreSQL as: null = as ourselves, when we are not root. Else the machine's
 * `postgres` user, else a system user `portolan` that is created, else `nobody`.
 */
export function unprivilegedUser(log: Logger): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  const existing = findUser('postgres') ?? findUser(OWN_NAME);
  if (existing !== null) return existing;
  for (const [command, parameters] of CREATE_COMMANDS) {
    tryRun(command, parameters);
    const created = findUser(OWN_NAME);
    if (created === null) continue;
    log.warn({ user: OWN_NAME }, 'PostgreSQL refuses to run as root: made a system user for it');
    return created;
  }
  const nobody = findUser('nobody');
  if (nobody !== null) return nobody;
  throw new Error(
    'PostgreSQL refuses to run as root, and no user could be made for it. ' +
      'Run Portolan as another user, or set DATABASE_URL.',
  );
}

/** True when `user` may enter `folder` and all folders above it. */
export function canEnter(user: SystemUser, folder: string): boolean {
  for (let at = realpathSync(folder); ; at = dirname(at)) {
    const { uid, gid, mode } = statSync(at);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    if (((mode >> shift) & 1) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function findUser(name: string): SystemUser | null {
  const uid = Number(tryRun('id', ['-u', name]) || Number.NaN);
  const gid = Number(tryRun('id', ['-g', name]) || Number.NaN);
  return Number.isInteger(uid) && Number.isInteger(gid) ? { name, uid, gid } : null;
}

function tryRun(command: string, parameters: readonly string[]): string {
  try {
    return execFileSync(command, parameters, { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return '';
  }
}
