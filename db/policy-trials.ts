/** Policies in shadow: what was decided lately, to be decided beside, and what came of it. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import type { DecisionBatch, DecisionRecord } from './decisions.ts';
import { insertRows } from './rows.ts';

/** A shadow that is due. */
export interface DueShadow {
  readonly policy_id: string;
  readonly after_batch_id: string;
  /** Orders tried so far. */
  readonly trials: number;
}

/** Begins to try a policy beside what decides, on batches after `after_batch_id`. */
export async function startShadow(
  tx: Tx,
  shadow: { policy_id: string; due_at: Temporal.Instant; after_batch_id: string },
): Promise<void> {
  await insertRows(tx, 'policy_shadows', [shadow]);
}

/** Ends trying a policy; what was found stays. */
export async function endShadow(tx: Tx, policy_id: string): Promise<void> {
  await tx.deleteFrom('policy_shadows').where('policy_id', '=', policy_id).execute();
}

/** Takes the shadows that are due by making them due again at `next`; another worker takes none. */
export async function takeDueShadows(
  tx: Tx,
  now: Temporal.Instant,
  next: Temporal.Instant,
): Promise<DueShadow[]> {
  const taken = await sql<DueShadow>`
    update policy_shadows set due_at = ${next.toString()}
    where due_at <= ${now.toString()} returning policy_id, after_batch_id, trials`.execute(tx);
  return taken.rows;
}

/** A decision with whose it is. */
export type DecidedOrder = DecisionRecord & { readonly platform_id: string };

/** A batch with all its decisions, in their order. */
export interface DecidedBatch extends DecisionBatch {
  readonly decisions: readonly DecidedOrder[];
}

/** Newest batches that are looked at for enough orders. */
const MOST_BATCHES = 64;

/**
 * Lists the newest batches after one, newest first: as many as it takes to have `orders` decisions.
 * Older ones are left out, so a reader that comes late sees a sample. Two reads of primary keys.
 */
export async function listBatchesAfter(
  tx: Tx,
  after_batch_id: string,
  orders: number,
): Promise<DecidedBatch[]> {
  const batches = await sql<DecisionBatch>`
    with newest as materialized (
      select batch_id, (select count(*) from decisions d where d.batch_id = b.batch_id) as decisions
      from decision_batches b where batch_id > ${after_batch_id}
      order by batch_id desc limit ${MOST_BATCHES}),
    summed as (
      select batch_id, sum(decisions) over (order by batch_id desc) - decisions as before
      from newest)
    select b.* from summed join decision_batches b using (batch_id)
    where before < ${orders} order by b.batch_id desc`.execute(tx);
  const ids = batches.rows.map((batch) => batch.batch_id);
  if (ids.length === 0) return [];
  const decisions = await sql<DecidedOrder>`
    select d.*, o.platform_id from decisions d join orders o using (order_id)
    where d.batch_id = any(${ids}::uuid[]) order by d.batch_position`.execute(tx);
  const ofBatch = Map.groupBy(decisions.rows, (decision) => decision.batch_id);
  return batches.rows.map((batch) => ({
    ...batch,
    decisions: ofBatch.get(batch.batch_id) ?? [],
  }));
}

/** One order decided beside; fields as in the table. */
export interface PolicyTrial {
  readonly policy_id: string;
  readonly order_id: string;
  readonly decision_no: number;
  readonly against: string | null;
  readonly decided_at: Temporal.Instant;
  readonly live_sourced: boolean;
  readonly sourced: boolean;
  readonly live_cost: number | null;
  readonly cost: number | null;
  readonly live_parcels: number | null;
  readonly parcels: number | null;
  readonly live_promise_at: Temporal.Instant | null;
  readonly promise_at: Temporal.Instant | null;
  readonly live_on_time: number | null;
  readonly on_time: number | null;
  readonly live_carbon_grams: number | null;
  readonly carbon_grams: number | null;
}

/**
 * Stores what was tried and where the shadow stands now. A shadow that has ended meanwhile, or was
 * moved on by another worker, stores nothing: its trials would be counted twice.
 */
export async function saveTrials(
  tx: Tx,
  before: DueShadow,
  after_batch_id: string,
  trials: readonly PolicyTrial[],
  most: number,
): Promise<void> {
  const moved = await sql`
    update policy_shadows set after_batch_id = ${after_batch_id}, trials = trials + ${trials.length},
      due_at = case when trials + ${trials.length} < ${most} then due_at end
    where policy_id = ${before.policy_id} and after_batch_id = ${before.after_batch_id}`.execute(
    tx,
  );
  if (Number(moved.numAffectedRows ?? 0) > 0) await insertRows(tx, 'policy_trials', trials);
}
