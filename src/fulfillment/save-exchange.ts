/**
 * Part of REDECIDE: orders that change places, all of them or none, in one transaction. Everything is
 * looked at again under lock, and decided again on what is there now: an order, a shipment, a lot or a
 * slot that changed meanwhile leaves all of them as they are.
 */
import { lockCapacity } from '../../db/capacity.ts';
import { inTransaction, type Tx, together } from '../../db/database.ts';
import { appendEvents } from '../../db/journal.ts';
import { holdNetwork } from '../../db/networks.ts';
import type { OrderToDecide } from '../../db/orders.ts';
import { countRedecisions } from '../../db/redecisions.ts';
import {
  claimOrders,
  lockShipments,
  type OrderDraft,
  type ShipmentDraft,
} from '../../db/shipment-progress.ts';
import { lockStock } from '../../db/stock.ts';
import { listHeldUnits } from '../../db/units.ts';
import {
  boardUnder,
  openBoard,
  type SourcedPlan,
  sourceExploring,
  take,
} from '../../routing/index.ts';
import { openUnitBook, releaseUnits } from '../domain/units.ts';
import { stopwatch } from '../runtime/clock.ts';
import { type Batch, cancelShipment, openBatch, saveBatch, tellOrder } from './batch.ts';
import { openChecks } from './check-decisions.ts';
import type { DecidedInBatch } from './decide-batch.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { type Exclusions, withExcluded } from './pool-plans.ts';
import type { LivePrices } from './price-source.ts';
import {
  type PlannedBatch,
  planBatch,
  saveProof,
  shipmentRows,
  takeUnits,
} from './save-decisions.ts';
import {
  chargedPrice,
  keepsPromise,
  loadFree,
  type Reloading,
  slotKey,
  type WaitingOrder,
  withoutHolds,
} from './waiting-orders.ts';

/** An order that is to change its plan: to the one that comes out without some of what there is. */
export interface PlanChange {
  readonly order: WaitingOrder;
  readonly excluded: Exclusions;
}

/** Something is not as it was when the exchange was thought of. */
class LeftAlone extends Error {}

/** Saves an exchange; returns how many orders moved: all, or 0 when they were left alone. */
export async function saveExchange(
  engine: Engine,
  { network, prices }: Pick<Reloading, 'network' | 'prices'>,
  changes: readonly PlanChange[],
  work: number,
): Promise<number> {
  try {
    return await inTransaction(engine.database, async (tx) => {
      if (!(await holdNetwork(tx, network))) throw new LeftAlone('another network');
      const locked = await lockAll(tx, changes);
      const at = engine.clock.now();
      const orders = changes.map(({ order }) => order);
      const view = withoutHolds(network, await loadFree(tx, at, orders), orders);
      const decided = decideAgain(engine, network, { ...view, changes, locked, work, at, prices });
      const plan = { orders: [], ...view, quoted: new Map(), prices, policies: [] };
      const planned = planBatch(engine, { network, view: plan, decided, lost: [], quotes: [] });
      await refuseLostRace(tx, orders, planned);
      await save(engine, tx, { locked, changes, planned });
      return decided.length;
    });
  } catch (error) {
    if (!(error instanceof LeftAlone)) throw error;
    engine.log.debug({ orders: changes.length, reason: error.message }, 'orders left as they are');
    return 0;
  }
}

interface Locked {
  readonly orders: ReadonlyMap<string, OrderDraft>;
  readonly shipments: ReadonlyMap<string, ShipmentDraft>;
}

/** Locks orders, then shipments, and looks whether they are what they were. */
async function lockAll(tx: Tx, changes: readonly PlanChange[]): Promise<Locked> {
  const offered = changes.map(({ order }) => order.offered);
  const orders = await claimOrders(
    tx,
    offered.map(({ order_id }) => order_id),
  );
  const isSameOrder = offered.every(({ order_id, version }) => {
    return orders.get(order_id)?.version === version;
  });
  if (!isSameOrder) throw new LeftAlone('an order changed');
  const before = offered.flatMap((order) => order.shipments);
  const shipments = await lockShipments(
    tx,
    before.map(({ shipment_id }) => shipment_id),
  );
  // A shipment whose offer was answered, or has lapsed and was taken up, has another version.
  const isSameShipment = before.every(({ shipment_id, version }) => {
    return shipments.get(shipment_id)?.version === version;
  });
  if (!isSameShipment) throw new LeftAlone('a shipment changed');
  return { orders, shipments };
}

interface Deciding extends ReturnType<typeof withoutHolds> {
  readonly changes: readonly PlanChange[];
  readonly locked: Locked;
  readonly work: number;
  readonly at: Temporal.Instant;
  readonly prices: LivePrices | null;
}

/** Decides the orders one after the other, each seeing what those before it took, and checks them. */
function decideAgain(engine: Engine, network: LiveNetwork, deciding: Deciding): DecidedInBatch[] {
  const { stock, capacity, changes, locked, work, at } = deciding;
  const prices = deciding.prices?.index;
  const board = openBoard(network.compiled, stock, capacity);
  const check = openChecks(network, stock, capacity);
  let saving = 0;
  const decided = changes.map(({ order, excluded }, position): DecidedInBatch => {
    const at_seconds = Math.floor(at.epochMilliseconds / 1000);
    const problem = { ...withExcluded(order, excluded), at_seconds };
    const elapsed = stopwatch();
    const under = boardUnder(board, order.compiled);
    const { order_id } = order.offered;
    const result = sourceExploring(order.compiled, under, problem, { work }, prices, order_id);
    if (!keepsPromise(order, result)) throw new LeftAlone('a promise would not be kept');
    const violations = check(problem, result, order.compiled.policy);
    if (violations.length > 0) throw new LeftAlone(`unsound: ${violations[0]!.rule}`);
    take(board, result);
    const price = chargedPrice(result, order, prices);
    saving += order.cost + order.price - result.cost - price - order.saving_least;
    return {
      position,
      order: toDecide(engine, network, order, locked),
      problem,
      result,
      from_quote: false,
      policy_id: order.offered.policy_id,
      work_budget: work,
      elapsed_us: Math.round(elapsed() * 1e6),
    };
  });
  if (saving < 0) throw new LeftAlone('it is not worth moving any more');
  return decided;
}

/** The order as planning shipments takes it; nobody waits for this decision. */
function toDecide(
  engine: Engine,
  { document }: LiveNetwork,
  { offered }: WaitingOrder,
  { orders, shipments }: Locked,
): OrderToDecide {
  const draft = orders.get(offered.order_id)!;
  const { destination } = shipments.get(offered.shipments[0]!.shipment_id)!;
  const budget_ms = Math.round(document.policy.decision_seconds * 1000);
  return {
    ...draft,
    excluded_warehouses: [...draft.excluded_warehouses],
    excluded_stock: [...draft.excluded_stock],
    destination: destination as OrderToDecide['destination'],
    rules: null,
    quote_id: null,
    quote_option: null,
    accepted_at: engine.clock.now(),
    decide_by: engine.clock.now().add({ milliseconds: budget_ms }),
    decision_no: offered.decision_no,
    // What is decided stands in the problem.
    lines: [],
  };
}

/** Locks slots and lots, capacity first, and looks whether the plans fit beside all others. */
async function refuseLostRace(
  tx: Tx,
  orders: readonly WaitingOrder[],
  { shipments }: PlannedBatch,
): Promise<void> {
  const before = orders.flatMap(({ offered }) => offered.shipments.flatMap((one) => one.capacity));
  const slots = shipments.flatMap(({ parcel }) => parcel.capacity);
  const used = new Map(
    (await lockCapacity(tx, [...before, ...slots])).map((row) => [slotKey(row), row.used]),
  );
  const add = <K>(totals: Map<K, number>, key: K, amount: number) =>
    totals.set(key, (totals.get(key) ?? 0) + amount);
  for (const slot of before) add(used, slotKey(slot), -slot.amount);
  for (const slot of slots) add(used, slotKey(slot), slot.amount);
  if (slots.some((slot) => used.get(slotKey(slot))! > slot.limit)) {
    throw new LeftAlone('a slot was taken');
  }
  const takes = shipments.flatMap(({ parcel }) => parcel.takes);
  const held = orders.flatMap((order) => order.held);
  const free = await lockStock(tx, [
    ...new Set([...takes, ...held].map(({ stock_id }) => stock_id)),
  ]);
  for (const { stock_id, quantity } of held) add(free, stock_id, quantity);
  for (const { stock_id, quantity } of takes) add(free, stock_id, -quantity);
  if ([...free.values()].some((units) => units < 0)) throw new LeftAlone('a unit was taken');
}

/** Gives back what the orders hold, and stores their new shipments and decisions in its place. */
async function save(
  engine: Engine,
  tx: Tx,
  saving: { locked: Locked; changes: readonly PlanChange[]; planned: PlannedBatch },
): Promise<void> {
  const { locked, changes, planned } = saving;
  const shipmentIds = [...locked.shipments.keys()];
  const book = openUnitBook(await listHeldUnits(tx, shipmentIds));
  const batch: Batch = openBatch({
    ...{ at: planned.decided_at, request_id: null, newId: engine.newId },
    ...{ ...locked, book },
  });
  for (const shipment of locked.shipments.values()) {
    releaseUnits(book, shipment.shipment_id);
    cancelShipment(batch, shipment, { reason: 'decided_again' });
  }
  const ofOrder = Map.groupBy(planned.shipments, ({ row }) => row.order_id);
  planned.decided.forEach(({ order: { order_id }, result }, at) => {
    const { offered, cost } = changes[at]!.order;
    const plan = result as SourcedPlan;
    tellOrder(batch, locked.orders.get(order_id)!, 'order.redecided', {
      decision_no: offered.decision_no + 1,
      promise_at: offered.promise_at,
      cost: plan.cost,
      saved: cost - plan.cost,
      shipment_ids: ofOrder.get(order_id)!.map(({ row }) => row.shipment_id),
    });
  });
  await saveBatch(tx, batch);
  await takeUnits(tx, planned);
  await together(tx, [
    ...shipmentRows(planned),
    (tx) => countRedecisions(tx, [...locked.orders.keys()]),
    (tx) =>
      appendEvents(
        tx,
        planned.shipments.map(({ event }) => event),
      ),
    (tx) => saveProof(engine, tx, planned),
  ]);
}
