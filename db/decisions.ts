/** Decisions and the batches they were made in: what was seen, what was chosen, how long it took. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { insertRows } from './rows.ts';

/** `[stock_id, warehouse_id, sku_id, available, expires_seconds]`, compact on purpose. */
export type StoredStock = readonly [number, string, string, number, number | null];
/** `[resource, slot_seconds, used]` */
export type StoredCapacity = readonly [string, number, number];

/** What a batch of decisions saw before its first. */
export interface DecisionBatch {
  readonly batch_id: string;
  readonly network_version: number;
  readonly decided_at: Temporal.Instant;
  readonly stock: readonly StoredStock[];
  readonly capacity: readonly StoredCapacity[];
  /** Plans of the batch that lost their race: the decisions after them saw their units taken. */
  readonly lost: readonly (readonly [number, unknown])[];
  /** The prices that were in force; null = none, decided greedily. */
  readonly price_set_id: string | null;
  /** Of the times in transit that it went by; 0 = as published. */
  readonly transit_version: number;
  /** Of the disruptions that it knew of; 0 = none yet. */
  readonly disruption_no: number;
}

/** One decision as stored. `problem` and `result` are routing's own types. */
export interface DecisionRecord<Problem = unknown, Result = unknown> {
  readonly order_id: string;
  readonly decision_no: number;
  readonly batch_id: string;
  readonly batch_position: number;
  readonly outcome: 'sourced' | 'backordered' | 'unfillable';
  readonly decided_at: Temporal.Instant;
  readonly deadline: Temporal.Instant;
  readonly late: boolean;
  readonly network_version: number;
  readonly problem: Problem;
  readonly result: Result;
  readonly from_quote: boolean;
  readonly work_budget: number;
  readonly elapsed_us: number;
  /** The policy whose rules it was made by; null = the network's own. */
  readonly policy_id: string | null;
}

/** A decision to be stored with its batch, which says when it was made and by which network. */
export type NewDecision = Omit<DecisionRecord, 'batch_id' | 'decided_at' | 'network_version'>;

/** Stores a batch and its decisions. */
export async function insertDecisions(
  tx: Tx,
  batch: DecisionBatch,
  decisions: readonly NewDecision[],
): Promise<void> {
  if (decisions.length === 0) return;
  const { batch_id, decided_at, network_version } = batch;
  await insertRows(tx, 'decision_batches', [batch]);
  await insertRows(tx, 'decisions', decisions, { batch_id, decided_at, network_version });
}

/** Finds the newest decision of an order, as far as the reader may see it. */
export async function findLastDecision(
  tx: Tx,
  order_id: string,
): Promise<DecisionRecord | undefined> {
  const row = await tx
    .selectFrom('decisions')
    .selectAll()
    .where('order_id', '=', order_id)
    .orderBy('decision_no', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row as DecisionRecord | undefined;
}

/** The newest batch of decisions; undefined before the first. Reads one entry of the primary key. */
export async function findNewestBatch(tx: Tx): Promise<string | undefined> {
  const newest = await tx
    .selectFrom('decision_batches')
    .select('batch_id')
    .orderBy('batch_id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest?.batch_id;
}

/** Gets a batch with the plans that were taken in it before `position`, in their order. */
export async function getBatchBefore(
  tx: Tx,
  batch_id: string,
  position: number,
): Promise<{ batch: DecisionBatch; earlier: unknown[] }> {
  const batch = (await tx
    .selectFrom('decision_batches')
    .selectAll()
    .where('batch_id', '=', batch_id)
    .executeTakeFirstOrThrow()) as unknown as DecisionBatch;
  const stored = await sql<{ batch_position: number; result: unknown }>`
    select batch_position, result from decisions where batch_id = ${batch_id}
      and batch_position < ${position} and outcome = 'sourced' and not from_quote`.execute(tx);
  const taken = stored.rows.map((row) => [row.batch_position, row.result] as const);
  const lost = batch.lost.filter(([at]) => at < position);
  const earlier = [...taken, ...lost].sort((a, b) => a[0] - b[0]).map(([, plan]) => plan);
  return { batch, earlier };
}
