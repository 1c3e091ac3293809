/** Promises before the sale. */
import { Type } from 'typebox';
import { QuoteBody } from '../../domain/order-body.ts';
import { quotePromise } from '../../fulfillment/quote-promise.ts';
import type { Doors } from '../doors.ts';
import { operation } from '../operation.ts';
import { Id, Instant, Nullable, OneOf, toInstant } from '../schemas.ts';

const Option = Type.Object({
  label: OneOf(['cheapest', 'best_value', 'fastest']),
  token: Type.String({ description: 'give it as quote_token with the order' }),
  promise_at: Instant,
  expected_at: Instant,
  confidence: Type.Number({ description: 'probability of delivery by promise_at' }),
  price: Type.Number({ description: 'minor units of the currency' }),
  currency: Type.String(),
  parcels: Type.Integer(),
  expires_at: Instant,
});

/** `POST /v1/promises/quote` */
export const askQuote = (doors: Doors) =>
  operation({
    summary: 'Ask for delivery promises',
    description:
      'Up to three options. What is offered is held until it expires, at the latest when its pickup ' +
      'could no longer be met; one option can be used, by posting the order with its token. Without ' +
      'options, reason says why.',
    tag: 'promises',
    scope: 'promises:quote',
    body: QuoteBody(doors.engine.config),
    answers: {
      200: Type.Object({
        quote_id: Nullable(Id),
        options: Type.Array(Option),
        reason: Nullable(Type.String()),
      }),
    },
    refusals: ['unknown_reference', 'network_missing'],
    handle: async ({ body, caller, id }) => {
      const { deliver_by, ...basket } = body;
      const ask = { ...basket, platform_id: caller.party_id, request_id: id };
      const quoted = await quotePromise(doors.engine, {
        ...ask,
        deliver_by: toInstant(deliver_by),
      });
      return quoted;
    },
  });
