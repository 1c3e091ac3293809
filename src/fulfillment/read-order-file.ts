/**
 * Reads orders from a file: a JSON array, or one JSON object a line, each as a platform would post it.
 * Every fault is told by its place, with what was got and expected.
 */
import { readFile } from 'node:fs/promises';
import { type Fault, Refusal } from '../domain/errors.ts';
import { MAX_FAULTS } from '../domain/network-faults.ts';
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
export async function readOrderFile(path: string, limits: OrderLimits): Promise<OrderInFile[]> {
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
  const faults = rows.flatMap(({ value, place }) => orderFaults(value, place, limits));
  if (faults.length > 0) refuse(path, faults);
  return rows.map(({ value }) => value as OrderInFile);
}
