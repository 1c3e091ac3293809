/**
 * A worker says that it is alive: it rewrites its own row once a second. A process that is killed or
 * wedged falls silent, and the control tower, which watches the number of the beat, shows it as stale.
 */
import { hostname } from 'node:os';
import { inTransaction } from '../db/database.ts';
import { deleteWorkers, saveBeat } from '../db/workers.ts';
import type { Services } from '../src/runtime/services.ts';
import type { QueueName } from './queues.ts';

export interface Heartbeat {
  /** Says goodbye: the worker ends in order and is not missed. */
  stop(): Promise<void>;
}

/** Starts beating. A beat that fails is made up for by the next; work goes on without it. */
export function startHeartbeat(
  { config, database, clock, newId, log }: Services,
  queues: readonly QueueName[],
  isLinked: () => boolean,
): Heartbeat {
  const worker_id = newId();
  const about = { worker_id, host: hostname(), pid: process.pid, queues: [...queues] };
  const started_at = clock.now();
  let beat_no = 0;
  let beating: Promise<void> | null = null;
  const beat = async () => {
    beat_no += 1;
    const seen_at = clock.now();
    const row = { ...about, is_linked: isLinked(), beat_no, started_at, seen_at };
    await inTransaction(database, (tx) => saveBeat(tx, row));
  };
  const beatOnce = () => {
    // One at a time: where the database is slow, beats are skipped and the worker looks as it is.
    beating ??= beat()
      .catch((error: unknown) => log.debug({ err: error }, 'could not say that it is alive'))
      .finally(() => {
        beating = null;
      });
  };
  const timer = setInterval(beatOnce, config.worker_beat_ms);
  beatOnce();
  return {
    stop: async () => {
      clearInterval(timer);
      await beating;
      await inTransaction(database, (tx) => deleteWorkers(tx, [worker_id])).catch(
        (error: unknown) => log.debug({ err: error }, 'could not say goodbye'),
      );
    },
  };
}
