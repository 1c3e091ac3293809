/** Balances, and corrections of them. */
import { Type } from 'typebox';
import { asParty } from '../../../db/database.ts';
import { listStock as readStock } from '../../../db/work-pages.ts';
import { adjustStock } from '../../fulfillment/adjust-stock.ts';
import type { Config } from '../../runtime/config.ts';
import { NUMBER_PART, readCursor, writeCursor } from '../cursor.ts';
import type { Doors } from '../doors.ts';
import { operation } from '../operation.ts';
import { linkNext } from '../pages.ts';
import { Closed, Code, Cursor, DayText, Limit, Nullable, Reference, Text } from '../schemas.ts';

const Delta = Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 });

const AdjustmentBody = ({ lines_max }: Config) =>
  Closed({
    adjustment_ref: Reference,
    lines: Type.Array(
      Closed({
        sku_id: Code,
        lot: Type.Optional(Text(64)),
        expires_on: Type.Optional(DayText),
        on_hand: Type.Optional(Delta),
        damaged: Type.Optional(Delta),
        quarantined: Type.Optional(Delta),
        reason: Text(200, 1),
      }),
      { minItems: 1, maxItems: lines_max },
    ),
  });

const Adjustment = Type.Object({
  warehouse_id: Type.String(),
  adjustment_ref: Type.String(),
  adjusted_lines: Type.Integer(),
});

/** `POST /v1/stock/adjustments` */
export const postAdjustments = (doors: Doors) =>
  operation({
    summary: 'Correct counted stock',
    description:
      'By difference, all lines or none. The reference is yours: posting it again counts once.',
    tag: 'stock',
    scope: 'stock:write',
    body: AdjustmentBody(doors.engine.config),
    answers: { 201: Adjustment, 200: Adjustment },
    refusals: ['unknown_reference', 'not_enough_stock', 'event_conflict', 'network_missing'],
    handle: async ({ body, caller, id }, reply) => {
      const command = { ...body, warehouse_id: caller.party_id, request_id: id };
      const adjusted = await adjustStock(doors.engine, command);
      reply.status(adjusted.status === 'applied' ? 201 : 200);
      return adjusted;
    },
  });

const units = Type.Integer();
const Balance = Type.Object({
  warehouse_id: Type.String(),
  sku_id: Type.String(),
  seller_id: Type.String(),
  lot: Type.String(),
  expires_on: Nullable(Type.String()),
  on_hand: units,
  reserved: units,
  picked: units,
  damaged: units,
  quarantined: units,
  incoming: units,
});

/** `GET /v1/stock` */
export const listStock = (doors: Doors) =>
  operation({
    summary: 'List stock',
    description:
      'A warehouse sees what it holds, a seller what it owns. reserved is part of on_hand.',
    tag: 'stock',
    scope: 'stock:read',
    query: Closed({
      warehouse_id: Type.Optional(Code),
      sku_id: Type.Optional(Code),
      cursor: Type.Optional(Cursor),
      limit: Type.Optional(Limit(doors.engine.config.page_items_max)),
    }),
    answers: {
      200: Type.Object({ stock: Type.Array(Balance), next_cursor: Nullable(Type.String()) }),
    },
    refusals: ['invalid_cursor'],
    handle: async ({ query, caller, url }, reply) => {
      const limit = query.limit ?? Math.min(100, doors.engine.config.page_items_max);
      const [after = null] = readCursor('stock', query.cursor, [NUMBER_PART]) ?? [];
      const { warehouse_id, sku_id } = query;
      const page = { warehouse_id, sku_id, after, limit };
      const stock = await asParty(doors.engine.database, caller, (tx) => readStock(tx, page));
      const last = stock.length === limit ? stock.at(-1) : undefined;
      const next_cursor = last === undefined ? null : writeCursor('stock', [String(last.stock_id)]);
      linkNext(reply, url, next_cursor);
      return { stock, next_cursor };
    },
  });
