/** `portolan start`: everything in one process, on an embedded database unless there is another. */
import { startWorkers } from '../../workers/worker.ts';
import type { Config } from '../runtime/config.ts';
import { createLog, type Logger } from '../runtime/log.ts';
import type { Command } from './command.ts';
import { findDatabase, migrateWhenReady } from './open-database.ts';
import { openServerEngine } from './open-engine.ts';
import { serveApi } from './serve-api.ts';
import { applyStarterNetwork, keepStarterKeys, type ShownKey } from './starter.ts';
import { type Opened, runServer } from './stopping.ts';

export const start: Command = {
  parameters: '',
  summary: 'run everything in one process: API, workers, embedded database',
  help: `Runs the API and the workers in this process. Without DATABASE_URL it starts a PostgreSQL of
its own under PORTOLAN_DATA_DIR. The first start imports the starter network and makes one key per
role; later starts show the same keys. Ctrl-C stops it gracefully.`,
  run: async (_parameters, config) => {
    const log = createLog(config, 'start');
    return await runServer(config, log, async (opened) => {
      await open(config, log, opened);
      return null;
    });
  },
};

async function open(config: Config, log: Logger, opened: Opened): Promise<void> {
  const database = await findDatabase(config, log, { mayShare: false, mayStart: true });
  opened('database', () => database.stop());
  await migrateWhenReady(database.url, log);
  const engine = openServerEngine(opened, config, database.url, log);
  if (await applyStarterNetwork(engine)) log.info('applied the starter network');
  const keys = await keepStarterKeys(engine);
  const workers = startWorkers(engine);
  opened('workers', () => workers.stop());
  const api = await serveApi(engine);
  opened('API', () => api.close());
  process.stdout.write(banner(api.url, keys, config));
}

function banner(url: string, keys: readonly ShownKey[], config: Config): string {
  // The part after # stays in the browser: the page takes the key and strikes it from the address.
  const operator = keys.find(({ role }) => role === 'operator');
  const handed = operator === undefined ? '' : `#key=${operator.key}`;
  const width = Math.max(...keys.map((key) => `${key.role} ${key.party_id}`.length));
  const lines = keys.map(({ role, party_id, key }) => {
    return `    ${`${role} ${party_id}`.padEnd(width)}  ${key}`;
  });
  return `
  Portolan is running.

    page       ${url}/${handed}
    API docs   ${url}/docs
    live       ${url}/v1/live

  One key per role (send it as "Authorization: Bearer <key>"), kept in ${config.data_dir}/keys.json:

${lines.join('\n')}

  Ctrl-C stops it.

`;
}
