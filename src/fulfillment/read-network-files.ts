/**
 * Reads a network from files: one JSON document, a CSV per table, both (tables from CSV are laid over
 * the document), or folders of them. Faults point into the files, not into the document that nobody
 * wrote.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { type Fault, Refusal } from '../domain/errors.ts';
import type { Network } from '../domain/network.ts';
import { MAX_FAULTS } from '../domain/network-faults.ts';
import { validateNetwork } from '../domain/network-rules.ts';
import { type FileFault, readCsv } from './network-csv.ts';
import { CSV_COLUMNS, type CsvFile, isCsvFile } from './network-csv-columns.ts';
import { assembleDocument, type CsvDocument, type NamedTables } from './network-csv-document.ts';

/** What the files hold, not validated. */
export interface NetworkFiles {
  readonly document: unknown;
  /** The opening stock beside the network, to be read with `network-csv-stock.ts`. */
  readonly stock_files: readonly string[];
  /** True when there is nothing but stock. */
  readonly is_stock_alone: boolean;
  /** What could not be read. */
  readonly faults: readonly FileFault[];
  /** Faults of the document, said by file, row and column where it came from CSV. */
  locate(faults: readonly Fault[]): Fault[];
}

/** Tables that a network without them has none of. */
const OPTIONAL_TABLES = { hubs: [], legs: [], guarantees: [] };
const STOCK = 'stock';

/**
 * Reads a network from files, without stock, and checks it whole: faults are told by file, row and
 * column.
 *
 * @throws Refusal `invalid_network` with every fault.
 */
export async function readNetworkFiles(paths: readonly string[]): Promise<Network> {
  const files = await openNetworkFiles(paths);
  const detail = 'holds stock, expected files of the network alone';
  const strange = files.stock_files.map((file) => ({ file, detail }));
  return checkNetworkFiles({ ...files, faults: [...files.faults, ...strange] });
}

/** The network that files hold. Throws Refusal `invalid_network` with every fault. */
export function checkNetworkFiles(files: NetworkFiles): Network {
  const checked = validateNetwork(files.document);
  const located = 'faults' in checked ? files.locate(checked.faults) : [];
  const faults = [...files.faults.map(asFault), ...located];
  if ('network' in checked && faults.length === 0) return checked.network;
  const told = faults.slice(0, MAX_FAULTS + 1);
  throw new Refusal('invalid_network', 'the files do not make a sound network', told);
}

/** Reads files without checking more than their form. Folders are read one level deep. */
export async function openNetworkFiles(paths: readonly string[]): Promise<NetworkFiles> {
  const faults: FileFault[] = [];
  const tables: Record<string, NamedTables[keyof NamedTables]> = {};
  const stock_files: string[] = [];
  const unread: CsvFile[] = [];
  let base: unknown;
  for (const path of await listFiles(paths, faults)) {
    const name = basename(path, extname(path));
    const kind = extname(path).toLowerCase();
    if (kind === '.json') {
      if (base !== undefined) faults.push({ file: path, detail: 'is a second JSON document' });
      base = parseDocument(path, await readFile(path, 'utf8'), faults);
    } else if (kind === '.csv' && name === STOCK) stock_files.push(path);
    else if (kind === '.csv' && isCsvFile(name)) {
      if (tables[name] !== undefined)
        faults.push({ file: path, detail: `is a second ${name}.csv` });
      const table = readCsv(name, path, await readFile(path, 'utf8'));
      if (table.records === null) unread.push(name);
      else tables[name] = { file: path, records: table.records };
      faults.push(...table.faults);
    } else faults.push({ file: path, detail: `is no part of a network, ${expectedNames()}` });
  }
  for (const [part, whole] of [
    ['rates', 'rate_cards'],
    ['lanes', 'services'],
  ] as const) {
    if (tables[part] === undefined || tables[whole] !== undefined) continue;
    if (unread.includes(whole)) continue;
    faults.push({ file: tables[part].file, detail: `came without ${whole}.csv, expected both` });
    delete tables[part];
  }
  const csv = assembleDocument(tables);
  faults.push(...csv.faults);
  const locate = (found: readonly Fault[]) => locateAll(csv, unread, found);
  const document = layOver(base, csv, tables);
  const isEmpty = base === undefined && Object.keys(tables).length === 0;
  const is_stock_alone = isEmpty && stock_files.length > 0 && unread.length === 0;
  return { document, stock_files, is_stock_alone, faults, locate };
}

function expectedNames(): string {
  return `expected a .json document, ${STOCK}.csv or ${Object.keys(CSV_COLUMNS).join('.csv, ')}.csv`;
}

async function listFiles(paths: readonly string[], faults: FileFault[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
    if (found instanceof Error) {
      const detail = found.code === 'ENOENT' ? 'is not there' : `cannot be read: ${found.message}`;
      faults.push({ file: path, detail });
    } else if (!found.isDirectory()) files.push(path);
    else {
      const names = (await readdir(path)).sort();
      const wanted = names.filter((name) => /\.(?:csv|json)$/i.test(name));
      files.push(...wanted.map((name) => join(path, name)));
    }
  }
  return files;
}

/** A JSON document; a syntax error becomes a fault that names its line and column. */
function parseDocument(file: string, text: string, faults: FileFault[]): unknown {
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return JSON.parse(content);
  } catch (error) {
    const { message } = error as Error;
    const position = /position ([0-9]+)/.exec(message)?.[1];
    const before = position === undefined ? [] : content.slice(0, Number(position)).split('\n');
    const place = before.length === 0 ? {} : { row: before.length };
    faults.push({ file, ...place, detail: `is not JSON: ${message}` });
    return {};
  }
}

function layOver(base: unknown, csv: CsvDocument, tables: Readonly<Record<string, unknown>>) {
  if (Object.keys(tables).length === 0) return base ?? {};
  if (base === undefined) {
    return { format: 'portolan-network/1', ...OPTIONAL_TABLES, ...csv.document };
  }
  if (typeof base !== 'object' || base === null || Array.isArray(base)) return base;
  return { ...base, ...csv.document };
}

/** The hole that an unreadable file leaves in the document. */
function isHole(unread: readonly CsvFile[], pointer: string): boolean {
  return unread.some((name) => {
    if (name === 'network') return pointer === '/currency';
    if (name === 'lanes') return /^\/services\/[0-9]+\/lanes$/.test(pointer);
    if (name === 'rates')
      return /^\/rate_cards\/[0-9]+\/(?:rates|weight_breaks_grams)$/.test(pointer);
    return pointer === `/${name}`;
  });
}

function locateAll(
  csv: CsvDocument,
  unread: readonly CsvFile[],
  faults: readonly Fault[],
): Fault[] {
  const cells = new Set<string>();
  return faults.flatMap((fault) => {
    if (isHole(unread, fault.pointer)) return [];
    const place = fault.pointer === '' ? null : csv.locate(fault.pointer);
    if (place === null) return [fault];
    const located = asFault({ ...place, detail: fault.detail });
    // One mistake in `mon-fri …` is wrong on five days, and an unreadable cell has been told before.
    if (place.told || cells.has(located.pointer)) return [];
    cells.add(located.pointer);
    return [located];
  });
}

/** A fault in a file as people read it: `services.csv row 18, column pickups`. */
export function asFault({ file, row, column, detail }: FileFault): Fault {
  const parts = [row === undefined ? [] : `row ${row}`, column ? `column ${column}` : []].flat();
  return { pointer: parts.length === 0 ? file : `${file} ${parts.join(', ')}`, detail };
}
