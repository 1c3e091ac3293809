/** API keys of the parties. */
import { Type } from 'typebox';
import { listKeys as readKeys } from '../../../db/api-keys.ts';
import { asParty } from '../../../db/database.ts';
import {
  createKey,
  EVERY_PARTY,
  ROLE_SCOPES,
  type Role,
  revokeKey,
  type Scope,
} from '../../fulfillment/create-key.ts';
import { readCursor, UUID_PART, writeCursor } from '../cursor.ts';
import type { Doors } from '../doors.ts';
import { operation } from '../operation.ts';
import { linkNext } from '../pages.ts';
import { Closed, Cursor, Id, IdParams, Instant, Limit, Nullable, OneOf, Text } from '../schemas.ts';

const ROLES = Object.keys(ROLE_SCOPES) as Role[];
const SCOPES = [...new Set<Scope>(Object.values(ROLE_SCOPES).flat())];

const Party = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: `^[A-Za-z0-9][A-Za-z0-9._:@/-]*$|^\\${EVERY_PARTY}$`,
  description: 'the party as the network calls it; * for an operator',
});

/** `POST /v1/keys` */
export const postKey = (doors: Doors) =>
  operation({
    summary: 'Make a key',
    description:
      'The key itself is shown once, here; only its hash is stored. Idempotency-Key is not taken, as ' +
      'the answer holds a secret: if it was lost, make another key and revoke the first.',
    tag: 'keys',
    scope: 'keys:write',
    is_replayable: false,
    body: Closed({
      role: OneOf(ROLES),
      party_id: Party,
      scopes: Type.Optional(Type.Array(OneOf(SCOPES), { minItems: 1, maxItems: SCOPES.length })),
      label: Type.Optional(Text(100)),
    }),
    answers: {
      201: Type.Object({
        key: Type.String(),
        key_id: Id,
        prefix: Type.String(),
        scopes: Type.Array(Type.String()),
        created_at: Instant,
      }),
    },
    refusals: ['unknown_reference', 'network_missing'],
    handle: async ({ body, id }, reply) => {
      const created = await createKey(doors.engine, { ...body, request_id: id });
      reply.status(201).header('cache-control', 'no-store');
      return created;
    },
  });

/** `GET /v1/keys` */
export const listKeys = (doors: Doors) =>
  operation({
    summary: 'List keys, newest first',
    tag: 'keys',
    scope: 'keys:read',
    query: Closed({
      cursor: Type.Optional(Cursor),
      limit: Type.Optional(Limit(doors.engine.config.page_items_max)),
    }),
    answers: {
      200: Type.Object({
        keys: Type.Array(
          Type.Object({
            key_id: Id,
            prefix: Type.String(),
            role: Type.String(),
            party_id: Type.String(),
            scopes: Type.Array(Type.String()),
            label: Nullable(Type.String()),
            created_at: Instant,
            revoked_at: Nullable(Instant),
          }),
        ),
        next_cursor: Nullable(Type.String()),
      }),
    },
    refusals: ['invalid_cursor'],
    handle: async ({ query, caller, url }, reply) => {
      const limit = query.limit ?? Math.min(100, doors.engine.config.page_items_max);
      const [before = null] = readCursor('keys', query.cursor, [UUID_PART]) ?? [];
      const keys = await asParty(doors.engine.database, caller, (tx) =>
        readKeys(tx, { before, limit }),
      );
      const last = keys.length === limit ? keys.at(-1) : undefined;
      const next_cursor = last === undefined ? null : writeCursor('keys', [last.key_id]);
      linkNext(reply, url, next_cursor);
      return { keys, next_cursor };
    },
  });

/** `DELETE /v1/keys/{id}` */
export const deleteKey = (doors: Doors) =>
  operation({
    summary: 'Revoke a key',
    description: 'For good, and everywhere within a second or two; revoking again changes nothing.',
    tag: 'keys',
    scope: 'keys:write',
    params: IdParams,
    answers: { 204: Type.Null() },
    refusals: ['not_found'],
    handle: async ({ params, id }, reply) => {
      await revokeKey(doors.engine, { key_id: params.id, request_id: id });
      doors.keys.forget();
      reply.status(204);
    },
  });
