/** Connections to Redis or Valkey, for the queue alone. Redis holds no truth: it may vanish. */
import { Redis } from 'ioredis';

/** Longest pause (ms) between two attempts to connect again. */
const RETRY_MAX_MS = 2000;

export type { Redis } from 'ioredis';

/**
 * Opens a connection that never gives up reconnecting. `waiting` is for workers, whose blocking
 * reads wait out an outage; without it a command fails at once while Redis is away, so that whoever
 * rings a bell is not held up.
 */
export function openRedis(
  url: string,
  options: { waiting: boolean; onError: (error: Error) => void },
): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: options.waiting ? null : 1,
    enableOfflineQueue: options.waiting,
    keepAlive: 10_000,
    connectTimeout: 5000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), RETRY_MAX_MS),
  });
  redis.on('error', options.onError);
  return redis;
}
