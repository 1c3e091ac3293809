/**
 * Answers the bells of some queues: one BullMQ worker per queue, the relay that rings them, and the
 * watchdog that gives up a broken queue connection. Which job runs where does not matter, and
 * neither does a lost one: what is owed stands in the database.
 */
import type { OwedBells } from '../db/bells.ts';
import type { Engine } from '../src/fulfillment/engine.ts';
import type { Logger } from '../src/runtime/log.ts';
import { answerBell, HANDLERS, type Handlers } from './handlers.ts';
import { startHeartbeat } from './heartbeat.ts';
import { keepLinked, type Link } from './link.ts';
import { QUEUE_NAMES, type QueueName } from './queues.ts';
import { startRelay } from './relay.ts';
import { createWatchdog, type Watchdog } from './watchdog.ts';

/** PostgreSQL's codes for a schema, table, type or function that is not there. */
const MISSING_OBJECT = new Set(['3F000', '42P01', '42704', '42883']);

export interface WorkersOptions {
  /** The queues to answer; all by default. */
  readonly queues?: readonly QueueName[];
  readonly handlers?: Handlers;
}

export interface Workers {
  /** True while the queue is connected. The engine loses nothing while it is not. */
  isReady(): boolean;
  /** True while a job of this queue is in hand here. */
  isBusy(queue: QueueName): boolean;
  /** Looks soon at what has fallen due, where the clock has been moved. */
  look(): void;
  /** Takes no more jobs, finishes the batch in hand, lets go of all connections. */
  stop(): Promise<void>;
}

/** Starts answering; returns at once, connects (and connects again) in the background. */
export function startWorkers(engine: Engine, options: WorkersOptions = {}): Workers {
  const queues = options.queues ?? QUEUE_NAMES;
  const handlers = options.handlers ?? HANDLERS;
  const stopping = new AbortController();
  const watchdog = createWatchdog(engine.config.watchdog_seconds);
  const inHand = new Map<QueueName, number>();
  const count = (queue: QueueName, jobs: number) =>
    void inHand.set(queue, (inHand.get(queue) ?? 0) + jobs);
  const work = async (queue: QueueName) => {
    count(queue, 1);
    watchdog.started(queue);
    let outcome: 'done' | 'failed' = 'failed';
    try {
      await answerBell(engine, handlers[queue], stopping.signal);
      outcome = 'done';
    } finally {
      watchdog.ended(queue, outcome);
      count(queue, -1);
    }
  };
  const onLinked = () => watchdog.reset();
  const links = keepLinked(engine, { queues, work, onLinked, stopping: stopping.signal });
  const ringOn = ringer(engine.log, watchdog);
  const ringOwed = async (owed: OwedBells) => {
    for (const queue of queues) {
      const link = links.current();
      if (watchdog.saw(queue, owed[queue])) {
        link?.giveUp(`work is owed, and no job of the queue ${queue} starts`);
      } else if (link !== null && owed[queue] && watchdog.mayRing(queue)) {
        await ringOn(link, queue);
      }
    }
  };
  const relay = startRelay(engine, ringOwed);
  const heartbeat = startHeartbeat(engine, queues, () => links.current() !== null);
  return {
    isReady: () => links.current() !== null,
    isBusy: (queue) => (inHand.get(queue) ?? 0) > 0,
    look: relay.look,
    stop: async () => {
      stopping.abort();
      await Promise.all([relay.stop(), links.ended]);
      await heartbeat.stop();
    },
  };
}

/** Rings, and says in the log once that it fails and once that it works again. */
function ringer(log: Logger, watchdog: Watchdog): (link: Link, queue: QueueName) => Promise<void> {
  let isSilent = false;
  return async (link, queue) => {
    // Before the ring: the job may start, and even end, before its adding is confirmed.
    watchdog.rang(queue);
    try {
      await link.ring(queue);
      if (isSilent) log.info({ queue }, 'the queue takes jobs again');
      isSilent = false;
    } catch (error) {
      if (!isSilent) log.warn({ queue, err: error }, 'could not ring: work stays owed');
      isSilent = true;
      if (isMissingObject(error)) link.giveUp('its schema is gone');
    }
  };
}

/** True when an error, or one that it was caused by, says that the queue's schema is gone. */
function isMissingObject(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (MISSING_OBJECT.has((at as { code?: string }).code ?? '')) return true;
  }
  return false;
}
