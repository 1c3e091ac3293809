/**
 * Part of DECIDE: checks a decided batch against stock and capacity under lock. Between the view
 * that the batch was decided from and now, others may have taken the same units.
 */
import { type CapacityRow, lockCapacity } from '../../db/capacity.ts';
import type { Tx } from '../../db/database.ts';
import type { QuotedPlan } from '../../db/quotes.ts';
import { lockStock } from '../../db/stock.ts';
import type { SourcedPlan } from '../../routing/index.ts';
import type { DecidedInBatch } from './decide-batch.ts';

/** The batch, parted: what can be stored, and what lost its race for a unit or a slot. */
export interface PartedBatch {
  readonly winners: readonly DecidedInBatch[];
  readonly losers: readonly DecidedInBatch[];
}

/**
 * Locks every capacity slot, then every lot, that the batch touches (one global order, so two
 * workers wait instead of deadlocking), and lets the orders take from what is really there, in
 * turn: an order gets all it needs or nothing. The locks stay until the transaction ends.
 */
export async function keepWinners(
  tx: Tx,
  decided: readonly DecidedInBatch[],
  quotes: readonly QuotedPlan[],
): Promise<PartedBatch> {
  const plans = decided.flatMap(({ result }) => (result.outcome === 'sourced' ? [result] : []));
  const used = slotTable(await lockCapacity(tx, slotsOf(plans, quotes)));
  const free = await lockStock(tx, lotsOf(plans, quotes));
  const holds = new Map(quotes.map((quote) => [quote.order_id, quote]));
  const winners: DecidedInBatch[] = [];
  const losers: DecidedInBatch[] = [];
  for (const one of decided) {
    // What a quote holds is free for its own order first: no other may win it before.
    const hold = holds.get(one.order.order_id);
    if (hold !== undefined) addHold(hold, 1, free, used);
    const fits = one.result.outcome !== 'sourced' || takeIfThere(one.result, free, used);
    if (hold !== undefined && !fits) addHold(hold, -1, free, used);
    (fits ? winners : losers).push(one);
  }
  return { winners, losers };
}

/** Gives back what a quote holds (`sign` 1), or takes it back. */
function addHold(
  { held, capacity }: QuotedPlan,
  sign: 1 | -1,
  free: Map<number, number>,
  used: Map<string, number>,
): void {
  for (const { stock_id, quantity } of held) add(free, stock_id, sign * quantity);
  for (const slot of capacity) add(used, slotKey(slot), -sign * slot.amount);
}

function takeIfThere(
  plan: SourcedPlan,
  free: Map<number, number>,
  used: Map<string, number>,
): boolean {
  const units = new Map<number, number>();
  const slots = new Map<string, number>();
  for (const parcel of plan.parcels) {
    for (const take of parcel.takes) add(units, take.stock_id, take.quantity);
    for (const slot of parcel.capacity) {
      add(slots, slotKey(slot), slot.amount);
      const total = (used.get(slotKey(slot)) ?? 0) + slots.get(slotKey(slot))!;
      if (total > slot.limit) return false;
    }
  }
  for (const [stock_id, quantity] of units) {
    if ((free.get(stock_id) ?? 0) < quantity) return false;
  }
  for (const [stock_id, quantity] of units) add(free, stock_id, -quantity);
  for (const [slot, amount] of slots) add(used, slot, amount);
  return true;
}

function slotsOf(plans: readonly SourcedPlan[], quotes: readonly QuotedPlan[]) {
  const slots = new Map<string, { resource: string; slot_seconds: number }>();
  const note = ({ resource, slot_seconds }: { resource: string; slot_seconds: number }) =>
    slots.set(slotKey({ resource, slot_seconds }), { resource, slot_seconds });
  for (const plan of plans) for (const parcel of plan.parcels) parcel.capacity.forEach(note);
  for (const quote of quotes) quote.capacity.forEach(note);
  return [...slots.values()];
}

function lotsOf(plans: readonly SourcedPlan[], quotes: readonly QuotedPlan[]): number[] {
  const lots = new Set<number>();
  for (const plan of plans) {
    for (const parcel of plan.parcels) for (const take of parcel.takes) lots.add(take.stock_id);
  }
  for (const quote of quotes) for (const { stock_id } of quote.held) lots.add(stock_id);
  return [...lots];
}

function slotTable(rows: readonly CapacityRow[]): Map<string, number> {
  return new Map(rows.map((row) => [slotKey(row), row.used]));
}

function slotKey({ resource, slot_seconds }: { resource: string; slot_seconds: number }): string {
  return `${slot_seconds} ${resource}`;
}

function add<K>(totals: Map<K, number>, key: K, amount: number): void {
  totals.set(key, (totals.get(key) ?? 0) + amount);
}
