/** Versions of the network: immutable documents, numbered 1, 2, … without gaps. */
import { sql } from 'kysely';
import type { Removed } from '../src/domain/network-changes.ts';
import type { Tx } from './database.ts';
import type { PackedNetwork } from './network-document.ts';
import { asJson } from './rows.ts';

/** A network has changed: sent when a version, learned times or a disruption are committed. */
export const NETWORK_CHANNEL = 'portolan_network';

/** What is known of a version without its document. */
export interface NetworkVersion {
  readonly version: number;
  readonly digest: string;
  readonly applied_at: Temporal.Instant;
  readonly applied_by: string;
}

/** The newest version's number; null before the first import. Reads one entry of the primary key. */
export async function findCurrentNetworkVersion(tx: Tx): Promise<number | null> {
  const newest = await tx
    .selectFrom('networks')
    .select('version')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest?.version ?? null;
}

/** The newest version without its document; null before the first import. */
export async function findCurrentNetwork(tx: Tx): Promise<NetworkVersion | null> {
  const newest = await tx
    .selectFrom('networks')
    .select(['version', 'digest', 'applied_at', 'applied_by'])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest ?? null;
}

/** The stored form of a version's document; null if there is no such version. */
export async function findPackedNetwork(tx: Tx, version: number): Promise<Buffer | null> {
  const row = await tx
    .selectFrom('networks')
    .select('document')
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.document ?? null;
}

/**
 * Takes the lock under which versions are made, until the transaction ends. Two imports at once:
 * the second waits, then sees the first one's version.
 */
export async function lockNetworks(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('portolan.networks', 0))`.execute(tx);
}

/**
 * Keeps the network from changing until the transaction ends, if `version` is still the newest and
 * nothing was disrupted or lifted since; false if not. Work planned on it meanwhile is seen by the next
 * version's orphan check. Holders share the lock; only `lockNetworks` waits for them.
 */
export async function holdNetwork(
  tx: Tx,
  { version, disruption_no }: { readonly version: number; readonly disruption_no: number },
): Promise<boolean> {
  await sql`select pg_advisory_xact_lock_shared(hashtextextended('portolan.networks', 0))`.execute(
    tx,
  );
  const found = await sql<{ version: number | null; disruption_no: number }>`
    select (select version from networks order by version desc limit 1) as version, disruption_no
    from disruption_numbers`.execute(tx);
  const newest = found.rows[0]!;
  return newest.version === version && newest.disruption_no === disruption_no;
}

/** Tells every process, at commit, to look at the network. A lost ring is made up for by their polls. */
export async function announceNetwork(tx: Tx): Promise<void> {
  await sql`select pg_notify(${NETWORK_CHANNEL}, '')`.execute(tx);
}

/** Inserts a version. The caller holds `lockNetworks`; the primary key is the last line. */
export async function insertNetwork(
  tx: Tx,
  network: PackedNetwork & {
    readonly version: number;
    readonly applied_at: Temporal.Instant;
    readonly applied_by: string;
  },
): Promise<void> {
  await tx
    .insertInto('networks')
    .values({ ...network, applied_at: network.applied_at.toString() })
    .execute();
  await announceNetwork(tx);
}

/** Who still needs something that was removed. */
export interface Need {
  readonly kind: Removed['kind'];
  readonly id: string;
  /** What needs it: `open shipments`, `stock rows`, … or `live API keys`. */
  readonly needed_by: string;
  readonly count: number;
}

/**
 * Open work that needs something of `removed`, counted per thing and kind of work, at most `limit`.
 * One statement: each table is read once and joined with the short list of what was removed. Runs
 * only when something was removed, so it may read all open rows.
 */
export async function listNeeds(
  tx: Tx,
  query: { removed: readonly Removed[]; now: Temporal.Instant; limit: number },
): Promise<Need[]> {
  if (query.removed.length === 0) return [];
  const removed = asJson(query.removed.map(({ kind, id }) => ({ kind, id })));
  const found = await sql<Need>`
    with removed as materialized (
      select kind, id from json_to_recordset(${removed}::json) as r(kind text, id text)),
    needs as (
      ${SHIPMENTS} union all ${ASSIGNMENTS} union all ${ORDERS} union all ${ORDER_LINES}
      union all ${STOCK} union all ${INBOUND} union all ${INBOUND_LINES}
      union all ${quotesHeldAt(query.now)} union all ${API_KEYS})
    select kind, id, needed_by, count(*) as count from needs join removed using (kind, id)
    group by kind, id, needed_by order by kind, id, needed_by limit ${query.limit}`.execute(tx);
  return found.rows;
}

const SHIPMENTS = sql`
  select n.kind, n.id, 'open shipments' as needed_by from shipments s cross join lateral (values
    ('warehouses', s.warehouse_id), ('services', s.service_id), ('carriers', s.carrier_id),
    ('zones', s.zone_id)) as n(kind, id)
  where s.state not in ('delivered', 'returned', 'lost', 'cancelled')`;

const ASSIGNMENTS = sql`
  select n.kind, n.id, 'live assignments' from assignments a
  join shipments s using (shipment_id)
  cross join lateral (values ('services', a.service_id), ('carriers', a.carrier_id)) as n(kind, id)
  where a.state in ('offered', 'accepted')
    and s.state not in ('delivered', 'returned', 'lost', 'cancelled')`;

const ORDERS = sql`
  select n.kind, n.id, 'open orders' from orders o
  cross join lateral (
    values ('platforms', o.platform_id)
    union all select kind, id from removed where kind = 'currency') as n(kind, id)
  where o.state not in ('delivered', 'cancelled', 'failed')`;

const ORDER_LINES = sql`
  select 'skus', l.sku_id, 'lines of open orders' from orders o join order_lines l using (order_id)
  where o.state not in ('delivered', 'cancelled', 'failed') and l.cancelled < l.quantity`;

const STOCK = sql`
  select n.kind, n.id, 'stock rows' from stock s cross join lateral (values
    ('warehouses', s.warehouse_id), ('skus', s.sku_id), ('sellers', s.seller_id),
    ('sku_sellers', s.sku_id)) as n(kind, id)
  where s.on_hand <> 0 or s.incoming <> 0 or s.damaged <> 0 or s.quarantined <> 0`;

const INBOUND = sql`
  select n.kind, n.id, 'open inbound notices' from inbound_notices i cross join lateral (values
    ('warehouses', i.warehouse_id), ('sellers', i.seller_id)) as n(kind, id)
  where i.state = 'open'`;

const INBOUND_LINES = sql`
  select n.kind, l.sku_id, 'lines of open inbound notices'
  from inbound_notices i join inbound_lines l using (notice_id)
  cross join lateral (values ('skus'), ('sku_sellers')) as n(kind) where i.state = 'open'`;

/**
 * A quote's stored plans name what they use under these fields, however deep they lie. They are also needed
 * by an order that is still to be given the plan it was sold.
 */
function quotesHeldAt(now: Temporal.Instant) {
  return sql`
    select n.kind, n.id, 'held quotes' from quotes q cross join lateral (
      values ('platforms', q.platform_id)
      union select 'warehouses', jsonb_path_query(q.options, '$.**.warehouse_id') #>> '{}'
      union select 'services', jsonb_path_query(q.options, '$.**.service_id') #>> '{}'
      union select 'carriers', jsonb_path_query(q.options, '$.**.carrier_id') #>> '{}'
      union select 'zones', jsonb_path_query(q.options, '$.**.zone_id') #>> '{}'
      union select 'skus', jsonb_path_query(q.lines, '$.**.sku_id') #>> '{}'
      union select kind, id from removed where kind = 'currency') as n(kind, id)
    where (q.state = 'held' and q.expires_at > ${now.toString()}::timestamptz)
      or (q.state = 'used' and q.quote_id in (select quote_id from orders
        where state = 'accepted' and decision_no = 0 and quote_id is not null))`;
}

const API_KEYS = sql`
  select k.role || 's', k.party_id, 'live API keys' from api_keys k where k.revoked_at is null`;
