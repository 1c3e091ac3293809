/**
 * The queues, written out. A job on one of them carries nothing and means "look again": what there
 * is to do stands in the database. Jobs may be lost, doubled or late at any time.
 */

/** `decide`: orders want a decision. `tender`: offers have ended. `watch`: something is due.
 * `price`: prices of contended stock are due. `review`: decisions are due to be looked at again. */
export const QUEUE_NAMES = ['decide', 'tender', 'watch', 'price', 'review'] as const;

export type QueueName = (typeof QUEUE_NAMES)[number];

/** Finished jobs are kept for a look, briefly: age in seconds, and how many. */
export const KEEP_COMPLETED = { age: 600, count: 100 } as const;
export const KEEP_FAILED = { age: 86_400, count: 1000 } as const;

/** True for the name of a queue. */
export function isQueueName(name: string): name is QueueName {
  return (QUEUE_NAMES as readonly string[]).includes(name);
}
