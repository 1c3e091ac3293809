/** Asks the interface: one request, JSON in and out, with the session's key. */
import { key } from './session.ts';

/** A refusal as the interface words it (RFC 9457); status 0 = no answer at all. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
  }
}

/** How long (ms) an answer may take before it counts as none. */
const PATIENCE_MS = 20_000;

/** Asks and gives the answer's body; throws a `Problem` for everything else. */
export async function ask<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${key.get() ?? ''}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error: unknown) => {
    throw new Problem(0, 'unreachable', String((error as Error).message ?? error));
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer as T;
  throw new Problem(response.status, answer.code ?? 'internal_error', answer.detail ?? '');
}
