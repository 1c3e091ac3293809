/** A limit on waiting for a queue that may never answer. */
import { setTimeout as pause } from 'node:timers/promises';

/** Resolves as `work` does; rejects after `limit_ms`, leaving `work` to its fate. */
export async function inTime<T>(limit_ms: number, work: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const late = pause(limit_ms, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`the queue did not answer within ${limit_ms} ms`);
  });
  // Whichever comes second must not count as unhandled.
  late.catch(() => undefined);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    settled.abort();
  }
}
