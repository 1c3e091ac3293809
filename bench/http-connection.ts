/**
 * A lean HTTP/1.1 keep-alive client for load generation: one request at a time per connection, no
 * allocation beyond the answer. The generator shares the machine with what it measures, so what it
 * costs is taken from the figure; a full client would cost as much as the engine's own door.
 */
import { connect, type Socket } from 'node:net';

/** An answer: status and body text. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** One connection; `send` must not be called before the last answer came. */
export interface HttpConnection {
  send(method: string, path: string, body?: string): Promise<HttpAnswer>;
  close(): void;
}

/** Opens a connection to `origin` that presents `key` with every request. */
export async function openConnection(origin: string, key: string): Promise<HttpConnection> {
  const { hostname, port } = new URL(origin);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const head = `host: ${hostname}:${port}\r\nauthorization: Bearer ${key}\r\n`;
  return {
    send: (method, path, body) => exchange(socket, requestText(method, path, head, body)),
    close: () => socket.destroy(),
  };
}

function requestText(method: string, path: string, head: string, body?: string): string {
  const start = `${method} ${path} HTTP/1.1\r\n${head}`;
  if (body === undefined) return `${start}\r\n`;
  const type = body.startsWith('{') || body.startsWith('[') ? 'application/json' : 'text/plain';
  return `${start}content-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function exchange(socket: Socket, request: string): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const settle = (finish: () => void) => {
      socket.off('data', onData);
      socket.off('error', onEnd);
      socket.off('close', onEnd);
      finish();
    };
    const onEnd = (error?: unknown) =>
      settle(() => reject(error instanceof Error ? error : new Error('connection closed')));
    const onData = (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = parse(received);
      if (answer !== null) settle(() => resolve(answer));
    };
    socket.on('data', onData);
    socket.once('error', onEnd);
    socket.once('close', onEnd);
    socket.write(request);
  });
}

function parse(received: Buffer): HttpAnswer | null {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = received.toString('latin1', 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length === null) throw new Error(`an answer without content-length:\n${head}`);
  const bodyEnd = end + 4 + Number(length[1]);
  if (received.length < bodyEnd) return null;
  return { status: Number(head.slice(9, 12)), body: received.toString('utf8', end + 4, bodyEnd) };
}
