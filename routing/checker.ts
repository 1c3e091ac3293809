/**
 * The independent checker: takes a plan apart with nothing but the network document, the stock and
 * the capacity it was decided on, and lists every rule it breaks. It shares no code with the solver
 * (types only), so that one mistake cannot hide in both.
 */
import { type Clock, checkerClock } from './checker-clock.ts';
import { carriedProblems, checkLane, type ReadLane } from './checker-lanes.ts';
import { checkMoney } from './checker-money.ts';
import { checkApart, checkOnTime, checkSplit, checkTogether } from './checker-rules.ts';
import {
  checkCapacity,
  checkQuantities,
  checkStock,
  type Ledger,
  openLedger,
  takeFrom,
} from './checker-stock.ts';
import { type RankedZone, readZones, type ZoneTable } from './checker-zones.ts';
import type {
  CapacityUse,
  Destination,
  NetworkInput,
  ParcelPlan,
  ServiceInput,
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
  readonly places: ZoneTable;
  /** Lanes of services looked at before. */
  readonly lanes: Map<ServiceInput, readonly ReadLane[]>;
  /** Transit times that the lanes of services name, each once. */
  readonly transitsOf: Map<ServiceInput, ReadonlySet<string>>;
  /** The destination looked at last, with its zones. */
  readonly last: { to: Destination | undefined; zones: readonly RankedZone[] };
}

/** What of one line is in a parcel: units, and weight in whole milligrams. */
export interface Goods {
  readonly sku: SkuInput;
  readonly units: number;
  readonly mg: number;
}

/** One parcel with what is in it, and where a violation is noted. */
export interface CheckedParcel {
  readonly network: CheckedNetwork;
  readonly order: SourcingOrder;
  readonly parcel: ParcelPlan;
  readonly goods: readonly Goods[];
  readonly note: (rule: string, detail: string) => void;
}

const byId = <T extends { readonly id: string }>(rows: readonly T[]): Map<string, T> =>
  new Map(rows.map((row) => [row.id, row]));

/** Checks one plan after the other; a sound one is taken from what the next one finds. */
export type BatchCheck = (order: SourcingOrder, plan: SourcedPlan) => Violation[];

/**
 * Prepares the checker for batches of plans of one network. O(rows); what it returns opens a batch
 * on its stock and capacity in O(stock + capacity), and a plan then costs
 * O(parcels × (lines + lanes of their services)): a few microseconds for most.
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

/**
 * Prepares the checker for many plans of one network, each on stock and capacity of its own. O(rows);
 * the function it returns costs O(stock + capacity + parcels × lanes of their services) a call.
 */
export function prepareChecker(input: NetworkInput): (checked: PlanToCheck) => Violation[] {
  const network = prepareNetwork(input);
  return ({ stock, capacity, order, plan }) =>
    checkPrepared(network, openLedger(stock, capacity), order, plan);
}

/** Reads a document for the checks. O(rows). */
export function prepareNetwork(input: NetworkInput): CheckedNetwork {
  return {
    input,
    skus: byId(input.skus),
    warehouses: byId(input.warehouses),
    services: byId(input.services),
    zones: byId(input.zones),
    cards: byId(input.rate_cards),
    transits: byId(input.transit_times),
    clock: checkerClock(),
    places: readZones(input),
    lanes: new Map(),
    transitsOf: new Map(),
    last: { to: undefined, zones: [] },
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
    const goods = contents(network, order, parcel);
    checkParcel({ network, order, parcel, goods, note });
    checkApart(network, goods, note);
  }
  checkOnTime(network, order, plan, note);
  checkMoney(network, order, plan, note);
  return violations;
}

/** SKU, units and weight (whole milligrams) of each line in the parcel. */
function contents(network: CheckedNetwork, order: SourcingOrder, parcel: ParcelPlan): Goods[] {
  const goods: Goods[] = [];
  for (const line of order.lines) {
    let units = 0;
    let isTaken = false;
    for (const take of parcel.takes) {
      if (take.line_no !== line.line_no) continue;
      units += take.quantity;
      isTaken = true;
    }
    const sku = network.skus.get(line.sku_id);
    if (sku === undefined || !isTaken) continue;
    const whole =
      line.weight_grams === undefined
        ? line.quantity * Math.round(sku.weight_grams * 1000)
        : Math.round(line.weight_grams * 1000);
    goods.push({ sku, units, mg: Math.round((whole * units) / line.quantity) });
  }
  return goods;
}

const NONE = [] as const;

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
  for (const { warehouse_id, sku_id } of order.excluded_stock ?? NONE) {
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
