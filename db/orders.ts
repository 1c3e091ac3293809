/** Orders and their lines. */
import { sql } from 'kysely';
import type { OrderRules, OrderState } from '../src/domain/order.ts';
import type { Tx } from './database.ts';
import { firstIdAt } from './id-times.ts';
import { insertion, insertRows, rowSource } from './rows.ts';
import type { ExcludedStock } from './schema.ts';

/** A new order, ready to be stored. */
export interface NewOrder {
  readonly order_id: string;
  readonly platform_id: string;
  readonly external_ref: string;
  /** SHA-256 of what was posted, as `\x…` text. */
  readonly body_hash: string;
  readonly destination: object;
  readonly deliver_by: Temporal.Instant | null;
  readonly rules: OrderRules | null;
  readonly quote_id: string | null;
  readonly quote_option: string | null;
  readonly accepted_at: Temporal.Instant;
  readonly decide_by: Temporal.Instant;
  readonly request_id: string;
}

/** A new line of a new order. */
export interface NewOrderLine {
  readonly order_id: string;
  readonly line_no: number;
  readonly sku_id: string;
  readonly quantity: number;
  readonly weight_grams: number | null;
}

/**
 * Inserts orders whose (platform, reference) is new and returns their ids; the others are left
 * alone. Rows must be sorted by (platform, reference): two posts of the same references then wait
 * for each other in one order instead of deadlocking.
 */
export async function insertOrders(tx: Tx, orders: readonly NewOrder[]): Promise<Set<string>> {
  if (orders.length === 0) return new Set();
  const statement = await insertion(tx, 'orders', orders, { state: 'accepted', version: 1 });
  const inserted = await sql<{ order_id: string }>`${statement}
    on conflict (platform_id, external_ref) do nothing returning order_id`.execute(tx);
  return new Set(inserted.rows.map((row) => row.order_id));
}

/** Inserts the lines of orders that were just inserted. */
export async function insertOrderLines(tx: Tx, lines: readonly NewOrderLine[]): Promise<void> {
  await insertRows(tx, 'order_lines', lines);
}

/** The orders that wait for a decision, and how fast others got theirs. */
export interface Backlog {
  readonly orders: number;
  /** Of each platform that waits for one: its most urgent order's deadline. */
  readonly first_deadlines: readonly {
    readonly platform_id: string;
    readonly decide_by: Temporal.Instant;
  }[];
  /** Orders decided since the instant that was asked for. */
  readonly decided: number;
}

/**
 * Measures the backlog. Reads the orders that wait by the partial index `orders_to_decide`, and the newest
 * batches by their ids, which ascend with time, with the last place in each.
 */
export async function readBacklog(tx: Tx, since: Temporal.Instant): Promise<Backlog> {
  const { rows } = await sql<WaitingOf & { decided: number }>`
    select d.decided, w.platform_id, coalesce(w.orders, 0) as orders, w.decide_by
    from (
      select coalesce(sum(last.position + 1), 0)::integer as decided
      from decision_batches b cross join lateral (
        select d.batch_position as position from decisions d
        where d.batch_id = b.batch_id order by d.batch_position desc limit 1) last
      where b.batch_id >= ${firstIdAt(sql`${since}::timestamptz`)}) d
    left join (
      select platform_id, count(*) as orders, min(decide_by) as decide_by
      from orders where state = 'accepted' group by platform_id) w on true`.execute(tx);
  return {
    orders: rows.reduce((sum, { orders }) => sum + orders, 0),
    first_deadlines: rows.filter(({ orders }) => orders > 0),
    decided: rows[0]!.decided,
  };
}

/** Orders of one platform that wait. */
interface WaitingOf {
  readonly platform_id: string;
  readonly orders: number;
  readonly decide_by: Temporal.Instant;
}

/** What an order was accepted as. */
export interface AcceptedRow {
  readonly order_id: string;
  readonly platform_id: string;
  readonly external_ref: string;
  readonly state: string;
  readonly body_hash: Buffer;
  readonly accepted_at: Temporal.Instant;
  readonly decide_by: Temporal.Instant;
}

/** Finds orders by their platforms' own references. */
export async function listOrdersByRef(
  tx: Tx,
  refs: readonly { platform_id: string; external_ref: string }[],
): Promise<AcceptedRow[]> {
  if (refs.length === 0) return [];
  const found = await sql<AcceptedRow>`
    select o.order_id, o.platform_id, o.external_ref, o.state, o.body_hash, o.accepted_at, o.decide_by
    from orders o
    join ${rowSource('r', { platform_id: 'text', external_ref: 'text' }, refs)}
      on r.platform_id = o.platform_id and r.external_ref = o.external_ref`.execute(tx);
  return found.rows;
}

/** An order that wants a decision, with the units that no shipment carries yet. */
export interface OrderToDecide {
  readonly order_id: string;
  readonly platform_id: string;
  readonly version: number;
  readonly destination: { country: string; postal_code: string; position?: [number, number] };
  readonly deliver_by: Temporal.Instant | null;
  readonly rules: OrderRules | null;
  readonly quote_id: string | null;
  readonly quote_option: string | null;
  readonly accepted_at: Temporal.Instant;
  readonly decide_by: Temporal.Instant;
  readonly decision_no: number;
  readonly attempts: number;
  readonly excluded_warehouses: string[];
  readonly excluded_stock: ExcludedStock[];
  readonly request_id: string | null;
  readonly lines: {
    line_no: number;
    sku_id: string;
    quantity: number;
    /** Measured weight of the units still to be decided; null = by the SKU. */
    weight_grams: number | null;
  }[];
}

/**
 * Claims up to `limit` accepted orders, earliest deadline first, with what is left of their lines.
 * Locks the order rows until the transaction ends; orders that another worker holds are skipped
 * (they are a queue, not stock). Uses the partial index `orders_to_decide`.
 */
export async function claimOrdersToDecide(tx: Tx, limit: number): Promise<OrderToDecide[]> {
  const claimed = await sql<Omit<OrderToDecide, 'lines'>>`
    with claimed as materialized (
      select order_id, platform_id, version, destination, deliver_by, rules, quote_id, quote_option,
        accepted_at, decide_by, decision_no, attempts, excluded_warehouses, excluded_stock,
        request_id
      from orders where state = 'accepted'
      order by decide_by, order_id limit ${limit}
      for no key update skip locked)
    select * from claimed order by decide_by, order_id`.execute(tx);
  const lines = await listLinesToDecide(tx, claimed.rows);
  return claimed.rows.map((row) => ({ ...row, lines: lines.get(row.order_id) ?? [] }));
}

/**
 * Lists what is left of the lines of claimed orders. A statement of its own: an order that changed
 * while it was being claimed is claimed as it is now, but the snapshot of the claim still shows its
 * lines as they were.
 */
async function listLinesToDecide(
  tx: Tx,
  orders: readonly { readonly order_id: string }[],
): Promise<Map<string, OrderToDecide['lines']>> {
  if (orders.length === 0) return new Map();
  const ids = orders.map((order) => order.order_id);
  const rows = await sql<Pick<OrderToDecide, 'order_id' | 'lines'>>`
    select o.order_id, l.lines from unnest(${ids}::uuid[]) as o(order_id) cross join lateral (
      select json_agg(json_build_object('line_no', line_no, 'sku_id', sku_id,
        'quantity', quantity - allocated - cancelled,
        'weight_grams', weight_grams * (quantity - allocated - cancelled) / quantity)
        order by line_no) as lines
      from order_lines where order_id = o.order_id and quantity > allocated + cancelled) l
    where l.lines is not null`.execute(tx);
  return new Map(rows.rows.map((row) => [row.order_id, row.lines]));
}

/** How a decision moves its order. */
export interface DecidedOrder {
  readonly order_id: string;
  readonly state: OrderState;
  readonly decision_no: number;
  /** Seconds since 1970. */
  readonly promise_at: number | null;
  readonly promise_confidence: number | null;
}

const DECIDED_ORDER = {
  order_id: 'uuid',
  state: 'text',
  decision_no: 'integer',
  promise_at: 'timestamptz',
  promise_confidence: 'double precision',
} as const;

/**
 * Moves orders from `accepted` to where their decision sends them. The promise is frozen as sold by
 * the first decision that has one; later ones only move `current_promise_at`. Returns how many rows
 * moved; the caller holds their locks, so anything but all of them is a bug.
 */
export async function saveDecidedOrders(tx: Tx, orders: readonly DecidedOrder[]): Promise<number> {
  if (orders.length === 0) return 0;
  const moved = await sql`
    update orders o set state = d.state, version = o.version + 1, decision_no = d.decision_no,
      attempts = 0, promise_at = coalesce(o.promise_at, d.promise_at),
      promise_confidence = coalesce(o.promise_confidence, d.promise_confidence),
      current_promise_at = greatest(o.current_promise_at, d.promise_at)
    from ${rowSource('d', DECIDED_ORDER, orders)}
    where o.order_id = d.order_id and o.state = 'accepted'`.execute(tx);
  return Number(moved.numAffectedRows ?? 0);
}

/** Adds units to what shipments carry of order lines. */
export async function allocateLines(
  tx: Tx,
  units: readonly { order_id: string; line_no: number; quantity: number }[],
): Promise<void> {
  if (units.length === 0) return;
  await sql`
    update order_lines l set allocated = l.allocated + d.quantity
    from (select order_id, line_no, sum(quantity)::integer as quantity
      from ${rowSource('u', { order_id: 'uuid', line_no: 'smallint', quantity: 'integer' }, units)}
      group by order_id, line_no) d
    where l.order_id = d.order_id and l.line_no = d.line_no`.execute(tx);
}

/** Notes that these orders' decisions lost their race and must be made again. */
export async function countLostRaces(tx: Tx, orderIds: readonly string[]): Promise<void> {
  if (orderIds.length === 0) return;
  await sql`update orders set attempts = attempts + 1
    where order_id = any(${orderIds}::uuid[])`.execute(tx);
}

/** An order as the steps that move it need it. */
export interface OrderRow {
  readonly order_id: string;
  readonly platform_id: string;
  readonly external_ref: string;
  readonly state: OrderState;
  readonly version: number;
  readonly accepted_at: Temporal.Instant;
  readonly decide_by: Temporal.Instant;
  readonly request_id: string | null;
}

/** Locks one order; null where there is none (or it is another platform's, when one is given). */
export async function lockOrder(
  tx: Tx,
  order_id: string,
  platform_id: string | null,
): Promise<OrderRow | null> {
  let query = tx
    .selectFrom('orders')
    .select([
      'order_id',
      'platform_id',
      'external_ref',
      'state',
      'version',
      'accepted_at',
      'decide_by',
      'request_id',
    ])
    .where('order_id', '=', order_id)
    .forNoKeyUpdate();
  if (platform_id !== null) query = query.where('platform_id', '=', platform_id);
  const row = await query.executeTakeFirst();
  return (row as OrderRow | undefined) ?? null;
}

/** Cancels a locked order: its state, and every unit that has not left. */
export async function cancelOrderRows(tx: Tx, order_id: string): Promise<void> {
  await sql`update orders set state = 'cancelled', version = version + 1
    where order_id = ${order_id}`.execute(tx);
  await sql`update order_lines set allocated = shipped, cancelled = quantity - shipped
    where order_id = ${order_id}`.execute(tx);
  await sql`delete from backorders where order_id = ${order_id}`.execute(tx);
}
