/**
 * The pace of a batch: how much work each of its orders may use, and where the batch ends, so that
 * neither an order in it nor one that waits behind it is decided after its deadline.
 */
import type { OrderToDecide } from '../../db/orders.ts';
import { stopwatch } from '../runtime/clock.ts';
import type { Engine } from './engine.ts';

/** Time of the machine kept back from each deadline for storing the decision. */
const MARGIN_MS = 250;

/**
 * Share of the time until a deadline that solving may plan with. The rest is for what takes the machine
 * from it: storing, requests, other processes.
 */
const PLANNED_SHARE = 1 / 2;

/** Share of the time until its first deadline after which a batch is stored. */
const BATCH_SHARE = 1 / 4;

/** However near the first deadline is: a batch stored for less solving costs more than it saves. */
const SHORTEST_MS = 200;

/** What a batch is paced by. */
export interface PacedBatch {
  /** Earliest deadline first. */
  readonly orders: readonly Pick<OrderToDecide, 'decide_by'>[];
  /** Orders that wait for a decision, these included. */
  readonly waiting: number;
}

/** Asked for the orders of a batch, one after the other. */
export interface Pace {
  /** True when the batch must be stored before the order at `position` is decided. */
  isOver(position: number): boolean;
  /** Solver steps for the order at `position`: at least 1, with which it is decided greedily. */
  workFor(position: number): number;
  /** True when the order's time is used up but for what storing takes. */
  isSpent(position: number): boolean;
}

/** Orders with one deadline, at places up to `end`. */
interface Group {
  readonly decide_by_ms: number;
  readonly end: number;
}

/** Starts a batch. Each question costs O(deadlines in the batch). */
export function openPace(engine: Engine, { orders, waiting }: PacedBatch): Pace {
  const { clock, config } = engine;
  const solved = stopwatch();
  const groups = groupsOf(orders);
  const behind = Math.max(0, waiting - orders.length);
  const leftMs = (decide_by_ms: number) => (decide_by_ms - clock.milliseconds()) / clock.work_speed;
  const leftOf = (position: number) => leftMs(orders[position]!.decide_by.epochMilliseconds);
  // What is late already is no reason to hurry: it is decided greedily, and first.
  const first = groups.find((group) => leftMs(group.decide_by_ms) > 0);
  const longest = first === undefined ? Number.POSITIVE_INFINITY : leftMs(first.decide_by_ms);
  // Others wait behind: where there is little time, they must not wait for all of it.
  const urgentMs = (longest - MARGIN_MS) * BATCH_SHARE;
  const batchMs = Math.min(config.decide_batch_ms, Math.max(SHORTEST_MS, urgentMs));
  const shareMs = (position: number) => {
    let share = Math.max(0, leftOf(position) - MARGIN_MS);
    groups.forEach(({ decide_by_ms, end }, g) => {
      if (end <= position) return;
      const among = end - position + (g === groups.length - 1 ? behind : 0);
      const left = Math.max(0, leftMs(decide_by_ms) - MARGIN_MS);
      share = Math.min(share, left / among);
    });
    return share * PLANNED_SHARE;
  };
  return {
    isOver: (position) => position > 0 && solved() * 1000 >= batchMs,
    workFor: (position) => {
      const steps = Math.floor(shareMs(position) * config.solver_work_per_ms);
      return Math.max(1, Math.min(config.solver_work_max, steps));
    },
    isSpent: (position) => leftOf(position) < MARGIN_MS,
  };
}

function groupsOf(orders: PacedBatch['orders']): Group[] {
  const groups: Group[] = [];
  orders.forEach(({ decide_by }, position) => {
    const decide_by_ms = decide_by.epochMilliseconds;
    const group = { decide_by_ms, end: position + 1 };
    if (groups.at(-1)?.decide_by_ms === decide_by_ms) groups[groups.length - 1] = group;
    else groups.push(group);
  });
  return groups;
}
