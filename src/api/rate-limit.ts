/**
 * How many requests a key may make: a fixed window of a minute per key and process, reported in the
 * structured fields of draft-ietf-httpapi-ratelimit-headers-10.
 */
import type { FastifyReply } from 'fastify';
import { Refusal } from '../domain/errors.ts';

const WINDOW_MS = 60_000;
const MAX_KEYS = 50_000;

/** Counts a request of a key; sets the headers; throws `rate_limited` above the quota. */
export type RateLimit = (key_id: string, reply: FastifyReply) => void;

/** A limit of `quota` requests a minute per key; 0 = none. */
export function rateLimit(quota: number): RateLimit {
  if (quota === 0) return () => {};
  const windows = new Map<string, { used: number; ends_at: number }>();
  const policy = `"key";q=${quota};w=${WINDOW_MS / 1000}`;
  return (key_id, reply) => {
    const now = performance.now();
    let window = windows.get(key_id);
    if (window === undefined || window.ends_at <= now) {
      if (windows.size >= MAX_KEYS) windows.clear();
      window = { used: 0, ends_at: now + WINDOW_MS };
      windows.set(key_id, window);
    }
    window.used += 1;
    const seconds = Math.ceil((window.ends_at - now) / 1000);
    reply.header('ratelimit-policy', policy);
    reply.header('ratelimit', `"key";r=${Math.max(0, quota - window.used)};t=${seconds}`);
    if (window.used <= quota) return;
    reply.header('retry-after', String(seconds));
    throw new Refusal('rate_limited', `this key may make ${quota} requests a minute`);
  };
}
