/** Opening stock from a file: all rows or none, in bounded pieces whose references repeat. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdjustStock } from '../../src/domain/commands.ts';
import { Refusal } from '../../src/domain/errors.ts';
import { openStockFile } from '../../src/fulfillment/network-csv-stock.ts';
import { aNetwork } from '../builders/network.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-stock-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const open = async (text: string) => {
  const path = join(folder, 'stock.csv');
  writeFileSync(path, text);
  return await openStockFile(path, aNetwork());
};

const all = async (file: Awaited<ReturnType<typeof open>>): Promise<AdjustStock[]> => {
  return await Array.fromAsync(file.adjustments('request'));
};

test('becomes adjustments per warehouse with references that repeat', async () => {
  const text =
    'warehouse_id,sku_id,lot,expires_on,quantity\n' +
    `rotterdam,mug,,,5\n${aNetwork().warehouses[1]!.id},mug,A,2026-12-31,7\nrotterdam,mug,B,,2\n`;

  const first = await all(await open(text));
  const again = await all(await open(text));

  expect(first).toEqual(again);
  expect(first.map((adjustment) => adjustment.lines.length)).toEqual([2, 1]);
  expect(first[0]?.lines[0]).toMatchObject({ sku_id: 'mug', on_hand: 5, expires_on: undefined });
  expect(first[1]?.lines[0]).toMatchObject({ lot: 'A', expires_on: '2026-12-31', on_hand: 7 });
});

test('of many rows comes in bounded pieces, none lost', async () => {
  const rows = Array.from({ length: 12_001 }, (_, lot) => `rotterdam,mug,L${lot},,1`);

  const file = await open(`warehouse_id,sku_id,lot,expires_on,quantity\n${rows.join('\n')}\n`);
  const pieces = await all(file);

  expect(file.rows).toBe(12_001);
  expect(pieces.map((piece) => piece.lines.length)).toEqual([5000, 5000, 2001]);
  expect(new Set(pieces.map((piece) => piece.adjustment_ref)).size).toBe(3);
});

test('is refused whole, with every fault by row and column', async () => {
  const bad =
    'warehouse_id,sku_id,lot,expires_on,quantity\nmoon,mug,,,5\nrotterdam,gold,,2026-02-30,0\n';

  const refused = await open(bad).catch((error: unknown) => error);
  const header = await open('warehouse,sku_id\n').catch((error: unknown) => error);

  const places = (refused as Refusal).faults.map((fault) => fault.pointer.split('.csv ')[1]);
  expect(places).toEqual([
    'row 2, column warehouse_id',
    'row 3, column sku_id',
    'row 3, column expires_on',
    'row 3, column quantity',
  ]);
  expect(header).toBeInstanceOf(Refusal);
});
