/** Connections that are lent to the queue, when their server goes away at the worst moment. */
import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { openQueuePool } from '../../db/listen.ts';
import { until } from '../workers/until.ts';

/** A message of PostgreSQL's protocol: a letter, its length, its content. */
function message(letter: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(letter), length, content]);
}

const AUTHENTICATED = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const DYING = message(
  'E',
  Buffer.from(
    'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0',
  ),
);

let server: Server;
afterEach(() => {
  server.close();
});

it('hear an end that comes together with the beginning, before anybody could listen', async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, DYING])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const heard: string[] = [];
  const pool = openQueuePool({
    url: `postgres://queue@127.0.0.1:${port}/queue`,
    schema: 'bullmq',
    size: 1,
    onError: ({ message }) => heard.push(message),
  });

  const lent = await pool.connect();

  await until(() => heard.length > 0, 5);
  expect(heard[0]).toContain('unexpected postmaster exit');
  lent.release(true);
  await pool.end();
});
