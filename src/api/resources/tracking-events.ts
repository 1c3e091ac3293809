/** Where parcels are, as their carriers say. */
import { type Static, Type } from 'typebox';
import { TRACKING_STATUSES } from '../../domain/commands.ts';
import { Position } from '../../domain/network.ts';
import { recordTrackingEvents } from '../../fulfillment/record-tracking-events.ts';
import { applyRows, Rows } from '../bulk.ts';
import type { Doors } from '../doors.ts';
import { documentedRows } from '../open-api.ts';
import { operation } from '../operation.ts';
import {
  BulkAnswer,
  Closed,
  Id,
  InstantText,
  OneOf,
  Reference,
  Text,
  toInstant,
} from '../schemas.ts';

const EventRow = Closed({
  event_id: Reference,
  shipment_id: Id,
  status: OneOf(TRACKING_STATUSES),
  occurred_at: InstantText,
  carrier_code: Type.Optional(Text(64)),
  description: Type.Optional(Text(500)),
  position: Type.Optional(Position),
});

function toEvent({ occurred_at, ...event }: Static<typeof EventRow>) {
  return { ...event, occurred_at: toInstant(occurred_at) };
}

/** `POST /v1/tracking-events` */
export const postTrackingEvents = (doors: Doors) => {
  const { bulk_rows_max } = doors.engine.config;
  return operation({
    summary: 'Post tracking events',
    description:
      'In any order, late and as often as you like: an event counts once by its event_id, and a late ' +
      'one never takes a shipment back.',
    tag: 'tracking',
    scope: 'tracking:write',
    body: Rows(bulk_rows_max),
    documented_body: documentedRows(EventRow, bulk_rows_max),
    body_size: 'bulk',
    rows: true,
    answers: {
      200: BulkAnswer({ event_id: Type.String(), shipment_id: Id, state: Type.String() }),
    },
    handle: async (request) =>
      await applyRows(request.body, {
        request,
        row: EventRow,
        toCommand: toEvent,
        apply: (events) =>
          recordTrackingEvents(doors.engine, request.caller.party_id, events, request.id),
        slice_rows: doors.engine.config.bulk_slice_rows,
      }),
  });
};
