/**
 * Every 4xx and 5xx answer is a problem document (RFC 9457) with a code from the catalogue. What is
 * not in the catalogue is a bug: it is logged in full and answered without detail.
 */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type Fault, REFUSALS, Refusal, type RefusalCode } from '../domain/errors.ts';

/** The content type of every problem document. */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
/** Where a caller may come back to after a busy moment, in seconds. */
const RETRY_SECONDS = '1';

export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly Fault[];
}

const BUG: ProblemDocument = {
  type: '/docs/errors#internal_error',
  title: 'Something went wrong on our side',
  status: 500,
  code: 'internal_error',
  detail: 'It was logged; the header x-request-id names this request.',
};

/** What Fastify itself refuses, in the words of the catalogue. */
const FRAMEWORK_REFUSALS: Readonly<Record<string, readonly [RefusalCode, string]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid_json', 'the body could not be read as JSON'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid_json', 'the body is empty, expected JSON'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['too_large', 'send less at once, or use the bulk interface'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'expected the header content-type: application/json',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'invalid_request',
    'the header content-length does not fit the body',
  ],
  FST_ERR_BAD_URL: ['invalid_request', 'the path could not be decoded'],
};

/** PostgreSQL is away, full or too slow: the same request may succeed in a moment. */
const UNAVAILABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  '08000',
  '08003',
  '08006',
  // Read only: the primary has become a replica.
  '25006',
  '25P03',
  '40001',
  '40P01',
  // Out of disk, memory, connections: someone must act, and the same request succeeds then.
  '53000',
  '53100',
  '53200',
  '53300',
  '53400',
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '58030',
]);

/**
 * The document of a refusal. What does not exist and what is not the caller's to see answer alike,
 * byte by byte, whatever the refusal's own words are.
 */
export function problemOf({ code, message, faults }: Refusal): ProblemDocument {
  const { status, title } = REFUSALS[code];
  const type = `/docs/errors#${code}`;
  if (code === 'not_found') return { type, title, status, code, detail: 'nothing is here for you' };
  const problem = { type, title, status, code, detail: message };
  return faults.length === 0 ? problem : { ...problem, errors: faults };
}

/** The refusal an error stands for; null when it is a bug. */
export function asRefusal(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  const { code, message, statusCode } = error as {
    code?: string;
    message?: string;
    statusCode?: number;
  };
  const known = code === undefined ? undefined : FRAMEWORK_REFUSALS[code];
  if (known !== undefined) return new Refusal(...known);
  const isAway =
    (code !== undefined && UNAVAILABLE.has(code)) ||
    message === 'Connection terminated unexpectedly' ||
    message === 'Connection terminated';
  if (isAway) return new Refusal('overloaded', 'the database does not answer in time; try again');
  return statusCode === undefined ? null : refusalOfStatus(statusCode);
}

/** What a part of Fastify refused with a status of its own, such as a path out of a folder. */
function refusalOfStatus(status: number): Refusal | null {
  if (status === 403 || status === 404) return new Refusal('not_found', 'there is no such path');
  if (status < 400 || status > 499) return null;
  return new Refusal('invalid_request', 'the request could not be read');
}

/** Fastify's error handler. */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const told = { err: error, request_id: request.id };
  if (hasLeft(request)) request.log.debug(told, 'a client left before its body had come');
  else logProblem(error, request);
  const refusal = asRefusal(error);
  sendProblem(reply, refusal === null ? BUG : problemOf(refusal));
}

/** Clients that hang up are no trouble of ours. */
function hasLeft({ raw }: FastifyRequest): boolean {
  return raw.destroyed && raw.complete === false;
}

function logProblem(error: FastifyError, request: FastifyRequest): void {
  const refusal = asRefusal(error);
  const told = { err: error, request_id: request.id };
  if (refusal === null) request.log.error(told, 'a request failed');
  else if (!(error instanceof Refusal) && refusal.code === 'overloaded') {
    request.log.warn(told, 'a request was put off');
  }
}

/** Answers with a problem document. */
export function sendProblem(reply: FastifyReply, problem: ProblemDocument): void {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="portolan"');
  if (problem.status === 503) reply.header('retry-after', RETRY_SECONDS);
  reply.status(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** Fastify's handler of paths that do not exist. */
export function answerNotFound(_request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(reply, problemOf(new Refusal('not_found', 'there is no such path')));
}

/** What is written to a connection whose request could not even be parsed. */
export function rawProblem(code: string | undefined): string {
  const problem = problemOf(refusalOfClient(code));
  const body = JSON.stringify(problem);
  const reason = problem.status === 431 ? 'Request Header Fields Too Large' : 'Bad Request';
  return [
    `HTTP/1.1 ${problem.status} ${problem.status === 408 ? 'Request Timeout' : reason}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

function refusalOfClient(code: string | undefined): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new Refusal('headers_too_large', 'send fewer or shorter headers');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Refusal('request_timeout', 'the request did not arrive in time');
  }
  return new Refusal('invalid_request', 'this is not an HTTP request that can be read');
}
