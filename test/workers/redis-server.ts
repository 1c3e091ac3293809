/** The Redis of the queue tests: flushed, or one of its own that can be killed and brought back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { openRedis } from '../../src/runtime/redis.ts';
import { until } from './until.ts';

/** Removes every key. */
export async function flushRedis(url: string): Promise<void> {
  const redis = openRedis(url, { waiting: true, onError: () => undefined });
  await redis.flushall();
  redis.disconnect();
}

export interface OwnRedis {
  readonly url: string;
  /** Kills it without warning, if it runs; what it held is gone. */
  kill(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>;
}

/** Starts a `redis-server` (from the PATH) on a free loopback port. */
export async function ownRedis(): Promise<OwnRedis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  const start = async () => {
    const flags = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    child = spawn('redis-server', flags, { stdio: 'ignore' });
    child.once('error', () => undefined);
    await until(() => answers(url));
  };
  await start();
  return {
    url,
    start,
    kill: async () => {
      const dying = child;
      child = null;
      if (dying === null) return;
      const ended = new Promise((resolve) => dying.once('exit', resolve));
      dying.kill('SIGKILL');
      await ended;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const redis = openRedis(url, { waiting: false, onError: () => undefined });
  try {
    await new Promise((resolve, reject) => redis.once('ready', resolve).once('close', reject));
    return (await redis.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Puts back the deduplication keys of the jobs that `queue` kept, as if they had never ended. */
export async function plantRedisGhost(url: string, queue: string): Promise<void> {
  const redis = openRedis(url, { waiting: true, onError: () => undefined });
  const prefix = `{portolan}:${queue}`;
  for (const key of await redis.keys(`${prefix}:*`)) {
    const job_id = key.slice(prefix.length + 1);
    if (!/^\d+$/.test(job_id)) continue;
    const dedup_id = await redis.hget(key, 'deid');
    if (dedup_id !== null) await redis.set(`${prefix}:de:${dedup_id}`, job_id);
  }
  redis.disconnect();
}
