/**
 * The checker's sums: split, lateness and time of a plan computed anew from the document, and the
 * totals added up.
 */
import type { CheckedNetwork } from './checker.ts';
import { quantile } from './checker-lanes.ts';
import type { ParcelPlan, ServiceInput, SourcedPlan, SourcingOrder, ZoneInput } from './types.ts';

type Note = (rule: string, detail: string) => void;
const DAY = 86_400;

/** True if `charged` is not `due` rounded to a whole minor unit. */
const differs = (charged: number, due: number): boolean =>
  !Number.isInteger(charged) || Math.abs(charged - due) > 0.5 + 1e-4;

type Spans = readonly (readonly [number, number])[] | undefined;

/** Area under (t − due)+ from `from` to `to`. */
const triangle = (from: number, to: number, due: number): number =>
  to <= due ? 0 : (to - Math.max(from, due)) * ((Math.max(from, due) + to) / 2 - due);

/** Mean lateness at the door of an arrival uniform on [from, to]; undefined spans = always open. */
function meanLateness(spans: Spans, from: number, to: number, due: number): number {
  if (spans === undefined) return triangle(from, to, due) / (to - from);
  let area = 0;
  let at = from;
  for (const [opens, closes] of spans) {
    if (closes <= at) continue;
    // Who comes before the door opens waits for it.
    const waits = Math.min(to, opens);
    if (waits > at) area += (waits - at) * Math.max(0, opens - due);
    at = Math.max(at, waits);
    const until = Math.min(to, closes);
    if (until > at) area += triangle(at, until, due);
    at = Math.max(at, until);
    if (at >= to) break;
  }
  if (at < to) area += triangle(at, to, due);
  return area / (to - from);
}

/** Expected lateness of a pickup, seconds, summed over the pieces of the transit distribution. */
export function expectedLateness(
  network: CheckedNetwork,
  zone: ZoneInput,
  points: readonly (readonly [number, number])[],
  pickup: number,
  due: number,
): number {
  const [p0, x0] = points[0]!;
  const [pn, xn] = points.at(-1)!;
  // The last to come is in time, and nobody comes to a door after them.
  if (network.clock.door(zone, pickup + xn) <= due) return 0;
  const { clock } = network;
  const late = (seconds: number) => Math.max(0, clock.door(zone, pickup + seconds) - due);
  const spans = clock.doors(zone, pickup + x0, pickup + xn);
  let expected = p0 * late(x0) + (1 - pn) * late(xn);
  for (let i = 1; i < points.length; i++) {
    const [pa, xa] = points[i - 1]!;
    const [pb, xb] = points[i]!;
    const mean = xb - xa < 1e-9 ? late(xa) : meanLateness(spans, pickup + xa, pickup + xb, due);
    expected += (pb - pa) * mean;
  }
  return expected;
}

function transitsOf(network: CheckedNetwork, service: ServiceInput): ReadonlySet<string> {
  let transits = network.transitsOf.get(service);
  if (transits === undefined) {
    transits = new Set(service.lanes.map((lane) => lane.transit_time_id));
    network.transitsOf.set(service, transits);
  }
  return transits;
}

/** Lateness due for a parcel under any lane of its service that gives its promise. */
function lateCosts(network: CheckedNetwork, order: SourcingOrder, parcel: ParcelPlan): number[] {
  const zone = network.zones.get(parcel.zone_id);
  const service = network.services.get(parcel.service_id);
  const due = order.deliver_by_seconds;
  if (due === undefined || zone === undefined || service === undefined) return [0];
  const { lateness_per_day, confidence } = network.input.policy;
  const costs: number[] = [];
  for (const id of transitsOf(network, service)) {
    const points = network.transits.get(id)?.quantiles;
    if (points === undefined) continue;
    const pickup = parcel.pickup_seconds;
    const promise = network.clock.door(
      zone,
      Math.ceil(pickup + quantile(points, confidence) - 1e-6),
    );
    if (Math.abs(promise - parcel.promise_seconds) > 1) continue;
    costs.push((lateness_per_day * expectedLateness(network, zone, points, pickup, due)) / DAY);
  }
  return costs;
}

/** Notes every term of money that does not follow from the document. */
export function checkMoney(
  network: CheckedNetwork,
  order: SourcingOrder,
  plan: SourcedPlan,
  note: Note,
): void {
  const { policy } = network.input;
  const latest = plan.parcels.reduce((most, parcel) => Math.max(most, parcel.promise_seconds), 0);
  if (plan.promise_seconds !== latest) note('promise', 'the plan does not promise its last parcel');
  if (plan.confidence !== policy.confidence) note('promise', `confidence is ${policy.confidence}`);
  plan.parcels.forEach((parcel, i) => {
    const split = i === 0 ? 0 : policy.split_penalty;
    if (differs(parcel.cost.split, split)) note('split_cost', `${parcel.cost.split} for ${split}`);
    const costs = lateCosts(network, order, parcel);
    if (costs.every((cost) => differs(parcel.cost.lateness, cost))) {
      note('lateness_cost', `${parcel.cost.lateness} charged where ${costs.join(' or ')} is due`);
    }
  });
  const time = plan.parcels.reduce((sum, parcel) => sum + parcel.cost.time, 0);
  const due = (policy.time_per_day * (latest - Math.ceil(order.at_seconds))) / DAY;
  if (differs(time, due)) note('time_cost', `${time} charged where ${due} is due`);
  const sum = plan.parcels.reduce(
    (all, { cost: c }) => all + c.freight + c.handling + c.split + c.lateness + c.time,
    0,
  );
  if (plan.cost !== sum) note('cost', `${plan.cost} stated where the terms add up to ${sum}`);
  if (plan.proof.kind === 'bounded') {
    const { lower_bound: bound, gap } = plan.proof;
    if (!(bound >= 0 && gap > 0)) note('proof', `bound ${bound} and gap ${gap} prove nothing`);
  }
}
