/**
 * CSV tables put together into one document, unvalidated, with a map back: every place of the
 * document knows the row and column of the file that it came from.
 */
import { pointerSegment } from '../domain/network-faults.ts';
import type { CsvRecord, FileFault } from './network-csv.ts';
import { type Column, CSV_COLUMNS, type CsvFile } from './network-csv-columns.ts';

/** A table read from a file. */
export interface NamedTable {
  /** The file as faults call it. */
  readonly file: string;
  readonly records: readonly CsvRecord[];
}

/** Tables by name. */
export type NamedTables = { readonly [table in CsvFile]?: NamedTable };

/** Where a part of the document came from. */
interface Place {
  readonly file: string;
  readonly row: number;
  /** Columns for what is below; without them, the table's own. */
  readonly columns: readonly Column[];
  readonly unread: readonly string[];
}

export interface CsvDocument {
  /** The tables that came as CSV; to be laid over a JSON document, if there is one. */
  readonly document: Record<string, unknown>;
  readonly faults: readonly FileFault[];
  /** The place of a JSON pointer: null if it is not from a file; `told` if its cell was unreadable. */
  locate(pointer: string): { file: string; row: number; column?: string; told: boolean } | null;
}

interface Assembly {
  readonly document: Record<string, unknown>;
  readonly faults: FileFault[];
  readonly places: Map<string, Place>;
}

const NESTED = new Set<CsvFile>([
  'network',
  'policy',
  'rates',
  'transit_times',
  'lanes',
  'share_bands',
]);

/** Assembles what was read. O(rows). */
export function assembleDocument(tables: NamedTables): CsvDocument {
  const assembly: Assembly = { document: {}, faults: [], places: new Map() };
  for (const [name, table] of Object.entries(tables) as [CsvFile, NamedTable][]) {
    if (NESTED.has(name)) continue;
    assembly.document[name] = table.records.map((record, index) => {
      addPlace(assembly, `/${name}/${index}`, name, table.file, record);
      return { ...record.fields };
    });
  }
  addSingles(assembly, tables);
  addRates(assembly, tables);
  addTransitTimes(assembly, tables.transit_times);
  addOwned(assembly, 'lanes', tables.lanes, ['services', 'service_id']);
  addOwned(assembly, 'share_bands', tables.share_bands, ['carriers', 'carrier_id']);
  return {
    document: assembly.document,
    faults: assembly.faults,
    locate: (pointer) => locate(assembly.places, pointer),
  };
}

function addPlace(
  assembly: Assembly,
  pointer: string,
  table: CsvFile,
  file: string,
  record: CsvRecord,
  columns: readonly Column[] = CSV_COLUMNS[table],
): void {
  assembly.places.set(pointer, { file, row: record.row, columns, unread: record.unread });
}

function addSingles({ document, faults, places }: Assembly, tables: NamedTables): void {
  for (const name of ['network', 'policy'] as const) {
    const table = tables[name];
    if (table === undefined) continue;
    const { file } = table;
    const [record, second] = table.records;
    if (record === undefined || second !== undefined) {
      const detail = `got ${table.records.length} rows, expected exactly one`;
      faults.push({ file, row: second?.row, detail });
    }
    if (record === undefined) continue;
    if (name === 'policy') document.policy = { ...record.fields };
    else Object.assign(document, record.fields);
    const pointer = name === 'policy' ? '/policy' : '';
    places.set(pointer, {
      file,
      row: record.row,
      columns: CSV_COLUMNS[name],
      unread: record.unread,
    });
  }
}

type Owner = Record<string, unknown>;

/** The rows that the records of `table` belong to, by id; says when there is none to belong to. */
function ownersOf(
  assembly: Assembly,
  table: NamedTable,
  owners: 'rate_cards' | 'services' | 'carriers',
  column: string,
): (record: CsvRecord) => { owner: Owner; at: string } | null {
  const rows = (assembly.document[owners] ?? []) as Owner[];
  const byId = new Map(
    rows.map((owner, index) => [owner.id, { owner, at: `/${owners}/${index}` }]),
  );
  return (record) => {
    const found = byId.get(record.fields[column]);
    if (found !== undefined) return found;
    const got = JSON.stringify(record.fields[column] ?? '');
    const detail = `got ${got}, expected the id of a row in ${owners}.csv`;
    assembly.faults.push({ file: table.file, row: record.row, column, detail });
    return null;
  };
}

interface RateRow {
  readonly record: CsvRecord;
  readonly area: string;
  readonly grams: number;
}

function addRates(assembly: Assembly, tables: NamedTables): void {
  const table = tables.rates;
  if (table === undefined) return;
  const ownerOf = ownersOf(assembly, table, 'rate_cards', 'rate_card_id');
  const cards = new Map<Owner, { at: string; rows: RateRow[] }>();
  for (const record of table.records) {
    const found = ownerOf(record);
    const { rate_area, weight_up_to_grams } = record.fields;
    if (found === null || typeof weight_up_to_grams !== 'number') continue;
    const card = cards.get(found.owner) ?? { at: found.at, rows: [] };
    card.rows.push({ record, area: String(rate_area ?? ''), grams: weight_up_to_grams });
    cards.set(found.owner, card);
  }
  for (const [card, { at, rows }] of cards) addCard(assembly, table.file, card, at, rows);
}

function addCard(
  assembly: Assembly,
  file: string,
  card: Owner,
  at: string,
  rows: readonly RateRow[],
): void {
  const breaks = [...new Set(rows.map((row) => row.grams))].sort((a, b) => a - b);
  const bandOf = new Map(breaks.map((grams, band) => [grams, band]));
  const rates: Record<string, (object | null)[]> = {};
  for (const { record, area, grams } of rows) {
    const band = bandOf.get(grams)!;
    if (!Object.hasOwn(rates, area)) rates[area] = breaks.map(() => null);
    if (rates[area]![band] !== null) {
      const detail = `got ${area} up to ${grams} g again, expected one row per area and weight`;
      assembly.faults.push({ file, row: record.row, column: 'weight_up_to_grams', detail });
      continue;
    }
    const { base, per_kg, minimum } = record.fields;
    rates[area]![band] = withoutUndefined({ base, per_kg, minimum });
    const pointer = `${at}/rates/${pointerSegment(area)}`;
    addPlace(assembly, `${pointer}/${band}`, 'rates', file, record);
    if (!assembly.places.has(pointer)) {
      addPlace(assembly, pointer, 'rates', file, record, only('rate_area'));
    }
    const breakAt = `${at}/weight_breaks_grams/${band}`;
    addPlace(assembly, breakAt, 'rates', file, record, only('weight_up_to_grams'));
  }
  card.weight_breaks_grams = breaks;
  card.rates = rates;
}

function withoutUndefined(fields: Owner): Owner {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A place that is one cell as a whole. */
function only(name: string): Column[] {
  return [{ name, kind: 'text', path: [] }];
}

function addTransitTimes(assembly: Assembly, table: NamedTable | undefined): void {
  if (table === undefined) return;
  const rows: { id: unknown; quantiles: unknown[][] }[] = [];
  const indexOf = new Map<unknown, number>();
  const columns: Column[] = [
    { name: 'id', kind: 'text' },
    { name: 'probability', kind: 'number', path: [0] },
    { name: 'seconds', kind: 'number', path: [1] },
  ];
  for (const record of table.records) {
    const { id, probability, seconds } = record.fields;
    const index = indexOf.get(id) ?? rows.push({ id, quantiles: [] }) - 1;
    indexOf.set(id, index);
    const at = `/transit_times/${index}`;
    if (!assembly.places.has(at)) addPlace(assembly, at, 'transit_times', table.file, record);
    const point = rows[index]!.quantiles.push([probability ?? null, seconds ?? null]) - 1;
    const unread = record.unread.map((path) => (path === '/probability' ? '/0' : '/1'));
    const place = { ...record, unread };
    addPlace(assembly, `${at}/quantiles/${point}`, 'transit_times', table.file, place, columns);
  }
  assembly.document.transit_times = rows;
}

/** Rows that a row of another table holds as a list: lanes of a service, bands of a carrier. */
function addOwned(
  assembly: Assembly,
  name: 'lanes' | 'share_bands',
  table: NamedTable | undefined,
  [owners, column]: readonly ['services' | 'carriers', string],
): void {
  if (table === undefined) return;
  const ownerOf = ownersOf(assembly, table, owners, column);
  for (const record of table.records) {
    const found = ownerOf(record);
    if (found === null) continue;
    const { [column]: _id, ...row } = record.fields;
    found.owner[name] ??= [];
    const index = (found.owner[name] as object[]).push(row) - 1;
    addPlace(assembly, `${found.at}/${name}/${index}`, name, table.file, record);
  }
}

function locate(places: ReadonlyMap<string, Place>, pointer: string) {
  let prefix = pointer;
  for (;;) {
    const place = places.get(prefix);
    if (place !== undefined) {
      const found = locateIn(place, pointer.slice(prefix.length));
      // What `network.csv` has no column for did not come from it.
      return prefix === '' && found.column === undefined ? null : found;
    }
    if (prefix === '') return null;
    prefix = prefix.slice(0, prefix.lastIndexOf('/'));
  }
}

function locateIn(
  place: Place,
  below: string,
): { file: string; row: number; column?: string; told: boolean } {
  const { file, row } = place;
  const told = place.unread.some((path) => `${below}/`.startsWith(`${path}/`));
  const column = place.columns.find(({ name, path = [name] }) => {
    const at = path.map((step) => `/${step}`).join('');
    return `${below}/`.startsWith(`${at}/`) || (below !== '' && at.startsWith(`${below}/`));
  });
  return column === undefined ? { file, row, told } : { file, row, column: column.name, told };
}
