/**
 * An operation: one method of one path, with everything that is true of it in one place: who may use
 * it, its schemas (the source of types, validation and OpenAPI) and its handler.
 */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyReply,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
  RouteGenericInterface,
} from 'fastify';
import type { TSchema, TUnknown } from 'typebox';
import type { RefusalCode } from '../domain/errors.ts';
import type { Scope } from '../fulfillment/create-key.ts';
import type { Caller } from './auth.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The party behind the request; set on every route that needs a scope. */
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** True for routes that take rows, as a JSON array or as newline-delimited JSON. */
    rows?: boolean;
    /** What the OpenAPI document shows as the body, when rows are validated one by one. */
    documented_body?: object;
    operation?: Operation;
  }
}

export type Request<B, P, Q> = FastifyRequest<
  RouteGenericInterface,
  RawServerDefault,
  RawRequestDefaultExpression,
  { body: B; params: P; querystring: Q },
  TypeBoxTypeProvider
>;
export type Reply = FastifyReply<
  RouteGenericInterface,
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression
>;

/** Which of the configured limits a body is held to. */
export type BodySize = 'one' | 'bulk' | 'network';

interface Common {
  readonly summary: string;
  readonly description?: string;
  /** The group it is shown in. */
  readonly tag: string;
  readonly scope: Scope;
  /** Answers by status. */
  readonly answers: Readonly<Record<number, TSchema>>;
  /** What it may refuse beside what every route may. */
  readonly refusals?: readonly RefusalCode[];
  readonly body_size?: BodySize;
  readonly rows?: boolean;
  /** Shown in the OpenAPI document in place of `body`. */
  readonly documented_body?: TSchema;
  /** False where a stored answer would be a secret. */
  readonly is_replayable?: boolean;
  /** The answer is a stream of this media type. */
  readonly stream_type?: string;
  /** The answer of status 200 in media types beside JSON, for who asks for them by `Accept`. */
  readonly other_types?: Readonly<Record<string, TSchema>>;
}

interface Definition<B extends TSchema, P extends TSchema, Q extends TSchema> extends Common {
  readonly body?: B;
  readonly params?: P;
  readonly query?: Q;
  readonly handle: (request: Request<B, P, Q>, reply: Reply) => Promise<unknown>;
}

/** An operation with its types forgotten, as routes.ts registers it. */
export interface Operation extends Common {
  readonly body?: TSchema;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
}

/** Defines an operation; the handler's request is typed by the schemas. */
export function operation<
  const B extends TSchema = TUnknown,
  const P extends TSchema = TUnknown,
  const Q extends TSchema = TUnknown,
>(definition: Definition<B, P, Q>): Operation {
  return definition as unknown as Operation;
}
