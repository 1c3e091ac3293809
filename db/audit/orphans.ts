/**
 * Rows whose parent is missing. The tables that are written per order have no foreign keys (see
 * docs/adr/0010): what the database does not refuse there, the auditor finds.
 */
import { sql } from 'kysely';
import type { AuditCheck } from './check.ts';

const RELATIONS = [
  ['order_lines', 'order_id', 'orders'],
  ['decisions', 'order_id', 'orders'],
  ['decisions', 'batch_id', 'decision_batches'],
  ['shipments', 'order_id', 'orders'],
  ['reservations', 'stock_id', 'stock'],
  ['reservations', 'order_id', 'orders'],
  ['reservations', 'shipment_id', 'shipments'],
  ['reservations', 'quote_id', 'quotes'],
  ['quote_views', 'quote_id', 'quotes'],
  ['assignments', 'shipment_id', 'shipments'],
  ['stock_ledger', 'stock_id', 'stock'],
] as const;

/** One check over every relation without a foreign key. */
export const ORPHAN_CHECKS: readonly AuditCheck[] = [
  {
    invariant: 'no_orphans',
    promise:
      'Every line, decision, shipment, reservation, quote view, offer and ledger entry has its ' +
      'parent.',
    find: sql.join(
      RELATIONS.map(
        ([child, column, parent]) => sql`
          select format('%s row with %s %s has no parent in %s', ${child}::text, ${column}::text,
            c.${sql.ref(column)}, ${parent}::text) as detail
          from ${sql.table(child)} c where c.${sql.ref(column)} is not null and not exists (
            select from ${sql.table(parent)} p where p.${sql.ref(column)} = c.${sql.ref(column)})`,
      ),
      sql` union all `,
    ),
  },
];
