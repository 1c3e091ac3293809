/** The journal as it is written: server-sent events, resumable by `Last-Event-ID`. */
import { Type } from 'typebox';
import { Refusal } from '../../domain/errors.ts';
import type { Doors } from '../doors.ts';
import { liveClients } from '../live-clients.ts';
import { operation } from '../operation.ts';
import { Closed } from '../schemas.ts';

const SEQUENCE = /^(0|[1-9][0-9]{0,14})$/;

function afterOf(header: string | string[] | undefined, query: number | undefined): number | null {
  if (header === undefined) return query ?? null;
  if (typeof header === 'string' && SEQUENCE.test(header)) return Number(header);
  const detail = 'expected the id of an event of this stream';
  throw new Refusal('invalid_cursor', `last-event-id: ${detail}`, [
    { pointer: 'last-event-id', detail },
  ]);
}

/** `GET /v1/live` */
export const streamJournal = (doors: Doors) => {
  const clients = liveClients(doors);
  return operation({
    summary: 'Follow the journal',
    description:
      'Server-sent events: each has the journal number as its id and the event as JSON. Without an ' +
      'id the stream starts now, and says the id it starts after; with the header Last-Event-ID (or ' +
      'the parameter after, for clients that cannot set it) it goes on after that event, without ' +
      'gap or repetition.',
    tag: 'live',
    scope: 'live:read',
    query: Closed({
      after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    }),
    stream_type: 'text/event-stream',
    answers: { 200: Type.String() },
    refusals: ['invalid_cursor'],
    handle: async (request, reply) => {
      const after = afterOf(request.headers['last-event-id'], request.query.after);
      await clients.open(reply, after);
      return reply;
    },
  });
};
