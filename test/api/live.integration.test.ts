/** The live stream and the feeds: in commit order, without gap or repetition, whatever overlaps. */
import { get, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Tx } from '../../db/database.ts';
import { appendEvents, JOURNAL_CHANNEL } from '../../db/journal.ts';
import { listen } from '../../db/listen.ts';
import { type Api, startApi } from './api-harness.ts';

let api: Api;
let origin: string;
let serial = 0;
beforeEach(async () => {
  api = await startApi({
    api: {
      bell: (ring) => {
        const url = api.database.url;
        const listening = listen({
          url,
          channel: JOURNAL_CHANNEL,
          onRing: ring,
          onError: () => {},
        });
        return () => void listening.close();
      },
    },
  });
  origin = await api.app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => api.close({ audit: false }));

const aNote = (name: string) => {
  serial += 1;
  const entity_id = `note-${serial}`;
  return {
    entity: 'note',
    entity_id,
    version: 1,
    type: 'note.made',
    at: api.clock.now(),
    data: { name },
  };
};
const note = (tx: Tx, name: string) => appendEvents(tx, [aNote(name)]);

/** A client of the stream: collects ids and names until it is closed. */
async function follow(headers: Record<string, string> = {}) {
  const events: { id: number; name: string }[] = [];
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
    until: (count: number) => until(() => events.length >= count),
    close: () => response.destroy(),
  };
}

async function until(condition: () => boolean, seconds = 10): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A transaction held open until the test lets it go. */
async function held(work: (tx: Tx) => Promise<void>) {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let started = () => {};
  const hasStarted = new Promise<void>((resolve) => {
    started = resolve;
  });
  const done = api.database.engine.transaction().execute(async (tx) => {
    await work(tx);
    started();
    await gate;
  });
  await hasStarted;
  return {
    commit: async () => {
      release();
      await done;
    },
  };
}
const write = (name: string) => api.database.engine.transaction().execute((tx) => note(tx, name));

describe('the live stream', () => {
  test('sends what happens from now on, in order', async () => {
    await write('before');
    const client = await follow();
    // Its start is settled by a look at the journal; until then "now" has not begun.
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (const name of ['a', 'b', 'c']) await write(name);
    await client.until(3);

    expect(client.names()).toEqual(['a', 'b', 'c']);
    client.close();
  });

  test('waits for a transaction that drew its number first and commits last', async () => {
    const client = await follow({ 'last-event-id': '0' });
    const slow = await held((tx) => note(tx, 'first-drawn'));
    await write('second-drawn');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(client.names()).toEqual([]);

    await slow.commit();
    await client.until(2);

    expect(client.names()).toEqual(['first-drawn', 'second-drawn']);
    client.close();
  });

  test('a reader is not ahead of the only transaction that is running', async () => {
    const slow = await held((tx) => note(tx, 'alone'));
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
          const one = await held((tx) => note(tx, `${writer}-${index}`));
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

describe('long polls', () => {
  test('an empty page stays open until the journal names the party', async () => {
    const began = performance.now();
    const answer = api.ask('GET /v1/assignments?wait=20', { as: 'swift' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await offer('swift');
    const { body } = await answer;

    expect(body.assignments, JSON.stringify(body)).toHaveLength(1);
    expect(body.assignments[0]).toMatchObject({
      state: 'offered',
      fencing_token: 1,
      pickup: { warehouse_id: 'rotterdam', country: 'NL' },
    });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('ends empty when the wait is over, or when the process stops', async () => {
    const short = await api.ask('GET /v1/assignments?wait=1', { as: 'polder' });
    expect(short.body).toEqual({ assignments: [], next_cursor: null });
    const long = api.ask('GET /v1/warehouses/lisbon/work?wait=30', { as: 'lisbon' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await api.app.close();
    expect((await long).body).toEqual({ work: [], next_cursor: null });
  });

  test('a feed never skips a row whose transaction began first and committed last', async () => {
    const slow = await held((tx) => insertOffer(tx, 'swift'));
    await offer('swift');
    const first = await api.ask('GET /v1/assignments', { as: 'swift' });
    // The second offer is above a running transaction: it waits for its company.
    expect(first.body.assignments).toEqual([]);

    await slow.commit();
    const cursor = first.body.next_cursor === null ? '' : `?cursor=${first.body.next_cursor}`;
    const second = await api.ask(`GET /v1/assignments${cursor}`, { as: 'swift' });
    expect(second.body.assignments).toHaveLength(2);

    await offer('swift');
    const next = `?cursor=${second.body.next_cursor}`;
    const third = await api.ask(`GET /v1/assignments${next}`, { as: 'swift' });
    expect(third.body.assignments).toHaveLength(1);
    const again = await api.ask(`GET /v1/assignments?cursor=${third.body.next_cursor}`, {
      as: 'swift',
    });
    expect(again.body).toEqual({ assignments: [], next_cursor: third.body.next_cursor });
  });
});

const offer = (carrier_id: string) =>
  api.database.engine.transaction().execute((tx) => insertOffer(tx, carrier_id));

/** An order with one shipment on offer, written straight into the tables. */
async function insertOffer(tx: Tx, carrier_id: string): Promise<void> {
  const at = api.clock.now().toString();
  const order_id = api.engine.newId();
  const shipment_id = api.engine.newId();
  const destination = JSON.stringify({ postal_code: '1011AB', country: 'NL' });
  const times = Array.from({ length: 7 }, () => at);
  const parties = { platform_id: 'shop', warehouse_id: 'rotterdam', carrier_id };
  await tx
    .insertInto('orders')
    .values({
      order_id,
      platform_id: 'shop',
      external_ref: order_id,
      state: 'decided',
      version: 1,
      body_hash: Buffer.from('x'),
      destination,
      accepted_at: at,
      decide_by: at,
    } as never)
    .execute();
  await tx
    .insertInto('shipments')
    .values({
      shipment_id,
      order_id,
      decision_no: 1,
      ...parties,
      service_id: 'swift-standard',
      zone_id: 'nl',
      state: 'planned',
      version: 1,
      destination,
      weight_grams: 500,
      cost: '{}',
      capacity: '[]',
      network_version: 1,
      planned_at: at,
      pick_from: at,
      pickup_at: at,
      promise_at: at,
      expected_at: at,
      milestone_due: times,
      milestone_met: times.map(() => null),
      milestone_state: times.map(() => 'open'),
    } as never)
    .execute();
  await tx
    .insertInto('assignments')
    .values({
      assignment_id: api.engine.newId(),
      shipment_id,
      carrier_id,
      service_id: 'swift-standard',
      fencing_token: 1,
      state: 'offered',
      offered_at: at,
      lease_until: at,
    } as never)
    .execute();
  await appendEvents(tx, [{ ...aNote('offer'), ...parties, type: 'shipment.planned' }]);
}
