/**
 * The checker's view of the rules of an order and its policy: how many parcels, what travels
 * together, what must not, what is excluded, and how surely all of it is in time.
 */
import type { ParcelInHand } from './checker.ts';
import { type Arrival, shareInTime } from './checker-arrivals.ts';
import type { CheckedNetwork, ReadSku } from './checker-document.ts';
import { skusIn } from './checker-parcel.ts';
import type { ParcelPlan, SourcedPlan, SourcingOrder } from './types.ts';

type Note = (rule: string, detail: string) => void;

/** Notes too many parcels, by the policy or by the order itself. O(1). */
export function checkSplit(
  { input: { policy } }: CheckedNetwork,
  order: SourcingOrder,
  plan: SourcedPlan,
  note: Note,
): void {
  const { length } = plan.parcels;
  if (length === 0) note('no_parcels', 'a sourced plan has at least one parcel');
  const { split_limit } = policy;
  const allowed = Math.min(split_limit, order.split_limit ?? split_limit);
  if (length > allowed) note('split_limit', `${length} parcels where ${allowed} are allowed`);
  if (order.ship_complete === true && length > 1) {
    note('ship_complete', `${length} parcels of an order that leaves in one`);
  }
}

const holds = (parcel: ParcelPlan, lineNo: number): boolean =>
  parcel.takes.some(({ line_no }) => line_no === lineNo);

/** Notes lines that were to leave together and do not. O(grouped lines × units taken). */
export function checkTogether(order: SourcingOrder, plan: SourcedPlan, note: Note): void {
  if (plan.parcels.length < 2) return;
  const homes = new Map<string, Set<ParcelPlan>>();
  for (const { line_no, keep_together } of order.lines) {
    if (keep_together === undefined) continue;
    const home = homes.get(keep_together) ?? new Set<ParcelPlan>();
    for (const parcel of plan.parcels) if (holds(parcel, line_no)) home.add(parcel);
    homes.set(keep_together, home);
  }
  for (const [group, home] of homes) {
    if (home.size > 1) note('keep_together', `${group} leaves in ${home.size} parcels`);
  }
}

const isFree = (order: SourcingOrder): boolean =>
  order.excluded_warehouses === undefined &&
  order.excluded_services === undefined &&
  order.excluded_stock === undefined &&
  order.only_warehouses === undefined &&
  order.only_services === undefined;

/**
 * Notes warehouses, services and stock that the order excludes.
 * O(ids named + stock excluded × lines × takes).
 */
export function checkExcluded(hand: ParcelInHand): void {
  const { order, parcel, warehouse, service, note } = hand;
  if (isFree(order)) return;
  const { id } = warehouse.row;
  if (order.excluded_warehouses?.includes(id)) note('excluded', id);
  if (order.excluded_services?.includes(service.row.id)) note('excluded', service.row.id);
  if (order.only_services && !order.only_services.includes(service.row.id)) {
    note('excluded', `${service.row.id} is not among the only ones`);
  }
  if (order.only_warehouses && !order.only_warehouses.includes(id)) {
    note('excluded', `${id} is not among the only ones`);
  }
  if (order.excluded_stock === undefined) return;
  for (const { warehouse_id, sku_id } of order.excluded_stock) {
    const isTaken = order.lines.some(
      (line) => line.sku_id === sku_id && holds(parcel, line.line_no),
    );
    if (warehouse_id === id && isTaken) note('excluded', `${sku_id} at ${warehouse_id}`);
  }
}

/** Notes goods in one parcel that the policy keeps apart; units of one SKU never are. O(SKUs² × pairs). */
export function checkApart(hand: ParcelInHand): void {
  const { network, order, note } = hand;
  const { apart } = network.input.policy;
  if (apart === undefined || apart.length === 0 || order.lines.length < 2) return;
  const skus = skusIn(hand);
  const meets = (a: ReadSku, b: ReadSku): void => {
    const pair = apart.find(([x, y]) => a.names.includes(x) && b.names.includes(y));
    if (pair === undefined) return;
    note('apart', `${a.row.id} (${pair[0]}) with ${b.row.id} (${pair[1]})`);
  };
  for (const a of skus) for (const b of skus) if (a !== b) meets(a, b);
}

/**
 * P(a parcel is in time), where the policy demands one and the order has a date; else 1. O(log parts) of
 * the arrival.
 */
export function checkOnTime(hand: ParcelInHand, arrival: Arrival): number {
  const { network, order, parcel, note } = hand;
  const { deliver_by_seconds: due } = order;
  if (network.input.policy.on_time_confidence === undefined || due === undefined) return 1;
  const share = shareInTime(arrival.law, due);
  if (!(Math.abs((parcel.on_time_probability ?? -1) - share) <= 1e-6)) {
    note('on_time_stated', `${parcel.on_time_probability} stated where ${share} follows`);
  }
  return share;
}
