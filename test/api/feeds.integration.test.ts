/** The feeds that parties poll: in commit order, woken by the journal. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inTransaction } from '../../db/database.ts';
import type { Api } from './api-harness.ts';
import { acceptOffer, held, insertOffer, startListeningApi } from './overlaps.ts';

let api: Api;
beforeEach(async () => {
  api = await startListeningApi();
});
// The offers are written straight into the tables, without what the auditor would want beside them.
afterEach(() => api.close({ audit: false }));

const offer = (carrier_id: string) =>
  api.database.engine.transaction().execute((tx) => insertOffer(api, tx, carrier_id));

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
    expect(performance.now() - began).toBeLessThan(15_000);
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
    const slow = await held(api, (tx) => insertOffer(api, tx, 'swift'));
    await offer('swift');
    const first = await api.ask('GET /v1/assignments', { as: 'swift' });
    // The second offer is above a running transaction: it waits for its company.
    expect(first.body.assignments).toEqual([]);

    await slow.commit();
    const both = await collect(2, first.body.next_cursor);
    await offer('swift');
    const third = await collect(1, both.cursor);
    expect(new Set([...both.ids, ...third.ids]).size).toBe(3);
    const again = await api.ask(`GET /v1/assignments?cursor=${third.cursor}`, { as: 'swift' });
    expect(again.body).toEqual({ assignments: [], next_cursor: third.cursor });
  });

  test('a parcel that is accepted late is not behind a cursor that saw others accepted', async () => {
    for (let i = 0; i < 3; i++) await offer('swift');
    const { ids } = await collect(3, null);
    const seen: string[] = [];
    let cursor = '';
    for (const i of [1, 2, 0]) {
      await inTransaction(api.engine.database, (tx) => acceptOffer(api, tx, 'swift', ids[i]!));
      const query = `state=accepted&wait=20${cursor}`;
      const { body } = await api.ask(`GET /v1/assignments?${query}`, { as: 'swift' });
      seen.push(...body.assignments.map((a: { assignment_id: string }) => a.assignment_id));
      cursor = `&cursor=${body.next_cursor}`;
    }

    expect(seen).toEqual([ids[1], ids[2], ids[0]]);
  });
});

/** Polls on from a cursor until it has seen `count` assignments. */
async function collect(count: number, from: string | null) {
  const ids: string[] = [];
  let cursor = from;
  while (ids.length < count) {
    const query = cursor === null ? 'wait=20' : `wait=20&cursor=${cursor}`;
    const { body } = await api.ask(`GET /v1/assignments?${query}`, { as: 'swift' });
    expect(body.assignments, 'waited in vain').not.toEqual([]);
    ids.push(...body.assignments.map((a: { assignment_id: string }) => a.assignment_id));
    cursor = body.next_cursor;
  }
  return { ids, cursor };
}
