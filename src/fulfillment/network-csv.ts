/** One CSV file of the network as records, each knowing the row of the file that it came from. */
import { parse } from 'csv-parse/sync';
import { type Cell, readCell } from './network-csv-cells.ts';
import { type Column, CSV_COLUMNS, type CsvFile } from './network-csv-columns.ts';

/** A row as nested fields, with its place. Rows count as a spreadsheet shows them: headers are 1. */
export interface CsvRecord {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly row: number;
  /** Fields whose cell could not be read, as paths below the record: told already. */
  readonly unread: readonly string[];
}

/** A place in a file that is wrong. `column` is missing when the whole row or file is meant. */
export interface FileFault {
  readonly file: string;
  readonly row?: number | undefined;
  readonly column?: string | undefined;
  readonly detail: string;
}

export interface CsvTable {
  /** Null when the file as a whole cannot be read: then its rows are unknown, not absent. */
  readonly records: readonly CsvRecord[] | null;
  readonly faults: readonly FileFault[];
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads the text of `<table>.csv`; `file` is what faults call it. Accepts a byte order mark, CRLF,
 * quotes, and `;` or tab between columns (what spreadsheets save in many countries).
 */
export function readCsv(table: CsvFile, file: string, content: string): CsvTable {
  const columns: readonly Column[] = CSV_COLUMNS[table];
  let lines: Parsed[];
  try {
    lines = parse(content, {
      bom: true,
      info: true,
      delimiter: delimiterOf(content),
      trim: true,
      relax_column_count: true,
      skip_records_with_empty_values: true,
    }) as unknown as Parsed[];
  } catch (error) {
    return { records: null, faults: [{ file, detail: `is not CSV: ${(error as Error).message}` }] };
  }
  const [header, ...rows] = lines;
  if (header === undefined)
    return { records: null, faults: [{ file, detail: 'has no header row' }] };
  const faults = headerFaults(columns, file, header.record);
  if (faults.length > 0) return { records: null, faults };
  const placed = header.record.map((name) => columns.find((column) => column.name === name)!);
  const found: FileFault[] = [];
  const records = rows.map((row) => readRecord(placed, file, row, found));
  return { records, faults: found };
}

/** The separator of the header line. */
function delimiterOf(content: string): string {
  const header = content.slice(0, content.search(/\r|\n|$/));
  if (header.includes(',')) return ',';
  return header.includes('\t') ? '\t' : ';';
}

function headerFaults(
  columns: readonly Column[],
  file: string,
  header: readonly string[],
): FileFault[] {
  const faults: FileFault[] = [];
  const names = columns.map((column) => column.name);
  header.forEach((name, index) => {
    const place = { file, row: 1, column: name };
    if (!names.includes(name)) {
      const expected = `expected one of ${names.join(', ')}`;
      faults.push({ ...place, detail: `is not a known column, ${expected}` });
    } else if (header.indexOf(name) !== index) {
      faults.push({ ...place, detail: 'is there twice, expected once' });
    }
  });
  for (const { name, must } of columns) {
    if (must && !header.includes(name)) {
      faults.push({ file, row: 1, column: name, detail: 'is missing, expected this column' });
    }
  }
  return faults;
}

function readRecord(
  columns: readonly Column[],
  file: string,
  { record, info }: Parsed,
  faults: FileFault[],
): CsvRecord {
  const fields: Record<string, unknown> = {};
  const unread: string[] = [];
  // A quoted cell may hold line breaks: `lines` counts to the end of the row, like a text editor.
  const row = info.lines;
  if (record.length > columns.length) {
    const detail = `got ${record.length} cells, expected ${columns.length}: quote cells with commas`;
    faults.push({ file, row, detail });
  }
  columns.forEach((column, index) => {
    const text = record[index] ?? '';
    const path = column.path ?? [column.name];
    if (text === '') return;
    const cell: Cell = readCell(column.kind, text);
    if ('value' in cell) setField(fields, path, cell.value);
    else {
      const detail = `got ${JSON.stringify(text.slice(0, 80))}, expected ${cell.expected}`;
      faults.push({ file, row, column: column.name, detail });
      unread.push(`/${path.join('/')}`);
    }
  });
  return { fields, row, unread };
}

/** Sets a nested field, making objects, and arrays for numbered steps, on the way. */
function setField(
  fields: Record<string, unknown>,
  path: readonly (string | number)[],
  value: unknown,
): void {
  let owner = fields as Record<string | number, unknown>;
  path.slice(0, -1).forEach((step, depth) => {
    owner[step] ??= typeof path[depth + 1] === 'number' ? [] : {};
    owner = owner[step] as Record<string | number, unknown>;
  });
  owner[path.at(-1)!] = value;
}
