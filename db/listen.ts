/**
 * LISTEN: hears the bells that transactions ring at commit. A ring may be lost while the connection
 * is away, so every new connection rings once by itself; whoever listens looks again on each ring.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** Pauses (ms) between attempts to connect: doubled from the first to the longest. */
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 2000;
const KEEP_ALIVE_DELAY_MS = 10_000;

export interface ListenOptions {
  readonly url: string;
  readonly channel: string;
  /** Called on every notification, and once per (re)connection. */
  readonly onRing: () => void;
  /** Called when the connection breaks or cannot be made; it is tried again. */
  readonly onError: (error: Error) => void;
}

export interface Listening {
  close(): Promise<void>;
}

/** Listens on `channel` until closed; connects again by itself, for ever. */
export function listen(options: ListenOptions): Listening {
  const stopping = new AbortController();
  const running = listenForEver(options, stopping.signal);
  return {
    close: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function listenForEver(options: ListenOptions, stopping: AbortSignal): Promise<void> {
  for (let retry_ms = RETRY_FIRST_MS; !stopping.aborted; ) {
    try {
      await listenOnce(options, stopping, () => {
        retry_ms = RETRY_FIRST_MS;
      });
    } catch (error) {
      options.onError(error as Error);
      await pause(retry_ms, undefined, { signal: stopping }).catch(() => undefined);
      retry_ms = Math.min(retry_ms * 2, RETRY_MAX_MS);
    }
  }
}

/** One connection, from its first ring to its end; throws unless `stopping` ended it. */
async function listenOnce(
  { url, channel, onRing }: ListenOptions,
  stopping: AbortSignal,
  onConnected: () => void,
): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'portolan_listen',
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
  });
  const ended = new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.on('end', () => reject(new Error('the connection that listens has ended')));
    stopping.addEventListener('abort', () => resolve(), { once: true });
  });
  ended.catch(() => undefined);
  try {
    await client.connect();
    client.on('notification', onRing);
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
    onConnected();
    onRing();
    await ended;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** How a pool of the queue connects. */
export interface QueuePoolOptions {
  readonly url: string;
  /** The schema that its names are looked up in. */
  readonly schema: string;
  /** Most connections. */
  readonly size: number;
  /** Called when a connection breaks, lent out or not. */
  readonly onError: (error: Error) => void;
}

/**
 * A pool to lend to the queue. Every client is heard from its first moment: the queue takes clients out, and
 * listens to their errors late or not at all, and a client whose server goes away unheard ends the process.
 * The queue holds no truth, so its commits need not wait for the disk.
 */
export function openQueuePool({ url, schema, size, onError }: QueuePoolOptions): pg.Pool {
  class HeardClient extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config);
      this.on('error', onError);
    }
  }
  const pool = new pg.Pool({
    Client: HeardClient,
    connectionString: url,
    max: size,
    application_name: 'portolan_queue',
    options: `-c search_path=${schema} -c synchronous_commit=off -c statement_timeout=30000`,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
  });
  pool.on('error', onError);
  return pool;
}
