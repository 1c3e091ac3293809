/**
 * Which bells are owed: for each queue, whether the database holds work for it now. The relay asks
 * this on every ring and once per sweep, so a queue that was lost is rung again.
 */
import { type RawBuilder, sql } from 'kysely';
import { overlookedOrders } from './backorders.ts';
import type { Database, Tx } from './database.ts';

export interface OwedBells {
  /** Orders want a decision, or wait for stock that is there. */
  readonly decide: boolean;
  /** An offer ended without a carrier: rejected, or its lease ran out. */
  readonly tender: boolean;
  /** A milestone changes by itself, a quote's hold has ended, it is time to learn, or shipments are
   * to be priced after a disruption. */
  readonly watch: boolean;
  /** Prices are due. */
  readonly price: boolean;
  /** Orders may be decided again, or were decided and a policy in shadow has not seen them. */
  readonly review: boolean;
}

/** A look at the database: at which instant, and whether it is the sweep that comes once in a while. */
export interface Look {
  readonly now: Temporal.Instant;
  /** Seconds of the clock that told `now` per second of the machine, while it works. */
  readonly speed: number;
  /** The sweep also looks for backorders that were overlooked, which reads more than an index entry. */
  readonly is_sweep: boolean;
}

/**
 * Asks for all queues in one read that takes no lock. Each part takes the first entry of a partial
 * index of what is due: `orders_to_decide`, `assignments_due`, `shipments_due`, `quotes_due`. The
 * `order by … limit 1` is what makes it so: asked with `exists`, the planner reads whole tables, as
 * it takes any instant for one that a third of the rows have passed. Prices and deciding again have
 * one row, and each policy in shadow.
 */
export async function readOwedBells(tx: Tx, look: Look): Promise<OwedBells> {
  const result = await sql<OwedBells>`select ${owedBells(look)}`.execute(tx);
  return result.rows[0]!;
}

/** Whether anything is to be done by now, and when there will be. */
export interface Rest extends OwedBells {
  /** When something falls due by itself: a lease, a milestone, a quote, prices, learning; null = never. */
  readonly next_due: Temporal.Instant | null;
  /** The newest number of the journal, also of a transaction that has not ended; 0 = none yet. */
  readonly last_seq: number;
}

/** Asks for all of it in one statement, which needs no transaction around it. */
export async function readRest(database: Database, look: Look): Promise<Rest> {
  const result = await sql<Rest>`
    select ${owedBells(look)},
      coalesce(pg_sequence_last_value('journal_seq_seq'), 0) as last_seq,
      least(
        (select lease_until from assignments where state = 'offered' order by lease_until limit 1),
        (select next_due_at from shipments where next_due_at is not null
          order by next_due_at limit 1),
        (select expires_at from quotes where state = 'held' order by expires_at limit 1),
        (select due_at from transit_learning),
        (select due_at from redecide_runs),
        (select due_at from price_refreshes)) as next_due`.execute(database.engine);
  return result.rows[0]!;
}

function owedBells(look: Look): RawBuilder<unknown> {
  const at = look.now.toString();
  return sql`
    (select true from orders where state = 'accepted' order by decide_by limit 1) is not null
      or (${look.is_sweep} and exists (${overlookedOrders(1, look.speed)})) as decide,
    coalesce((select lease_until from assignments where state = 'offered'
        order by lease_until limit 1) <= ${at}, false)
      or (select true from shipments s where s.next_due_at <= ${at} and s.state = 'planned'
          and not exists (select from assignments a where a.shipment_id = s.shipment_id
            and a.state in ('offered', 'accepted'))
          order by s.next_due_at limit 1) is not null as tender,
    coalesce((select next_due_at from shipments where next_due_at is not null
        order by next_due_at limit 1) <= ${at}, false)
      or coalesce((select expires_at from quotes where state = 'held'
        order by expires_at limit 1) <= ${at}, false)
      or (select due_at <= ${at} from transit_learning) is true
      or (select repriced_no < disruption_no from disruption_numbers) is true as watch,
    (select due_at <= ${at} from price_refreshes) is true as price,
    (select due_at <= ${at} from redecide_runs) is true
      or exists (select from policy_shadows where due_at <= ${at} and after_batch_id <
      (select batch_id from decision_batches order by batch_id desc limit 1)) as review`;
}
