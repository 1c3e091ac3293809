/**
 * A network document taken apart into its tables, so that rules about the good rows still run when
 * other rows are broken: a user with ten mistakes in ten tables learns of all ten at once.
 */
import { Compile } from 'typebox/compile';
import { Network } from './network.ts';
import type { FaultList } from './network-faults.ts';
import { type ExplainedSchema, explainSchema } from './schema-faults.ts';

/** Every table of a network in document order: the arrays of rows with an id each. */
export const NETWORK_TABLES = [
  'platforms',
  'sellers',
  'skus',
  'warehouses',
  'zones',
  'carriers',
  'rate_cards',
  'transit_times',
  'services',
  'hubs',
  'legs',
  'guarantees',
] as const;
export type NetworkTable = (typeof NETWORK_TABLES)[number];
type Row<T extends NetworkTable> = Network[T][number];

/** One table: its rows, with null where a row does not fit its schema. */
export interface CheckedTable<T extends NetworkTable> {
  readonly rows: readonly (Row<T> | null)[];
  /** Ids of all rows that have one; null when the table is missing: its references are unknown. */
  readonly ids: ReadonlySet<string> | null;
}

/** All tables, and the policy where it fits its schema. */
export type CheckedNetwork = { readonly [T in NetworkTable]: CheckedTable<T> } & {
  readonly policy: Network['policy'] | null;
  readonly currency: string | null;
};

/** TypeBox schemas are JSON schemas; this is the part of them that is explained. */
const SCHEMA = Network as unknown as ExplainedSchema;

interface Checker {
  Check(value: unknown): boolean;
}

/** Compiled once, when first asked for: about 10 ms in all. */
const compiled = new Map<string, Checker>();

function checkerOf(name: 'policy' | 'currency' | NetworkTable): Checker {
  let checker = compiled.get(name);
  if (checker === undefined) {
    const part = Network.properties[name];
    checker = Compile('items' in part ? part.items : part) as Checker;
    compiled.set(name, checker);
  }
  return checker;
}

/**
 * Checks a document against the schema, row by row, and gives back what fits. O(size); a row that
 * fits costs one run of compiled code, only a broken one is walked for its words.
 */
export function checkTables(value: unknown, faults: FaultList): CheckedNetwork {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const fields = (isObject ? value : {}) as Readonly<Record<string, unknown>>;
  if (!isObject) explainSchema(SCHEMA, value, '', faults);
  else explainSchema(withoutRows(fields), fields, '', faults);
  const tables = NETWORK_TABLES.map((name) => [name, checkTable(name, fields[name], faults)]);
  const single = (name: 'policy' | 'currency') =>
    checkerOf(name).Check(fields[name]) ? fields[name] : null;
  return {
    ...Object.fromEntries(tables),
    policy: single('policy'),
    currency: single('currency'),
  } as CheckedNetwork;
}

/** The schema of the document with tables checked as arrays only, not their rows. */
function withoutRows(fields: Readonly<Record<string, unknown>>): ExplainedSchema {
  const properties: Record<string, ExplainedSchema> = {};
  for (const [name, part] of Object.entries(SCHEMA.properties ?? {})) {
    const { items: _rows, ...shell } = part;
    properties[name] = shell.type === 'array' && fields[name] !== undefined ? shell : part;
  }
  return { ...SCHEMA, properties };
}

function checkTable<T extends NetworkTable>(
  name: T,
  value: unknown,
  faults: FaultList,
): CheckedTable<T> {
  if (!Array.isArray(value)) return { rows: [], ids: null };
  const checker = checkerOf(name);
  const schema = Network.properties[name].items as ExplainedSchema;
  const ids = new Set<string>();
  const rows = value.map((row: unknown, index) => {
    const id = (row as { id?: unknown } | null | undefined)?.id;
    if (typeof id === 'string') ids.add(id);
    if (checker.Check(row)) return row as Row<T>;
    addRowFaults(schema, row, `/${name}/${index}`, faults);
    return null;
  });
  return { rows, ids };
}

function addRowFaults(
  schema: ExplainedSchema,
  row: unknown,
  pointer: string,
  faults: FaultList,
): void {
  const before = faults.count();
  if (!faults.isFull()) explainSchema(schema, row, pointer, faults);
  if (faults.count() === before) faults.add(pointer, 'does not fit the schema of its table');
}
