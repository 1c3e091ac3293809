import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Tx } from '../../db/database.ts';
import { appendEvents, type JournalEdge, listEvents, readEdge } from '../../db/journal.ts';
import { type Harness, startHarness } from '../harness.ts';

/** A journal reader that follows the rule in db/journal.ts: it waits for whoever ran at its edge. */
class Reader {
  readonly seen: string[] = [];
  #after = 0;
  #edge: JournalEdge | null = null;

  async poll(harness: Harness): Promise<void> {
    await harness.database.engine.transaction().execute(async (tx) => {
      const now = await readEdge(tx);
      if (this.#edge !== null && now.oldest_xid >= this.#edge.next_xid) {
        const horizon = this.#edge.last_seq;
        for (const event of await listEvents(tx, { after: this.#after, horizon, limit: 100 })) {
          this.seen.push(event.entity_id);
        }
        this.#after = Math.max(this.#after, horizon);
        this.#edge = null;
      }
      this.#edge ??= now;
    });
  }
}

/** Opens a transaction that appends one event and commits when told to. */
async function openWriter(harness: Harness, entity_id: string) {
  let commit = () => {};
  const told = new Promise<void>((resolve) => {
    commit = resolve;
  });
  let wrote = () => {};
  const written = new Promise<void>((resolve) => {
    wrote = resolve;
  });
  const done = harness.database.engine.transaction().execute(async (tx: Tx) => {
    const at = harness.clock.now();
    await appendEvents(tx, [
      { entity: 'adjustment', entity_id, version: 1, type: 'stock.adjusted', at },
    ]);
    wrote();
    await told;
  });
  await written;
  return {
    commit: async () => {
      commit();
      await done;
    },
  };
}

describe('the journal', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  beforeEach(async () => {
    await sql`truncate journal restart identity`.execute(harness.owner);
  });
  afterAll(async () => {
    await harness.close();
  });

  it('never loses an event whose transaction began first and committed last', async () => {
    const reader = new Reader();
    const early = await openWriter(harness, 'early');
    const late = await openWriter(harness, 'late');

    await late.commit();
    for (let poll = 0; poll < 3; poll += 1) await reader.poll(harness);
    expect(reader.seen).toEqual([]);
    await early.commit();
    for (let poll = 0; poll < 3; poll += 1) await reader.poll(harness);

    expect(reader.seen).toEqual(['early', 'late']);
  });

  it('gives two readers the same order, each event once, while writers overlap', async () => {
    const readers = [new Reader(), new Reader()];
    const open = [];
    for (let turn = 0; turn < 20; turn += 1) {
      open.push(await openWriter(harness, `event-${turn}`));
      if (open.length === 4) await open.splice(turn % 3, 1)[0]!.commit();
      await readers[turn % 2]!.poll(harness);
    }
    for (const writer of open.reverse()) await writer.commit();
    for (let poll = 0; poll < 4; poll += 1) {
      for (const reader of readers) await reader.poll(harness);
    }

    expect(readers[0]!.seen).toEqual(Array.from({ length: 20 }, (_, turn) => `event-${turn}`));
    expect(readers[1]!.seen).toEqual(readers[0]!.seen);
  });

  it('passes over the number of a transaction that was rolled back', async () => {
    const reader = new Reader();
    const failing = harness.database.engine.transaction().execute(async (tx) => {
      const at = harness.clock.now();
      await appendEvents(tx, [
        { entity: 'adjustment', entity_id: 'undone', version: 1, type: 'stock.adjusted', at },
      ]);
      throw new Error('undo');
    });
    await expect(failing).rejects.toThrow('undo');
    await (await openWriter(harness, 'kept')).commit();

    for (let poll = 0; poll < 3; poll += 1) await reader.poll(harness);

    expect(reader.seen).toEqual(['kept']);
  });

  it('refuses the same version of an entity twice, so an effect cannot be doubled', async () => {
    const append = () =>
      harness.database.engine.transaction().execute((tx) =>
        appendEvents(tx, [
          {
            entity: 'adjustment',
            entity_id: 'twice',
            version: 1,
            type: 'stock.adjusted',
            at: harness.clock.now(),
          },
        ]),
      );

    await append();

    await expect(append()).rejects.toMatchObject({ code: '23505' });
  });

  it('cannot be changed or shortened, not even by the owner', async () => {
    await (await openWriter(harness, 'kept')).commit();

    await expect(sql`update journal set type = 'x'`.execute(harness.owner)).rejects.toThrow(
      'append-only',
    );
    await expect(sql`delete from journal`.execute(harness.owner)).rejects.toThrow('append-only');
    await expect(sql`delete from stock_ledger`.execute(harness.owner)).rejects.toThrow(
      'append-only',
    );
  });

  it('rings its channel once per transaction, at commit', async () => {
    const rings: string[] = [];
    const { default: pg } = await import('pg');
    const listener = new pg.Client({ connectionString: harness.url });
    await listener.connect();
    listener.on('notification', (message) => rings.push(message.channel));
    await listener.query('listen portolan_journal');
    const writer = await openWriter(harness, 'rung');
    await listener.query('select 1');
    expect(rings).toEqual([]);

    await writer.commit();
    await listener.query('select 1');

    expect(rings).toEqual(['portolan_journal']);
    await listener.end();
  });
});
