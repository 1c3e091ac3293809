/**
 * The catalogue of refusals: everything a caller can do wrong, each with a stable code, the HTTP
 * status it becomes and one sentence for people. `docs/errors.md` lists the same codes; a test keeps
 * the two alike. Outcomes (a backorder, a lost race) are values, not errors; anything that is not in
 * this list is a bug and answers 500 without detail.
 */
export const REFUSALS = {
  invalid_request: { status: 400, title: 'The request does not fit its schema' },
  invalid_json: { status: 400, title: 'The body is not valid JSON' },
  invalid_cursor: { status: 400, title: 'The cursor is not one that this list gave out' },
  invalid_key: { status: 401, title: 'The API key is missing, unknown or revoked' },
  forbidden_role: { status: 403, title: 'This interface is for another kind of party' },
  missing_scope: { status: 403, title: 'The API key does not carry the needed scope' },
  not_found: { status: 404, title: 'There is no such thing, or it is not yours to see' },
  method_not_allowed: { status: 405, title: 'This path does not know that method' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  order_conflict: { status: 409, title: 'This reference was used before with another body' },
  event_conflict: { status: 409, title: 'This event id was used before with another body' },
  state_conflict: { status: 409, title: 'The state does not allow this any more' },
  stale_lease: { status: 409, title: 'The lease has ended or was given to another answer' },
  request_in_flight: { status: 409, title: 'The first request with this key is still running' },
  network_orphans_work: { status: 409, title: 'The new network would orphan open work' },
  network_missing: { status: 409, title: 'No network has been imported yet' },
  policy_conflict: { status: 409, title: 'Another policy is in that place' },
  quote_expired: { status: 409, title: 'The quote has expired or was used' },
  too_large: { status: 413, title: 'The body is larger than this interface takes' },
  unsupported_media_type: { status: 415, title: 'This interface takes application/json' },
  quote_mismatch: { status: 422, title: 'The order is not what was quoted' },
  idempotency_mismatch: {
    status: 422,
    title: 'This Idempotency-Key was used with another request',
  },
  unknown_reference: { status: 422, title: 'The body names something the network does not have' },
  invalid_policy: { status: 422, title: 'The rules do not fit the network' },
  invalid_network: { status: 422, title: 'The network breaks a rule' },
  not_enough_stock: { status: 422, title: 'The change would take stock below what is set aside' },
  rate_limited: { status: 429, title: 'Too many requests for this key' },
  headers_too_large: { status: 431, title: 'The headers are larger than this interface takes' },
  overloaded: { status: 503, title: 'The engine is busy or stopping; try again shortly' },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** One place in a request that is wrong: where, what was got, what was expected. */
export interface Fault {
  /** JSON pointer into the body (RFC 6901), or the name of a header or parameter. */
  readonly pointer: string;
  readonly detail: string;
}

/** What a caller did wrong. Thrown by steps and routes, answered as problem details (RFC 9457). */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly faults: readonly Fault[];

  constructor(code: RefusalCode, detail: string, faults: readonly Fault[] = []) {
    super(detail);
    this.name = 'Refusal';
    this.code = code;
    this.faults = faults;
  }
}
