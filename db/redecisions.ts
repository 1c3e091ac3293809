/** Orders that may be decided again: found among open offers, loaded whole, and told of it. */
import { sql } from 'kysely';
import type { TakenSlot } from '../src/domain/shipment.ts';
import type { Tx } from './database.ts';
import type { OrderDestination } from './demand.ts';

/** Takes the run that is due, by making the next one due at `next`; false if none is due. */
export async function takeRedecideRun(
  tx: Tx,
  now: Temporal.Instant,
  next: Temporal.Instant,
): Promise<boolean> {
  const taken = await sql`
    update redecide_runs set due_at = ${next.toString()}
    where due_at <= ${now.toString()} returning due_at`.execute(tx);
  return taken.rows.length > 0;
}

/** Notes that orders that wait were decided again, whatever came of it. */
export async function noteRedecideRun(tx: Tx, now: Temporal.Instant): Promise<void> {
  await sql`update redecide_runs set ran_at = ${now.toString()}`.execute(tx);
}

/** When orders that wait were last decided again; null = never. */
export async function findRedecideRun(tx: Tx): Promise<Temporal.Instant | null> {
  const { ran_at } = await tx
    .selectFrom('redecide_runs')
    .select('ran_at')
    .executeTakeFirstOrThrow();
  return ran_at;
}

/** Which offers are looked at. */
export interface NewestOffers {
  /** Offers whose lease ends after this are live. */
  readonly live_after: Temporal.Instant;
  /** Newest offers looked at. */
  readonly offers: number;
}

/** Which orders on offer are listed. */
export interface OfferWindow extends NewestOffers {
  /** Orders listed at most. */
  readonly orders: number;
  /** Chance of who comes first where there are more: another one for each run. */
  readonly seed: string;
}

const newestOffers = ({ live_after, offers }: NewestOffers) => sql`
  select shipment_id from assignments
  where state = 'offered' and lease_until > ${live_after.toString()}
  order by lease_until desc limit ${offers}`;

/**
 * Lists orders of which more than one shipment is on offer: those that were split. Reads the newest
 * entries of the partial index `assignments_due` and a shipment for each; takes no lock.
 */
export async function listSplitOrders(tx: Tx, window: OfferWindow): Promise<string[]> {
  const rows = await sql<{ order_id: string }>`
    with offers as materialized (${newestOffers(window)})
    select order_id from offers join shipments using (shipment_id) where state = 'planned'
    group by order_id having count(*) > 1
    order by md5(order_id::text || ${window.seed}) limit ${window.orders}`.execute(tx);
  return rows.rows.map((row) => row.order_id);
}

/** Lists other orders on offer that hold units of these SKUs. Takes no lock. */
export async function listHoldersOf(
  tx: Tx,
  window: OfferWindow,
  skuIds: readonly string[],
  but: readonly string[],
): Promise<string[]> {
  if (skuIds.length === 0 || window.orders <= 0) return [];
  const rows = await sql<{ order_id: string }>`
    with offers as materialized (${newestOffers(window)})
    select s.order_id from offers join shipments s using (shipment_id)
    join reservations r using (shipment_id) join stock k using (stock_id)
    where s.state = 'planned' and r.state = 'open' and k.sku_id = any(${skuIds}::text[])
      and s.order_id <> all (${but}::uuid[])
    group by s.order_id order by md5(s.order_id::text || ${window.seed})
    limit ${window.orders}`.execute(tx);
  return rows.rows.map((row) => row.order_id);
}

/** A shipment that waits for its carrier's answer. */
export interface OfferedShipment {
  readonly shipment_id: string;
  readonly version: number;
  readonly carrier_id: string;
  readonly zone_id: string;
  readonly capacity: readonly TakenSlot[];
  /** Minor units by term; carbon where it had a price. */
  readonly cost: Readonly<
    Record<'freight' | 'handling' | 'split' | 'lateness' | 'time', number>
  > & {
    readonly carbon?: number;
  };
}

/** An order all of whose shipments wait for their carriers' answers. */
export interface OfferedOrder<Problem = unknown> {
  readonly order_id: string;
  readonly platform_id: string;
  readonly version: number;
  readonly decision_no: number;
  readonly promise_at: Temporal.Instant;
  readonly promise_confidence: number;
  /** Latest instant at which its first warehouse must be able to start. */
  readonly release_due_at: Temporal.Instant;
  readonly latest_promise_at: Temporal.Instant;
  readonly policy_id: string | null;
  readonly problem: Problem;
  readonly shipments: readonly OfferedShipment[];
}

/** Orders `o`, each with its last decision `d` and all that is open of it, `s`. */
const lastPlans = (live_after: Temporal.Instant) => sql`
  orders o join decisions d on d.order_id = o.order_id and d.decision_no = o.decision_no
  cross join lateral (
    select min(milestone_due[1]) as release_due_at, max(promise_at) as latest_promise_at,
      bool_and(state = 'planned' and exists (select from assignments a
        where a.shipment_id = s.shipment_id and a.state = 'offered'
          and a.lease_until > ${live_after.toString()})) as is_offered,
      json_agg(json_build_object('shipment_id', shipment_id, 'version', version,
        'carrier_id', carrier_id, 'zone_id', zone_id, 'capacity', capacity, 'cost', cost)
        order by shipment_id) as shipments
    from shipments s where s.order_id = o.order_id and s.state <> 'cancelled') s`;

/** True of such an order that was decided by the engine itself and that nobody has begun on. */
const mayChange = sql`o.state = 'decided' and not d.from_quote and d.outcome = 'sourced'
  and o.promise_at is not null and s.is_offered`;

/**
 * Lists which of these orders may be decided again: decided by the engine itself and not sold as a
 * quote, with every open shipment planned and under a live offer. Takes no lock: whoever acts on it
 * looks again at the versions. Reads by key.
 */
export async function listOfferedOrders<Problem>(
  tx: Tx,
  orderIds: readonly string[],
  live_after: Temporal.Instant,
): Promise<OfferedOrder<Problem>[]> {
  if (orderIds.length === 0) return [];
  const rows = await sql<OfferedOrder<Problem>>`
    select o.order_id, o.platform_id, o.version, o.decision_no, o.promise_at, o.promise_confidence,
      d.policy_id, d.problem, s.release_due_at, s.latest_promise_at, s.shipments
    from ${lastPlans(live_after)}
    where o.order_id = any(${orderIds}::uuid[]) and ${mayChange}
    order by o.order_id`.execute(tx);
  return rows.rows;
}

/** Units of a lot that orders to one postal code hold, with one of their destinations. */
export interface WaitingUnits {
  readonly stock_id: number;
  readonly warehouse_id: string;
  readonly sku_id: string;
  readonly expires_on: string | null;
  readonly quantity: number;
  readonly destination: OrderDestination;
}

/** From when on a warehouse must start for its order not to be left alone, by who decided the order. */
export interface StartsFrom {
  readonly network: Temporal.Instant;
  /** By policy in force: orders of others are left alone. */
  readonly policies: Readonly<Record<string, Temporal.Instant>>;
}

/**
 * Lists what orders hold of these SKUs that may be decided again (as {@link listOfferedOrders}) and whose
 * warehouses need not be able to start before then. Takes no lock; reads by key from the newest
 * entries of the partial index `assignments_due` on, so nothing where nothing is on offer.
 */
export async function listWaitingUnits(
  tx: Tx,
  offers: NewestOffers,
  { network, policies }: StartsFrom,
  skuIds: readonly string[],
): Promise<WaitingUnits[]> {
  if (skuIds.length === 0) return [];
  const rows = await sql<WaitingUnits>`
    with offers as materialized (${newestOffers(offers)}),
    waiting as materialized (
      select o.order_id, o.destination from ${lastPlans(offers.live_after)}
      where o.order_id = any (array(select distinct order_id from offers
          join shipments using (shipment_id) where state = 'planned'))
        and ${mayChange} and s.release_due_at >= case when d.policy_id is null
          then ${network.toString()}::timestamptz
          else (${JSON.stringify(policies)}::jsonb ->> d.policy_id::text)::timestamptz end)
    select k.stock_id, k.warehouse_id, k.sku_id, k.expires_on,
      sum(r.quantity)::integer as quantity, (array_agg(w.destination))[1] as destination
    from waiting w join shipments s using (order_id) join reservations r using (shipment_id)
    join stock k using (stock_id)
    where s.state = 'planned' and r.state = 'open' and k.sku_id = any(${skuIds}::text[])
    group by k.stock_id, w.destination ->> 'country', w.destination ->> 'postal_code'
    order by k.stock_id, w.destination ->> 'country', w.destination ->> 'postal_code'`.execute(tx);
  return rows.rows;
}

/** Notes that locked orders have one more decision. */
export async function countRedecisions(tx: Tx, orderIds: readonly string[]): Promise<void> {
  await sql`update orders set decision_no = decision_no + 1
    where order_id = any(${orderIds}::uuid[])`.execute(tx);
}
