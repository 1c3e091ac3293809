/** Runs a command that does one thing with the database and ends. */
import type { Engine } from '../fulfillment/engine.ts';
import type { Config } from '../runtime/config.ts';
import { createLog } from '../runtime/log.ts';
import { findDatabase, migrateWhenReady } from './open-database.ts';
import { openEngine } from './open-engine.ts';

/**
 * Opens an engine on the configured database (beside a running `portolan start`, or by starting the
 * embedded one for the time being), runs `work`, closes all. What it prints is its result, so the
 * log keeps to warnings unless a level was asked for.
 */
export async function withEngine(
  config: Config,
  role: string,
  work: (engine: Engine) => Promise<number>,
): Promise<number> {
  const log_level = config.log_level === 'info' ? 'warn' : config.log_level;
  const log = createLog({ ...config, log_level }, role, process.stderr);
  const database = await findDatabase(config, log, { mayShare: true, mayStart: true });
  try {
    await migrateWhenReady(database.url, log);
    const engine = openEngine({ ...config, pool_size: 2 }, database.url, log);
    try {
      return await work(engine);
    } finally {
      await engine.database.close();
    }
  } finally {
    await database.stop();
  }
}
