/** `portolan worker`: the steps behind the queues; run any number on any number of machines. */
import { parseArgs } from 'node:util';
import { readOwedBells } from '../../db/bells.ts';
import { inTransaction } from '../../db/database.ts';
import { isQueueName, QUEUE_NAMES, type QueueName } from '../../workers/queues.ts';
import { startWorkers, type Workers } from '../../workers/worker.ts';
import type { Engine } from '../fulfillment/engine.ts';
import { startHealthServer } from '../runtime/health-server.ts';
import { createLog } from '../runtime/log.ts';
import { type Command, UsageError } from './command.ts';
import { findPort } from './find-port.ts';
import { findDatabase, migrateWhenReady } from './open-database.ts';
import { openServerEngine } from './open-engine.ts';
import { runServer } from './stopping.ts';

export const worker: Command = {
  parameters: '[--queues decide,tender,watch,price,review]',
  summary: 'run the steps behind the queues; any number, anywhere',
  help: `Needs DATABASE_URL (or a running \`portolan start\` on the same PORTOLAN_DATA_DIR); REDIS_URL
puts the queues on Redis. --queues limits which queues this process answers. /livez, /readyz and
/metrics on PORTOLAN_PORT are for the supervisor.`,
  run: async (parameters, config) => {
    const queues = readQueues(parameters);
    const log = createLog(config, 'worker');
    return await runServer(config, log, async (opened) => {
      const database = await findDatabase(config, log, { mayShare: true, mayStart: false });
      await migrateWhenReady(database.url, log);
      const engine = openServerEngine(opened, config, database.url, log);
      const workers = startWorkers(engine, { queues });
      opened('workers', () => workers.stop());
      const at = { host: config.host, port: await findPort(config) };
      const health = await startHealthServer(at, () => isReady(engine, workers));
      opened('health', () => health.close());
      log.info({ queues, health_port: health.port }, 'the worker runs');
      return null;
    });
  },
};

function readQueues(parameters: readonly string[]): readonly QueueName[] {
  const { values } = parseArgs({
    args: [...parameters],
    options: { queues: { type: 'string' } },
  });
  if (values.queues === undefined) return QUEUE_NAMES;
  const names = values.queues.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !isQueueName(name));
  if (unknown.length > 0) {
    throw new UsageError(`no queue ${unknown.join(', ')}: expected ${QUEUE_NAMES.join(', ')}`);
  }
  return names.filter(isQueueName);
}

/** Ready when the queue is connected and the database answers. */
async function isReady(engine: Engine, workers: Workers): Promise<boolean> {
  await inTransaction(engine.database, (tx) =>
    readOwedBells(tx, { now: engine.clock.now(), speed: engine.clock.work_speed, is_sweep: true }),
  );
  return workers.isReady();
}
