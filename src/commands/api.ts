/** `portolan api`: the HTTP interface alone; run any number behind a balancer. */
import { createLog } from '../runtime/log.ts';
import type { Command } from './command.ts';
import { findDatabase, migrateWhenReady } from './open-database.ts';
import { openServerEngine } from './open-engine.ts';
import { serveApi } from './serve-api.ts';
import { runServer } from './stopping.ts';

export const api: Command = {
  parameters: '',
  summary: 'run the HTTP interface; any number behind a balancer',
  help: `Needs DATABASE_URL (or a running \`portolan start\` on the same PORTOLAN_DATA_DIR). Brings the
schema up to date first; several may start at once. /livez, /readyz and /metrics are for the
supervisor.`,
  run: async (_parameters, config) => {
    const log = createLog(config, 'api');
    return await runServer(config, log, async (opened) => {
      const database = await findDatabase(config, log, { mayShare: true, mayStart: false });
      await migrateWhenReady(database.url, log);
      const engine = openServerEngine(opened, config, database.url, log);
      const served = await serveApi(engine);
      opened('API', () => served.close());
      log.info({ url: served.url }, 'the API runs');
      return null;
    });
  },
};
