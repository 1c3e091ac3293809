import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexBytes, insertRows, rowSource } from '../../db/rows.ts';
import { type Harness, startHarness } from '../harness.ts';

describe('insertRows', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(async () => {
    await harness.close();
  });

  it('writes any text, bytes and JSON just as they were given', async () => {
    let serial = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            text: fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
            bytes: fc.uint8Array({ maxLength: 40 }),
            // A bare null is SQL's null: such a column is left out or nullable.
            json: fc
              .jsonValue()
              .filter((value) => value !== null && !JSON.stringify(value).includes('\\u0000')),
          }),
          { minLength: 1, maxLength: 20 },
        ),
        async (rows) => {
          const party_id = `run-${serial}`;
          serial += 1;
          const written = rows.map((row, at) => ({
            role: row.text,
            party_id,
            key: String(at).padStart(4, '0'),
            request_hash: hexBytes(row.bytes),
            status: 200,
            response: row.json,
            created_at: harness.clock.now(),
          }));

          await harness.database.engine
            .transaction()
            .execute((tx) => insertRows(tx, 'idempotency_keys', written));

          const read = await harness.database.engine
            .selectFrom('idempotency_keys')
            .selectAll()
            .where('party_id', '=', party_id)
            .orderBy('key')
            .execute();
          expect(read.map((row) => row.role)).toEqual(rows.map((row) => row.text));
          expect(read.map((row) => [...row.request_hash])).toEqual(rows.map((r) => [...r.bytes]));
          expect(JSON.stringify(read.map((row) => row.response))).toEqual(
            JSON.stringify(rows.map((row) => row.json)),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  it('gives back instants to the microsecond, dates as text and counts as numbers', async () => {
    const expires_on = '2026-03-29';
    const at = Temporal.Instant.from('2026-03-29T00:59:59.123456Z');
    await harness.stock({ quantity: 3, lot: 'a', expires_on });
    const row = await harness.database.engine
      .selectFrom('stock')
      .selectAll()
      .executeTakeFirstOrThrow();
    await harness.database.engine
      .insertInto('stock_ledger')
      .values({ stock_id: row.stock_id, kind: 'adjust', at: at.toString() })
      .execute();

    const entry = await harness.database.engine
      .selectFrom('stock_ledger')
      .selectAll()
      .where('kind', '=', 'adjust')
      .executeTakeFirstOrThrow();

    expect(row).toMatchObject({ expires_on, on_hand: 3, reserved: 0 });
    expect(Number.isSafeInteger(row.stock_id)).toBe(true);
    expect(entry.at.equals(at)).toBe(true);
  });

  it('does nothing for no rows', async () => {
    const work = harness.database.engine
      .transaction()
      .execute((tx) => insertRows(tx, 'orders', []));

    await expect(work).resolves.toBeUndefined();
  });
});

describe('rowSource', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(async () => {
    await harness.close();
  });

  const read = async (rows: readonly { count: unknown; text: string }[]) => {
    const source = rowSource('r', { count: 'bigint', text: 'text' }, rows);
    return (await sql`select count, text from ${source}`.execute(harness.database.engine)).rows;
  };

  it('gives each row its own cells, whatever they hold', async () => {
    const texts = ['', 'NULL', 'null', '{}', 'a,b', '"', '\\', ' a ', '{"a":[1,2]}', '\t\n'];
    const rows = texts.map((text, count) => ({ count: count === 3 ? null : count, text }));

    expect(await read(rows)).toEqual(rows);
  });

  it.each(['', 'null', '1,2', '{1,2}', '"1'])(
    'refuses %j as a number instead of moving the cells of other rows',
    async (count) => {
      await expect(
        read([
          { count, text: 'a' },
          { count: 2, text: 'b' },
        ]),
      ).rejects.toMatchObject({
        code: '22P02',
      });
    },
  );
});
