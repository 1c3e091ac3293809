/**
 * What a plan costs beyond its parcels: each parcel after the first pays the split penalty, and the
 * order pays for time until its last promise. The only file that knows how the terms add up.
 */

import { ownCost } from './parcel.ts';
import type { OrderContext } from './problem.ts';
import { roundMoney } from './rates.ts';
import { DAY_SECONDS, type ParcelPlan, type SourcedPlan } from './types.ts';

/** Price of time from `at` until `promise` (epoch seconds), minor units. O(1). */
export function timeCost(timePerDay: number, at: number, promise: number): number {
  return roundMoney((timePerDay * Math.max(0, promise - at)) / DAY_SECONDS);
}

/** The split penalty as it is charged, minor units. O(1). */
export function splitCost(context: OrderContext): number {
  return roundMoney(context.network.policy.split_penalty);
}

/** Latest promise of some parcels, epoch seconds. O(parcels). */
export function latestPromise(parcels: readonly { readonly promise_seconds: number }[]): number {
  return parcels.reduce((latest, parcel) => Math.max(latest, parcel.promise_seconds), 0);
}

/** −ln P(all parcels on time), as far as parcels state their own probability. O(parcels). */
export function riskOfPlan(
  parcels: readonly { readonly on_time_probability?: number | undefined }[],
): number {
  return parcels.reduce((sum, parcel) => sum - Math.log(parcel.on_time_probability ?? 1), 0);
}

/** Cost of parcels under the context's price of time, minor units. O(parcels). */
export function planCost(context: OrderContext, parcels: readonly ParcelPlan[]): number {
  const own = parcels.reduce((sum, parcel) => sum + ownCost(parcel), 0);
  const split = splitCost(context) * (parcels.length - 1);
  return own + split + timeCost(context.timePerDay, context.at, latestPromise(parcels));
}

const firstLine = (parcel: ParcelPlan): number =>
  parcel.takes.reduce((least, take) => Math.min(least, take.line_no), Number.POSITIVE_INFINITY);

/**
 * Orders parcels and charges split and time to them, at the policy's price of time.
 * O(parcels × log parcels × takes).
 */
export function chargeOrder(context: OrderContext, parcels: readonly ParcelPlan[]): ParcelPlan[] {
  const sorted = [...parcels].sort(
    (a, b) =>
      firstLine(a) - firstLine(b) ||
      (a.warehouse_id < b.warehouse_id ? -1 : +(a.warehouse_id > b.warehouse_id)) ||
      (a.service_id < b.service_id ? -1 : +(a.service_id > b.service_id)),
  );
  const latest = latestPromise(sorted);
  const last = sorted.findIndex((parcel) => parcel.promise_seconds === latest);
  const time = timeCost(context.network.policy.time_per_day, context.at, latest);
  const split = splitCost(context);
  return sorted.map((parcel, i) => ({
    ...parcel,
    cost: { ...parcel.cost, split: i === 0 ? 0 : split, time: i === last ? time : 0 },
  }));
}

/**
 * The whole plan. `lowerBound` is a proved lower bound of its cost, minor units, or the cost itself.
 * O(parcels × log parcels × takes).
 */
export function finishPlan(
  context: OrderContext,
  built: readonly ParcelPlan[],
  found: {
    readonly lowerBound: number;
    readonly method: SourcedPlan['method'];
    readonly work: number;
  },
): SourcedPlan {
  const parcels = chargeOrder(context, built);
  const cost = parcels.reduce(
    (sum, { cost: c }) =>
      sum + c.freight + c.handling + c.lateness + c.split + c.time + (c.carbon ?? 0),
    0,
  );
  const objective = planCost(context, built);
  const bound = Math.min(objective, Math.max(0, found.lowerBound));
  const gap = bound > 0 ? (objective - bound) / bound : objective > 0 ? Number.MAX_VALUE : 0;
  return {
    outcome: 'sourced',
    parcels,
    promise_seconds: latestPromise(parcels),
    confidence: context.network.policy.confidence,
    cost,
    proof: objective <= bound ? { kind: 'optimal' } : { kind: 'bounded', lower_bound: bound, gap },
    method: found.method,
    work: found.work,
  };
}
