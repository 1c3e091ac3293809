/**
 * Reads prices from a file: what a unit of stock, a parcel or pick of a slot, or a parcel of a carrier
 * costs more than its own costs. Every fault is told by its place, with what was got and expected.
 */
import { readFile } from 'node:fs/promises';
import {
  type CapacityPrice,
  type CarrierPrice,
  indexPrices,
  type Prices,
  type StockPrice,
} from '../../routing/index.ts';
import { type Fault, Refusal } from '../domain/errors.ts';
import { MAX_FAULTS, shown } from '../domain/network-faults.ts';

/** The document, as `indexPrices` takes it; whatever is left out has no price. */
interface PriceDocument {
  readonly stock?: readonly StockPrice[];
  readonly capacity?: readonly CapacityPrice[];
  readonly carriers?: readonly CarrierPrice[];
}

type Fields = Readonly<Record<string, unknown>>;
type Check = readonly [isSound: (value: unknown) => boolean, expected: string];

const text: Check = [(value) => typeof value === 'string' && value !== '', 'a text'];
const worth: Check = [
  (value) => typeof value === 'number' && Number.isFinite(value) && value > 0,
  'minor units, above 0',
];
const owed: Check = [
  (value) => typeof value === 'number' && Number.isFinite(value),
  'minor units, below 0 where work is owed',
];
const instant: Check = [Number.isSafeInteger, 'whole seconds since 1970'];
const zones: Check = [
  (value) => value === undefined || (Array.isArray(value) && value.every(text[0])),
  'a list of zones, or nothing for all',
];

/** What each row of each table holds. */
const TABLES: { readonly [table in keyof PriceDocument]-?: Readonly<Record<string, Check>> } = {
  stock: { warehouse_id: text, sku_id: text, price: worth },
  capacity: { resource: text, slot_seconds: instant, price: worth },
  carriers: { carrier_id: text, zones, price: owed },
};

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fault = (pointer: string, got: unknown, expected: string): Fault => {
  return { pointer, detail: `got ${shown(got)}, expected ${expected}` };
};

function rowFaults(row: unknown, fields: Readonly<Record<string, Check>>, at: string): Fault[] {
  if (!isFields(row)) return [fault(at, row, 'an object')];
  const known = Object.keys(fields).join(', ');
  const unknown = Object.keys(row).filter((name) => !Object.hasOwn(fields, name));
  return [
    ...unknown.map((name) => fault(`${at}/${name}`, row[name], `one of ${known}`)),
    ...Object.entries(fields).flatMap(([name, [isSound, expected]]) =>
      isSound(row[name]) ? [] : [fault(`${at}/${name}`, row[name], expected)],
    ),
  ];
}

function documentFaults(value: unknown): Fault[] {
  const known = `an object of ${Object.keys(TABLES).join(', ')}`;
  if (!isFields(value)) return [fault('', value, known)];
  return Object.entries(value).flatMap(([table, rows]) => {
    if (!Object.hasOwn(TABLES, table)) return [fault(`/${table}`, rows, known)];
    if (!Array.isArray(rows)) return [fault(`/${table}`, rows, 'a list')];
    const fields = TABLES[table as keyof PriceDocument];
    return rows.flatMap((row, i) => rowFaults(row, fields, `/${table}/${i}`));
  });
}

function refuse(path: string, faults: readonly Fault[]): never {
  throw new Refusal('invalid_request', `${path} has faults`, faults.slice(0, MAX_FAULTS));
}

/**
 * Reads prices: `{"stock": [{"warehouse_id", "sku_id", "price"}], "capacity": [{"resource",
 * "slot_seconds", "price"}], "carriers": [{"carrier_id", "zones", "price"}]}`, minor units.
 *
 * @throws Refusal `invalid_request` with the faults, by row and field.
 */
export async function readPriceFile(path: string): Promise<Prices> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const detail = `cannot be read as JSON: ${(error as Error).message}`;
    return refuse(path, [{ pointer: path, detail }]);
  }
  const faults = documentFaults(value);
  if (faults.length > 0) refuse(path, faults);
  return indexPrices(value as PriceDocument);
}
