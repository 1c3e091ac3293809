/**
 * Which bells are owed: for each queue, whether the database holds work for it now. The relay asks
 * this on every ring and once per sweep, so a queue that was lost is rung again.
 */
import { sql } from 'kysely';
import { overlookedOrders } from './backorders.ts';
import type { Tx } from './database.ts';

export interface OwedBells {
  /** Orders want a decision, or wait for stock that is there. */
  readonly decide: boolean;
  /** An offer ended without a carrier: rejected, or its lease ran out. */
  readonly tender: boolean;
  /** A milestone changes by itself, or a quote's hold has ended. */
  readonly watch: boolean;
}

/** A look at the database: at which instant, and whether it is the sweep that comes once in a while. */
export interface Look {
  readonly now: Temporal.Instant;
  /** The sweep also looks for backorders that were overlooked, which reads more than an index entry. */
  readonly is_sweep: boolean;
}

/**
 * Asks for all queues in one read that takes no lock. Each part probes a partial index of what is
 * due: `orders_to_decide`, `assignments_due`, `shipments_due`, `quotes_due`.
 */
export async function readOwedBells(tx: Tx, look: Look): Promise<OwedBells> {
  const at = look.now.toString();
  const result = await sql<OwedBells>`
    select
      exists (select from orders where state = 'accepted')
        or (${look.is_sweep} and exists (${overlookedOrders(1)})) as decide,
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
