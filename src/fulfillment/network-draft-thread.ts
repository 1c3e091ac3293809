/**
 * A thread for large drafts. Checking and printing 50 MB takes seconds of computing, and whoever
 * shares the event loop would wait: an API answers orders meanwhile.
 */
import type { Removed } from '../domain/network-changes.ts';
import type { Checked, Task } from './network-draft-tasks.ts';
import { openTaskThread } from './task-thread.ts';

/** One thread; asked one thing at a time. */
export interface NetworkDraftThread {
  /** Parses, checks and prints a document, and keeps it to be compared. */
  check(json: Uint8Array): Promise<Checked>;
  /** What the checked document takes away from the stored one `before`. */
  removedFrom(before: Uint8Array): Promise<Removed[]>;
  close(): void;
}

/** Starts a thread; close it when done. */
export function openNetworkDraftThread(): NetworkDraftThread {
  const thread = openTaskThread<Task>(new URL('./network-draft-tasks.ts', import.meta.url));
  return {
    check: (json) => thread.ask({ kind: 'check', json }),
    removedFrom: (before) => thread.ask({ kind: 'compare', before }),
    close: thread.close,
  };
}
