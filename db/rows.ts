/** Set-based writing: one statement whatever the number of rows. */
import { type RawBuilder, sql } from 'kysely';
import type { Tx } from './database.ts';
import type { Schema } from './schema.ts';

/**
 * Rows as one JSON parameter, to be read back with `json_populate_recordset` or
 * `json_to_recordset`: one parameter instead of thousands. Instants print as RFC 3339.
 */
export function asJson(rows: readonly object[]): string {
  return JSON.stringify(rows);
}

/**
 * Inserts `rows` in one statement; columns that are left out take their defaults. All rows must
 * carry the columns of the first. JSON values stay values; `bytea` is given as `\\x…` text.
 */
export async function insertRows<T extends keyof Schema & string>(
  tx: Tx,
  table: T,
  rows: readonly { readonly [column in keyof Schema[T]]?: unknown }[],
): Promise<void> {
  const first = rows[0];
  if (first === undefined) return;
  const columns = columnsOf(first);
  await sql`insert into ${sql.table(table)} (${columns})
    select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${asJson(rows)}::json)`.execute(
    tx,
  );
}

/** The columns of a row object as a list of identifiers. */
export function columnsOf(row: object): RawBuilder<unknown> {
  return sql.join(Object.keys(row).map((column) => sql.ref(column)));
}

/** Bytes as PostgreSQL's hex text form, for `insertRows`. */
export function hexBytes(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes).toString('hex')}`;
}
