/** What does not go as planned at hubs and on legs, as an operator says. */
import { Type } from 'typebox';
import { asParty } from '../../../db/database.ts';
import { type DisruptionRow, listDisruptions as readDisruptions } from '../../../db/disruptions.ts';
import { DISRUPTION_KINDS } from '../../domain/disruption.ts';
import { liftDisruption, openDisruption } from '../../fulfillment/open-disruption.ts';
import type { Caller } from '../auth.ts';
import { NUMBER_PART, readCursor, writeCursor } from '../cursor.ts';
import type { Doors } from '../doors.ts';
import { operation } from '../operation.ts';
import { linkNext } from '../pages.ts';
import {
  Closed,
  Code,
  Cursor,
  Id,
  IdParams,
  Instant,
  InstantText,
  Limit,
  Nullable,
  OneOf,
  Reference,
  Text,
  toInstant,
} from '../schemas.ts';

const Disruption = Type.Object({
  disruption_id: Id,
  reference: Type.String(),
  kind: OneOf(DISRUPTION_KINDS),
  hub_id: Nullable(Type.String()),
  leg_id: Nullable(Type.String()),
  from_at: Instant,
  until_at: Instant,
  delay_seconds: Nullable(Type.Integer()),
  reason: Nullable(Type.String()),
  opened_no: Type.Integer({ description: 'its number: decisions name the last one they knew of' }),
  opened_at: Instant,
  lifted_no: Nullable(Type.Integer()),
  lifted_at: Nullable(Instant),
});

function tellDisruption({ opened_by: _, ...told }: DisruptionRow) {
  return told;
}

const authorOf = ({ key_id }: Caller, request_id: string) => ({
  by: `operator:${key_id}`,
  request_id,
});

/** `POST /v1/disruptions` */
export const postDisruption = (doors: Doors) =>
  operation({
    summary: 'Say that a hub is closed, or a leg does not run or runs late',
    description:
      'hub_closed: nothing leaves or lands there from from_at until until_at; leg_cancelled: departures ' +
      'planned in that time do not run; leg_delayed: they run delay_seconds later. Taken over within a ' +
      'second by whoever decides; open shipments that pass it are priced again. The same reference and ' +
      'body again changes nothing (200).',
    tag: 'network',
    scope: 'network:write',
    body: Closed({
      reference: Reference,
      kind: OneOf(DISRUPTION_KINDS),
      hub_id: Type.Optional(Code),
      leg_id: Type.Optional(Code),
      from_at: InstantText,
      until_at: InstantText,
      delay_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 30 * 86_400 })),
      reason: Type.Optional(Text(500)),
    }),
    answers: { 200: Disruption, 201: Disruption },
    refusals: ['unknown_reference', 'event_conflict', 'network_missing'],
    handle: async ({ body, caller, id }, reply) => {
      const open = {
        ...body,
        from_at: toInstant(body.from_at),
        until_at: toInstant(body.until_at),
      };
      const told = await openDisruption(doors.engine, open, authorOf(caller, id));
      reply.status(told.status === 'applied' ? 201 : 200);
      return tellDisruption(told.disruption);
    },
  });

/** `POST /v1/disruptions/{id}/lift` */
export const postLift = (doors: Doors) =>
  operation({
    summary: 'Say that a disruption is over',
    description: 'From now on all goes as planned again; lifting again changes nothing.',
    tag: 'network',
    scope: 'network:write',
    params: IdParams,
    answers: { 200: Disruption },
    refusals: ['not_found'],
    handle: async ({ params, caller, id }) => {
      const told = await liftDisruption(doors.engine, params.id, authorOf(caller, id));
      return tellDisruption(told.disruption);
    },
  });

/** `GET /v1/disruptions` */
export const listDisruptions = (doors: Doors) =>
  operation({
    summary: 'List disruptions, newest first',
    tag: 'network',
    scope: 'network:read',
    query: Closed({
      cursor: Type.Optional(Cursor),
      limit: Type.Optional(Limit(doors.engine.config.page_items_max)),
    }),
    answers: {
      200: Type.Object({
        disruptions: Type.Array(Disruption),
        next_cursor: Nullable(Type.String()),
      }),
    },
    refusals: ['invalid_cursor'],
    handle: async ({ query, caller, url }, reply) => {
      const limit = query.limit ?? Math.min(100, doors.engine.config.page_items_max);
      const position = readCursor('disruptions', query.cursor, [NUMBER_PART]);
      const before = position === null ? null : Number(position[0]);
      const rows = await asParty(doors.engine.database, caller, (tx) =>
        readDisruptions(tx, { before, limit }),
      );
      const last = rows.length === limit ? rows.at(-1) : undefined;
      const next_cursor =
        last === undefined ? null : writeCursor('disruptions', [String(last.opened_no)]);
      linkNext(reply, url, next_cursor);
      return { disruptions: rows.map(tellDisruption), next_cursor };
    },
  });
