/** For whoever runs the process: is it alive, is it ready, how is it doing. */
import type { FastifyInstance } from 'fastify';
import { inTransaction } from '../../db/database.ts';
import { readEdge } from '../../db/journal.ts';
import { isMigrated } from '../../db/migrate.ts';
import { Refusal } from '../domain/errors.ts';
import type { Engine } from '../fulfillment/engine.ts';
import { registry } from '../runtime/telemetry.ts';

export interface HealthOptions {
  readonly engine: Engine;
  readonly stopping: AbortSignal;
}

/** Adds `/livez`, `/readyz` and `/metrics`. */
export function addHealth(app: FastifyInstance, options: HealthOptions): void {
  const hidden = { schema: { hide: true } };
  const missing = missingParts(options);
  app.get('/livez', hidden, async () => ({ status: 'alive' }));
  app.get('/readyz', hidden, async () => {
    const reason = await missing();
    if (reason !== null) throw new Refusal('overloaded', `not ready: ${reason}`);
    return { status: 'ready' };
  });
  app.get('/metrics', hidden, async (_request, reply) => {
    reply.type(registry.contentType);
    return await registry.metrics();
  });
}

/** Says what is missing for this process to serve; null when it is ready. */
function missingParts({ engine, stopping }: HealthOptions): () => Promise<string | null> {
  const { ready_timeout_ms } = engine.config;
  let hasSchema = false;
  const look = async () => {
    await inTransaction(engine.database, (tx) => readEdge(tx));
    hasSchema ||= await isMigrated(engine.database.url);
    return hasSchema ? null : 'the database is not migrated';
  };
  return async () => {
    if (stopping.aborted) return 'this process is stopping';
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, ready_timeout_ms, 'the database does not answer in time');
    });
    try {
      return await Promise.race([look(), late]);
    } catch (error) {
      engine.log.debug({ err: error }, 'not ready');
      return 'the database does not answer';
    } finally {
      clearTimeout(timer);
    }
  };
}
