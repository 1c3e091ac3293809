/** How a warehouse goes about one shipment: when, how well, and what it says of it. Pure. */
import type { Warehouse } from '../domain/network.ts';
import { afterOpenSeconds, openAt } from './calendar.ts';
import type { WorkItem } from './protocol.ts';
import { randomFor } from './random.ts';

/** Something that happens, and when it is told. */
export interface Told<What> {
  readonly what: What;
  /** When it happens, ms since 1970. */
  readonly at: number;
  /** When it is posted: each time is one copy of the same event. */
  readonly post_at: readonly number[];
}

export type WorkWord =
  | { readonly kind: 'picked' | 'packed' }
  | {
      readonly kind: 'short_picked';
      readonly lines: readonly { readonly line_no: number; readonly picked: number }[];
    };

export interface WorkPlan {
  readonly packed_at: number;
  readonly told: readonly Told<WorkWord>[];
  /** False when nothing at all was found. */
  readonly has_goods: boolean;
}

/** Share of shipments that … */
const SLOW = 0.02;
const SHORT = 0.008;
const FORGETS = 0.03;
const TELLS_LATE = 0.03;
const TELLS_TWICE = 0.03;

/** The part of the time that a warehouse allows itself which it usually needs: from, to. */
const USUAL_SHARE = [0.2, 0.5] as const;
const SLOW_FACTOR = [3, 8] as const;
const PICK_SHARE = 0.6;
const MINUTE_MS = 60_000;

/** Plans the work on a shipment that was read from the work list at `now` (ms since 1970). */
export function planWork(
  seed: number,
  warehouse: Warehouse,
  item: WorkItem,
  now: number,
  pick_from: number,
): WorkPlan {
  const random = randomFor(seed, 'work', warehouse.id, labelOf(item));
  const share = USUAL_SHARE[0] + random.next() * (USUAL_SHARE[1] - USUAL_SHARE[0]);
  const slow = SLOW_FACTOR[0] + random.next() * (SLOW_FACTOR[1] - SLOW_FACTOR[0]);
  const seconds = warehouse.processing_seconds * share * (random.chance(SLOW) ? slow : 1);
  const { hours, time_zone } = warehouse;
  const start = openAt(hours, time_zone, Math.max(now, pick_from));
  const picked_at = afterOpenSeconds(hours, time_zone, start, seconds * PICK_SHARE);
  const packed_at = afterOpenSeconds(hours, time_zone, start, seconds);
  const isShort = random.chance(SHORT);
  const short = random.pick(item.lines);
  const lines = [{ line_no: short.line_no, picked: random.between(0, short.quantity - 1) }];
  const [forgets, tells_late, tells_twice] = [FORGETS, TELLS_LATE, TELLS_TWICE].map((part) =>
    random.chance(part),
  );
  const told: Told<WorkWord>[] = [];
  if (isShort) {
    told.push({ what: { kind: 'short_picked', lines }, at: picked_at, post_at: [picked_at] });
  } else if (!forgets) {
    // Told after the packing, it comes out of order.
    const post_at = tells_late ? packed_at + 10 * MINUTE_MS : picked_at;
    told.push({ what: { kind: 'picked' }, at: picked_at, post_at: [post_at] });
  }
  const found = item.lines.reduce((sum, line) => sum + line.quantity, 0);
  const has_goods = !isShort || found - short.quantity + lines[0]!.picked > 0;
  if (has_goods) {
    const copies = tells_twice ? [packed_at, packed_at + 3 * MINUTE_MS] : [packed_at];
    told.push({ what: { kind: 'packed' }, at: packed_at, post_at: copies });
  }
  return { packed_at, told, has_goods };
}

/** What tells a shipment apart from run to run, where ids do not: its buyer and its lines. */
export function labelOf({ destination, lines }: Pick<WorkItem, 'destination' | 'lines'>): string {
  return `${destination.name ?? destination.postal_code} ${lines.map((line) => line.line_no)}`;
}
