/**
 * Reads orders from a file: a JSON array, or one JSON object a line, each as a platform would post it.
 * Every fault is told by its place, with what was got and expected.
 */
import { readFile } from 'node:fs/promises';
import { type Fault, Refusal } from '../domain/errors.ts';
import { MAX_FAULTS, shown } from '../domain/network-faults.ts';

/** One order of a file. */
export interface FileOrder {
  readonly external_ref: string;
  readonly destination: {
    readonly country: string;
    readonly postal_code: string;
    readonly position?: readonly [number, number] | undefined;
  };
  readonly lines: readonly {
    readonly line_no: number;
    readonly sku_id: string;
    readonly quantity: number;
    readonly weight_grams?: number | undefined;
  }[];
  /** RFC 3339. */
  readonly deliver_by?: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;
type Check = readonly [field: string, isSound: boolean, got: unknown, expected: string];

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 1;

function isPosition(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  return value.every((part) => typeof part === 'number' && Number.isFinite(part));
}

function isInstant(value: unknown): boolean {
  try {
    Temporal.Instant.from(String(value));
    return true;
  } catch {
    return false;
  }
}

function destinationChecks(value: unknown): Check[] {
  if (!isFields(value)) return [['/destination', false, value, 'an object']];
  const { country, postal_code, position } = value;
  const isCode = typeof country === 'string' && /^[A-Z]{2}$/.test(country);
  return [
    ['/destination/country', isCode, country, 'an ISO 3166-1 alpha-2 code'],
    ['/destination/postal_code', isText(postal_code), postal_code, 'a text'],
    [
      '/destination/position',
      position === undefined || isPosition(position),
      position,
      '[lon, lat]',
    ],
  ];
}

function lineChecks(value: unknown, i: number): Check[] {
  const at = `/lines/${i}`;
  if (!isFields(value)) return [[at, false, value, 'an object']];
  const { line_no, sku_id, quantity, weight_grams: grams } = value;
  const isWeight = grams === undefined || (typeof grams === 'number' && grams >= 0);
  return [
    [`${at}/line_no`, isCount(line_no), line_no, 'a whole number, at least 1'],
    [`${at}/sku_id`, isText(sku_id), sku_id, 'the id of a SKU'],
    [`${at}/quantity`, isCount(quantity), quantity, 'a whole number, at least 1'],
    [`${at}/weight_grams`, isWeight, grams, 'a number, at least 0'],
  ];
}

function orderFaults(value: unknown, place: string): Fault[] {
  const checks: Check[] = [];
  if (!isFields(value)) checks.push(['', false, value, 'an order, as an object']);
  else {
    const { external_ref, destination, lines, deliver_by } = value;
    const isDue = deliver_by === undefined || isInstant(deliver_by);
    checks.push(['/external_ref', isText(external_ref), external_ref, 'a text']);
    checks.push(...destinationChecks(destination));
    checks.push(['/deliver_by', isDue, deliver_by, 'an RFC 3339 instant']);
    if (!Array.isArray(lines) || lines.length === 0) {
      checks.push(['/lines', false, lines, 'at least one line']);
    } else checks.push(...lines.flatMap(lineChecks));
  }
  return checks
    .filter(([, isSound]) => !isSound)
    .map(([field, , got, expected]) => {
      return { pointer: `${place}${field}`, detail: `got ${shown(got)}, expected ${expected}` };
    });
}

function parseOrders(text: string, path: string): { value: unknown; place: string }[] {
  const content = text.trim();
  if (content.startsWith('[')) {
    const list = JSON.parse(content) as unknown[];
    return list.map((value, i) => ({ value, place: `${path} order ${i + 1}` }));
  }
  return content.split('\n').flatMap((line, i) => {
    const place = `${path} line ${i + 1}`;
    if (line.trim() === '') return [];
    try {
      return [{ value: JSON.parse(line) as unknown, place }];
    } catch (error) {
      const detail = `is not JSON: ${(error as Error).message}`;
      return refuse(path, [{ pointer: place, detail }]);
    }
  });
}

function refuse(path: string, faults: readonly Fault[]): never {
  throw new Refusal('invalid_request', `${path} has faults`, faults.slice(0, MAX_FAULTS));
}

/**
 * Reads orders.
 *
 * @throws Refusal `invalid_request` with the faults, by order and field.
 */
export async function readOrderFile(path: string): Promise<FileOrder[]> {
  const text = await readFile(path, 'utf8').catch((error: Error) =>
    refuse(path, [{ pointer: path, detail: `cannot be read: ${error.message}` }]),
  );
  let rows: ReturnType<typeof parseOrders>;
  try {
    rows = parseOrders(text, path);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    refuse(path, [{ pointer: path, detail: `is not JSON: ${(error as Error).message}` }]);
  }
  const faults = rows.flatMap(({ value, place }) => orderFaults(value, place));
  if (faults.length > 0) refuse(path, faults);
  return rows.map(({ value }) => value as FileOrder);
}
