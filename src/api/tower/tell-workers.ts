/** Worker processes, and how many answer each queue. Pure. */
import type { Static } from 'typebox';
import type { TowerWorkers } from '../resources/tower-answer.ts';
import type { TowerState } from './tower-state.ts';

/** The queues as people know them; one that nobody answers is listed too. */
const QUEUES = ['decide', 'tender', 'watch', 'price', 'review'];

/** The workers as of now; one that was silent for longer than `stale_seconds` is stale. */
export function tellWorkers(state: TowerState, stale_seconds: number): Static<typeof TowerWorkers> {
  const workers = state.silences.workers().map((worker) => {
    const { worker_id, host, pid, queues, is_linked, started_at, seen_at } = worker;
    const silent_seconds = Math.round(worker.silent_seconds * 10) / 10;
    const is_stale = worker.silent_seconds > stale_seconds;
    return {
      ...{ worker_id, host, pid, queues, is_linked, is_stale, silent_seconds },
      ...{ started_at, seen_at },
    };
  });
  return {
    ...{ as_of: state.as_of, clock_rate: state.clock_rate },
    stale_after_seconds: stale_seconds,
    workers,
    queues: QUEUES.map((queue) => {
      const own = workers.filter(({ queues }) => queues.includes(queue));
      const stale = own.filter(({ is_stale }) => is_stale).length;
      return { queue, alive: own.length - stale, stale };
    }),
  };
}
