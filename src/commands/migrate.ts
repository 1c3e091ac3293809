/** `portolan migrate`: brings the database's schema to this version. */
import { createLog } from '../runtime/log.ts';
import type { Command } from './command.ts';
import { findDatabase, migrateWhenReady } from './open-database.ts';

export const migrate: Command = {
  parameters: '',
  summary: "bring the database's schema up to date",
  help: 'Runs every missing migration in one transaction. Safe to run twice, and by two at once.',
  run: async (_parameters, config) => {
    const log = createLog({ ...config, log_level: 'warn' }, 'migrate', process.stderr);
    const database = await findDatabase(config, log, { mayShare: true, mayStart: true });
    try {
      const applied = await migrateWhenReady(database.url, log);
      for (const name of applied) process.stdout.write(`applied ${name}\n`);
      if (applied.length === 0) process.stdout.write('the schema is up to date\n');
      return 0;
    } finally {
      await database.stop();
    }
  },
};
