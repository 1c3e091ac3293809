/** Orders of files are decided as posted ones are, by their own rules, and refused with the same words. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Refusal } from '../../src/domain/errors.ts';
import { decideFiles, readFileNetwork } from '../../src/fulfillment/decide-files.ts';
import { readOrderFile } from '../../src/fulfillment/read-order-file.ts';
import { aNetwork } from '../builders/network.ts';

const AT = Temporal.Instant.from('2026-03-18T09:00:00Z');
const LIMITS = { lines_max: 3 };
const STOCK = 'warehouse_id,sku_id,quantity\nrotterdam,mug,9\nlisbon,book,9\n';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-files-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

const order = (external_ref: string, rules?: object) => ({
  external_ref,
  destination: { country: 'NL', postal_code: '1011AB', city: 'Amsterdam' },
  lines: [
    { line_no: 1, sku_id: 'mug', quantity: 1 },
    { line_no: 2, sku_id: 'book', quantity: 1 },
  ],
  ...(rules === undefined ? {} : { rules }),
});

test('an order keeps the rules that it was posted with', async () => {
  const paths = [file('network.json', aNetwork()), file('stock.csv', STOCK)];
  const network = await readFileNetwork(paths, null);
  const asked = [
    order('free'),
    order('complete', { ship_complete: true }),
    order('one', { split_limit: 1 }),
    order('together', { keep_together: [[2, 1]] }),
  ];
  const { orders } = await readOrderFile(file('orders.json', asked), LIMITS);

  const decided = await decideFiles(network, orders, { at: AT, work: 100_000 });

  expect(decided.map(({ external_ref, result }) => [external_ref, result.outcome])).toEqual([
    ['free', 'sourced'],
    ['complete', 'unsourced'],
    ['one', 'unsourced'],
    ['together', 'unsourced'],
  ]);
  expect(decided[0]!.result).toMatchObject({ parcels: [{}, {}] });
});

test('orders that no platform could post are left out, each place with its reason', async () => {
  const line = { line_no: 1, sku_id: 'mug', quantity: 1 };
  const wrong = [
    { ...order('a'), quote_token: 'x' },
    { ...order('b', { keep_together: [[7]] }), deliver_by: '2026-02-31T10:00:00Z' },
    { ...order('c'), lines: [line, line] },
    { ...order('d'), lines: [line, line, line, line] },
    { ...order('e', { split_limit: 0 }), destination: { country: 'nl', postal_code: '1' } },
    7,
  ];
  const good = [order('first'), order('last')];
  const read = await readOrderFile(file('wrong.json', [good[0], ...wrong, good[1]]), LIMITS);

  expect(read.orders).toEqual(good);
  expect(read.refused).toBe(wrong.length);
  const told = read.faults.map(({ pointer, detail }) =>
    `${pointer.replace(/.* order /, '')}: ${detail}`.slice(0, 70),
  );
  expect(told).toEqual([
    expect.stringMatching(/^2\/quote_token: is not a known field/),
    expect.stringMatching(/^3\/deliver_by: got "2026-02-31T10:00:00Z", expected a day/),
    expect.stringMatching(/^3\/rules\/keep_together\/0\/0: got 7, expected the number of a line/),
    expect.stringMatching(/^4\/lines\/1\/line_no: got 1 twice/),
    expect.stringMatching(/^5\/lines: got an array of 4, expected an array of 1 to 3 items/),
    expect.stringMatching(/^6\/destination\/country: got "nl", expected an ISO 3166-1/),
    expect.stringMatching(/^6\/rules\/split_limit: got 0, expected a whole number/),
    expect.stringMatching(/^7: got 7, expected an object/),
  ]);
});

test('a line that is no JSON costs no other line its decision; a file that is none is refused', async () => {
  const lines = [JSON.stringify(order('a')), '{"external_ref": ', '', JSON.stringify(order('b'))];
  const read = await readOrderFile(file('orders.jsonl', lines.join('\n')), LIMITS);
  const broken = readOrderFile(file('broken.json', '[{"external_ref": "a"}'), LIMITS);

  expect(read.orders.map(({ external_ref }) => external_ref)).toEqual(['a', 'b']);
  expect(read).toMatchObject({
    refused: 1,
    faults: [{ pointer: expect.stringMatching(/line 2$/), detail: expect.stringMatching(/JSON/) }],
  });
  await expect(broken).rejects.toBeInstanceOf(Refusal);
});
