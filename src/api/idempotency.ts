/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): copies of a POST under one key
 * have one effect and equal answers. Without the header nothing is read or written. How the effect
 * and the stored answer survive a crash between them is told in db/idempotency.ts.
 */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { inTransaction } from '../../db/database.ts';
import {
  claimKey,
  forgetOldKeys,
  type KeyOwner,
  releaseKey,
  type StoredAnswer,
  saveAnswer,
} from '../../db/idempotency.ts';
import { REFUSALS, Refusal, type RefusalCode } from '../domain/errors.ts';
import type { Engine } from '../fulfillment/engine.ts';

type Handle = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** The header is a structured-field string (`"…"`); a bare token is taken too. */
const KEY = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255}))$/;
/** Refusals that say nothing about the request itself: a copy may well succeed. */
const PASSING: ReadonlySet<RefusalCode> = new Set(['overloaded', 'rate_limited']);

/** The same handler, with copies under one key answered once. */
export function replayable(engine: Engine, handle: Handle): Handle {
  return async (request, reply) => {
    const header = request.headers['idempotency-key'];
    if (header === undefined) return await handle(request, reply);
    const owner = ownerOf(request, header);
    const stored = await claim(engine, owner, hashOf(request));
    if (stored === undefined)
      return await runFirst(engine, owner, () => handle(request, reply), reply);
    reply.header('idempotency-replayed', 'true');
    return replay(stored, reply);
  };
}

/** For routes whose answer must not be stored. */
export function refuseKey(handle: Handle): Handle {
  return async (request, reply) => {
    if (request.headers['idempotency-key'] === undefined) return await handle(request, reply);
    throw invalidHeader('this interface cannot repeat its answer, which holds a secret');
  };
}

function ownerOf(request: FastifyRequest, header: string | string[]): KeyOwner {
  const [, quoted, bare] = KEY.exec(String(header)) ?? [];
  const key = quoted ?? bare;
  if (key === undefined) throw invalidHeader('expected 1 to 255 visible characters in quotes');
  const { role, party_id } = request.caller;
  return { role, party_id, key };
}

function invalidHeader(detail: string): Refusal {
  return new Refusal('invalid_request', `idempotency-key: ${detail}`, [
    { pointer: 'idempotency-key', detail },
  ]);
}

/** The identity of a request: method, path and body as parsed. */
function hashOf({ method, url, body }: FastifyRequest): Buffer {
  return createHash('sha256')
    .update(`${method} ${url}\n${JSON.stringify(body)}`)
    .digest();
}

async function claim(
  engine: Engine,
  owner: KeyOwner,
  request_hash: Buffer,
): Promise<StoredAnswer | undefined> {
  const { idempotency_seconds, idempotency_takeover_seconds } = engine.config;
  const now = engine.clock.now();
  // A crash is a matter of the machine's time; how long a client may ask again is not.
  const takeover_ms = idempotency_takeover_seconds * 1000 * engine.clock.work_speed;
  const stale_before = now.subtract({ milliseconds: Math.round(takeover_ms) });
  const stored = await inTransaction(engine.database, async (tx) => {
    await forgetOldKeys(tx, now.subtract({ seconds: idempotency_seconds }));
    return await claimKey(tx, owner, { request_hash, now, stale_before });
  });
  if (stored === undefined) return undefined;
  if (!stored.request_hash.equals(request_hash)) {
    throw new Refusal('idempotency_mismatch', 'this key came before with another body or path');
  }
  if (stored.status === 0) {
    throw new Refusal('request_in_flight', 'the first request with this key has not ended yet');
  }
  return stored;
}

async function runFirst(
  engine: Engine,
  owner: KeyOwner,
  run: () => Promise<unknown>,
  reply: FastifyReply,
): Promise<unknown> {
  const save = (status: number, response: unknown) =>
    inTransaction(engine.database, (tx) =>
      saveAnswer(tx, owner, { status, response: JSON.stringify(response) }),
    );
  try {
    const answer = await run();
    await save(reply.statusCode, { answer, location: reply.getHeader('location') });
    return answer;
  } catch (error) {
    if (error instanceof Refusal && !PASSING.has(error.code)) {
      const { code, message: detail, faults } = error;
      await save(REFUSALS[code].status, { code, detail, faults });
    } else await inTransaction(engine.database, (tx) => releaseKey(tx, owner));
    throw error;
  }
}

type StoredResponse =
  | { readonly answer: unknown; readonly location?: string }
  | { readonly code: RefusalCode; readonly detail: string; readonly faults: [] };

function replay(stored: StoredAnswer, reply: FastifyReply): unknown {
  const response = stored.response as StoredResponse;
  if ('code' in response) throw new Refusal(response.code, response.detail, response.faults);
  if (response.location !== undefined) reply.header('location', response.location);
  reply.status(stored.status);
  return response.answer;
}
