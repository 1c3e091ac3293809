/** Parcels on offer to a carrier, under a lease. */
import { Type } from 'typebox';
import { asParty } from '../../../db/database.ts';
import { type AssignmentRow, listAssignments as readAssignments } from '../../../db/work-pages.ts';
import { type AssignmentAnswer, REJECT_REASONS } from '../../domain/commands.ts';
import { Refusal } from '../../domain/errors.ts';
import { tellRoute } from '../../domain/route.ts';
import { answerAssignments } from '../../fulfillment/answer-assignments.ts';
import type { LiveNetwork } from '../../fulfillment/engine.ts';
import { applyRows, Rows } from '../bulk.ts';
import type { Doors } from '../doors.ts';
import { feedCursor, feedPosition } from '../feed.ts';
import { documentedRows } from '../open-api.ts';
import { operation } from '../operation.ts';
import {
  BulkAnswer,
  Closed,
  Cursor,
  Id,
  IdParams,
  Instant,
  Limit,
  Nullable,
  OneOf,
  Wait,
} from '../schemas.ts';
import { RouteAnswer } from './order-answer.ts';

const FencingToken = Type.Integer({
  minimum: 1,
  maximum: 2_147_483_647,
  description: 'as the assignment gave it; an older one is refused',
});

const Assignment = Type.Object({
  assignment_id: Id,
  shipment_id: Id,
  service_id: Type.String(),
  state: OneOf(['offered', 'accepted']),
  fencing_token: FencingToken,
  offered_at: Instant,
  lease_until: Instant,
  tracking_number: Nullable(Type.String({ description: 'as the warehouse told it' })),
  parcel: Type.Object({ weight_grams: Type.Number(), units: Type.Integer() }),
  pickup: Type.Object({
    warehouse_id: Type.String(),
    name: Nullable(Type.String()),
    position: Nullable(Type.Array(Type.Number())),
    country: Nullable(Type.String()),
    at: Instant,
  }),
  destination: Type.Object({}, { additionalProperties: true }),
  deliver_by: Instant,
  route: Nullable(RouteAnswer),
});

/** An assignment as a carrier reads it, with the place of pickup from the network. */
function answerOf(row: AssignmentRow, network: LiveNetwork | null) {
  const {
    xid: _xid,
    seq: _seq,
    weight_grams,
    units,
    warehouse_id,
    pickup_at,
    route,
    ...rest
  } = row;
  const warehouse = network?.warehouses.get(warehouse_id);
  const pickup = {
    warehouse_id,
    name: warehouse?.name ?? null,
    position: warehouse?.position ?? null,
    country: warehouse?.country ?? null,
    at: pickup_at,
  };
  const parcel = { weight_grams, units };
  return { ...rest, parcel, pickup, route: tellRoute(route) };
}

/** `GET /v1/assignments` */
export const listAssignments = (doors: Doors) =>
  operation({
    summary: 'List assignments',
    description:
      'Parcels offered under a lease, oldest first, or those that were accepted, in the order in ' +
      'which they were. Answer before lease_until; silence counts as a rejection. Keep next_cursor ' +
      'and give it back to see what was offered, or accepted, since; with wait, an empty page stays ' +
      'open until something is.',
    tag: 'assignments',
    scope: 'assignments:read',
    query: Closed({
      state: Type.Optional(OneOf(['offered', 'accepted'], { default: 'offered' })),
      cursor: Type.Optional(Cursor),
      wait: Type.Optional(Wait(doors.engine.config.long_poll_max_seconds)),
      limit: Type.Optional(Limit(doors.engine.config.page_items_max)),
    }),
    answers: {
      200: Type.Object({
        assignments: Type.Array(Assignment),
        next_cursor: Nullable(Type.String()),
      }),
    },
    refusals: ['invalid_cursor'],
    handle: async ({ query, caller, signal }) => {
      const after = feedPosition('assignments', query.cursor);
      const limit = query.limit ?? Math.min(100, doors.engine.config.page_items_max);
      const page = { carrier_id: caller.party_id, state: query.state ?? 'offered', after, limit };
      const cursorAfter = (rows: readonly AssignmentRow[]) =>
        feedCursor('assignments', rows, query.cursor);
      const poll = {
        caller,
        list: `assignments ${page.state}`,
        cursor: query.cursor,
        cursorAfter,
        limit,
        wait_seconds: query.wait ?? 0,
        gone: signal,
      };
      const rows = await doors.polls.poll(poll, () =>
        asParty(doors.engine.database, caller, (tx) => readAssignments(tx, page)),
      );
      const network = rows.length === 0 ? null : await doors.engine.networks.current();
      return {
        assignments: rows.map((row) => answerOf(row, network)),
        next_cursor: cursorAfter(rows),
      };
    },
  });

const Reason = OneOf(REJECT_REASONS);
const outcome = { assignment_id: Id, state: Type.String() };

/** `POST /v1/assignments/{id}/accept` and `…/reject` */
export const answerAssignment = (doors: Doors, answer: AssignmentAnswer['answer']) =>
  operation({
    summary: answer === 'accept' ? 'Accept an assignment' : 'Reject an assignment',
    description:
      'Within its lease, with its fencing token. The same answer again answers the same.',
    tag: 'assignments',
    scope: 'assignments:answer',
    params: IdParams,
    body:
      answer === 'accept'
        ? Closed({ fencing_token: FencingToken, reason: Type.Optional(Type.Never()) })
        : Closed({ fencing_token: FencingToken, reason: Type.Optional(Reason) }),
    answers: { 200: Type.Object(outcome) },
    refusals: ['not_found', 'stale_lease', 'state_conflict'],
    handle: async ({ params, body, caller, id }) => {
      const row = { assignment_id: params.id, answer, ...body };
      const [result] = await answerAssignments(doors.engine, caller.party_id, [row], id);
      if (result === undefined) throw new Error('an answer had no result');
      if (result.status === 'refused') {
        throw new Refusal(result.code, result.detail, result.faults);
      }
      return result;
    },
  });

const AnswerRow = Closed({
  assignment_id: Id,
  fencing_token: FencingToken,
  answer: OneOf(['accept', 'reject']),
  reason: Type.Optional(Reason),
});

/** `POST /v1/assignments/answers` */
export const postAnswers = (doors: Doors) => {
  const { bulk_rows_max } = doors.engine.config;
  return operation({
    summary: 'Answer many assignments',
    description: 'Each row has its own result, in the order of the rows.',
    tag: 'assignments',
    scope: 'assignments:answer',
    body: Rows(bulk_rows_max),
    documented_body: documentedRows(AnswerRow, bulk_rows_max),
    body_size: 'bulk',
    rows: true,
    answers: { 200: BulkAnswer(outcome) },
    handle: async (request) =>
      await applyRows(request.body, {
        request,
        row: AnswerRow,
        toCommand: (row) => row,
        apply: (answers) =>
          answerAssignments(doors.engine, request.caller.party_id, answers, request.id),
        slice_rows: doors.engine.config.bulk_slice_rows,
      }),
  });
};
