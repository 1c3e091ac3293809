/** What an order and a basket look like in a request. */
import { type Static, Type } from 'typebox';
import { Position } from '../../domain/network.ts';
import type { Config } from '../../runtime/config.ts';
import { Closed, Code, InstantText, Quantity, Reference, Text } from '../schemas.ts';

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

type Limits = Pick<Config, 'lines_max'>;

const Lines = ({ lines_max }: Limits) => Type.Array(Line, { minItems: 1, maxItems: lines_max });

/** What an order asks of its own decision. */
export const Rules = ({ lines_max }: Limits) =>
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

/** An order as a platform posts it. */
export const OrderBody = (limits: Limits) =>
  Closed({
    external_ref: Reference,
    destination: Destination,
    lines: Lines(limits),
    deliver_by: Type.Optional(InstantText),
    rules: Type.Optional(Rules(limits)),
    quote_token: Type.Optional(Text(200, 1)),
  });
export type OrderBody = Static<ReturnType<typeof OrderBody>>;

/** A basket to be quoted. */
export const QuoteBody = (limits: Limits) =>
  Closed({
    destination: Destination,
    lines: Lines(limits),
    deliver_by: Type.Optional(InstantText),
    rules: Type.Optional(Rules(limits)),
  });
