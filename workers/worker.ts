/**
 * Answers the bells of some queues: one BullMQ worker per queue, the relay that rings them, and the
 * watchdog that gives up a broken queue connection and makes a new one. Which job runs where does
 * not matter, and neither does a lost one: what is owed stands in the database.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { OwedBells } from '../db/bells.ts';
import type { Engine } from '../src/fulfillment/engine.ts';
import { recordQueueRecovery } from '../src/runtime/telemetry.ts';
import { type Bell, type Listener, openConnection, type QueueConnection } from './connection.ts';
import { answerBell, HANDLERS, type Handlers } from './handlers.ts';
import { QUEUE_NAMES, type QueueName } from './queues.ts';
import { startRelay } from './relay.ts';
import { createWatchdog } from './watchdog.ts';

/** Longest wait (ms) for the queue's back-end to answer a new connection. */
const READY_LIMIT_MS = 5000;
const RETRY_MS = 1000;
/** PostgreSQL's words for a schema, table, type or function that is not there. */
const MISSING_OBJECT = new Set(['3F000', '42P01', '42704', '42883']);

export interface WorkersOptions {
  /** The queues to answer; all by default. */
  readonly queues?: readonly QueueName[];
  readonly handlers?: Handlers;
}

export interface Workers {
  /** True while the queue is connected. The engine loses nothing while it is not. */
  isReady(): boolean;
  /** Takes no more jobs, finishes those in hand, lets go of all connections. */
  stop(): Promise<void>;
}

/** A connection in use: its bells, its workers, and how to say that it is broken. */
interface Link {
  readonly bells: ReadonlyMap<QueueName, Bell>;
  readonly bell_id: string;
  readonly listeners: readonly Listener[];
  readonly broken: PromiseWithResolvers<string>;
}

/** Starts answering; returns at once, connects (and connects again) in the background. */
export function startWorkers(engine: Engine, options: WorkersOptions = {}): Workers {
  const { config, log } = engine;
  const queues = options.queues ?? QUEUE_NAMES;
  const handlers = options.handlers ?? HANDLERS;
  const stopping = new AbortController();
  const watchdog = createWatchdog(config.watchdog_seconds);
  let link: Link | null = null;

  const work = async (queue: QueueName) => {
    watchdog.started(queue);
    let outcome: 'done' | 'failed' = 'failed';
    try {
      await answerBell(engine, handlers[queue], stopping.signal);
      outcome = 'done';
    } finally {
      watchdog.ended(queue, outcome);
    }
  };
  const ringOwed = async (owed: OwedBells) => {
    const now = link;
    for (const queue of queues) {
      const isStuck = watchdog.saw(queue, owed[queue]);
      if (isStuck) now?.broken.resolve(`work was owed and no job of ${queue} started`);
      if (now === null || !owed[queue] || !watchdog.mayRing(queue)) continue;
      await now.bells
        .get(queue)
        ?.ring(now.bell_id)
        .catch((error) => {
          if (isMissingObject(error)) now.broken.resolve('the queue was removed');
          log.warn({ queue, err: error }, 'could not ring: the work stays owed');
        });
    }
  };
  const keepLinked = async () => {
    while (!stopping.signal.aborted) {
      const connection = await connect(engine, stopping.signal);
      if (connection === null) break;
      link = openLink(engine, connection, { queues, work });
      watchdog.reset();
      if (stopping.signal.aborted) link.broken.resolve('stopping');
      log.info(
        { queues, backend: config.redis_url === undefined ? 'postgresql' : 'redis' },
        'workers answer',
      );
      const reason = await link.broken.promise;
      const { listeners } = link;
      link = null;
      if (stopping.signal.aborted) await Promise.allSettled(listeners.map((l) => l.drain()));
      else {
        recordQueueRecovery();
        log.error({ reason }, 'the queue is broken: connecting anew');
      }
      await connection.close();
    }
  };
  const linking = keepLinked();
  const relay = startRelay(engine, ringOwed);
  return {
    isReady: () => link !== null,
    stop: async () => {
      stopping.abort();
      await relay.stop();
      link?.broken.resolve('stopping');
      await linking;
    },
  };
}

/** Connects, for as long as it takes; null when stopped meanwhile. */
async function connect(engine: Engine, stopping: AbortSignal): Promise<QueueConnection | null> {
  const { config, database, log } = engine;
  const onError = (error: Error) => log.debug({ err: error }, 'queue connection');
  while (!stopping.aborted) {
    const connection = openConnection(config, database.url, onError);
    try {
      await inTime(connection.ready());
      return connection;
    } catch (error) {
      log.warn({ err: error }, 'the queue cannot be reached: work waits in the database');
      await connection.close();
      await pause(RETRY_MS, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
  return null;
}

function openLink(
  engine: Engine,
  connection: QueueConnection,
  { queues, work }: { queues: readonly QueueName[]; work: (queue: QueueName) => Promise<void> },
): Link {
  return {
    bells: new Map(queues.map((queue) => [queue, connection.bell(queue)])),
    // New with each connection: a deduplication key that was left behind blocks nobody.
    bell_id: engine.newId(),
    listeners: queues.map((queue) => connection.listener(queue, () => work(queue))),
    broken: Promise.withResolvers(),
  };
}

async function inTime(ready: Promise<void>): Promise<void> {
  const limit = new AbortController();
  const late = pause(READY_LIMIT_MS, undefined, { signal: limit.signal }).then(
    () => Promise.reject(new Error(`no answer within ${READY_LIMIT_MS} ms`)),
    () => undefined,
  );
  ready.catch(() => undefined);
  await Promise.race([ready, late]);
  limit.abort();
}

/** True when an error, or one that it was caused by, says that the queue's schema is gone. */
function isMissingObject(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (MISSING_OBJECT.has((at as { code?: string }).code ?? '')) return true;
  }
  return false;
}
