/** Finds the database a command works on, waits until it answers, and brings its schema up to date. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { migrate, NewerSchema } from '../../db/migrate.ts';
import type { Config } from '../runtime/config.ts';
import { runningDatabaseUrl, startEmbeddedDatabase } from '../runtime/embedded-database.ts';
import { Trouble } from './command.ts';

/** How often (ms) and how many times a database that does not answer yet is tried. */
const RETRY_MS = 1000;
const ATTEMPTS = 60;
/** What a server says, or the network, while it is only starting. */
const NOT_YET = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', '57P03']);

export interface OpenDatabase {
  readonly url: string;
  /** Stops the database if this process started it. */
  stop(): Promise<void>;
}

/**
 * `DATABASE_URL`, else the embedded database: started here, or the one that a running `portolan
 * start` has on the same data folder. `mayStart: false` = the latter or nothing.
 */
export async function findDatabase(
  config: Config,
  log: Logger,
  { mayShare, mayStart }: { mayShare: boolean; mayStart: boolean },
): Promise<OpenDatabase> {
  if (config.database_url !== undefined) {
    return { url: config.database_url, stop: async () => {} };
  }
  const running = mayShare ? runningDatabaseUrl(config.data_dir) : null;
  if (running !== null) return { url: running, stop: async () => {} };
  if (mayStart) return await startEmbedded(config.data_dir, log);
  throw new Trouble(
    'DATABASE_URL is not set, and no `portolan start` runs an embedded database on the data folder ' +
      `${config.data_dir}.`,
  );
}

async function startEmbedded(data_dir: string, log: Logger): Promise<OpenDatabase> {
  try {
    return await startEmbeddedDatabase({ data_dir, log });
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw error;
    throw new Trouble(
      `the data folder ${data_dir} cannot be used (${code} at ${path}): it may belong to another ` +
        'user. Run as that user, or set PORTOLAN_DATA_DIR.',
      { cause: error },
    );
  }
}

/** Migrates the database at `url`, first waiting for it while it only starts. */
export async function migrateWhenReady(url: string, log: Logger): Promise<string[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const applied = await migrate(url);
      if (applied.length > 0) log.info({ migrations: applied }, 'the database has a new schema');
      return applied;
    } catch (error) {
      if (error instanceof NewerSchema) throw new Trouble(error.message, { cause: error });
      if (!isNotYet(error)) throw error;
      if (attempt === ATTEMPTS) {
        throw new Trouble(`the database does not answer: ${rootOf(error).message}`, {
          cause: error,
        });
      }
      if (attempt % 5 === 1) log.warn({ attempt }, 'waiting for the database to answer');
      await pause(RETRY_MS);
    }
  }
}

function isNotYet(error: unknown): boolean {
  return NOT_YET.has((rootOf(error) as { code?: string }).code ?? '');
}

/** The innermost cause; of several failed addresses, the first. */
function rootOf(error: unknown): Error {
  let at = error as Error;
  while (at.cause instanceof Error) at = at.cause;
  return at instanceof AggregateError && at.errors.length > 0 ? at.errors[0] : at;
}
