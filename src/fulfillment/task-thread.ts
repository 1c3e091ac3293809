/** Both ends of a thread that is asked one thing after another. */
import { parentPort, Worker } from 'node:worker_threads';

/** One thread; asked one thing at a time. */
export interface TaskThread<Task> {
  /** The task's answer. @throws Error when the task or the thread fails. */
  ask<Answer>(task: Task): Promise<Answer>;
  close(): void;
}

/** Starts a thread on `module`, which calls `answerTasks`; close it when done. */
export function openTaskThread<Task>(module: URL): TaskThread<Task> {
  const worker = new Worker(module);
  worker.unref();
  return {
    ask: async (task) => {
      worker.ref();
      try {
        return await answerOf(worker, task);
      } finally {
        worker.unref();
      }
    },
    close: () => void worker.terminate(),
  };
}

/** The thread's own end: `run` answers what is asked. */
export function answerTasks<Task>(run: (task: Task) => unknown): void {
  const answer = async (task: Task) => {
    try {
      parentPort!.postMessage({ answer: await run(task) });
    } catch (error) {
      parentPort!.postMessage({ error: String((error as Error).stack ?? error) });
    }
  };
  parentPort!.on('message', (task: Task) => void answer(task));
}

function answerOf<Answer>(worker: Worker, task: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const end = () => {
      worker.off('message', hear);
      worker.off('error', fail);
      worker.off('exit', exit);
    };
    const hear = (said: { answer: Answer } | { error: string }) => {
      end();
      if ('answer' in said) resolve(said.answer);
      else reject(new Error(`the thread failed: ${said.error}`));
    };
    const fail = (error: Error) => {
      end();
      reject(error);
    };
    const exit = () => fail(new Error('the thread ended before it answered'));
    worker.on('message', hear);
    worker.on('error', fail);
    worker.on('exit', exit);
    worker.postMessage(task);
  });
}
