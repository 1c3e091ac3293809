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

  it('writes what all rows of a large batch have alike, and what they have not', async () => {
    const created_seconds = 1_774_746_000;
    const created_at = Temporal.Instant.fromEpochMilliseconds(created_seconds * 1000);
    const rows = Array.from({ length: 100 }, (_, at) => ({
      role: 'alike',
      party_id: 'alike',
      key: String(at).padStart(4, '0'),
      request_hash: hexBytes(Buffer.from([1, 2])),
      status: 200,
      response: { at },
      // Whole seconds since 1970.
      created_at: created_seconds,
    }));

    await harness.database.engine
      .transaction()
      .execute((tx) => insertRows(tx, 'idempotency_keys', rows));

    const read = await harness.database.engine
      .selectFrom('idempotency_keys')
      .selectAll()
      .where('party_id', '=', 'alike')
      .orderBy('key')
      .execute();
    expect(read.map(({ response }) => response)).toEqual(rows.map(({ response }) => response));
    expect(read.every((row) => row.status === 200 && row.created_at.equals(created_at))).toBe(true);
    expect(read.every((row) => [...row.request_hash].join() === '1,2')).toBe(true);
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

  it('tells ids, numbers, instants, flags, JSON and nulls as they were given', async () => {
    const orNull = <T>(cell: fc.Arbitrary<T>) => fc.option(cell, { nil: null });
    const row = fc.record({
      id: orNull(fc.uuid()),
      small: orNull(fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 })),
      whole: orNull(fc.integer()),
      big: orNull(fc.maxSafeInteger()),
      real: orNull(fc.double({ noNaN: true })),
      flag: orNull(fc.boolean()),
      at_ms: orNull(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_000 })),
      json: orNull(fc.dictionary(fc.string(), fc.integer())),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (given) => {
        const rows = given.map(({ at_ms, ...rest }) => ({
          ...rest,
          at: at_ms === null ? null : Temporal.Instant.fromEpochMilliseconds(at_ms),
        }));
        const types = {
          ...{ id: 'uuid', small: 'smallint', whole: 'integer', big: 'bigint' },
          ...{ real: 'double precision', flag: 'boolean', at: 'timestamptz', json: 'json' },
        };
        const read = await sql<(typeof rows)[number]>`
          select *, json::json as json from ${rowSource('r', types, rows)}`.execute(
          harness.database.engine,
        );
        expect(read.rows.map(({ at, ...rest }) => ({ ...rest, at: at?.toString() }))).toEqual(
          rows.map(({ at, ...rest }) => ({ ...rest, at: at?.toString() })),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('takes an instant as its text, as seconds since 1970 and to the microsecond', async () => {
    const text = '1969-12-31T23:59:59.999999Z';
    const rows = [text, Temporal.Instant.from(text), -1, 1_774_746_000].map((at) => ({ at }));
    const read = await sql<{ at: Temporal.Instant }>`
      select at from ${rowSource('r', { at: 'timestamptz' }, rows)}`.execute(
      harness.database.engine,
    );
    expect(read.rows.map(({ at }) => at.toString())).toEqual([
      text,
      text,
      '1969-12-31T23:59:59Z',
      '2026-03-29T01:00:00Z',
    ]);
  });

  it.each([
    ['uuid', '0193e6b0-0000-7000-8000-00000000000g'],
    ['uuid', '0193e6b0-0000-7000-8000-0000000000000'],
    ['uuid', '0193e6b000007000800000000000000000000'],
    ['integer', 2 ** 31],
    ['smallint', -(2 ** 15) - 1],
    ['bigint', 0.5],
    ['double precision', '1'],
    ['timestamptz', 'yesterday'],
  ])('refuses as %s what is none: %j', async (type, cell) => {
    expect(() => rowSource('r', { cell: type }, [{ cell }])).toThrow();
  });

  it.each(['', 'null', '1,2', '{1,2}', '"1'])(
    'refuses %j as a number instead of moving the cells of other rows',
    async (count) => {
      await expect(
        read([
          { count, text: 'a' },
          { count: 2, text: 'b' },
        ]),
      ).rejects.toThrow(`got ${JSON.stringify(count)}, expected a whole number`);
    },
  );
});
