/**
 * The link to the queue: a connection with one worker per queue, made anew whenever it is said to be
 * broken, for as long as the process runs. While there is none, work waits in the database.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Services } from '../src/runtime/services.ts';
import { recordQueueRecovery } from '../src/runtime/telemetry.ts';
import { type Bell, openConnection, type QueueConnection } from './connection.ts';
import { inTime } from './in-time.ts';
import type { QueueName } from './queues.ts';

/** Pause (ms) before another attempt to reach a queue that does not answer. */
const RETRY_MS = 1000;
/** Longest wait (ms) at a stop for the jobs in hand. */
const DRAIN_LIMIT_MS = 5000;

/** A connection in use. */
export interface Link {
  ring(queue: QueueName): Promise<void>;
  /** Says that it is broken: it is given up, and another made. */
  giveUp(reason: string): void;
}

export interface LinkOptions {
  readonly queues: readonly QueueName[];
  /** Answers one bell. */
  readonly work: (queue: QueueName) => Promise<void>;
  readonly onLinked: () => void;
  /** Ends it all: jobs in hand are finished, no other is taken. */
  readonly stopping: AbortSignal;
}

export interface LinkKeeper {
  current(): Link | null;
  /** Resolves when it has ended after `stopping`. */
  readonly ended: Promise<void>;
}

/** Connects in the background, and again whenever the link is given up. */
export function keepLinked(services: Services, options: LinkOptions): LinkKeeper {
  const { config, log } = services;
  const { queues, work, stopping } = options;
  const backend = config.redis_url === undefined ? 'postgresql' : 'redis';
  let link: Link | null = null;

  const useUntilBroken = async (connection: QueueConnection) => {
    const bells = new Map<QueueName, Bell>(queues.map((queue) => [queue, connection.bell(queue)]));
    const workers = await Promise.all(
      queues.map((queue) => connection.listen(queue, () => work(queue))),
    );
    // New with each connection: a deduplication key that was left behind blocks nobody.
    const bell_id = services.newId();
    const broken = Promise.withResolvers<string>();
    link = {
      ring: async (queue) => await bells.get(queue)?.ring(bell_id),
      giveUp: broken.resolve,
    };
    options.onLinked();
    log.info({ queues, backend }, 'the workers answer');
    const stopped = () => broken.resolve('stopping');
    stopping.addEventListener('abort', stopped, { once: true });
    const reason = stopping.aborted ? 'stopping' : await broken.promise;
    stopping.removeEventListener('abort', stopped);
    link = null;
    if (stopping.aborted) {
      // A worker whose connection was cut before may wait for ever; what it had in hand is done.
      const drained = Promise.allSettled(workers.map((worker) => worker.drain()));
      await inTime(DRAIN_LIMIT_MS, drained).catch(() => undefined);
    } else {
      recordQueueRecovery();
      log.error({ reason }, 'the queue is broken: connecting anew');
    }
  };
  const run = async () => {
    while (!stopping.aborted) {
      const connection = await connect(services, stopping);
      if (connection === null) break;
      await useUntilBroken(connection).catch(async (error) => {
        log.warn({ err: error }, 'the queue went away again: work waits in the database');
        await pause(RETRY_MS, undefined, { signal: stopping }).catch(() => undefined);
      });
      await connection.close();
    }
  };
  return { current: () => link, ended: run() };
}

/** Connects, for as long as it takes; null when stopped meanwhile. */
async function connect(
  { config, database, log }: Services,
  stopping: AbortSignal,
): Promise<QueueConnection | null> {
  const onError = (error: Error) => log.debug({ err: error }, 'queue connection');
  while (!stopping.aborted) {
    const connection = openConnection(config, database.url, onError);
    try {
      await connection.ready();
      return connection;
    } catch (error) {
      log.warn({ err: error }, 'the queue cannot be reached: work waits in the database');
      await connection.close();
      await pause(RETRY_MS, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
  return null;
}
