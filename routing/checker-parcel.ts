/**
 * The checker's view of a parcel: may this warehouse and service carry it, is its weight what is in
 * it, is the freight what the card says, do the instants follow from each other.
 */
import type { ParcelInHand } from './checker.ts';
import type { CheckedNetwork, ReadSku } from './checker-document.ts';
import { legsCost } from './checker-routes.ts';
import type { Departure, Way } from './checker-ways.ts';
import type { ParcelPlan, RateInput, SourcingOrder } from './types.ts';

const HALF = 0.5 + 1e-4;

/** Goods of a parcel together, whole milligrams and cubic millimetres; the rest is the most of any. */
export interface Load {
  units: number;
  mg: number;
  mm3: number;
  needs: number;
  longest_mm: number;
  girth_mm: number;
}

/** Adds up what a parcel holds. O(lines × units taken). */
export function loadOf(network: CheckedNetwork, order: SourcingOrder, parcel: ParcelPlan): Load {
  const load: Load = { units: 0, mg: 0, mm3: 0, needs: 0, longest_mm: 0, girth_mm: 0 };
  const { takes } = parcel;
  for (let i = 0; i < takes.length; i++) load.units += takes[i]!.quantity;
  for (let i = 0; i < order.lines.length; i++) {
    const line = order.lines[i]!;
    let units = 0;
    let isTaken = false;
    for (let j = 0; j < takes.length; j++) {
      if (takes[j]!.line_no !== line.line_no) continue;
      units += takes[j]!.quantity;
      isTaken = true;
    }
    const sku = isTaken ? network.skus.get(line.sku_id) : undefined;
    if (sku === undefined) continue;
    const whole =
      line.weight_grams === undefined
        ? line.quantity * sku.mg
        : Math.round(line.weight_grams * 1000);
    load.mg += units === line.quantity ? whole : Math.round((whole * units) / line.quantity);
    load.mm3 += sku.mm3 * units;
    load.needs |= sku.needs;
    load.longest_mm = Math.max(load.longest_mm, sku.longest_mm);
    load.girth_mm = Math.max(load.girth_mm, sku.girth_mm);
  }
  return load;
}

/** The SKUs in a parcel, by line. O(lines × takes). */
export function skusIn({ network, order, parcel }: ParcelInHand): ReadSku[] {
  return order.lines.flatMap(({ line_no, sku_id }) => {
    const sku = network.skus.get(sku_id);
    return sku !== undefined && parcel.takes.some((take) => take.line_no === line_no) ? [sku] : [];
  });
}

/**
 * Notes goods that the warehouse or the service may not handle. O(1), but O(lines × takes) where
 * something is noted.
 */
export function checkCarried(hand: ParcelInHand): void {
  const { load, warehouse, service, note } = hand;
  const isHandled = (load.needs & ~(warehouse.handles & service.handles)) === 0;
  const isSmall =
    load.longest_mm <= service.most_length_mm && load.girth_mm <= service.most_girth_mm;
  if (load.mg > service.most_mg) {
    note('eligibility', `${load.mg / 1000} g are too heavy for ${service.row.id}`);
  }
  if (isHandled && isSmall) return;
  const handlers = [
    ['warehouse', warehouse],
    ['service', service],
  ] as const;
  for (const sku of skusIn(hand)) {
    for (const [who, { row, handles }] of handlers) {
      if ((sku.needs & ~handles) === 0) continue;
      note('eligibility', `${who} ${row.id} does not do ${sku.names.join(', ')} (${sku.row.id})`);
    }
    if (sku.longest_mm > service.most_length_mm) {
      note('eligibility', `${sku.row.id} is too long for ${service.row.id}`);
    }
    if (sku.girth_mm > service.most_girth_mm) {
      note('eligibility', `${sku.row.id} is too bulky for ${service.row.id}`);
    }
  }
}

/**
 * The rate of a billed weight, milligrams: the first band that holds it; undefined = it is not sold.
 * O(bands).
 */
export function rateFor(
  breaksMg: readonly number[],
  rates: readonly (RateInput | null)[],
  billedMg: number,
): RateInput | undefined {
  for (let band = 0; band < breaksMg.length; band++) {
    if (billedMg <= breaksMg[band]!) return rates[band] ?? undefined;
  }
  return undefined;
}

/**
 * Notes weight, freight and handling that do not follow from what is in the parcel.
 * O(bands + steps of the route).
 */
export function checkFreight(hand: ParcelInHand, way: Way): void {
  const { parcel, load, warehouse, service, note } = hand;
  const { mg, mm3 } = load;
  const handling = warehouse.handling_per_parcel + warehouse.handling_per_unit * load.units;
  if (!(Math.abs(parcel.cost.handling - handling) <= 0.5 + 1e-6)) {
    note('handling', `${parcel.cost.handling} charged where ${handling} is due`);
  }
  if (!(Math.abs(parcel.weight_grams - mg / 1000) <= 1e-6)) {
    note('weight', `${parcel.weight_grams} g stated where ${mg / 1000} g are sent`);
  }
  // A way is by a lane that a card sells.
  const { cm3_per_kg, fuel_share, surcharge } = way;
  const dimensional = cm3_per_kg > 0 ? Math.round((mm3 / 1000 / cm3_per_kg) * 1e6) : 0;
  const billed = Math.max(mg, dimensional);
  if (!(Math.abs(parcel.billed_weight_grams - billed / 1000) <= 2e-3)) {
    note('weight', `${parcel.billed_weight_grams} g billed where ${billed / 1000} g are due`);
  }
  const rate = rateFor(service.breaks_mg, way.rates, billed);
  if (rate === undefined) {
    note('rate', `${service.row.rate_card_id} does not sell ${billed / 1000} g`);
    return;
  }
  const price = Math.max(rate.minimum ?? 0, rate.base + (rate.per_kg ?? 0) * (billed / 1e6));
  const freight = price + price * fuel_share + surcharge + legsCost(hand.network, parcel);
  if (!(Math.abs(parcel.cost.freight - freight) <= HALF)) {
    note('freight', `${parcel.cost.freight} charged where ${freight} is due`);
  }
}

/** End of processing by its start; NaN where it may not start. O(1) while a warehouse's day lasts. */
function endOf({ network: { clock }, warehouse }: ParcelInHand, start: number): number {
  let { shift } = warehouse;
  if (shift === undefined || !(start >= shift.from && start < shift.to && start <= shift.last)) {
    shift = clock.shift(warehouse.row, start);
    if (shift === undefined) return Number.NaN;
    warehouse.shift = shift;
  }
  const end = start + warehouse.row.processing_seconds;
  return end <= shift.to ? end : clock.readyAfter(warehouse.row, start);
}

/**
 * Notes instants that do not follow from each other. O(1) while a warehouse's day lasts, else
 * O(days worked through).
 */
export function checkInstants(hand: ParcelInHand, departure: Departure): void {
  const { network, order, parcel, warehouse, note } = hand;
  const { pick_from_seconds: start, ready_seconds: ready, pickup_seconds: pickup } = parcel;
  const answered = order.at_seconds + (network.input.policy.answer_seconds ?? 0);
  if (!(start >= answered)) {
    note('start', 'processing starts before a carrier has had time to answer');
  }
  const due = endOf(hand, start);
  if (Number.isNaN(due)) note('start', `${warehouse.row.id} does not start at ${start}`);
  else if (!(Math.abs(ready - due) <= 1e-6)) {
    note('ready', `${ready} stated where ${due} follows`);
  }
  if (!(pickup >= ready) || pickup < due) note('pickup', 'picked up before it is ready');
  if (!departure.is_pickup) note('pickup', `no pickup at ${pickup}`);
  const { promise, expected } = departure.arrival;
  if (!(Math.abs(parcel.promise_seconds - promise) <= 1)) {
    note('promise', `${parcel.promise_seconds} promised where ${promise} follows`);
  }
  if (!(Math.abs(parcel.expected_seconds - expected) <= 1)) {
    note('promise', `${parcel.expected_seconds} expected where ${expected} follows`);
  }
}
