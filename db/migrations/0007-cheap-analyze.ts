/**
 * No statistics for columns that no query filters by. Autovacuum analyses the tables that grow all
 * day; sorting JSON and arrays there took more of the database's time than writing them.
 */
import { type Kysely, sql } from 'kysely';

const COLUMNS: readonly (readonly [table: string, ...columns: string[]])[] = [
  ['orders', 'destination', 'body_hash', 'excluded_warehouses'],
  ['decision_batches', 'stock', 'capacity', 'lost'],
  ['decisions', 'problem', 'result'],
  ['quotes', 'destination', 'lines', 'options', 'capacity', 'token_hash'],
  ['shipments', 'destination', 'cost', 'capacity', 'excluded_services'],
  ['shipments', 'milestone_due', 'milestone_met', 'milestone_state'],
  ['warehouse_events', 'body_hash', 'lines'],
  ['tracking_events', 'body_hash', 'position'],
  ['journal', 'data', 'request_id'],
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, ...columns] of COLUMNS) {
    const changes = columns.map((column) => sql`alter column ${sql.ref(column)} set statistics 0`);
    await sql`alter table ${sql.table(table)} ${sql.join(changes)}`.execute(db);
  }
}
