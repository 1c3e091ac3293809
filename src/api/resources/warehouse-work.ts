/** What a warehouse has to do, and what it has done. */
import { type Static, Type } from 'typebox';
import { asParty } from '../../../db/database.ts';
import { listWork as readWork, type WorkRow } from '../../../db/work-pages.ts';
import { Refusal } from '../../domain/errors.ts';
import { recordWarehouseEvents } from '../../fulfillment/record-warehouse-events.ts';
import { applyRows, Rows } from '../bulk.ts';
import type { Doors } from '../doors.ts';
import { feedCursor, feedPosition } from '../feed.ts';
import { documentedRows } from '../open-api.ts';
import { operation } from '../operation.ts';
import {
  BulkAnswer,
  Closed,
  Code,
  Cursor,
  Id,
  Instant,
  InstantText,
  Limit,
  Nullable,
  OneOf,
  Quantity,
  Reference,
  Text,
  toInstant,
  Wait,
} from '../schemas.ts';

const Work = Type.Object({
  shipment_id: Id,
  order_id: Id,
  state: OneOf(['released', 'picked', 'packed']),
  carrier_id: Type.String(),
  service_id: Type.String(),
  destination: Type.Object({}, { additionalProperties: true }),
  weight_grams: Type.Number(),
  pick_from: Instant,
  pick_by: Instant,
  pack_by: Instant,
  pickup_at: Instant,
  lines: Type.Array(
    Type.Object({
      line_no: Type.Integer(),
      sku_id: Type.String(),
      lot: Type.String(),
      expires_on: Nullable(Type.String()),
      quantity: Type.Integer(),
      picked: Type.Integer(),
    }),
  ),
});

/** `GET /v1/warehouses/{id}/work` */
export const listWork = (doors: Doors) =>
  operation({
    summary: 'List work',
    description:
      'Shipments released to the warehouse and not handed over yet, oldest first. Keep next_cursor ' +
      'and give it back to see what was released since; with wait, an empty page stays open until ' +
      'something is released.',
    tag: 'work',
    scope: 'work:read',
    params: Closed({ id: Code }),
    query: Closed({
      cursor: Type.Optional(Cursor),
      wait: Type.Optional(Wait(doors.engine.config.long_poll_max_seconds)),
      limit: Type.Optional(Limit(doors.engine.config.page_items_max)),
    }),
    answers: { 200: Type.Object({ work: Type.Array(Work), next_cursor: Nullable(Type.String()) }) },
    refusals: ['not_found', 'invalid_cursor'],
    handle: async ({ params, query, caller, signal }) => {
      if (params.id !== caller.party_id) throw new Refusal('not_found', 'no such warehouse');
      const after = feedPosition('work', query.cursor);
      const limit = query.limit ?? Math.min(100, doors.engine.config.page_items_max);
      const page = { warehouse_id: params.id, after, limit };
      const cursorAfter = (rows: readonly WorkRow[]) => feedCursor('work', rows, query.cursor);
      const poll = {
        caller,
        list: 'work',
        cursor: query.cursor,
        cursorAfter,
        limit,
        wait_seconds: query.wait ?? 0,
        gone: signal,
      };
      const work = await doors.polls.poll(poll, () =>
        asParty(doors.engine.database, caller, (tx) => readWork(tx, page)),
      );
      return { work, next_cursor: cursorAfter(work) };
    },
  });

const EventRow = ({ lines_max }: { readonly lines_max: number }) =>
  Closed({
    event_id: Reference,
    shipment_id: Id,
    kind: OneOf(['picked', 'short_picked', 'packed', 'handed_over']),
    occurred_at: InstantText,
    lines: Type.Optional(
      Type.Array(
        Closed({ line_no: Type.Integer({ minimum: 1, maximum: 32_767 }), picked: Quantity(0) }),
        {
          minItems: 1,
          maxItems: lines_max,
          description: 'of a short_picked: what was found, per line',
        },
      ),
    ),
    tracking_number: Type.Optional(Text(64, 1)),
  });

function toEvent({ occurred_at, ...event }: Static<ReturnType<typeof EventRow>>) {
  return { ...event, occurred_at: toInstant(occurred_at) };
}

/** `POST /v1/warehouse-events` */
export const postWarehouseEvents = (doors: Doors) => {
  const { bulk_rows_max, bulk_slice_rows } = doors.engine.config;
  const row = EventRow(doors.engine.config);
  return operation({
    summary: 'Post what was picked, packed and handed over',
    description:
      'In any order and as often as you like: an event counts once by its event_id. Each row has its ' +
      'own result, in the order of the rows.',
    tag: 'work',
    scope: 'events:write',
    body: Rows(bulk_rows_max),
    documented_body: documentedRows(row, bulk_rows_max),
    body_size: 'bulk',
    rows: true,
    answers: {
      200: BulkAnswer({ event_id: Type.String(), shipment_id: Id, state: Type.String() }),
    },
    handle: async (request) =>
      await applyRows(request.body, {
        request,
        row,
        toCommand: toEvent,
        apply: (events) =>
          recordWarehouseEvents(doors.engine, request.caller.party_id, events, request.id),
        slice_rows: bulk_slice_rows,
      }),
  });
};
