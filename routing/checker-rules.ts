/**
 * The checker's view of the rules of an order and its policy: how many parcels, what travels
 * together, what must not, and how surely all of it is in time.
 */
import type { CheckedNetwork, Goods } from './checker.ts';
import { laneOf, quantile } from './checker-lanes.ts';
import type { ParcelPlan, SkuInput, SourcedPlan, SourcingOrder } from './types.ts';

type Note = (rule: string, detail: string) => void;

/** Notes too many parcels, by the policy or by the order itself. */
export function checkSplit(
  network: CheckedNetwork,
  order: SourcingOrder,
  plan: SourcedPlan,
  note: Note,
): void {
  const { length } = plan.parcels;
  if (length === 0) note('no_parcels', 'a sourced plan has at least one parcel');
  const { split_limit } = network.input.policy;
  const allowed = Math.min(split_limit, order.split_limit ?? split_limit);
  if (length > allowed) note('split_limit', `${length} parcels where ${allowed} are allowed`);
  if (order.ship_complete === true && length > 1) {
    note('ship_complete', `${length} parcels of an order that leaves in one`);
  }
}

/** Notes lines that were to leave together and do not. */
export function checkTogether(order: SourcingOrder, plan: SourcedPlan, note: Note): void {
  if (order.lines.every((line) => line.keep_together === undefined)) return;
  const homes = new Map<string, Set<number>>();
  for (const { line_no, keep_together } of order.lines) {
    if (keep_together === undefined) continue;
    const home = homes.get(keep_together) ?? new Set<number>();
    plan.parcels.forEach((parcel, i) => {
      if (parcel.takes.some((take) => take.line_no === line_no)) home.add(i);
    });
    homes.set(keep_together, home);
  }
  for (const [group, home] of homes) {
    if (home.size > 1) note('keep_together', `${group} leaves in ${home.size} parcels`);
  }
}

/** Everything that the policy may call a SKU. */
const namesOf = (sku: SkuInput): string[] => [
  sku.temperature ?? 'ambient',
  ...(sku.hazardous ? ['hazardous'] : []),
  ...(sku.goods_class === undefined ? [] : [sku.goods_class]),
];

/** Notes goods in one parcel that the policy keeps apart. */
export function checkApart(network: CheckedNetwork, goods: readonly Goods[], note: Note): void {
  const { apart } = network.input.policy;
  if (apart === undefined || apart.length === 0) return;
  const skus = [...new Set(goods.map(({ sku }) => sku))];
  for (const a of skus) {
    for (const b of skus) {
      if (a === b) continue;
      const pair = apart.find(([x, y]) => namesOf(a).includes(x) && namesOf(b).includes(y));
      if (pair !== undefined) note('apart', `${a.id} (${pair[0]}) with ${b.id} (${pair[1]})`);
    }
  }
}

/** P(at the door by `due`): the largest share whose quantile is in time, by bisection. */
export function onTimeShare(
  network: CheckedNetwork,
  order: SourcingOrder,
  parcel: ParcelPlan,
  due: number,
): number {
  const warehouse = network.warehouses.get(parcel.warehouse_id);
  const service = network.services.get(parcel.service_id);
  const zone = network.zones.get(parcel.zone_id);
  if (warehouse === undefined || service === undefined || zone === undefined) return 0;
  const lane = laneOf({ network, order }, warehouse, service)?.lane;
  const points = network.transits.get(lane?.transit_time_id ?? '')?.quantiles;
  if (points === undefined) return 0;
  const inTime = (share: number) =>
    network.clock.door(zone, parcel.pickup_seconds + quantile(points, share)) <= due;
  if (inTime(1)) return 1;
  if (!inTime(0)) return 0;
  let [low, high] = [0, 1];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (inTime(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Notes a plan that is not in time as surely as the policy demands. */
export function checkOnTime(
  network: CheckedNetwork,
  order: SourcingOrder,
  plan: SourcedPlan,
  note: Note,
): void {
  const demanded = network.input.policy.on_time_confidence;
  const due = order.deliver_by_seconds;
  if (demanded === undefined || due === undefined) return;
  let all = 1;
  for (const parcel of plan.parcels) {
    const share = onTimeShare(network, order, parcel, due);
    all *= share;
    if (Math.abs((parcel.on_time_probability ?? -1) - share) > 1e-6) {
      note('on_time_stated', `${parcel.on_time_probability} stated where ${share} follows`);
    }
  }
  if (all < demanded - 1e-6) note('on_time', `in time with ${all} where ${demanded} is demanded`);
}
