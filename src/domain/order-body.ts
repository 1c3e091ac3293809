/** What an order and a basket look like in a request, and in a file. */
import { type Static, Type } from 'typebox';
import { Closed, InstantText, Quantity, Reference, Text } from './fields.ts';
import { Code, Position } from './network.ts';

/** Where an order goes. */
export const Destination = Closed({
  name: Type.Optional(Text(200)),
  address: Type.Optional(Text(500)),
  city: Type.Optional(Text(200)),
  postal_code: Text(16),
  country: Type.String({ pattern: '^[A-Z]{2}$', description: 'an ISO 3166-1 alpha-2 code' }),
  position: Type.Optional(Position),
});

/** What is ordered of one SKU. */
const Line = Closed({
  line_no: Type.Integer({ minimum: 1, maximum: 32_767 }),
  sku_id: Code,
  quantity: Quantity(),
  weight_grams: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1e9,
      description: 'measured weight of the whole line; by default that of its units',
    }),
  ),
});

/** Most lines of an order. */
export interface OrderLimits {
  readonly lines_max: number;
}

const Lines = ({ lines_max }: OrderLimits) =>
  Type.Array(Line, { minItems: 1, maxItems: lines_max });

/** What an order asks of its own decision. */
export const Rules = ({ lines_max }: OrderLimits) =>
  Closed({
    split_limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 16,
        description: 'most parcels, within the policy’s limit',
      }),
    ),
    ship_complete: Type.Optional(
      Type.Boolean({ description: 'all in one parcel, or the order is not sent' }),
    ),
    keep_together: Type.Optional(
      Type.Array(Type.Array(Type.Integer({ minimum: 1, maximum: 32_767 }), { minItems: 1 }), {
        maxItems: lines_max,
        description: 'groups of line numbers; each group leaves in one parcel, its lines whole',
      }),
    ),
  });

const basket = (limits: OrderLimits) => ({
  destination: Destination,
  lines: Lines(limits),
  deliver_by: Type.Optional(InstantText),
  rules: Type.Optional(Rules(limits)),
});

/** An order as a platform posts it. */
export const OrderBody = (limits: OrderLimits) =>
  Closed({
    external_ref: Reference,
    ...basket(limits),
    quote_token: Type.Optional(Text(200, 1)),
  });
export type OrderBody = Static<ReturnType<typeof OrderBody>>;

/** An order of a file: as a platform posts it, without a quote. */
export const OrderInFile = (limits: OrderLimits) =>
  Closed({ external_ref: Reference, ...basket(limits) });
export type OrderInFile = Static<ReturnType<typeof OrderInFile>>;

/** A basket to be quoted. */
export const QuoteBody = (limits: OrderLimits) => Closed(basket(limits));
