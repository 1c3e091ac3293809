/**
 * The independent checker: takes a plan apart with nothing but the network document, the stock and
 * the capacity it was decided on, and lists every rule it breaks. It shares no code with the solver
 * (types only), so that one mistake cannot hide in both.
 */
import { type Clock, checkerClock } from './checker-clock.ts';
import { carriedProblems, checkLane, type RankedZone } from './checker-lanes.ts';
import { checkMoney } from './checker-money.ts';
import { checkApart, checkOnTime, checkSplit, checkTogether } from './checker-rules.ts';
import type {
  CapacityUse,
  NetworkInput,
  ParcelPlan,
  SkuInput,
  SourcedPlan,
  SourcingOrder,
  StockPosition,
  Violation,
  WarehouseInput,
} from './types.ts';

/** One decision and what it was decided on (before it was taken). */
export interface PlanToCheck {
  readonly stock: readonly StockPosition[];
  readonly capacity: readonly CapacityUse[];
  readonly order: SourcingOrder;
  readonly plan: SourcedPlan;
}

/** Rows of the document by id. */
export interface CheckedNetwork {
  readonly input: NetworkInput;
  readonly skus: ReadonlyMap<string, SkuInput>;
  readonly warehouses: ReadonlyMap<string, WarehouseInput>;
  readonly services: ReadonlyMap<string, NetworkInput['services'][number]>;
  readonly zones: ReadonlyMap<string, NetworkInput['zones'][number]>;
  readonly cards: ReadonlyMap<string, NetworkInput['rate_cards'][number]>;
  readonly transits: ReadonlyMap<string, NetworkInput['transit_times'][number]>;
  readonly clock: Clock;
  /** Zones found for a destination before. */
  readonly found: Map<string, readonly RankedZone[]>;
}

/** Units of each line in one parcel, and where a violation is noted. */
export interface CheckedParcel {
  readonly network: CheckedNetwork;
  readonly order: SourcingOrder;
  readonly parcel: ParcelPlan;
  readonly units: ReadonlyMap<number, number>;
  readonly note: (rule: string, detail: string) => void;
}

const byId = <T extends { readonly id: string }>(rows: readonly T[]): Map<string, T> =>
  new Map(rows.map((row) => [row.id, row]));

/** Stock and capacity as a plan finds them. */
interface Ledger {
  readonly stock: ReadonlyMap<number, StockPosition>;
  /** Units taken by earlier plans, by stock. */
  readonly taken: Map<number, number>;
  /** Capacity used, by `resource at slot`. */
  readonly used: Map<string, number>;
}

function openLedger(stock: readonly StockPosition[], capacity: readonly CapacityUse[]): Ledger {
  const used = new Map<string, number>();
  for (const { resource, slot_seconds, used: amount } of capacity) {
    add(used, slotKey(resource, slot_seconds), amount);
  }
  return { stock: new Map(stock.map((row) => [row.stock_id, row])), taken: new Map(), used };
}

const slotKey = (resource: string, slot: number): string => `${resource} at ${slot}`;

function add<K>(sums: Map<K, number>, key: K, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}

/** Checks one plan after the other; a sound one is taken from what the next one finds. */
export type BatchCheck = (order: SourcingOrder, plan: SourcedPlan) => Violation[];

/**
 * Prepares the checker for batches of plans of one network. O(rows); what it returns opens a batch
 * on its stock and capacity in O(stock + capacity), and a plan then costs
 * O(parcels × lanes of their services).
 */
export function prepareBatchChecker(
  input: NetworkInput,
): (stock: readonly StockPosition[], capacity: readonly CapacityUse[]) => BatchCheck {
  const network = prepareNetwork(input);
  return (stock, capacity) => {
    const ledger = openLedger(stock, capacity);
    return (order, plan) => {
      const violations = checkPrepared(network, ledger, order, plan);
      if (violations.length === 0) takeFrom(ledger, plan);
      return violations;
    };
  };
}

function takeFrom(ledger: Ledger, plan: SourcedPlan): void {
  for (const { takes, capacity } of plan.parcels) {
    for (const { stock_id, quantity } of takes) add(ledger.taken, stock_id, quantity);
    for (const { resource, slot_seconds, amount } of capacity) {
      add(ledger.used, slotKey(resource, slot_seconds), amount);
    }
  }
}

/**
 * Prepares the checker for many plans of one network, each on stock and capacity of its own. O(rows);
 * the function it returns costs O(stock + capacity + parcels × lanes of their services) a call.
 */
export function prepareChecker(input: NetworkInput): (checked: PlanToCheck) => Violation[] {
  const network = prepareNetwork(input);
  return ({ stock, capacity, order, plan }) =>
    checkPrepared(network, openLedger(stock, capacity), order, plan);
}

function prepareNetwork(input: NetworkInput): CheckedNetwork {
  return {
    input,
    skus: byId(input.skus),
    warehouses: byId(input.warehouses),
    services: byId(input.services),
    zones: byId(input.zones),
    cards: byId(input.rate_cards),
    transits: byId(input.transit_times),
    clock: checkerClock(),
    found: new Map(),
  };
}

/** Checks one plan. Returns the rules it breaks; an empty list means the decision is sound. */
export function checkPlan(checked: PlanToCheck & { readonly network: NetworkInput }): Violation[] {
  return prepareChecker(checked.network)(checked);
}

function checkPrepared(
  network: CheckedNetwork,
  ledger: Ledger,
  order: SourcingOrder,
  plan: SourcedPlan,
): Violation[] {
  const violations: Violation[] = [];
  const note = (rule: string, detail: string): void => {
    violations.push({ rule, detail });
  };
  checkSplit(network, order, plan, note);
  checkTogether(order, plan, note);
  checkQuantities(order, plan, note);
  checkStock(network, ledger, { order, plan }, note);
  checkCapacity(network, ledger, plan, note);
  for (const parcel of plan.parcels) {
    checkParcel({ network, order, parcel, units: unitsByLine(parcel), note });
    checkApart(network, order, parcel, note);
  }
  checkOnTime(network, order, plan, note);
  checkMoney(network, order, plan, note);
  return violations;
}

function unitsByLine(parcel: ParcelPlan): Map<number, number> {
  const units = new Map<number, number>();
  for (const { line_no, quantity } of parcel.takes) {
    units.set(line_no, (units.get(line_no) ?? 0) + quantity);
  }
  return units;
}

type Note = CheckedParcel['note'];

function checkQuantities(order: SourcingOrder, plan: SourcedPlan, note: Note): void {
  const sent = new Map<number, number>();
  for (const take of plan.parcels.flatMap((parcel) => parcel.takes)) {
    if (!(take.quantity > 0)) note('quantity', `line ${take.line_no} takes ${take.quantity} units`);
    sent.set(take.line_no, (sent.get(take.line_no) ?? 0) + take.quantity);
  }
  for (const { line_no, quantity } of order.lines) {
    const units = sent.get(line_no) ?? 0;
    if (units !== quantity) note('quantity', `line ${line_no} gets ${units} of ${quantity} units`);
    sent.delete(line_no);
  }
  for (const line of sent.keys()) note('quantity', `line ${line} was not ordered`);
}

function checkStock(
  network: CheckedNetwork,
  ledger: Ledger,
  checked: Pick<PlanToCheck, 'order' | 'plan'>,
  note: Note,
): void {
  const skuOf = new Map(checked.order.lines.map((line) => [line.line_no, line.sku_id]));
  const taken = new Map<number, number>();
  for (const parcel of checked.plan.parcels) {
    for (const { line_no, stock_id, quantity } of parcel.takes) {
      const row = ledger.stock.get(stock_id);
      if (row === undefined) {
        note('stock', `stock ${stock_id} does not exist`);
        continue;
      }
      if (row.warehouse_id !== parcel.warehouse_id || row.sku_id !== skuOf.get(line_no)) {
        note('stock', `stock ${stock_id} is not line ${line_no}'s SKU in ${parcel.warehouse_id}`);
      }
      const life = (network.skus.get(row.sku_id)?.minimum_life_days ?? 0) * 86_400;
      const expires = row.expires_seconds ?? Number.POSITIVE_INFINITY;
      if (expires < parcel.promise_seconds + life) {
        note('lot_life', `stock ${stock_id} expires too early for the promise`);
      }
      taken.set(stock_id, (taken.get(stock_id) ?? 0) + quantity);
    }
  }
  for (const [stock_id, quantity] of taken) {
    const row = ledger.stock.get(stock_id);
    const available = (row?.available ?? 0) - (ledger.taken.get(stock_id) ?? 0);
    if (quantity > available) note('oversell', `stock ${stock_id}: ${quantity} of ${available}`);
  }
}

/** What a parcel must take of each limited resource, computed anew. */
function dueCapacity(
  network: CheckedNetwork,
  parcel: ParcelPlan,
): [string, number, number, number][] {
  const warehouse = network.warehouses.get(parcel.warehouse_id);
  const service = network.services.get(parcel.service_id);
  if (warehouse === undefined || service === undefined) return [];
  const units = parcel.takes.reduce((sum, { quantity }) => sum + quantity, 0);
  const hour = parcel.pick_from_seconds - (parcel.pick_from_seconds % 3600);
  const day = network.clock.dateSlot(parcel.pickup_seconds, warehouse.time_zone);
  const rows: [string, number, number, number | undefined][] = [
    [`picks/${warehouse.id}`, hour, units, warehouse.picks_per_hour],
    [`parcels/${warehouse.id}`, day, 1, warehouse.parcels_per_day],
    [`service/${service.id}`, day, 1, service.parcels_per_day],
    [`service/${service.id}/${warehouse.id}`, day, 1, service.parcels_per_day_per_warehouse],
  ];
  return rows.filter((row): row is [string, number, number, number] => row[3] !== undefined);
}

function checkCapacity(
  network: CheckedNetwork,
  ledger: Ledger,
  plan: SourcedPlan,
  note: Note,
): void {
  const own = new Map<string, number>();
  const limits = new Map<string, number>();
  for (const parcel of plan.parcels) {
    const stated = new Map(
      parcel.capacity.map((row) => [slotKey(row.resource, row.slot_seconds), row]),
    );
    for (const [resource, slotSeconds, amount, limit] of dueCapacity(network, parcel)) {
      const slot = slotKey(resource, slotSeconds);
      const row = stated.get(slot);
      if (row?.amount !== amount || row.limit !== limit) {
        note('capacity_stated', `${slot} should state ${amount} of ${limit}`);
      }
      stated.delete(slot);
      add(own, slot, amount);
      limits.set(slot, limit);
    }
    for (const slot of stated.keys()) note('capacity_stated', `${slot} is not a resource it takes`);
  }
  for (const [slot, limit] of limits) {
    const amount = own.get(slot)! + (ledger.used.get(slot) ?? 0);
    if (amount > limit) note('capacity', `${slot}: ${amount} of ${limit}`);
  }
}

function checkParcel(checked: CheckedParcel): void {
  const { network, parcel, order, note } = checked;
  const warehouse = network.warehouses.get(parcel.warehouse_id);
  const service = network.services.get(parcel.service_id);
  const zone = network.zones.get(parcel.zone_id);
  if (warehouse === undefined || service === undefined || zone === undefined) {
    note('unknown', `${parcel.warehouse_id}, ${parcel.service_id} or ${parcel.zone_id} is unknown`);
    return;
  }
  if (service.carrier_id !== parcel.carrier_id)
    note('carrier', `${parcel.carrier_id} does not sell it`);
  if (order.excluded_warehouses?.includes(warehouse.id)) note('excluded', warehouse.id);
  for (const { warehouse_id, sku_id } of order.excluded_stock ?? []) {
    const isTaken = parcel.takes.some(({ line_no }) =>
      order.lines.some((line) => line.line_no === line_no && line.sku_id === sku_id),
    );
    if (warehouse_id === warehouse.id && isTaken) note('excluded', `${sku_id} at ${warehouse_id}`);
  }
  if (order.excluded_services?.includes(service.id)) note('excluded', service.id);
  if (order.only_warehouses && !order.only_warehouses.includes(warehouse.id)) {
    note('excluded', `${warehouse.id} is not among the only ones`);
  }
  carriedProblems(checked, warehouse, service);
  checkLane(checked, warehouse, service, zone);
}
