/** Plays a row's instances beside each other, one thread a processor: they share nothing. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Costs, MaRow } from './ma-rows.ts';

function playInThread(row: MaRow, index: number): Promise<Costs[]> {
  const thread = new URL('./play-thread.ts', import.meta.url);
  const { promise, resolve, reject } = Promise.withResolvers<Costs[]>();
  const worker = new Worker(thread, { workerData: { row, index } });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', (code) =>
    reject(new Error(`instance ${index}: its thread ended with ${code}`)),
  );
  return promise;
}

/** The sequences of each instance, in order, whatever thread ends first. */
export async function playRow(row: MaRow): Promise<Costs[][]> {
  const groups: Costs[][] = [];
  let next = 0;
  const playOn = async () => {
    while (next < row.instances) {
      const index = next++;
      groups[index] = await playInThread(row, index);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, playOn));
  return groups;
}
