/**
 * Opening stock from `stock.csv`: read as a stream, twice. The first pass checks every row, so that
 * nothing is posted of a file with a mistake; the second gives adjustments, a few thousand lines
 * each, whose references follow from the file's bytes: importing a file twice counts once.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import type { AdjustStock } from '../domain/commands.ts';
import { type Fault, Refusal } from '../domain/errors.ts';
import type { Network } from '../domain/network.ts';
import { faultList } from '../domain/network-faults.ts';

/** Columns of `stock.csv`. The owner of the units is the SKU's seller. */
export const STOCK_COLUMNS = ['warehouse_id', 'sku_id', 'lot', 'expires_on', 'quantity'] as const;
type StockRow = { readonly [column in (typeof STOCK_COLUMNS)[number]]?: string };

/** Lines of one adjustment: one transaction of a size that others hardly wait for. */
const LINES_PER_ADJUSTMENT = 5000;
const MAX_QUANTITY = 1_000_000_000;

/** A checked file: what it is, and its adjustments in file order per warehouse. */
export interface StockFile {
  readonly rows: number;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
  /** Streams the file again. Memory is bounded by warehouses × lines of one adjustment. */
  adjustments(request_id: string): AsyncGenerator<AdjustStock>;
}

/**
 * Checks every row against the network that it will be posted to. About 10 µs a row and pass.
 *
 * @throws Refusal `invalid_network` with the faults, by file and row.
 */
export async function openStockFile(path: string, network: Network): Promise<StockFile> {
  const warehouses = new Set(network.warehouses.map((row) => row.id));
  const skus = new Set(network.skus.map((row) => row.id));
  const faults = faultList();
  const hash = createHash('sha256');
  let rows = 0;
  for await (const { record, row } of readRows(path, hash)) {
    rows += 1;
    for (const [column, detail] of rowFaults(record, warehouses, skus)) {
      faults.add(`${path} row ${row}, column ${column}`, detail);
    }
  }
  if (faults.count() > 0) refuse(path, faults.list());
  const digest = hash.digest('hex');
  return { rows, digest, adjustments: (request_id) => adjustmentsOf(path, digest, request_id) };
}

function refuse(path: string, faults: readonly Fault[]): never {
  throw new Refusal('invalid_network', `${path} has faults; no stock was posted`, faults);
}

async function* readRows(
  path: string,
  hash?: { update(bytes: Buffer): unknown },
): AsyncGenerator<{ record: StockRow; row: number }> {
  const source = createReadStream(path);
  if (hash !== undefined) source.on('data', (bytes) => hash.update(bytes as Buffer));
  const options = { bom: true, info: true, trim: true, skip_empty_lines: true };
  const parser = parse({ ...options, columns: (header: string[]) => checkHeader(path, header) });
  source.on('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of source.pipe(parser)) yield { record, row: info.lines };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    refuse(path, [{ pointer: path, detail: `cannot be read: ${(error as Error).message}` }]);
  }
}

function checkHeader(path: string, header: readonly string[]): string[] {
  const known: readonly string[] = STOCK_COLUMNS;
  const strange = header.filter((name) => !known.includes(name));
  const missing = ['warehouse_id', 'sku_id', 'quantity'].filter((name) => !header.includes(name));
  const faults = [
    ...strange.map((name) => `${name} is not a known column, expected ${known.join(', ')}`),
    ...missing.map((name) => `${name} is missing, expected this column`),
  ];
  if (faults.length === 0) return [...header];
  return refuse(
    path,
    faults.map((detail) => ({ pointer: `${path} row 1`, detail })),
  );
}

function rowFaults(
  row: StockRow,
  warehouses: ReadonlySet<string>,
  skus: ReadonlySet<string>,
): [string, string][] {
  const faults: [string, string][] = [];
  const { warehouse_id = '', sku_id = '', lot = '', expires_on = '', quantity = '' } = row;
  const got = (text: string) => `got ${JSON.stringify(text.slice(0, 80))}`;
  if (!warehouses.has(warehouse_id)) {
    faults.push(['warehouse_id', `${got(warehouse_id)}, expected a warehouse of the network`]);
  }
  if (!skus.has(sku_id)) faults.push(['sku_id', `${got(sku_id)}, expected a SKU of the network`]);
  if (lot.length > 64) faults.push(['lot', `${got(lot)}, expected 64 characters at most`]);
  if (expires_on !== '' && !isDate(expires_on)) {
    faults.push(['expires_on', `${got(expires_on)}, expected a date, YYYY-MM-DD`]);
  }
  const units = /^[0-9]{1,10}$/.test(quantity) ? Number(quantity) : 0;
  if (units < 1 || units > MAX_QUANTITY) {
    faults.push(['quantity', `${got(quantity)}, expected a whole number, 1 to ${MAX_QUANTITY}`]);
  }
  return faults;
}

function isDate(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

async function* adjustmentsOf(
  path: string,
  digest: string,
  request_id: string,
): AsyncGenerator<AdjustStock> {
  const waiting = new Map<string, AdjustStock['lines'][number][]>();
  const made = new Map<string, number>();
  const flush = (warehouse_id: string): AdjustStock => {
    const number = (made.get(warehouse_id) ?? 0) + 1;
    made.set(warehouse_id, number);
    const lines = waiting.get(warehouse_id)!;
    waiting.delete(warehouse_id);
    const adjustment_ref = `stock-file-${digest.slice(0, 24)}-${number}`;
    return { warehouse_id, adjustment_ref, lines, request_id };
  };
  for await (const { record } of readRows(path)) {
    const warehouse_id = record.warehouse_id!;
    const lines = waiting.get(warehouse_id) ?? [];
    lines.push(lineOf(record));
    waiting.set(warehouse_id, lines);
    if (lines.length === LINES_PER_ADJUSTMENT) yield flush(warehouse_id);
  }
  for (const warehouse_id of [...waiting.keys()]) yield flush(warehouse_id);
}

function lineOf(record: StockRow): AdjustStock['lines'][number] {
  return {
    sku_id: record.sku_id!,
    lot: record.lot ?? '',
    expires_on: record.expires_on === '' ? undefined : record.expires_on,
    on_hand: Number(record.quantity),
    reason: 'opening stock',
  };
}
