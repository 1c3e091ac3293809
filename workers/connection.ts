/**
 * BullMQ on its PostgreSQL back-end, or on Redis when `redis_url` is set: the only file that knows
 * the difference. A connection can be thrown away and made anew at any time.
 */
import { once } from 'node:events';
import {
  createPostgresBackend,
  DEFAULT_SCHEMA,
  type PgPool,
  Queue,
  runMigrations,
  Worker,
} from 'bullmq';
import { openQueuePool } from '../db/listen.ts';
import type { Config } from '../src/runtime/config.ts';
import { openRedis, type Redis } from '../src/runtime/redis.ts';
import { inTime } from './in-time.ts';
import { KEEP_COMPLETED, KEEP_FAILED, type QueueName } from './queues.ts';

/** Keys of one hash slot, so that a Redis Cluster takes them too. */
const REDIS_PREFIX = '{portolan}';
/** Longest wait (ms) for a new connection to answer, and for a job to be added. */
const READY_LIMIT_MS = 5000;
const RING_LIMIT_MS = 5000;
/** Longest wait (ms) for a connection that is thrown away; then it is left to its fate. */
const CLOSE_LIMIT_MS = 3000;

/** Adds jobs to one queue. */
export interface Bell {
  /** Adds one job, unless one with the same `bell_id` waits already. Fails fast. */
  ring(bell_id: string): Promise<void>;
}

/** Takes jobs from one queue. */
export interface Listener {
  /** Stops taking jobs and waits for the one in hand. */
  drain(): Promise<void>;
}

export interface QueueConnection {
  /** Resolves when the back-end answers and has its schema; rejects when it takes too long. */
  ready(): Promise<void>;
  bell(queue: QueueName): Bell;
  /** Starts taking jobs; rejects when its connections cannot be made. */
  listen(queue: QueueName, onJob: () => Promise<void>): Promise<Listener>;
  /** Lets go of everything, waiting for nothing that hangs. */
  close(): Promise<void>;
}

type OnError = (error: Error) => void;
type Closable = { close(force?: boolean): Promise<unknown> };
type PoolOf = (connections: number) => PgPool;

/** Opens a connection; whether the back-end is there shows in `ready` and in the first job. */
export function openConnection(config: Config, url: string, onError: OnError): QueueConnection {
  const redis = config.redis_url === undefined ? [] : redisPair(config.redis_url, onError);
  const opened: Closable[] = [];
  const queues = new Map<QueueName, Queue>();
  const keep = <T extends Closable & { on(event: 'error', listener: typeof onError): unknown }>(
    made: T,
  ): T => {
    made.on('error', onError);
    opened.push(made);
    return made;
  };
  const pools: PgPool[] = [];
  const poolOf: PoolOf = (size) => {
    const lent = openQueuePool({ url, schema: DEFAULT_SCHEMA, size, onError });
    // The two packages describe the same listeners differently.
    const pool = lent as unknown as PgPool;
    pools.push(pool);
    return pool;
  };
  const queueOf = (name: QueueName): Queue => {
    const queue = queues.get(name) ?? keep(openQueue(name, { poolOf, redis: redis[0] }));
    queues.set(name, queue);
    return queue;
  };
  return {
    ready: async () => {
      // A Redis queue that is made before its connection stands would stay broken.
      for (const client of redis) await inTime(READY_LIMIT_MS, answered(client));
      if (redis.length === 0) await inTime(READY_LIMIT_MS, migrate(poolOf(1)));
      await inTime(READY_LIMIT_MS, queueOf('decide').waitUntilReady());
    },
    bell: (name) => ({
      ring: (bell_id) => inTime(RING_LIMIT_MS, ring(queueOf(name), bell_id)),
    }),
    listen: async (name, onJob) => {
      const worker = keep(openWorker(name, onJob, { config, poolOf, redis: redis[1] }));
      await inTime(READY_LIMIT_MS, worker.waitUntilReady());
      worker.run().catch(onError);
      return { drain: () => worker.close() };
    },
    close: async () => {
      const closed = Promise.allSettled(opened.map((made) => made.close(true))).then(() =>
        Promise.allSettled(pools.map((pool) => pool.end())),
      );
      await inTime(CLOSE_LIMIT_MS, closed).catch(() => undefined);
      for (const client of redis) client.disconnect();
    },
  };
}

/** For adding, which fails at once while Redis is away, and for taking, which waits for it. */
function redisPair(url: string, onError: (error: Error) => void): [Redis, Redis] {
  return [openRedis(url, { waiting: false, onError }), openRedis(url, { waiting: true, onError })];
}

/** Brings the queue's schema up to date: pools that are lent to it are taken as they are. */
async function migrate(pool: PgPool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client, DEFAULT_SCHEMA);
  } finally {
    client.release();
  }
}

async function answered(client: Redis): Promise<void> {
  if (client.status !== 'ready') await once(client, 'ready');
}

async function ring(queue: Queue, bell_id: string): Promise<void> {
  await queue.add('look', {}, { deduplication: { id: bell_id, keepLastIfActive: true } });
}

function openQueue(name: QueueName, at: { poolOf: PoolOf; redis: Redis | undefined }): Queue {
  const defaultJobOptions = { removeOnComplete: KEEP_COMPLETED, removeOnFail: KEEP_FAILED };
  const streams = { events: { maxLen: 100 } };
  if (at.redis !== undefined) {
    return new Queue(name, {
      connection: at.redis,
      prefix: REDIS_PREFIX,
      defaultJobOptions,
      streams,
    });
  }
  const options = { connection: at.poolOf(1), defaultJobOptions, streams };
  return new Queue(name, options, createPostgresBackend) as unknown as Queue;
}

function openWorker(
  name: QueueName,
  onJob: () => Promise<void>,
  at: { config: Config; poolOf: PoolOf; redis: Redis | undefined },
): Worker {
  const lock_ms = at.config.queue_lock_seconds * 1000;
  const options = {
    // A worker that runs on a connection that could not be made asks it for jobs without a pause, for
    // ever, and nothing else in the process gets a turn: it is started once it is ready.
    autorun: false,
    concurrency: 1,
    lockDuration: lock_ms,
    stalledInterval: lock_ms,
    // A bell that was lost three times with its worker is rung again by the sweep.
    maxStalledCount: 3,
    removeOnComplete: KEEP_COMPLETED,
    removeOnFail: KEEP_FAILED,
  };
  if (at.redis !== undefined) {
    return new Worker(name, onJob, { ...options, connection: at.redis, prefix: REDIS_PREFIX });
  }
  // One listens.
  const connection = at.poolOf(3);
  return new Worker(
    name,
    onJob,
    { ...options, connection },
    createPostgresBackend,
  ) as unknown as Worker;
}
