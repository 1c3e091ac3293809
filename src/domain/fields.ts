/**
 * Fields of what parties send, in requests and in files. Texts exclude control characters and lone
 * surrogates: PostgreSQL can store neither in its JSON.
 */
import { type TProperties, Type } from 'typebox';

const NO_CONTROL = '[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]';

/** An object that refuses unknown fields. */
export function Closed<T extends TProperties>(properties: T, options: object = {}) {
  return Type.Object(properties, { ...options, additionalProperties: false });
}

/** Free text of at most `maxLength` characters on one line. */
export function Text(maxLength: number, minLength = 0) {
  return Type.String({
    minLength,
    maxLength,
    pattern: `^${NO_CONTROL}*$`,
    description: `text of ${minLength} to ${maxLength} characters without control characters`,
  });
}

/** A party's own reference of a thing: unique where it is used, compared byte by byte. */
export const Reference = Text(128, 1);

/** An instant in a request: RFC 3339 with its zone. Routes turn it into a `Temporal.Instant`. */
export const InstantText = Type.String({
  format: 'date-time',
  // Temporal reads nanoseconds and nothing finer.
  pattern: '^(19|20|21)[0-9-]{8}T[0-9:]{8}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$',
  maxLength: 40,
  description: 'an RFC 3339 instant with its zone, such as 2026-03-18T09:00:00Z',
});

/** Units of goods in a request. */
export const Quantity = (minimum = 1) => Type.Integer({ minimum, maximum: 1_000_000 });
