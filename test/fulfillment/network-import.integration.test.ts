/** Importing files into a real database: network and opening stock, checked first, counted once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Refusal } from '../../src/domain/errors.ts';
import type { Engine } from '../../src/fulfillment/engine.ts';
import { importFiles } from '../../src/fulfillment/network-import.ts';
import { createNetworkSource } from '../../src/fulfillment/network-source.ts';
import { aNetwork } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';

const HEADER = 'warehouse_id,sku_id,lot,expires_on,quantity\n';
const ROWS = 7000;

let harness: Harness;
let engine: Engine;
let folder: string;

beforeAll(async () => {
  harness = await startHarness({ network: null });
  engine = { ...harness.engine, networks: createNetworkSource(harness.engine) };
  folder = mkdtempSync(join(tmpdir(), 'portolan-import-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await harness.close();
});

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const run = async (...paths: string[]) =>
  await importFiles(engine, { paths, applied_by: 'operator:*', request_id: 'import' });

const unitsOnHand = async (): Promise<number> => {
  const rows = await harness.owner.selectFrom('stock').select('on_hand').execute();
  return rows.reduce((units, row) => units + row.on_hand, 0);
};

test('stock before any network, or with a bad row, leaves nothing behind', async () => {
  const stock = write('stock.csv', `${HEADER}rotterdam,mug,,,5\nrotterdam,gold,,,5\n`);
  const network = write('network.json', JSON.stringify(aNetwork()));

  const alone = await run(stock).catch((error: unknown) => error);
  const both = await run(network, stock).catch((error: unknown) => error);

  expect((alone as Refusal).code).toBe('network_missing');
  expect(both).toBeInstanceOf(Refusal);
  expect((both as Refusal).faults[0]?.pointer).toMatch(/stock\.csv row 3, column sku_id$/);
  expect(await engine.networks.current()).toBeNull();
});

test('a network with stock is imported whole, and once however often', async () => {
  const lots = Array.from({ length: ROWS }, (_, lot) => `rotterdam,mug,L${lot},2027-01-31,2`);
  write('stock.csv', `${HEADER}${lots.join('\n')}\nlisbon,book,,,40\n`);

  const first = await run(folder);
  const again = await run(folder);
  const alone = await run(join(folder, 'stock.csv'));

  expect(first).toMatchObject({
    applied: { version: 1, changed: true },
    stock_rows: ROWS + 1,
    known_rows: 0,
  });
  expect(again).toMatchObject({ applied: { changed: false }, known_rows: ROWS + 1 });
  expect(alone).toMatchObject({ applied: null, known_rows: ROWS + 1 });
  expect(await unitsOnHand()).toBe(2 * ROWS + 40);
});
