/** Orders on their way in: one by one, or in bulk. Both go through the same group commit. */
import { Type } from 'typebox';
import type { AcceptOrder } from '../../domain/commands.ts';
import { Refusal } from '../../domain/errors.ts';
import { OrderBody } from '../../domain/order-body.ts';
import type { Caller } from '../auth.ts';
import { applyRows, postponed, Rows } from '../bulk.ts';
import type { Doors } from '../doors.ts';
import { documentedRows } from '../open-api.ts';
import { operation } from '../operation.ts';
import { BulkAnswer, Id, Instant, toInstant } from '../schemas.ts';

const accepted = {
  order_id: Id,
  external_ref: Type.String(),
  state: Type.String(),
  accepted_at: Instant,
  decide_by: Instant,
};
const Accepted = Type.Object(accepted);

function toCommand(body: OrderBody, caller: Caller, request_id: string): AcceptOrder {
  const { deliver_by, ...order } = body;
  const platform_id = caller.party_id;
  if (deliver_by === undefined) return { ...order, platform_id, request_id };
  return { ...order, deliver_by: toInstant(deliver_by), platform_id, request_id };
}

/** `POST /v1/orders` */
export const postOrder = (doors: Doors) =>
  operation({
    summary: 'Post an order',
    description:
      'Answers once the order is stored for good. The reference is yours and unique: posting the same ' +
      'order again answers 200 with the same order; another body under it is an order_conflict.',
    tag: 'orders',
    scope: 'orders:write',
    body: OrderBody(doors.engine.config),
    answers: { 201: Accepted, 200: Accepted },
    refusals: [
      'order_conflict',
      'unknown_reference',
      'network_missing',
      'quote_expired',
      'quote_mismatch',
    ],
    handle: async (request, reply) => {
      const { body, caller, id } = request;
      const result = await doors.orders.submit(toCommand(body, caller, id));
      if (result.status === 'refused') {
        throw new Refusal(result.code, result.detail, result.faults);
      }
      reply.status(result.status === 'applied' ? 201 : 200);
      reply.header('location', `/v1/orders/${result.order_id}`);
      return result;
    },
  });

/** Each order goes in by itself: while some wait for their commit, there may be no room for the others. */
async function submitAll({ orders }: Doors, commands: readonly AcceptOrder[]) {
  const ends = await Promise.allSettled(commands.map((command) => orders.submit(command)));
  const first = ends[0]!;
  if (first.status === 'rejected' && ends.every(({ status }) => status === 'rejected')) {
    throw first.reason;
  }
  return ends.map((end) => (end.status === 'fulfilled' ? end.value : postponed(end.reason)));
}

/** `POST /v1/orders/bulk` */
export const postOrders = (doors: Doors) => {
  const { bulk_rows_max, bulk_slice_rows } = doors.engine.config;
  const row = OrderBody(doors.engine.config);
  return operation({
    summary: 'Post many orders',
    description:
      'A JSON array or newline-delimited JSON (application/x-ndjson). Each row has its own result, in ' +
      'the order of the rows; bad rows are reported and the good ones go through.',
    tag: 'orders',
    scope: 'orders:write',
    body: Rows(bulk_rows_max),
    documented_body: documentedRows(row, bulk_rows_max),
    body_size: 'bulk',
    rows: true,
    answers: { 200: BulkAnswer(accepted) },
    handle: async (request) =>
      await applyRows(request.body, {
        request,
        row,
        toCommand: (body) => toCommand(body, request.caller, request.id),
        apply: (commands) => submitAll(doors, commands),
        slice_rows: bulk_slice_rows,
      }),
  });
};
