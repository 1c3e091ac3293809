/** Part of REDECIDE: orders that no carrier has yet, with all that deciding them again needs. */
import { type CapacityRow, listCapacity } from '../../db/capacity.ts';
import type { Tx } from '../../db/database.ts';
import { listOfferedOrders, type OfferedOrder } from '../../db/redecisions.ts';
import { type FreeStock, listFreeStock } from '../../db/stock.ts';
import { type HeldRow, listHeldUnits } from '../../db/units.ts';
import {
  type CompiledNetwork,
  DAY_SECONDS,
  type PricedPlan,
  type Prices,
  priceOfPlan,
  type SourcedPlan,
  type SourcingOrder,
  type SourcingResult,
  type StockPosition,
  timeCost,
  WAITING_PRICE_SHARE,
} from '../../routing/index.ts';
import { secondsOf } from '../domain/instants.ts';
import type { PolicyRules } from '../domain/policy.ts';
import { stockPositions } from './decide-batch.ts';
import type { LiveNetwork } from './engine.ts';
import { compiledUnder, type RulingPolicy } from './policy-network.ts';
import type { LivePrices } from './price-source.ts';

/** An order that may be decided again. */
export interface WaitingOrder {
  readonly offered: OfferedOrder<SourcingOrder>;
  /** Units that its shipments hold. */
  readonly held: readonly HeldRow[];
  /** The network under the policy that decided it. */
  readonly compiled: CompiledNetwork;
  /** What was decided, as of now. */
  readonly problem: SourcingOrder;
  /** What its plan costs as of now, minor units. */
  readonly cost: number;
  /** What the prices in force add to that, minor units. */
  readonly price: number;
  /** What must be saved for moving it. */
  readonly saving_least: number;
}

/** Orders that wait, and what is free beside what they hold. */
export interface WaitingView {
  readonly orders: readonly WaitingOrder[];
  readonly free: readonly FreeStock[];
  readonly capacity: readonly CapacityRow[];
}

/** By what orders are loaded. */
export interface Reloading {
  readonly network: LiveNetwork;
  /** Policies that orders were decided by, by id. */
  readonly policies: ReadonlyMap<string, RulingPolicy>;
  /** Prices in force; null = none. */
  readonly prices: LivePrices | null;
  readonly at: Temporal.Instant;
}

/** Time (s) before its warehouse must start from which an order is left alone, unless a policy says. */
const USUAL_FREEZE_SECONDS = 900;

/** From so many seconds before its warehouse must start an order decided under these rules is left alone. */
export const freezeSeconds = ({ freeze_seconds = USUAL_FREEZE_SECONDS }: PolicyRules): number =>
  freeze_seconds;

/** Share of the split penalty that must be saved for each order moved, unless a policy says. */
const USUAL_SAVING_SHARE = 0.1;

/**
 * Loads those of these orders that may be decided again: not frozen, whole, under rules that fit and
 * state promises as surely as they were sold. Takes no lock; reads by key.
 */
export async function loadWaiting(
  tx: Tx,
  reloading: Reloading,
  orderIds: readonly string[],
): Promise<WaitingView> {
  const offered = await listOfferedOrders<SourcingOrder>(tx, orderIds, reloading.at);
  const shipmentIds = offered.flatMap(({ shipments }) => shipments.map((one) => one.shipment_id));
  const held = Map.groupBy(await listHeldUnits(tx, shipmentIds), (row) => row.order_id);
  const orders = offered.flatMap((order) => {
    const waiting = waitingOrder(reloading, order, held.get(order.order_id) ?? []);
    return waiting === null ? [] : [waiting];
  });
  return { orders, ...(await loadFree(tx, reloading.at, orders)) };
}

/** What is free of what these orders want, and the capacity used where it lies. */
export async function loadFree(
  tx: Tx,
  at: Temporal.Instant,
  orders: readonly WaitingOrder[],
): Promise<Pick<WaitingView, 'free' | 'capacity'>> {
  const skus = new Set(orders.flatMap(({ held }) => held.map((row) => row.sku_id)));
  const free = await listFreeStock(tx, [...skus]);
  const rows = [...free, ...orders.flatMap(({ held }) => held)];
  const warehouses = new Set(rows.map((row) => row.warehouse_id));
  const capacity = await listCapacity(tx, secondsOf(at) - 2 * DAY_SECONDS, [...warehouses]);
  return { free, capacity };
}

function waitingOrder(
  { network, policies, prices, at }: Reloading,
  offered: OfferedOrder<SourcingOrder>,
  held: readonly HeldRow[],
): WaitingOrder | null {
  const { policy_id, promise_confidence, release_due_at, problem } = offered;
  const policy = policy_id === null ? undefined : policies.get(policy_id);
  if (policy_id !== null && policy === undefined) return null;
  const compiled = policy === undefined ? network.compiled : compiledUnder(network, policy);
  if (compiled === null || compiled.policy.confidence < promise_confidence) return null;
  const rules = { ...network.document.policy, ...policy?.rules };
  if (secondsOf(release_due_at) - secondsOf(at) < freezeSeconds(rules)) return null;
  if (!isWhole(problem, held)) return null;
  return {
    offered,
    held,
    compiled,
    problem: { ...problem, at_seconds: secondsOf(at) },
    cost: costAsOf(offered, rules.time_per_day, secondsOf(at)),
    price: chargedPrice(heldPlan(offered, held), { offered, problem }, prices?.index),
    saving_least: rules.redecide_saving ?? USUAL_SAVING_SHARE * rules.split_penalty,
  };
}

/**
 * What prices add to a plan where plans of orders that wait are compared, minor units. Capacity that the
 * order holds already counts as nothing: its price is that of one more, made beside what waiting orders
 * use, and were it paid to those that leave, all would leave together and come back when it has fallen.
 */
export function chargedPrice(
  plan: PricedPlan,
  { offered, problem }: Pick<WaitingOrder, 'offered' | 'problem'>,
  prices: Prices | undefined,
): number {
  if (prices === undefined) return 0;
  const beyond = { parcels: withoutSlots(plan, offered) };
  return WAITING_PRICE_SHARE * priceOfPlan(beyond, problem, prices);
}

/** The parcels of a plan with what they use of slots beyond what the order holds of them. */
function withoutSlots({ parcels }: PricedPlan, { shipments }: OfferedOrder): PricedPlan['parcels'] {
  const held = new Map<string, number>();
  for (const slot of shipments.flatMap(({ capacity }) => capacity)) {
    held.set(slotKey(slot), (held.get(slotKey(slot)) ?? 0) + slot.amount);
  }
  return parcels.map((parcel) => {
    const capacity = parcel.capacity.map((slot) => {
      const own = Math.min(slot.amount, held.get(slotKey(slot)) ?? 0);
      held.set(slotKey(slot), (held.get(slotKey(slot)) ?? 0) - own);
      return { ...slot, amount: slot.amount - own };
    });
    return { ...parcel, capacity };
  });
}

/** The plan of an order as its shipments hold it. */
function heldPlan({ shipments }: OfferedOrder, held: readonly HeldRow[]): PricedPlan {
  const ofShipment = Map.groupBy(held, (row) => row.shipment_id);
  return {
    parcels: shipments.flatMap(({ shipment_id, carrier_id, zone_id, capacity }) => {
      const takes = ofShipment.get(shipment_id) ?? [];
      const [first] = takes;
      if (first === undefined) return [];
      return [{ warehouse_id: first.warehouse_id, carrier_id, zone_id, takes, capacity }];
    }),
  };
}

/** True when the shipments hold all that was decided, and nothing else. */
function isWhole(problem: SourcingOrder, held: readonly HeldRow[]): boolean {
  const units = new Map<number, number>();
  for (const { line_no, quantity } of held) {
    units.set(line_no, (units.get(line_no) ?? 0) + quantity);
  }
  return (
    units.size === problem.lines.length &&
    problem.lines.every(({ line_no, quantity }) => units.get(line_no) === quantity)
  );
}

/** Time has passed for every plan alike: what a plan costs is told as of one instant. */
function costAsOf(
  { shipments, latest_promise_at }: OfferedOrder,
  time_per_day: number,
  at: number,
): number {
  const own = shipments.reduce(
    (sum, { cost }) =>
      sum + cost.freight + cost.handling + cost.split + cost.lateness + (cost.carbon ?? 0),
    0,
  );
  return own + timeCost(time_per_day, at, secondsOf(latest_promise_at));
}

/** True for a plan that the order may change to: what was sold is kept. */
export function keepsPromise(
  { offered }: WaitingOrder,
  result: SourcingResult,
): result is SourcedPlan {
  return (
    result.outcome === 'sourced' &&
    result.promise_seconds <= secondsOf(offered.promise_at) &&
    result.confidence >= offered.promise_confidence
  );
}

/** Stock as it would be if some units of lots were not held. */
export function stockFreed(
  network: LiveNetwork,
  free: readonly FreeStock[],
  held: readonly Pick<
    HeldRow,
    'stock_id' | 'warehouse_id' | 'sku_id' | 'expires_on' | 'quantity'
  >[],
): StockPosition[] {
  const lots = new Map(free.map((row) => [row.stock_id, { ...row }]));
  for (const { stock_id, warehouse_id, sku_id, expires_on, quantity } of held) {
    const lot = lots.get(stock_id);
    if (lot !== undefined) lots.set(stock_id, { ...lot, available: lot.available + quantity });
    else lots.set(stock_id, { stock_id, warehouse_id, sku_id, expires_on, available: quantity });
  }
  const rows = [...lots.values()].sort((a, b) => a.stock_id - b.stock_id);
  return stockPositions(network, rows);
}

/** Stock and capacity as they would be if these orders held nothing. */
export function withoutHolds(
  network: LiveNetwork,
  { free, capacity }: Pick<WaitingView, 'free' | 'capacity'>,
  orders: readonly WaitingOrder[],
): { stock: StockPosition[]; capacity: CapacityRow[] } {
  const given = new Map<string, number>();
  for (const slot of orders.flatMap(({ offered }) =>
    offered.shipments.flatMap((shipment) => shipment.capacity),
  )) {
    given.set(slotKey(slot), (given.get(slotKey(slot)) ?? 0) + slot.amount);
  }
  return {
    stock: stockFreed(
      network,
      free,
      orders.flatMap(({ held }) => held),
    ),
    capacity: capacity.map((row) => ({ ...row, used: row.used - (given.get(slotKey(row)) ?? 0) })),
  };
}

/** Names a slot of a resource. */
export function slotKey(slot: {
  readonly resource: string;
  readonly slot_seconds: number;
}): string {
  return `${slot.slot_seconds} ${slot.resource}`;
}
