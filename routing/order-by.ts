/**
 * Until when a plan can be ordered: a plan made for a quote is carried out later, when the buyer has
 * made up their mind, and its pickups do not wait.
 */
import { assertPlan } from './assert-plan.ts';
import { readyAt, startAt } from './calendar.ts';
import type { CompiledNetwork } from './network.ts';
import type { ParcelPlan, SourcedPlan } from './types.ts';

/**
 * The last second at which the plan can be ordered so that, when a carrier has had its time to answer,
 * every warehouse can still start and be ready for the pickup planned. Never before the plan's own start
 * less that time. O(parcels × log seconds until the pickup).
 */
export function orderBySeconds(network: CompiledNetwork, plan: SourcedPlan): number {
  assertPlan(plan);
  const answer = network.policy.answer_seconds ?? 0;
  return plan.parcels.reduce(
    (least, parcel) => Math.min(least, lastStart(network, parcel) - answer),
    Number.POSITIVE_INFINITY,
  );
}

/** The last second at which a warehouse can be handed the work of a parcel. */
function lastStart({ warehouses, calendars }: CompiledNetwork, parcel: ParcelPlan): number {
  const { pick_from_seconds, pickup_seconds } = parcel;
  const w = warehouses.indexOf.get(parcel.warehouse_id);
  if (w === undefined) return pick_from_seconds;
  const calendar = calendars.open[w]!;
  const isInTime = (at: number) => {
    const start = startAt(calendar, at);
    if (start < 0) return false;
    const ready = readyAt(calendar, start, warehouses.processingSeconds[w]!);
    return ready >= 0 && ready <= pickup_seconds;
  };
  // Who starts later is ready later: the last second in time is found by halving.
  let inTime = Math.floor(pick_from_seconds);
  let tooLate = Math.floor(pickup_seconds) + 1;
  while (tooLate - inTime > 1) {
    const middle = Math.floor((inTime + tooLate) / 2);
    if (isInTime(middle)) inTime = middle;
    else tooLate = middle;
  }
  return inTime;
}
