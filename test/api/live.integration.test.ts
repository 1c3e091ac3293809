/** The live stream: in commit order, without gap or repetition, whatever overlaps. */
import { get, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Api } from './api-harness.ts';
import { held, note, startListeningApi } from './overlaps.ts';

let api: Api;
let origin: string;
beforeEach(async () => {
  api = await startListeningApi();
  origin = await api.app.listen({ host: '127.0.0.1', port: 0 });
});
// The notes of these tests are not of the engine's vocabulary, so there is nothing to audit.
afterEach(() => api.close({ audit: false }));

/** A client of the stream: collects ids and names until it is closed. */
async function follow(headers: Record<string, string> = {}) {
  const events: { id: number; name: string }[] = [];
  let isStarted = false;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const authorization = `Bearer ${api.keys['*']}`;
    get(`${origin}/v1/live`, { headers: { authorization, ...headers } }, resolve).on(
      'error',
      reject,
    );
  });
  let text = '';
  response.setEncoding('utf8');
  response.on('error', () => {});
  response.on('data', (chunk: string) => {
    text += chunk;
    const frames = text.split('\n\n');
    text = frames.pop()!;
    for (const frame of frames) {
      isStarted ||= frame.startsWith('id: ');
      const [, id, data] = /^id: (\d+)\ndata: (.*)$/s.exec(frame) ?? [];
      if (data === undefined) continue;
      const { type, data: fields } = JSON.parse(data);
      if (type === 'note.made') events.push({ id: Number(id), name: fields.name });
    }
  });
  const names = () => events.map(({ name }) => name);
  return {
    response,
    events,
    names,
    /** Until the stream has said where it begins. */
    untilStarted: () => until(() => isStarted),
    until: (count: number) => until(() => events.length >= count),
    close: () => response.destroy(),
  };
}

async function until(condition: () => boolean, seconds = 30): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const write = (name: string) =>
  api.database.engine.transaction().execute((tx) => note(api, tx, name));

describe('the live stream', () => {
  test('sends what happens from now on, in order', async () => {
    await write('before');
    const client = await follow();
    await client.untilStarted();
    for (const name of ['a', 'b', 'c']) await write(name);
    await client.until(3);

    expect(client.names()).toEqual(['a', 'b', 'c']);
    client.close();
  });

  test('sends what a client missed at once, also when nothing happens any more', async () => {
    const other = await follow();
    await other.untilStarted();
    for (const name of ['a', 'b']) await write(name);
    await other.until(2);

    const client = await follow({ 'last-event-id': String(other.events[0]!.id) });
    await client.until(1);

    expect(client.names()).toEqual(['b']);
    for (const { close } of [other, client]) close();
  });

  test('waits for a transaction that drew its number first and commits last', async () => {
    const client = await follow({ 'last-event-id': '0' });
    const slow = await held(api, (tx) => note(api, tx, 'first-drawn'));
    await write('second-drawn');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(client.names()).toEqual([]);

    await slow.commit();
    await client.until(2);

    expect(client.names()).toEqual(['first-drawn', 'second-drawn']);
    client.close();
  });

  test('a reader is not ahead of the only transaction that is running', async () => {
    const slow = await held(api, (tx) => note(api, tx, 'alone'));
    const client = await follow({ 'last-event-id': '0' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(client.names()).toEqual([]);

    await slow.commit();
    await client.until(1);

    expect(client.names()).toEqual(['alone']);
    client.close();
  });

  test('goes on after the last event it had, without gap or double, amid overlaps', async () => {
    const total = 120;
    let running = 0;
    const writers = Promise.all(
      Array.from({ length: 6 }, async (_, writer) => {
        for (let index = 0; index < total / 6; index += 1) {
          running += 1;
          const one = await held(api, (tx) => note(api, tx, `${writer}-${index}`));
          await new Promise((resolve) => setTimeout(resolve, (writer * 7 + index * 3) % 11));
          await one.commit();
        }
      }),
    );
    const seen: { id: number; name: string }[] = [];
    let last = '0';
    while (seen.length < total) {
      const client = await follow({ 'last-event-id': last });
      await client.until(Math.min(25, total - seen.length));
      client.close();
      seen.push(...client.events.slice());
      last = String(seen.at(-1)!.id);
    }
    await writers;

    expect(running).toBe(total);
    expect(seen.map(({ id }) => id)).toEqual([...seen.map(({ id }) => id)].sort((a, b) => a - b));
    expect(new Set(seen.map(({ name }) => name)).size).toBe(total);
    expect(seen).toHaveLength(total);
  });

  test('refuses an id of another journal, and one that is none', async () => {
    for (const id of ['999999', 'abc', '-1']) {
      const client = await follow({ 'last-event-id': id });
      expect(client.response.statusCode, id).toBe(400);
    }
  });

  test('ends when the process stops', async () => {
    const client = await follow();
    const ended = new Promise((resolve) => client.response.on('close', resolve));
    await api.app.close();
    await ended;
  });
});
