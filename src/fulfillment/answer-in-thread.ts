/** Runs one task in a thread of its own and waits for its answer, up to a limit. */
import { Worker } from 'node:worker_threads';

/** What comes of a task that got no answer. */
export interface FailedTask {
  readonly status: 'failed';
  readonly reason: string;
}

/**
 * Starts `thread` (a module that posts one message) on `task`. A thread that breaks or takes longer
 * than `timeout_seconds` of real time is ended, and the answer says that it failed.
 */
export async function answerInThread<Answer>(
  thread: URL,
  task: unknown,
  timeout_seconds: number,
): Promise<Answer | FailedTask> {
  const worker = new Worker(thread, { workerData: task });
  const answer = Promise.withResolvers<Answer | FailedTask>();
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
