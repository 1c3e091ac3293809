/** What is learned of times in transit: the events to learn from, the state, and the versions made. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { announceNetwork } from './networks.ts';
import { hexBytes } from './rows.ts';
import type { StoredRoute } from './schema.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Where learning stands. `state` is routing's, null before the first event. */
export interface TransitLearning {
  readonly after_seq: number;
  /** The journal's edge at the last look: safe to read up to once those transactions have ended. */
  readonly edge_seq: number;
  readonly edge_xid: bigint;
  readonly deliveries: number;
  readonly state: unknown;
}

/** Takes learning on, if it is due: locked until the transaction ends, null if another has it. */
export async function takeTransitLearning(
  tx: Tx,
  now: Temporal.Instant,
): Promise<TransitLearning | null> {
  const found = await sql<{
    after_seq: number;
    edge_seq: number;
    edge_xid: string;
    deliveries: number;
    state: Buffer | null;
  }>`
    select after_seq, edge_seq, edge_xid::text as edge_xid, deliveries, state
    from transit_learning where due_at <= ${now.toString()} for update skip locked`.execute(tx);
  const row = found.rows[0];
  if (row === undefined) return null;
  const state = row.state === null ? null : JSON.parse((await unpack(row.state)).toString());
  return { ...row, edge_xid: BigInt(row.edge_xid), state };
}

/** Stores where learning stands and when it goes on. */
export async function saveTransitLearning(
  tx: Tx,
  { after_seq, edge_seq, edge_xid, deliveries, state }: TransitLearning,
  due_at: Temporal.Instant,
): Promise<void> {
  const packed = state === null ? null : hexBytes(await pack(JSON.stringify(state)));
  await sql`
    update transit_learning set after_seq = ${after_seq}, edge_seq = ${edge_seq},
      edge_xid = ${edge_xid.toString()}::xid8, deliveries = ${deliveries},
      state = ${packed}::bytea, due_at = ${due_at.toString()}`.execute(tx);
}

/** A journal event that tells something of a time in transit, with the shipment as it is now. */
export interface ShipmentEvent {
  readonly seq: number;
  readonly type: string;
  readonly shipment_id: string;
  readonly carrier_id: string;
  readonly service_id: string;
  readonly warehouse_id: string;
  readonly zone_id: string;
  readonly pickup_at: Temporal.Instant;
  /** The way over hubs that it is planned on. */
  readonly route: StoredRoute | null;
  readonly handed_over_at: Temporal.Instant | null;
  readonly delivered_at: Temporal.Instant | null;
}

/** Place of the hand-over among a shipment's milestones, from 1 (domain/milestones.ts). */
const HAND_OVER = 4;

/** Lists such events of the given types after `after` up to `horizon`, in order, at most `limit`. */
export async function listShipmentEvents(
  tx: Tx,
  range: { after: number; horizon: number; limit: number },
  types: readonly string[],
): Promise<ShipmentEvent[]> {
  const rows = await sql<ShipmentEvent>`
    select j.seq, j.type, s.shipment_id, s.carrier_id, s.service_id, s.warehouse_id, s.zone_id,
      s.pickup_at, s.route, s.milestone_met[${sql.lit(HAND_OVER)}] as handed_over_at, s.delivered_at
    from (
      select seq, type, entity_id from journal
      where seq > ${range.after} and seq <= ${range.horizon}
        and type = any(${types as string[]}::text[])
      order by seq limit ${range.limit}
    ) j join shipments s on s.shipment_id = j.entity_id::uuid
    order by j.seq`.execute(tx);
  return rows.rows;
}

/** A version of learned times; `learned` is routing's. */
export interface TransitVersion<Row = unknown> {
  readonly transit_version: number;
  readonly network_version: number;
  readonly learned_at: Temporal.Instant;
  readonly deliveries: number;
  readonly learned: readonly Row[];
}

/** Stores the next version and gives its number. The caller holds the lock of `takeTransitLearning`. */
export async function insertTransitVersion(
  tx: Tx,
  version: Omit<TransitVersion, 'transit_version'>,
): Promise<number> {
  const packed = hexBytes(await pack(JSON.stringify(version.learned)));
  const made = await sql<{ transit_version: number }>`
    insert into transit_versions (transit_version, network_version, learned_at, deliveries, learned)
    select coalesce(max(transit_version), 0) + 1, ${version.network_version}::int,
      ${version.learned_at.toString()}::timestamptz, ${version.deliveries}::bigint, ${packed}::bytea
    from transit_versions returning transit_version`.execute(tx);
  await announceNetwork(tx);
  return made.rows[0]!.transit_version;
}

/** The newest version's number; 0 before the first. */
export async function findCurrentTransitVersion(tx: Tx): Promise<number> {
  const found = await sql<{ newest: number | null }>`
    select max(transit_version) as newest from transit_versions`.execute(tx);
  return found.rows[0]?.newest ?? 0;
}

/** The rows of a version; none for 0. @throws Error when there is no such version. */
export async function getLearnedTransit<Row>(tx: Tx, transit_version: number): Promise<Row[]> {
  if (transit_version === 0) return [];
  const row = await tx
    .selectFrom('transit_versions')
    .select('learned')
    .where('transit_version', '=', transit_version)
    .executeTakeFirst();
  if (row === undefined) throw new Error(`there is no transit version ${transit_version}`);
  return JSON.parse((await unpack(row.learned)).toString()) as Row[];
}
