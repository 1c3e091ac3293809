/**
 * Which workers have fallen silent. A worker's beat grows by one a second; how long it has stood still
 * is measured here, on this process's own time, so no two clocks need to agree.
 */
import type { WorkerRow } from '../../../db/workers.ts';

/** A worker with how long its beat has stood still, seconds. */
export interface WatchedWorker extends WorkerRow {
  readonly silent_seconds: number;
}

export interface Silences {
  /** Takes in what the workers have written. */
  saw(rows: readonly WorkerRow[]): void;
  /** The workers as of now. */
  workers(): readonly WatchedWorker[];
  /** Ids of those that have been silent for longer than `seconds`. */
  silentFor(seconds: number): string[];
}

/** Watches beats; `measure` starts a stopwatch in seconds. */
export function watchSilences(measure: () => () => number): Silences {
  let heard = new Map<string, { row: WorkerRow; since: () => number }>();
  const workers = () =>
    [...heard.values()].map(({ row, since }) => ({ ...row, silent_seconds: since() }));
  return {
    saw: (rows) => {
      heard = new Map(
        rows.map((row) => {
          const known = heard.get(row.worker_id);
          const isSame = known !== undefined && known.row.beat_no === row.beat_no;
          return [row.worker_id, { row, since: isSame ? known.since : measure() }];
        }),
      );
    },
    workers,
    silentFor: (seconds) =>
      workers()
        .filter(({ silent_seconds }) => silent_seconds > seconds)
        .map(({ worker_id }) => worker_id),
  };
}
