/**
 * Which bells are owed: for each queue, whether the database holds work for it now. The relay asks
 * this on every ring and once per sweep, so a queue that was lost is rung again.
 */
import { sql } from 'kysely';
import type { Tx } from './database.ts';

export interface OwedBells {
  /** Orders want a decision. */
  readonly decide: boolean;
  /** An offer ended without a carrier: rejected, or its lease ran out. */
  readonly tender: boolean;
  /** A milestone changes by itself, or a quote's hold has ended. */
  readonly watch: boolean;
}

/**
 * Asks for all queues in one read that takes no lock. Each part probes a partial index of what is
 * due: `orders_to_decide`, `assignments_due`, `shipments_due`, `quotes_due`.
 */
export async function readOwedBells(tx: Tx, now: Temporal.Instant): Promise<OwedBells> {
  const at = now.toString();
  const result = await sql<OwedBells>`
    select
      exists (select from orders where state = 'accepted') as decide,
      exists (select from assignments where state = 'offered' and lease_until <= ${at})
        or exists (
          select from shipments s where s.next_due_at <= ${at} and s.state = 'planned'
            and not exists (select from assignments a where a.shipment_id = s.shipment_id
              and a.state in ('offered', 'accepted'))) as tender,
      exists (select from shipments where next_due_at <= ${at})
        or exists (select from quotes where state = 'held' and expires_at <= ${at}) as watch`.execute(
    tx,
  );
  return result.rows[0]!;
}
