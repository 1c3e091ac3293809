/**
 * Opening stock of any size: the work per row does not grow with the rows that are there already,
 * however few SKUs they share. Counted in rows read, not in seconds, so that a busy machine cannot
 * fail it and an idle one cannot hide it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../db/database.ts';
import { importFiles } from '../../src/fulfillment/network-import.ts';
import { createNetworkSource } from '../../src/fulfillment/network-source.ts';
import { type Harness, startHarness } from '../harness.ts';
import { query } from '../postgres.ts';

const ROWS = 30_000;
const HEADER = 'warehouse_id,sku_id,lot,expires_on,quantity\n';

let harness: Harness;
let folder: string;

beforeAll(async () => {
  harness = await startHarness();
  folder = mkdtempSync(join(tmpdir(), 'portolan-scaling-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await harness.close();
});

/** Imports on connections of its own, whose counters are told when they close. */
async function importStock(path: string): Promise<number> {
  const { url, engine } = harness;
  const database = openDatabase({ url, pool_size: 2, statement_timeout_ms: 60_000 });
  const own = { ...engine, database, networks: createNetworkSource({ ...engine, database }) };
  try {
    const command = { paths: [path], applied_by: 'operator:*', request_id: 'import' };
    return (await importFiles(own, command)).stock_rows;
  } finally {
    await database.close();
  }
}

async function rowsRead(): Promise<number> {
  const read = await query(
    harness.url,
    `select (select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'stock')
      + (select seq_tup_read from pg_stat_user_tables where relname = 'stock') as rows`,
  );
  return Number(read.rows[0].rows);
}

test(`${ROWS} lots of one SKU are imported with a few reads for each`, async () => {
  const path = join(folder, 'stock.csv');
  const lots = Array.from({ length: ROWS }, (_, lot) => `rotterdam,mug,L${lot},,2`);
  writeFileSync(path, `${HEADER}${lots.join('\n')}\n`);

  const before = await rowsRead();
  expect(await importStock(path)).toBe(ROWS);
  const first = await rowsRead();
  // Half as many again, now that the books are full: not more reads a row than before.
  writeFileSync(path, `${HEADER}${lots.slice(0, ROWS / 2).join('\n')}\n`);
  expect(await importStock(path)).toBe(ROWS / 2);
  const second = await rowsRead();

  const perRow = [(first - before) / ROWS, (second - first) / (ROWS / 2)];
  console.info(`stock rows read per row imported: ${perRow.map((n) => n.toFixed(1)).join(', ')}`);
  expect(Math.max(...perRow)).toBeLessThan(12);
});
