/**
 * The journal: one event per state change, appended in the transaction that makes the change.
 *
 * Reading in commit order. Sequence numbers become visible out of order: a transaction may draw 7,
 * another draw 8 and commit first. A reader that remembers "last seen 8" would lose 7. So readers
 * stop at a horizon below which nothing can appear any more: having seen the newest number L and then
 * drawn a transaction id X, wait until the oldest running transaction is X or later; then every
 * transaction that could have drawn a number up to L has ended.
 */
import { sql } from 'kysely';
import { type Tx, together } from './database.ts';
import { insertRows } from './rows.ts';

/** The channel on which every transaction that journals rings. */
export const JOURNAL_CHANNEL = 'portolan_journal';

export interface NewEvent {
  readonly entity: string;
  readonly entity_id: string;
  readonly version: number;
  readonly type: string;
  readonly at: Temporal.Instant;
  readonly order_id?: string | null;
  readonly platform_id?: string | null;
  readonly warehouse_id?: string | null;
  readonly carrier_id?: string | null;
  readonly seller_id?: string | null;
  readonly data?: Record<string, unknown>;
  readonly request_id?: string | null;
}

export interface JournalEvent {
  readonly seq: number;
  readonly entity: string;
  readonly entity_id: string;
  readonly version: number;
  readonly type: string;
  readonly at: Temporal.Instant;
  readonly order_id: string | null;
  readonly platform_id: string | null;
  readonly warehouse_id: string | null;
  readonly carrier_id: string | null;
  readonly data: Record<string, unknown>;
  readonly request_id: string | null;
}

/**
 * Appends events and rings the doorbell once, at commit. `(entity_id, version)` is unique: an event
 * written twice fails the transaction instead of doubling its effect.
 */
export async function appendEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await together(tx, [
    (tx) => insertRows(tx, 'journal', events.map(eventRow)),
    (tx) => sql`select pg_notify(${JOURNAL_CHANNEL}, '')`.execute(tx),
  ]);
}

function eventRow(event: NewEvent) {
  return {
    entity: event.entity,
    entity_id: event.entity_id,
    version: event.version,
    type: event.type,
    at: event.at,
    order_id: event.order_id ?? null,
    platform_id: event.platform_id ?? null,
    warehouse_id: event.warehouse_id ?? null,
    carrier_id: event.carrier_id ?? null,
    seller_id: event.seller_id ?? null,
    data: event.data ?? {},
    request_id: event.request_id ?? null,
  };
}

/**
 * A reading of the journal's edge: numbers up to `last_seq` are drawn, and whoever drew them has an
 * id below `next_xid`.
 */
export interface JournalEdge {
  readonly last_seq: number;
  readonly next_xid: bigint;
  /** The oldest transaction still running. */
  readonly oldest_xid: bigint;
}

/**
 * Reads the journal's edge. Touches no table, but draws a transaction id: a snapshot's upper end
 * would not do, as it is one above the newest *ended* transaction and says nothing of those that
 * run above it.
 */
export async function readEdge(tx: Tx): Promise<JournalEdge> {
  // In this order: whoever drew a number up to `last_seq` had its id before our own is drawn.
  const drawn = await sql<{ last_seq: number | null }>`
    select pg_sequence_last_value('journal_seq_seq') as last_seq`.execute(tx);
  const edge = await sql<{ next_xid: string; oldest_xid: string }>`
    select pg_current_xact_id()::text as next_xid,
      pg_snapshot_xmin(pg_current_snapshot())::text as oldest_xid`.execute(tx);
  const row = edge.rows[0]!;
  return {
    last_seq: drawn.rows[0]?.last_seq ?? 0,
    next_xid: BigInt(row.next_xid),
    oldest_xid: BigInt(row.oldest_xid),
  };
}

/** Events after `after` up to and including `horizon`, in order, at most `limit`. */
export async function listEvents(
  tx: Tx,
  range: { after: number; horizon: number; limit: number },
): Promise<JournalEvent[]> {
  const rows = await tx
    .selectFrom('journal')
    .select([
      'seq',
      'entity',
      'entity_id',
      'version',
      'type',
      'at',
      'order_id',
      'platform_id',
      'warehouse_id',
      'carrier_id',
      'data',
      'request_id',
    ])
    .where('seq', '>', range.after)
    .where('seq', '<=', range.horizon)
    .orderBy('seq')
    .limit(range.limit)
    .execute();
  return rows;
}

/** A warehouse and a carrier that events name together, and the number of the newest of them. */
export interface Named {
  readonly seq: number;
  readonly warehouse_id: string | null;
  readonly carrier_id: string | null;
}

/** Lists who is named after `after` up to and including `horizon`, without reading the events out. */
export async function listNamed(
  tx: Tx,
  { after, horizon }: { after: number; horizon: number },
): Promise<Named[]> {
  const rows = await sql<Named>`
    select max(seq) as seq, warehouse_id, carrier_id from journal
    where seq > ${after} and seq <= ${horizon} group by warehouse_id, carrier_id`.execute(tx);
  return rows.rows;
}
