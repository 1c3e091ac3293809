/** Orders as they are: read, explained, cancelled. */
import { Type } from 'typebox';
import { asParty } from '../../../db/database.ts';
import { findOrderPage, listOrders as readOrders } from '../../../db/order-pages.ts';
import { Refusal } from '../../domain/errors.ts';
import { tellRoute } from '../../domain/route.ts';
import { cancelOrder as runCancel } from '../../fulfillment/cancel-order.ts';
import { explainDecision } from '../../fulfillment/explain-decision.ts';
import type { Caller } from '../auth.ts';
import { readCursor, UUID_PART, writeCursor } from '../cursor.ts';
import type { Doors } from '../doors.ts';
import { operation } from '../operation.ts';
import { linkNext } from '../pages.ts';
import {
  Closed,
  Cursor,
  Id,
  IdParams,
  InstantText,
  Limit,
  Nullable,
  OneOf,
  Reference,
  Text,
  toInstant,
} from '../schemas.ts';
import { Decision } from './decision-answer.ts';
import { listed, ORDER_STATES, Order } from './order-answer.ts';
import { tellDecision } from './tell-decision.ts';

/** The platform whose orders a caller means; null = all, for an operator. */
function platformOf({ role, party_id }: Caller): string | null {
  return role === 'operator' ? null : party_id;
}

/** `GET /v1/orders` */
export const listOrders = (doors: Doors) =>
  operation({
    summary: 'List orders, newest first',
    tag: 'orders',
    scope: 'orders:read',
    query: Closed({
      state: Type.Optional(OneOf(ORDER_STATES)),
      external_ref: Type.Optional(Reference),
      accepted_from: Type.Optional(InstantText),
      accepted_to: Type.Optional(InstantText),
      cursor: Type.Optional(Cursor),
      limit: Type.Optional(Limit(doors.engine.config.page_items_max)),
    }),
    answers: {
      200: Type.Object({
        orders: Type.Array(Type.Object(listed)),
        next_cursor: Nullable(Type.String()),
      }),
    },
    refusals: ['invalid_cursor'],
    handle: async ({ query, caller, url }, reply) => {
      const limit = query.limit ?? Math.min(100, doors.engine.config.page_items_max);
      const [before = null] = readCursor('orders', query.cursor, [UUID_PART]) ?? [];
      const filter = {
        platform_id: platformOf(caller),
        state: query.state,
        external_ref: query.external_ref,
        accepted_from: toInstant(query.accepted_from),
        accepted_to: toInstant(query.accepted_to),
        before,
        limit,
      };
      const orders = await asParty(doors.engine.database, caller, (tx) => readOrders(tx, filter));
      const last = orders.length === limit ? orders.at(-1) : undefined;
      const next_cursor = last === undefined ? null : writeCursor('orders', [last.order_id]);
      linkNext(reply, url, next_cursor);
      return { orders, next_cursor };
    },
  });

/** `GET /v1/orders/{id}` */
export const getOrder = (doors: Doors) =>
  operation({
    summary: 'Read an order',
    description:
      'State, lines, shipments with their milestones, the promise as sold (promise_at) and as it ' +
      'stands (current_promise_at), and what happened so far.',
    tag: 'orders',
    scope: 'orders:read',
    params: IdParams,
    answers: { 200: Order },
    refusals: ['not_found'],
    handle: async ({ params, caller }) => {
      const order = await asParty(doors.engine.database, caller, (tx) =>
        findOrderPage(tx, params.id),
      );
      if (order === undefined) throw new Refusal('not_found', 'there is no such order');
      const shipments = order.shipments.map((one) => ({ ...one, route: tellRoute(one.route) }));
      return { ...order, shipments };
    },
  });

/** `GET /v1/orders/{id}/decision` */
export const getDecision = (doors: Doors) =>
  operation({
    summary: "Explain an order's newest decision",
    description:
      'The plan, the terms of its cost, the next-best alternatives and why each lost, the proof, the ' +
      'times and the budget. The decision is made again from what it stored; replayed says whether ' +
      'the same plan came out.',
    tag: 'orders',
    scope: 'orders:read',
    params: IdParams,
    answers: { 200: Decision },
    refusals: ['not_found'],
    handle: async ({ params, caller }) => {
      const decision = await explainDecision(doors.engine, caller, params.id);
      if (decision === null) throw new Refusal('not_found', 'there is no decision yet');
      return tellDecision(decision);
    },
  });

/** `POST /v1/orders/{id}/cancel` */
export const cancelOrder = (doors: Doors) =>
  operation({
    summary: 'Cancel an order',
    description: 'Possible until a shipment has left its warehouse; asking again answers the same.',
    tag: 'orders',
    scope: 'orders:cancel',
    params: IdParams,
    body: Closed({ reason: Text(500, 1) }),
    answers: { 200: Type.Object({ order_id: Id, state: OneOf(ORDER_STATES) }) },
    refusals: ['not_found', 'state_conflict'],
    handle: async ({ params, body, caller, id }) =>
      await runCancel(doors.engine, {
        platform_id: platformOf(caller),
        order_id: params.id,
        reason: body.reason,
        request_id: id,
      }),
  });
