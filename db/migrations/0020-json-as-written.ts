/**
 * JSON that is written with every order and only ever read back whole is kept as it was printed:
 * taking it apart into `jsonb` cost as much as all else that storing a shipment does.
 */
import { type Kysely, sql } from 'kysely';

const COLUMNS: readonly (readonly [table: string, ...columns: string[]])[] = [
  ['orders', 'destination', 'rules'],
  ['shipments', 'destination', 'cost', 'capacity'],
  ['quotes', 'capacity'],
  ['journal', 'data'],
];

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table journal alter column data drop default`.execute(db);
  for (const [table, ...columns] of COLUMNS) {
    const changes = columns.map((column) => sql`alter column ${sql.ref(column)} type json`);
    await sql`alter table ${sql.table(table)} ${sql.join(changes)}`.execute(db);
  }
  await sql`alter table journal alter column data set default '{}'`.execute(db);
}
