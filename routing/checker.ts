/**
 * The independent checker: takes a plan apart with nothing but the network document, the stock and
 * the capacity it was decided on, and lists every rule it breaks. It shares no code with the solver
 * (types only), so that one mistake cannot hide in both.
 */

import { assertPlan } from './assert-plan.ts';
import { assertCapacity, assertStock } from './assert-stock.ts';
import { checkCarbon } from './checker-carbon.ts';
import {
  type CheckedNetwork,
  prepareNetwork,
  type ReadService,
  type ReadWarehouse,
} from './checker-document.ts';
import { checkLateness, checkMoney } from './checker-money.ts';
import { checkCarried, checkFreight, checkInstants, type Load, loadOf } from './checker-parcel.ts';
import { checkRoute } from './checker-routes.ts';
import {
  checkApart,
  checkExcluded,
  checkOnTime,
  checkSplit,
  checkTogether,
} from './checker-rules.ts';
import { type Ledger, openLedger, settle } from './checker-stock.ts';
import { checkCapacity, checkQuantities, checkStock } from './checker-takes.ts';
import { departureOf, type TimedWay, type Way, wayOf } from './checker-ways.ts';
import { type Place, placeOf, readZones } from './checker-zones.ts';
import type {
  CapacityUse,
  NetworkInput,
  ParcelPlan,
  PolicyInput,
  SourcedPlan,
  SourcingOrder,
  StockPosition,
  Violation,
} from './types.ts';

/** One decision and what it was decided on (before it was taken). */
export interface PlanToCheck {
  readonly stock: readonly StockPosition[];
  readonly capacity: readonly CapacityUse[];
  readonly order: SourcingOrder;
  readonly plan: SourcedPlan;
}

/** One parcel with what the document says of it, and where a violation is noted. */
export interface ParcelInHand {
  readonly network: CheckedNetwork;
  readonly order: SourcingOrder;
  readonly parcel: ParcelPlan;
  readonly warehouse: ReadWarehouse;
  readonly service: ReadService;
  readonly load: Load;
  readonly note: (rule: string, detail: string) => void;
}

/**
 * Checks one plan after the other; a sound one is taken from what the next one finds. `policy` is the
 * one that the plan was decided under, where that is not the document's.
 */
export type BatchCheck = (
  order: SourcingOrder,
  plan: SourcedPlan,
  policy?: PolicyInput,
) => Violation[];

/**
 * Prepares the checker for batches of plans of one network. O(rows); what it returns opens a batch
 * on its stock and capacity in O(stock + capacity), and a plan then costs
 * O(parcels × (lines + lanes of their services)): a few microseconds for most.
 */
export function prepareBatchChecker(
  input: NetworkInput,
): (stock: readonly StockPosition[], capacity: readonly CapacityUse[]) => BatchCheck {
  const network = prepareNetwork(input);
  const under = policiesOf(network);
  return (stock, capacity) => {
    const ledger = ledgerOf(network, stock, capacity);
    return (order, plan, policy = input.policy) =>
      checkPrepared(under(policy), ledger, order, plan);
  };
}

function ledgerOf(
  { memory }: CheckedNetwork,
  stock: readonly StockPosition[],
  capacity: readonly CapacityUse[],
): Ledger {
  assertStock(stock);
  assertCapacity(capacity);
  return openLedger(stock, capacity, ++memory.ledgers);
}

/**
 * The document under other policies, each prepared once: its rows are of use to all, what is remembered
 * of arrivals to one confidence alone.
 */
function policiesOf(network: CheckedNetwork): (policy: PolicyInput) => CheckedNetwork {
  const known = new WeakMap<PolicyInput, CheckedNetwork>([[network.input.policy, network]]);
  return (policy) => {
    let judged = known.get(policy);
    if (judged === undefined) {
      const input = { ...network.input, policy };
      const memory = { size: 0, ledgers: 0 };
      judged = { ...network, input, countries: readZones(input), arrivals: new Map(), memory };
      known.set(policy, judged);
    }
    return judged;
  };
}

/**
 * Prepares the checker for many plans of one network, each on stock and capacity of its own. O(rows);
 * the function it returns costs O(stock + capacity + parcels × lanes of their services) a call.
 */
export function prepareChecker(input: NetworkInput): (checked: PlanToCheck) => Violation[] {
  const network = prepareNetwork(input);
  return ({ stock, capacity, order, plan }) =>
    checkPrepared(network, ledgerOf(network, stock, capacity), order, plan);
}

/**
 * Checks one plan. Returns the rules it breaks; an empty list means the decision is sound.
 * O(rows + stock + capacity), see `prepareChecker`.
 *
 * @throws RangeError of stock and capacity as `openBoard`, and of what is no plan.
 */
export function checkPlan(checked: PlanToCheck & { readonly network: NetworkInput }): Violation[] {
  return prepareChecker(checked.network)(checked);
}

function checkPrepared(
  network: CheckedNetwork,
  ledger: Ledger,
  order: SourcingOrder,
  plan: SourcedPlan,
): Violation[] {
  assertPlan(plan);
  const violations: Violation[] = [];
  const note = (rule: string, detail: string): void => {
    violations.push({ rule, detail });
  };
  checkSplit(network, order, plan, note);
  checkTogether(order, plan, note);
  checkQuantities(order, plan, note);
  const place = placeOf(network, order.destination);
  let inTime = 1;
  for (let i = 0; i < plan.parcels.length; i++) {
    const parcel = plan.parcels[i]!;
    checkStock({ network, order, parcel, note }, ledger);
    const hand = takeUp(network, order, parcel, note);
    if (hand !== undefined) inTime *= checkParcel(hand, place, ledger);
  }
  const demanded = network.input.policy.on_time_confidence ?? 0;
  if (inTime < demanded - 1e-6) {
    note('on_time', `in time with ${inTime} where ${demanded} is demanded`);
  }
  checkMoney(network, order, plan, note);
  settle(ledger, violations.length === 0);
  return violations;
}

/** Ends of the instants (epoch seconds) that calendars can be asked about. */
const INSTANTS_END = 1e12;

/** Looks up what a parcel names; undefined (and noted) where the document or calendars do not know it. */
function takeUp(
  network: CheckedNetwork,
  order: SourcingOrder,
  parcel: ParcelPlan,
  note: ParcelInHand['note'],
): ParcelInHand | undefined {
  const { warehouse_id, service_id, carrier_id } = parcel;
  const warehouse = network.warehouses.get(warehouse_id);
  const service = network.services.get(service_id);
  if (warehouse === undefined || service === undefined) {
    note('unknown', `${warehouse_id} or ${service_id} is unknown`);
    return undefined;
  }
  for (const seconds of [parcel.pick_from_seconds, parcel.pickup_seconds]) {
    if (Math.abs(seconds) < INSTANTS_END) continue;
    note('instant', `${seconds} is no instant in epoch seconds`);
    return undefined;
  }
  if (service.carrier_id !== carrier_id) note('carrier', `${carrier_id} does not sell it`);
  const load = loadOf(network, order, parcel);
  return { network, order, parcel, warehouse, service, load, note };
}

/** Checks one parcel. Returns P(it is in time), 1 where none is demanded. */
function checkParcel(hand: ParcelInHand, place: Place, ledger: Ledger): number {
  const { network, warehouse, service } = hand;
  const { pickup_seconds: pickup } = hand.parcel;
  checkExcluded(hand);
  checkCarried(hand);
  checkApart(hand);
  const way = checkWay(hand, place);
  if (way === undefined) {
    const name = `service/${service.row.id}/${warehouse.row.id}`;
    const day = network.clock.dateSlot(pickup, warehouse.row.time_zone);
    checkCapacity(hand, ledger, day, { name, last: undefined });
    return 1;
  }
  const departure = departureOf(network, way, warehouse, service, pickup);
  checkCapacity(hand, ledger, departure.day, way.resource);
  checkFreight(hand, way);
  checkCarbon(hand);
  checkInstants(hand, departure);
  checkLateness(hand, departure.arrival);
  return checkOnTime(hand, departure.arrival);
}

const hasTimes = (way: Way): way is TimedWay => way.times !== undefined;

/** A way over hubs as the parcel goes it: what follows from its pickup is its own. */
function routedWay(hand: ParcelInHand, way: Way): TimedWay | undefined {
  const arrival = checkRoute(hand, way.lane, way.zone);
  if (arrival === undefined) return undefined;
  const arrivals = new Map([[hand.parcel.pickup_seconds, arrival]]);
  return {
    ...way,
    times: { id: '', quantiles: [] },
    arrivals,
    departures: new Map(),
    last: undefined,
  };
}

/** The way a parcel goes; undefined (and noted) where none leads there. Notes a wrong zone. */
function checkWay(hand: ParcelInHand, place: Place): TimedWay | undefined {
  const { network, parcel, warehouse, service, note } = hand;
  const { warehouse_id, service_id, zone_id } = parcel;
  const way = wayOf(network, place, warehouse, service);
  if (way?.zone_id !== zone_id) {
    const isThere = place.zones.includes(zone_id);
    if (!isThere) note('zone', `${zone_id} does not contain the destination`);
    else if (way !== null) note('zone', `${zone_id} counts as ${way.zone_id} for ${service_id}`);
  }
  if (way === null) {
    note('lane', `${service_id} does not run from ${warehouse_id} to the destination`);
    return undefined;
  }
  if (way.lane.via !== undefined) return routedWay(hand, way);
  if (parcel.route !== undefined) note('route', 'the parcel goes over hubs, the lane does not');
  if (hasTimes(way)) return way;
  note('unknown', way.lane.transit_time_id ?? 'no transit time');
  return undefined;
}
