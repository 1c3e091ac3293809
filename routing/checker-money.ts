/**
 * The checker's sums: split, lateness and time of a plan computed anew from the document, and the
 * totals added up.
 */
import type { ParcelInHand } from './checker.ts';
import { type Arrival, meanLateness } from './checker-arrivals.ts';
import type { CheckedNetwork } from './checker-document.ts';
import type { SourcedPlan, SourcingOrder } from './types.ts';

type Note = (rule: string, detail: string) => void;
const DAY = 86_400;

/** True if `charged` is not `due` rounded to a whole minor unit. */
const differs = (charged: number, due: number): boolean =>
  !Number.isInteger(charged) || !(Math.abs(charged - due) <= 0.5 + 1e-4);

/** Notes a lateness that does not follow from the parcel's way and pickup. O(log parts) of the arrival. */
export function checkLateness(hand: ParcelInHand, arrival: Arrival): void {
  const { network, order, parcel, note } = hand;
  const { deliver_by_seconds: wanted } = order;
  const late = wanted === undefined ? 0 : meanLateness(arrival.law, wanted);
  const due = (network.input.policy.lateness_per_day * late) / DAY;
  if (differs(parcel.cost.lateness, due)) {
    note('lateness_cost', `${parcel.cost.lateness} charged where ${due} is due`);
  }
}

/** Notes every term and total of a plan that does not follow from its parcels. O(parcels). */
export function checkMoney(
  { input: { policy } }: CheckedNetwork,
  order: SourcingOrder,
  plan: SourcedPlan,
  note: Note,
): void {
  let [latest, time, sum] = [0, 0, 0];
  for (let i = 0; i < plan.parcels.length; i++) {
    const { promise_seconds, cost } = plan.parcels[i]!;
    const split = i === 0 ? 0 : policy.split_penalty;
    if (differs(cost.split, split)) note('split_cost', `${cost.split} for ${split}`);
    latest = Math.max(latest, promise_seconds);
    time += cost.time;
    sum += cost.freight + cost.handling + cost.split + cost.lateness + cost.time;
    sum += cost.carbon ?? 0;
  }
  if (plan.promise_seconds !== latest) note('promise', 'the plan does not promise its last parcel');
  if (plan.confidence !== policy.confidence) note('promise', `confidence is ${policy.confidence}`);
  const due = (policy.time_per_day * (latest - Math.ceil(order.at_seconds))) / DAY;
  if (differs(time, due)) note('time_cost', `${time} charged where ${due} is due`);
  if (plan.cost !== sum) note('cost', `${plan.cost} stated where the terms add up to ${sum}`);
  if (plan.proof.kind === 'bounded') {
    const { lower_bound: bound, gap } = plan.proof;
    if (!(bound >= 0 && gap > 0)) note('proof', `bound ${bound} and gap ${gap} prove nothing`);
  }
}
