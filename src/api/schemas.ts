/**
 * Building blocks of the request and answer schemas. TypeBox is the source of the TypeScript types,
 * of validation and of the OpenAPI document.
 */
import { type Static, type TProperties, type TSchema, Type } from 'typebox';
import { Closed } from '../domain/fields.ts';
import { Code } from '../domain/network.ts';

export { Closed, InstantText, Quantity, Reference, Text } from '../domain/fields.ts';
export { Code };

/** One of the given words. A plain enum, so that an error names the choices. */
export function OneOf<const T extends readonly string[]>(words: T, options: object = {}) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...words], ...options });
}

/** An id that the engine made. */
export const Id = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'a lower-case UUID',
});

/** A calendar day in a request. */
export const DayText = Type.String({
  format: 'date',
  pattern: '^(19|20|21)[0-9]{2}-',
  description: 'a calendar day, such as 2026-03-18',
});

/**
 * An instant in an answer, or its RFC 3339 text. It is written by `toString`, so the schema that
 * serialises must not carry `format` (the serialiser would expect a `Date`); the OpenAPI document
 * gets it from `x-format`.
 */
export const Instant = Type.Unsafe<Temporal.Instant | string>({
  type: 'string',
  'x-format': 'date-time',
});

/** The same schema, or null. */
export function Nullable<T extends TSchema>(schema: T) {
  const plain = { ...schema } as T & { type: string };
  return Type.Unsafe<Static<T> | null>({ ...plain, type: [plain.type, 'null'] });
}

/** Where the next page starts, as an earlier page gave it out. */
export const Cursor = Type.String({
  maxLength: 400,
  pattern: '^[A-Za-z0-9_-]+$',
  description: 'the next_cursor of an earlier page',
});

/** The most items a page may hold. */
export function Limit(maximum: number, usual = 100) {
  return Type.Integer({ minimum: 1, maximum, default: Math.min(usual, maximum) });
}

/** How long an empty list may stay open for something to appear. */
export function Wait(maximum: number) {
  return Type.Integer({
    minimum: 0,
    maximum,
    default: 0,
    description: 'seconds to wait for something to appear',
  });
}

/** Path parameters with one id. */
export const IdParams = Closed({ id: Id });

const Fault = Type.Object({
  pointer: Type.String({ description: 'JSON pointer into the body, or the name of a parameter' }),
  detail: Type.String({ description: 'what was got and what was expected' }),
});

/** The one shape of every 4xx and 5xx answer (RFC 9457). */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'where the code is explained' }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'stable code from the catalogue of errors' }),
    detail: Type.String(),
    errors: Type.Optional(Type.Array(Fault)),
  },
  { description: 'Problem details (RFC 9457)' },
);

/** The answer to a bulk request: one result per row, in the order of the rows. */
export function BulkAnswer<T extends TProperties>(row: T) {
  const optional = Object.fromEntries(
    Object.entries(row).map(([name, schema]) => [name, Type.Optional(schema as TSchema)]),
  );
  return Type.Object({
    applied: Type.Integer(),
    duplicate: Type.Integer(),
    refused: Type.Integer(),
    results: Type.Array(
      Type.Object({
        index: Type.Integer({ description: 'position of the row in the request, from 0' }),
        status: OneOf(['applied', 'duplicate', 'refused']),
        ...optional,
        code: Type.Optional(Type.String({ description: 'of a refused row' })),
        detail: Type.Optional(Type.String()),
        errors: Type.Optional(
          Type.Array(Fault, { description: 'pointers start at the row, not at the body' }),
        ),
      }),
    ),
  });
}

/** Reads an instant that its schema has let through. */
export function toInstant(text: string): Temporal.Instant;
export function toInstant(text: string | undefined): Temporal.Instant | undefined;
export function toInstant(text: string | undefined): Temporal.Instant | undefined {
  return text === undefined ? undefined : Temporal.Instant.from(text);
}
