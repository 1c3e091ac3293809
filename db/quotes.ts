/** Quotes: promises offered, with the stock and capacity they hold until they expire. */

import { sql } from 'kysely';
import type { OrderRules } from '../src/domain/order.ts';
import type { Tx } from './database.ts';
import type { StoredCapacity, StoredStock } from './decisions.ts';
import { insertRows } from './rows.ts';

/** A plan of routing's on offer, and until when; undefined, for what was stored before: with its quote. */
export type OfferedPlan = object & { readonly expires_at?: Temporal.Instant | undefined };

/** A quote and what it holds. `options` are its offers by label. */
export interface QuoteRecord {
  readonly quote_id: string;
  readonly platform_id: string;
  /** SHA-256 of the secret part of its tokens: `\x…` text to write, bytes when read. */
  readonly token_hash: string | Buffer;
  readonly state: 'held' | 'used' | 'expired';
  readonly destination: {
    readonly country: string;
    readonly postal_code: string;
    readonly position?: readonly [number, number];
  };
  readonly rules: OrderRules | null;
  readonly lines: readonly {
    readonly line_no: number;
    readonly sku_id: string;
    readonly quantity: number;
    readonly weight_grams?: number | undefined;
  }[];
  readonly options: { readonly [label: string]: OfferedPlan };
  readonly capacity: readonly { resource: string; slot_seconds: number; amount: number }[];
  readonly network_version: number;
  readonly quoted_at: Temporal.Instant;
  readonly expires_at: Temporal.Instant;
  /** The policy whose rules its plans were made by; null = the network's own. */
  readonly policy_id: string | null;
}

/** Inserts one quote; the stock and capacity it holds are taken in the same transaction. */
export async function insertQuote(tx: Tx, quote: QuoteRecord): Promise<void> {
  await insertRows(tx, 'quotes', [quote]);
}

/** What the plans of a quote were made from, apart from the network. */
export interface QuoteView {
  readonly quote_id: string;
  readonly problem: unknown;
  readonly work_budget: number;
  readonly stock: readonly StoredStock[];
  readonly capacity: readonly StoredCapacity[];
  /** Of the times in transit that it went by; 0 = as published. */
  readonly transit_version: number;
  /** The prices that were in force; null = none. */
  readonly price_set_id: string | null;
  /** Of the disruptions that it knew of; 0 = none yet. */
  readonly disruption_no: number;
}

/** Stores what a quote was made from; in the quote's own transaction. */
export async function insertQuoteView(tx: Tx, view: QuoteView): Promise<void> {
  await insertRows(tx, 'quote_views', [view]);
}

/** The view of the quote that an order used, with the option taken and the network of then. */
export interface UsedQuoteView extends QuoteView {
  readonly quote_option: string;
  readonly network_version: number;
  readonly quoted_at: Temporal.Instant;
  readonly policy_id: string | null;
}

/** Finds what the plan that an order was sold was made from. */
export async function findUsedQuoteView(tx: Tx, order_id: string): Promise<UsedQuoteView | null> {
  const rows = await sql<UsedQuoteView>`
    select v.quote_id, v.problem, v.work_budget, v.stock, v.capacity, v.transit_version,
      v.price_set_id, v.disruption_no, o.quote_option, q.network_version, q.quoted_at, q.policy_id
    from orders o join quotes q using (quote_id) join quote_views v using (quote_id)
    where o.order_id = ${order_id}`.execute(tx);
  return rows.rows[0] ?? null;
}

/** Forgets what quotes were made from that nobody used. */
export async function deleteQuoteViews(tx: Tx, quoteIds: readonly string[]): Promise<void> {
  if (quoteIds.length === 0) return;
  await sql`delete from quote_views where quote_id = any(${quoteIds}::uuid[])`.execute(tx);
}

/** Forgets what an order's quotes were made from, if no decision was: there is none to make again. */
export async function deleteUndecidedQuoteViews(
  tx: Tx,
  order_id: string,
  quoteIds: readonly string[],
): Promise<void> {
  if (quoteIds.length === 0) return;
  await sql`delete from quote_views where quote_id = any(${quoteIds}::uuid[])
    and not exists (select from decisions where order_id = ${order_id})`.execute(tx);
}

/** Locks quotes by id, in id order. */
export async function lockQuotes(tx: Tx, quoteIds: readonly string[]): Promise<QuoteRecord[]> {
  if (quoteIds.length === 0) return [];
  const rows = await sql<QuoteRecord>`
    select * from quotes where quote_id = any(${quoteIds}::uuid[])
    order by quote_id for no key update`.execute(tx);
  return rows.rows.map((row) => ({ ...row, options: offersIn(row.options) }));
}

/** Offers as JSON has them, with their ends as instants. */
function offersIn(options: QuoteRecord['options']): QuoteRecord['options'] {
  const entries = Object.entries(options).map(([label, { expires_at, ...plan }]) => {
    const ends = expires_at === undefined ? {} : { expires_at: Temporal.Instant.from(expires_at) };
    return [label, { ...plan, ...ends }] as const;
  });
  return Object.fromEntries(entries);
}

/** Marks locked, held quotes as used by an order. */
export async function markQuotesUsed(tx: Tx, quoteIds: readonly string[]): Promise<void> {
  if (quoteIds.length === 0) return;
  await sql`update quotes set state = 'used'
    where quote_id = any(${quoteIds}::uuid[]) and state = 'held'`.execute(tx);
}

/** Claims quotes that have run out by `now`; another worker's are skipped. */
export async function claimExpiredQuotes(
  tx: Tx,
  now: Temporal.Instant,
  limit: number,
): Promise<QuoteRecord[]> {
  const rows = await sql<QuoteRecord>`
    update quotes set state = 'expired' where quote_id in (
      select quote_id from quotes where state = 'held' and expires_at <= ${now.toString()}
      order by quote_id limit ${limit} for no key update skip locked)
    returning *`.execute(tx);
  return rows.rows;
}

/** Notes that these quotes hold no capacity any more: it was taken over or given back. */
export async function clearQuoteCapacity(tx: Tx, quoteIds: readonly string[]): Promise<void> {
  if (quoteIds.length === 0) return;
  await sql`update quotes set capacity = '[]' where quote_id = any(${quoteIds}::uuid[])`.execute(
    tx,
  );
}

/** The plan that an order was sold, and what its quote still holds for it. */
export interface QuotedPlan {
  readonly order_id: string;
  readonly quote_id: string;
  readonly policy_id: string | null;
  readonly plan: unknown;
  readonly capacity: readonly { resource: string; slot_seconds: number; amount: number }[];
  readonly held: readonly { stock_id: number; quantity: number }[];
  /** Of the disruptions that the plan was made with; null where its view was not kept. */
  readonly disruption_no: number | null;
}

/** Lists the sold plans of these orders. Their quotes are used: nothing else touches them. */
export async function listQuotedPlans(tx: Tx, orderIds: readonly string[]): Promise<QuotedPlan[]> {
  if (orderIds.length === 0) return [];
  const rows = await sql<QuotedPlan>`
    select o.order_id, q.quote_id, q.policy_id, q.capacity,
      (q.options -> o.quote_option) - 'expires_at' as plan,
      coalesce((select json_agg(json_build_object('stock_id', r.stock_id, 'quantity', r.quantity)
        order by r.stock_id) from reservations r
        where r.quote_id = q.quote_id and r.state = 'open'), '[]') as held, v.disruption_no
    from orders o join quotes q using (quote_id) left join quote_views v using (quote_id)
    where o.order_id = any(${orderIds}::uuid[]) and q.state = 'used'`.execute(tx);
  return rows.rows;
}
