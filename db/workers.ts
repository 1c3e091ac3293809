/** Workers that say that they are alive: one row per process, rewritten with every beat. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';

/** A worker process and what it last said of itself. */
export interface WorkerRow {
  readonly worker_id: string;
  readonly host: string;
  readonly pid: number;
  readonly queues: string[];
  /** Connected to its queue. */
  readonly is_linked: boolean;
  /** Grows by one with each beat: a reader sees it change, or stand still. */
  readonly beat_no: number;
  readonly started_at: Temporal.Instant;
  readonly seen_at: Temporal.Instant;
}

/** Writes one beat. A worker that was forgotten while it was silent is known again. */
export async function saveBeat(tx: Tx, worker: WorkerRow): Promise<void> {
  const { worker_id, host, pid, queues, is_linked, beat_no } = worker;
  const seen_at = worker.seen_at.toString();
  await sql`
    insert into workers (worker_id, host, pid, queues, is_linked, beat_no, started_at, seen_at)
    values (${worker_id}, ${host}, ${pid}, ${queues}::text[], ${is_linked}, ${beat_no},
      ${worker.started_at.toString()}, ${seen_at})
    on conflict (worker_id) do update set is_linked = excluded.is_linked,
      beat_no = excluded.beat_no, seen_at = excluded.seen_at`.execute(tx);
}

/** Every worker that has not said goodbye and was not forgotten, the oldest first. */
export async function listWorkers(tx: Tx): Promise<WorkerRow[]> {
  return await tx.selectFrom('workers').selectAll().orderBy('worker_id').execute();
}

/** Forgets workers: those that end in order, and those that have been silent for long. */
export async function deleteWorkers(tx: Tx, worker_ids: readonly string[]): Promise<void> {
  if (worker_ids.length === 0) return;
  await tx.deleteFrom('workers').where('worker_id', 'in', worker_ids).execute();
}
