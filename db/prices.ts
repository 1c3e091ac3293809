/** Sets of prices, and the timer that says when the next is due. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { insertRows } from './rows.ts';

/** `[warehouse_id, sku_id, price]`: minor units per unit, above 0. */
export type StoredPrice = readonly [string, string, number];
/** `[resource, slot_seconds, price]`: minor units per parcel or pick, above 0. */
export type StoredCapacityPrice = readonly [string, number, number];
/**
 * `[carrier_id, zones, period, price, own, all]`: minor units per parcel to these zones (null = all),
 * below 0 where work is owed; parcels of the period when it was made, the carrier's and all.
 */
export type StoredCarrierPrice = readonly [
  string,
  readonly string[] | null,
  'day' | 'week' | 'month',
  number,
  number,
  number,
];
/** What is tried, and the carriers that are known, by zone. */
export interface StoredExploration {
  readonly share: number;
  readonly dearer_share: number;
  readonly known: readonly (readonly [zone_id: string, carrier_ids: readonly string[]])[];
}
/** `[price, planned, level, cap]` of something contended, as routing's `Course`. */
export type StoredCourse = readonly [number, number, number, number];
/** All that was contended, also at a price of 0: what the next prices follow. */
export interface StoredCourses {
  readonly stock: readonly (readonly [warehouse_id: string, sku_id: string, StoredCourse])[];
  readonly capacity: readonly (readonly [resource: string, slot_seconds: number, StoredCourse])[];
}
/** `[sku_id, zone_id, orders, quantity]`: orders expected until the horizon, units of one order. */
export type StoredDemand = readonly [string, string, number, number];

/** Prices that were computed together; never changed. */
export interface PriceSet {
  readonly price_set_id: string;
  readonly network_version: number;
  readonly computed_at: Temporal.Instant;
  /** From then on decisions are greedy again. */
  readonly stale_at: Temporal.Instant;
  readonly horizon_until: Temporal.Instant;
  readonly seed: number;
  /** Orders expected until the next refresh is due. */
  readonly orders_soon: number;
  readonly prices: readonly StoredPrice[];
  readonly capacity: readonly StoredCapacityPrice[];
  readonly carriers: readonly StoredCarrierPrice[];
  readonly exploration: StoredExploration | null;
  readonly demand: readonly StoredDemand[];
  readonly course: StoredCourses;
  /** The set that this one was moved on from; null = solved. */
  readonly follows: string | null;
  /** True where orders that wait are counted as certain demand, and what they hold as supply. */
  readonly counts_waiting: boolean;
}

/**
 * Takes the refresh that is due, by making the next one due at `next_due_at`; false if none is due,
 * or another worker has just taken it. A refresh that is lost after this costs one interval.
 */
export async function takePriceRefresh(
  tx: Tx,
  now: Temporal.Instant,
  next_due_at: Temporal.Instant,
): Promise<boolean> {
  const taken = await sql`
    update price_refreshes set due_at = ${next_due_at.toString()}
    where due_at <= ${now.toString()} returning due_at`.execute(tx);
  return taken.rows.length > 0;
}

/** Stores a set. */
export async function insertPriceSet(tx: Tx, set: PriceSet): Promise<void> {
  await insertRows(tx, 'price_sets', [set]);
}

/** Id of the newest set that is not stale; undefined if there is none. Reads one index entry. */
export async function findCurrentPriceSet(
  tx: Tx,
  now: Temporal.Instant,
): Promise<string | undefined> {
  const newest = await tx
    .selectFrom('price_sets')
    .select(['price_set_id', 'stale_at'])
    .where('computed_at', '<=', sql<Temporal.Instant>`${now.toString()}::timestamptz`)
    .orderBy('computed_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (newest === undefined || Temporal.Instant.compare(newest.stale_at, now) <= 0) return undefined;
  return newest.price_set_id;
}

/** Sets are old enough to be forgotten so long after they went stale: nobody decides by them any more. */
const SETTLED = sql`interval '1 hour'`;
/** And looked at until so long after: what is named by then stays named. */
const LOOKED_AT = sql`interval '2 days'`;

/**
 * Forgets sets that are long stale and that neither a decision nor a quote names: nothing is ever made
 * again at their prices. The newest set stays. Reads the sets of two days, by time.
 */
export async function deleteUnusedPriceSets(tx: Tx, now: Temporal.Instant): Promise<number> {
  const at = sql`${now.toString()}::timestamptz`;
  const deleted = await sql`
    delete from price_sets p
    where p.computed_at >= ${at} - ${LOOKED_AT} and p.stale_at < ${at} - ${SETTLED}
      and p.computed_at < (select max(computed_at) from price_sets)
      and not exists (select from decision_batches b where b.price_set_id = p.price_set_id)
      and not exists (select from quote_views v where v.price_set_id = p.price_set_id)`.execute(tx);
  return Number(deleted.numAffectedRows ?? 0);
}

/** The newest prices of carriers, stale or not, and when they were made: what the next ones follow. */
export async function findNewestCarrierPrices(
  tx: Tx,
  now: Temporal.Instant,
): Promise<Pick<PriceSet, 'computed_at' | 'carriers'> | undefined> {
  const newest = await tx
    .selectFrom('price_sets')
    .select(['computed_at', 'carriers'])
    .where('computed_at', '<=', sql<Temporal.Instant>`${now.toString()}::timestamptz`)
    .orderBy('computed_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest as Pick<PriceSet, 'computed_at' | 'carriers'> | undefined;
}

/** Of the newest set that was solved: what tells whether another is wanted. */
export interface NewestPriceSet
  extends Pick<PriceSet, 'computed_at' | 'orders_soon' | 'counts_waiting'> {
  readonly has_prices: boolean;
}

/** When the newest set was solved, for how many orders, what it counts, and whether it has any price. */
export async function findNewestPriceSet(
  tx: Tx,
  now: Temporal.Instant,
): Promise<NewestPriceSet | undefined> {
  const rows = await sql<NewestPriceSet>`
    select computed_at, orders_soon, counts_waiting,
      json_array_length(prices) + json_array_length(capacity) > 0 as has_prices
    from price_sets where computed_at <= ${now.toString()}::timestamptz and follows is null
    order by computed_at desc limit 1`.execute(tx);
  return rows.rows[0];
}

/** The set that a decision names. */
export async function getPriceSet(tx: Tx, price_set_id: string): Promise<PriceSet> {
  const set = await tx
    .selectFrom('price_sets')
    .selectAll()
    .where('price_set_id', '=', price_set_id)
    .executeTakeFirstOrThrow();
  return set as PriceSet;
}
