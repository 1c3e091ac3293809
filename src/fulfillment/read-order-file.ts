/**
 * Reads orders from a file: a JSON array, or one JSON object a line, each as a platform would post it.
 * Every fault is told by its place, with what was got and expected.
 */
import { readFile } from 'node:fs/promises';
import { type Fault, Refusal } from '../domain/errors.ts';
import { OrderInFile, type OrderLimits } from '../domain/order-body.ts';
import { schemaFaults } from '../domain/schema-faults.ts';
import { groupFaults, lineFaults } from './order-rules.ts';

function orderFaults(value: unknown, place: string, limits: OrderLimits): Fault[] {
  const faults = schemaFaults(OrderInFile(limits), value, place);
  if (faults.length > 0) return faults;
  const order = value as OrderInFile;
  const own = [...dueFaults(order), ...lineFaults(order.lines), ...groupFaults(order)];
  return own.map(({ pointer, detail }) => ({ pointer: `${place}${pointer}`, detail }));
}

/** What the schema cannot know: that the day exists. */
function dueFaults({ deliver_by }: OrderInFile): Fault[] {
  try {
    if (deliver_by !== undefined) Temporal.Instant.from(deliver_by);
    return [];
  } catch {
    const detail = `got ${JSON.stringify(deliver_by)}, expected a day that exists`;
    return [{ pointer: '/deliver_by', detail }];
  }
}

interface Row {
  readonly place: string;
  readonly value?: unknown;
  /** Why there is no value. */
  readonly fault?: Fault;
}

function parseRow(text: string, place: string): Row {
  try {
    return { place, value: JSON.parse(text) as unknown };
  } catch (error) {
    const detail = `is not JSON: ${(error as Error).message}`;
    return { place, fault: { pointer: place, detail } };
  }
}

function parseOrders(text: string, path: string): Row[] {
  const content = text.trim();
  if (content.startsWith('[')) {
    const list = JSON.parse(content) as unknown[];
    return list.map((value, i) => ({ value, place: `${path} order ${i + 1}` }));
  }
  return content
    .split('\n')
    .flatMap((line, i) => (line.trim() === '' ? [] : parseRow(line, `${path} line ${i + 1}`)));
}

function refuse(path: string, detail: string): never {
  throw new Refusal('invalid_request', `${path} has faults`, [{ pointer: path, detail }]);
}

/** The orders of a file that can be decided, and what is wrong with the others. */
export interface OrdersOfFile {
  readonly orders: readonly OrderInFile[];
  /** Orders that are left out. */
  readonly refused: number;
  /** By order and field, with what was got and expected. */
  readonly faults: readonly Fault[];
}

/**
 * Reads orders; those with faults are left out, and the good ones go on. O(orders × lines).
 *
 * @throws Refusal `invalid_request` where the file cannot be read, or is a list that is no JSON.
 */
export async function readOrderFile(path: string, limits: OrderLimits): Promise<OrdersOfFile> {
  const text = await readFile(path, 'utf8').catch((error: Error) =>
    refuse(path, `cannot be read: ${error.message}`),
  );
  let rows: Row[];
  try {
    rows = parseOrders(text, path);
  } catch (error) {
    refuse(path, `is not JSON: ${(error as Error).message}`);
  }
  const orders: OrderInFile[] = [];
  const faults: Fault[] = [];
  for (const { value, place, fault } of rows) {
    const own = fault === undefined ? orderFaults(value, place, limits) : [fault];
    faults.push(...own);
    if (own.length === 0) orders.push(value as OrderInFile);
  }
  return { orders, refused: rows.length - orders.length, faults };
}
