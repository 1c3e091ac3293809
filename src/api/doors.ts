/** What the routes are given: the engine and the machinery that is shared by all requests. */
import type { AcceptedOrder, AcceptOrder, RowResult } from '../domain/commands.ts';
import type { Engine } from '../fulfillment/engine.ts';
import type { KeyRing } from './auth.ts';
import type { GroupCommit } from './group-commit.ts';
import type { JournalTail } from './journal-tail.ts';
import type { PollGate } from './long-poll.ts';
import type { Tower } from './tower/follow.ts';

export interface Doors {
  readonly engine: Engine;
  /** Where concurrent posts of orders meet and share a transaction. */
  readonly orders: GroupCommit<AcceptOrder, RowResult<AcceptedOrder>>;
  readonly keys: KeyRing;
  readonly tail: JournalTail;
  /** What the control tower shows, kept once for all who look. */
  readonly tower: Tower;
  /** Lets long polls wait, up to a number. */
  readonly polls: PollGate;
  /** True once the process stops taking work; open streams and polls end. */
  readonly stopping: AbortSignal;
}
