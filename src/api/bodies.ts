/**
 * Which bodies are read: JSON in UTF-8, and newline-delimited JSON on bulk routes; everything else is
 * refused with 415. Keys that could poison a prototype are refused by the parser.
 */
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../domain/errors.ts';

type Done = (error: Error | null, body?: unknown) => void;
type JsonParser = (request: FastifyRequest, text: string, done: Done) => void;

/** A row of a bulk body that is not JSON: it takes its place among the others and is refused. */
export class UnreadableRow {
  readonly detail: string;

  constructor(detail: string) {
    this.detail = detail;
  }
}

const NDJSON = 'application/x-ndjson';

export interface BodyOptions {
  /** A network larger than this reaches its route as bytes: parsing it would hold up all others. */
  readonly raw_above_bytes: number;
}

/** Installs the parsers; call it before any route is added. */
export function readBodies(app: FastifyInstance, { raw_above_bytes }: BodyOptions): void {
  const parseJson = app.getDefaultJsonParser('error', 'error') as unknown as JsonParser;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const isNetwork = request.routeOptions.config.operation?.body_size === 'network';
    const isLarge = (body as Buffer).length > raw_above_bytes;
    read(request, body as Buffer, done, (bytes) => {
      if (isNetwork && isLarge) done(null, bytes);
      else parseJson(request, bytes.toString(), done);
    });
  });
  app.addContentTypeParser(NDJSON, { parseAs: 'buffer' }, (request, body, done) => {
    if (request.routeOptions.config.rows !== true) {
      const detail = 'newline-delimited JSON is for bulk interfaces, expected application/json';
      done(new Refusal('unsupported_media_type', detail));
      return;
    }
    read(request, body as Buffer, done, (bytes) => {
      done(null, parseLines(request, bytes.toString(), parseJson));
    });
  });
}

/** Checks the bytes, then goes on with them. */
function read(
  request: FastifyRequest,
  body: Buffer,
  done: Done,
  next: (bytes: Buffer) => void,
): void {
  const fault = headerFault(request);
  if (fault !== null) done(new Refusal('unsupported_media_type', fault));
  else if (!isUtf8(body)) done(new Refusal('invalid_json', 'the body is not UTF-8'));
  else next(body);
}

function headerFault({ headers }: FastifyRequest): string | null {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return `got the content-encoding ${encoding.slice(0, 40)}, expected none`;
  }
  const charset = /charset\s*=\s*"?([^;"\s]+)/i.exec(headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
    return `got the charset ${charset.slice(0, 40)}, expected utf-8`;
  }
  return null;
}

/** One value per line; empty lines are skipped; a bad line is a bad row, not a bad body. */
function parseLines(request: FastifyRequest, text: string, parse: JsonParser): unknown[] {
  const rows: unknown[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    parse(request, line, (error, value) => {
      rows.push(error === null ? value : new UnreadableRow('this line is not valid JSON'));
    });
  }
  return rows;
}
