/** What the engine could not settle by itself. */
import { Type } from 'typebox';
import { asParty } from '../../../db/database.ts';
import { listExceptions as readExceptions } from '../../../db/work-pages.ts';
import { RESOLUTIONS } from '../../domain/exceptions.ts';
import { resolveException as runResolve } from '../../fulfillment/resolve-exception.ts';
import { INSTANT_PART, readCursor, UUID_PART, writeCursor } from '../cursor.ts';
import type { Doors } from '../doors.ts';
import { operation } from '../operation.ts';
import { linkNext } from '../pages.ts';
import { Closed, Cursor, Id, IdParams, Limit, Nullable, OneOf } from '../schemas.ts';
import { Exception } from './exception-answer.ts';

/** `GET /v1/exceptions` */
export const listExceptions = (doors: Doors) =>
  operation({
    summary: 'List exceptions, oldest first',
    tag: 'exceptions',
    scope: 'exceptions:read',
    query: Closed({
      state: Type.Optional(OneOf(['open', 'resolved'], { default: 'open' })),
      cursor: Type.Optional(Cursor),
      limit: Type.Optional(Limit(doors.engine.config.page_items_max)),
    }),
    answers: {
      200: Type.Object({
        exceptions: Type.Array(Exception),
        next_cursor: Nullable(Type.String()),
      }),
    },
    refusals: ['invalid_cursor'],
    handle: async ({ query, caller, url }, reply) => {
      const limit = query.limit ?? Math.min(100, doors.engine.config.page_items_max);
      const position = readCursor('exceptions', query.cursor, [INSTANT_PART, UUID_PART]);
      const [opened_at = '', exception_id = ''] = position ?? [];
      const after = position === null ? null : { opened_at, exception_id };
      const page = { state: query.state ?? 'open', after, limit };
      const exceptions = await asParty(doors.engine.database, caller, (tx) =>
        readExceptions(tx, page),
      );
      const last = exceptions.length === limit ? exceptions.at(-1) : undefined;
      const next_cursor =
        last === undefined
          ? null
          : writeCursor('exceptions', [last.opened_at.toString(), last.exception_id]);
      linkNext(reply, url, next_cursor);
      return { exceptions, next_cursor };
    },
  });

/** `POST /v1/exceptions/{id}/resolve` */
export const resolveException = (doors: Doors) =>
  operation({
    summary: 'Resolve an exception',
    description:
      'retry: decide the order again; cancel: cancel the order; declare_lost: end the shipment, of ' +
      'which its carrier has nothing more to say, as lost; close: noted.',
    tag: 'exceptions',
    scope: 'exceptions:write',
    params: IdParams,
    body: Closed({ resolution: OneOf(RESOLUTIONS) }),
    answers: { 200: Type.Object({ exception_id: Id, resolution: OneOf(RESOLUTIONS) }) },
    refusals: ['not_found', 'state_conflict'],
    handle: async ({ params, body, caller, id }) =>
      await runResolve(doors.engine, {
        exception_id: params.id,
        resolution: body.resolution,
        by: `operator:${caller.key_id}`,
        request_id: id,
      }),
  });
