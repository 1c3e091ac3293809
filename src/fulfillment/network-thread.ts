/**
 * A thread for large networks. Checking, printing and reading 50 MB takes seconds of computing, and
 * whoever shares the event loop would wait: an API answers orders meanwhile.
 */
import { Worker } from 'node:worker_threads';
import type { Network } from '../domain/network.ts';
import type { Removed } from '../domain/network-changes.ts';
import type { Checked, Piece, Task } from './network-thread-tasks.ts';

/** One thread; asked one thing at a time. */
export interface NetworkThread {
  /** Parses, checks and prints a document, and keeps it to be compared. */
  check(json: Uint8Array): Promise<Checked>;
  /** What the checked document takes away from the stored one `before`. */
  removedFrom(before: Uint8Array): Promise<Removed[]>;
  /** Reads a stored document, in pieces that hold the event loop for milliseconds each. */
  read(packed: Uint8Array): Promise<Network>;
  close(): void;
}

/** Starts a thread; close it when done. */
export function openNetworkThread(): NetworkThread {
  const worker = new Worker(new URL('./network-thread-tasks.ts', import.meta.url));
  worker.unref();
  const ask = async <T>(task: Task): Promise<T> => {
    worker.ref();
    try {
      return await answerOf<T>(worker, task);
    } finally {
      worker.unref();
    }
  };
  return {
    check: (json) => ask({ kind: 'check', json }),
    removedFrom: (before) => ask({ kind: 'compare', before }),
    read: async (packed) => {
      const document = await ask<Record<string, unknown>>({ kind: 'open', packed });
      let coming = ask<Piece | null>({ kind: 'next' });
      for (;;) {
        const piece = await coming;
        if (piece === null) return document as unknown as Network;
        // The thread prints the next piece while this one is parsed.
        coming = ask<Piece | null>({ kind: 'next' });
        const table = document[piece.table] as unknown[];
        for (const row of JSON.parse(piece.rows) as unknown[]) table.push(row);
      }
    },
    close: () => void worker.terminate(),
  };
}

function answerOf<T>(worker: Worker, task: Task): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      worker.off('message', hear);
      worker.off('error', fail);
      worker.off('exit', exit);
    };
    const hear = (said: { answer: T } | { error: string }) => {
      end();
      if ('answer' in said) resolve(said.answer);
      else reject(new Error(`the network thread failed: ${said.error}`));
    };
    const fail = (error: Error) => {
      end();
      reject(error);
    };
    const exit = () => fail(new Error('the network thread ended before it answered'));
    worker.on('message', hear);
    worker.on('error', fail);
    worker.on('exit', exit);
    worker.postMessage(task);
  });
}
