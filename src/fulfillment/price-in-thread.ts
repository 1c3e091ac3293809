/** Runs one pricing task in a thread of its own and waits for it, up to a limit. */
import { Worker } from 'node:worker_threads';
import type { PricedResources, Pricing } from '../../routing/index.ts';

/**
 * Prices resources beside this thread. A thread that breaks or takes longer than `timeout_seconds` of
 * real time is ended, and the answer says that it failed: decisions then go on without prices.
 */
export async function priceInThread(
  pricing: Pricing,
  timeout_seconds: number,
): Promise<PricedResources> {
  const worker = new Worker(new URL('./price-thread.ts', import.meta.url), { workerData: pricing });
  const answer = Promise.withResolvers<PricedResources>();
  const fail = (reason: string) => answer.resolve({ status: 'failed', reason });
  const timer = setTimeout(() => fail(`no answer in ${timeout_seconds} s`), timeout_seconds * 1000);
  worker.once('message', answer.resolve);
  worker.once('error', (error) => fail(error instanceof Error ? error.message : String(error)));
  worker.once('exit', (code) => fail(`the thread ended with code ${code}`));
  try {
    return await answer.promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
