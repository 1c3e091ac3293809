/** Goods on their way into a warehouse: announced, then counted in. */
import { Type } from 'typebox';
import { Refusal } from '../../domain/errors.ts';
import { announceInbound } from '../../fulfillment/announce-inbound.ts';
import { receiveInbound } from '../../fulfillment/receive-inbound.ts';
import type { Config } from '../../runtime/config.ts';
import type { Caller } from '../auth.ts';
import type { Doors } from '../doors.ts';
import { operation } from '../operation.ts';
import {
  Closed,
  Code,
  DayText,
  Id,
  Instant,
  InstantText,
  Nullable,
  OneOf,
  Quantity,
  Reference,
  Text,
  toInstant,
} from '../schemas.ts';

const Lot = Text(64);

const NoticeBody = ({ lines_max }: Config) =>
  Closed({
    seller_id: Type.Optional(Code),
    warehouse_id: Type.Optional(Code),
    reference: Reference,
    expected_at: Type.Optional(InstantText),
    lines: Type.Array(
      Closed({
        line_no: Type.Integer({ minimum: 1, maximum: 32_767 }),
        sku_id: Code,
        lot: Type.Optional(Lot),
        quantity: Quantity(),
      }),
      { minItems: 1, maxItems: lines_max },
    ),
  });

const Notice = Type.Object({
  notice_id: Id,
  warehouse_id: Type.String(),
  seller_id: Type.String(),
  reference: Type.String(),
  state: OneOf(['open', 'received', 'cancelled']),
  expected_at: Nullable(Instant),
  lines: Type.Array(
    Type.Object({
      line_no: Type.Integer(),
      sku_id: Type.String(),
      lot: Type.String(),
      expected: Type.Integer(),
      received: Type.Integer(),
      damaged: Type.Integer(),
    }),
  ),
});

/** The party that posts is one end; the body must name the other, and may repeat its own. */
function endsOf(
  caller: Caller,
  body: { readonly seller_id?: string; readonly warehouse_id?: string },
): { seller_id: string; warehouse_id: string } {
  const own = caller.role === 'seller' ? 'seller_id' : 'warehouse_id';
  const ends = { ...body, [own]: body[own] ?? caller.party_id };
  if (ends[own] !== caller.party_id) {
    const detail = `got ${ends[own]}, expected ${caller.party_id}, whose key this is`;
    throw new Refusal('invalid_request', detail, [{ pointer: `/${own}`, detail }]);
  }
  const { seller_id, warehouse_id } = ends;
  if (seller_id === undefined || warehouse_id === undefined) {
    const pointer = seller_id === undefined ? '/seller_id' : '/warehouse_id';
    const detail = 'got nothing, expected a value';
    throw new Refusal('invalid_request', `${pointer}: ${detail}`, [{ pointer, detail }]);
  }
  return { seller_id, warehouse_id };
}

/** `POST /v1/inbound/notices` */
export const postNotice = (doors: Doors) =>
  operation({
    summary: 'Announce goods',
    description:
      'By the seller (naming the warehouse) or by the warehouse (naming the seller). The units count ' +
      'as incoming. The reference is unique per warehouse.',
    tag: 'inbound',
    scope: 'inbound:announce',
    body: NoticeBody(doors.engine.config),
    answers: { 201: Notice, 200: Notice },
    refusals: ['unknown_reference', 'event_conflict', 'network_missing'],
    handle: async ({ body, caller, id }, reply) => {
      const { seller_id: _seller, warehouse_id: _warehouse, expected_at, ...notice } = body;
      const announced = await announceInbound(doors.engine, {
        ...notice,
        ...endsOf(caller, body),
        expected_at: toInstant(expected_at),
        request_id: id,
      });
      reply.status(announced.status === 'applied' ? 201 : 200);
      return announced;
    },
  });

const ReceiptBody = ({ lines_max }: Config) =>
  Closed({
    receipt_ref: Reference,
    notice_reference: Type.Optional(Reference),
    final: Type.Optional(Type.Boolean()),
    lines: Type.Array(
      Closed({
        sku_id: Code,
        lot: Type.Optional(Lot),
        expires_on: Type.Optional(DayText),
        quantity: Quantity(0),
        damaged: Type.Optional(Quantity(0)),
        quarantined: Type.Optional(Quantity(0)),
      }),
      { minItems: 1, maxItems: lines_max },
    ),
  });

const Receipt = Type.Object({
  warehouse_id: Type.String(),
  receipt_ref: Type.String(),
  notice: Nullable(Type.Object({ reference: Type.String(), state: Type.String() })),
  lines: Type.Array(
    Type.Object({
      sku_id: Type.String(),
      lot: Type.String(),
      quantity: Type.Integer(),
      damaged: Type.Integer(),
      quarantined: Type.Integer(),
      over: Type.Integer({ description: 'units beyond what the notice still expected' }),
      unannounced: Type.Boolean({ description: 'no notice names the SKU' }),
    }),
  ),
  missing: Type.Array(
    Type.Object({ line_no: Type.Integer(), sku_id: Type.String(), quantity: Type.Integer() }),
    { description: 'what the notice had announced and never came, once it is closed' },
  ),
});

/** `POST /v1/inbound/receipts` */
export const postReceipt = (doors: Doors) =>
  operation({
    summary: 'Count goods in',
    description:
      'Partial, over, short or damaged, with or without a notice. The receipt reference is yours: ' +
      'posting it again counts once.',
    tag: 'inbound',
    scope: 'inbound:receive',
    body: ReceiptBody(doors.engine.config),
    answers: { 201: Receipt, 200: Receipt },
    refusals: ['unknown_reference', 'event_conflict', 'network_missing'],
    handle: async ({ body, caller, id }, reply) => {
      const command = { ...body, warehouse_id: caller.party_id, request_id: id };
      const received = await receiveInbound(doors.engine, command);
      reply.status(received.status === 'applied' ? 201 : 200);
      return received;
    },
  });
