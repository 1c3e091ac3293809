/**
 * The checker's view of a parcel: may this warehouse and service carry it, does the lane exist, do
 * the instants follow from each other, is the freight what the card says.
 */
import type { CheckedNetwork, CheckedParcel } from './checker.ts';
import { zonesOf } from './checker-zones.ts';
import type { RateCardInput, ServiceInput, SkuInput, WarehouseInput, ZoneInput } from './types.ts';

type Lane = ServiceInput['lanes'][number];

const AMBIENT = ['ambient'] as const;

function handledProblems(
  who: string,
  row: WarehouseInput | ServiceInput,
  sku: SkuInput,
  note: CheckedParcel['note'],
): void {
  const temperature = sku.temperature ?? 'ambient';
  if (!(row.temperatures ?? AMBIENT).some((name) => name === temperature)) {
    note('eligibility', `${who} ${row.id} does not do ${temperature} (${sku.id})`);
  }
  if (sku.hazardous && !row.hazardous)
    note('eligibility', `${who} ${row.id}: ${sku.id} is hazardous`);
}

/** Notes goods that the warehouse or the service may not handle. */
export function carriedProblems(
  checked: CheckedParcel,
  warehouse: WarehouseInput,
  service: ServiceInput,
): void {
  const { note } = checked;
  for (const { sku } of checked.goods) {
    handledProblems('warehouse', warehouse, sku, note);
    handledProblems('service', service, sku, note);
    if (service.max_length_mm === undefined && service.max_girth_plus_length_mm === undefined) {
      continue;
    }
    const sides = [sku.length_mm, sku.width_mm, sku.height_mm].sort((a, b) => b - a);
    const girth = sides[0]! + 2 * sides[1]! + 2 * sides[2]!;
    const { max_length_mm, max_girth_plus_length_mm } = service;
    if (max_length_mm !== undefined && sides[0]! > max_length_mm) {
      note('eligibility', `${sku.id} is too long for ${service.id}`);
    }
    if (max_girth_plus_length_mm !== undefined && girth > max_girth_plus_length_mm) {
      note('eligibility', `${sku.id} is too bulky for ${service.id}`);
    }
  }
}

/** A lane with what it names as sets, and whether the card sells it. */
export interface ReadLane {
  readonly lane: Lane;
  readonly warehouses: ReadonlySet<string> | undefined;
  readonly zones: ReadonlySet<string> | undefined;
}

/** The lanes of a service that its card sells, in the document's order. */
function lanesOf(network: CheckedNetwork, service: ServiceInput): readonly ReadLane[] {
  let lanes = network.lanes.get(service);
  if (lanes === undefined) {
    const card = network.cards.get(service.rate_card_id);
    lanes = service.lanes
      .filter((lane) => card?.rates[lane.rate_area] !== undefined)
      .map((lane) => ({
        lane,
        warehouses: lane.warehouses && new Set(lane.warehouses),
        zones: lane.zones && new Set(lane.zones),
      }));
    network.lanes.set(service, lanes);
  }
  return lanes;
}

/** The lane and zone that count for a service: most specific zone, catch-all last, then first. */
export function laneOf(
  { network, order }: Pick<CheckedParcel, 'network' | 'order'>,
  warehouse: WarehouseInput,
  service: ServiceInput,
): { lane: Lane; zone: string } | undefined {
  const lanes = lanesOf(network, service);
  const zones = zonesOf(network, order.destination);
  const serves = (row: ReadLane) => row.warehouses?.has(warehouse.id) ?? true;
  for (const { id } of zones) {
    for (const row of lanes) {
      if (row.zones?.has(id) && serves(row)) return { lane: row.lane, zone: id };
    }
  }
  const anywhere = lanes.find((row) => row.zones === undefined && serves(row));
  return anywhere && zones.length > 0 ? { lane: anywhere.lane, zone: zones[0]!.id } : undefined;
}

/** Notes what is wrong with a parcel's lane, weight, freight and instants. */
export function checkLane(
  checked: CheckedParcel,
  warehouse: WarehouseInput,
  service: ServiceInput,
  zone: ZoneInput,
): void {
  const { parcel, note } = checked;
  const zones = zonesOf(checked.network, checked.order.destination);
  if (zones.every(({ id }) => id !== zone.id)) {
    note('zone', `${zone.id} does not contain the destination`);
  }
  const found = laneOf(checked, warehouse, service);
  if (found === undefined) {
    note('lane', `${service.id} does not run from ${warehouse.id} to the destination`);
    return;
  }
  if (found.zone !== zone.id) note('zone', `${zone.id} counts as ${found.zone} for ${service.id}`);
  checkFreight(checked, service, zone, found.lane);
  checkInstants(checked, warehouse, service, zone, found.lane);
  const units = parcel.takes.reduce((sum, take) => sum + take.quantity, 0);
  const handling =
    (warehouse.handling_per_parcel ?? 0) + (warehouse.handling_per_unit ?? 0) * units;
  if (Math.abs(parcel.cost.handling - handling) > 0.5 + 1e-6) {
    note('handling', `${parcel.cost.handling} charged where ${handling} is due`);
  }
}

export function rateFor(card: RateCardInput, area: string, billedMg: number) {
  const band = card.weight_breaks_grams.findIndex((grams) => billedMg <= Math.round(grams * 1000));
  return band < 0 ? undefined : (card.rates[area]?.[band] ?? undefined);
}

function checkFreight(
  checked: CheckedParcel,
  service: ServiceInput,
  zone: ZoneInput,
  lane: Lane,
): void {
  const { network, parcel, goods, note } = checked;
  const mg = goods.reduce((sum, good) => sum + good.mg, 0);
  if (Math.abs(parcel.weight_grams - mg / 1000) > 1e-6) {
    note('weight', `${parcel.weight_grams} g stated where ${mg / 1000} g are sent`);
  }
  if (mg / 1000 > (service.max_weight_grams ?? Number.POSITIVE_INFINITY)) {
    note('eligibility', `${mg / 1000} g are too heavy for ${service.id}`);
  }
  const card = network.cards.get(service.rate_card_id);
  if (card === undefined) {
    note('unknown', service.rate_card_id);
    return;
  }
  const mm3 = goods.reduce(
    (sum, { sku, units }) => sum + sku.length_mm * sku.width_mm * sku.height_mm * units,
    0,
  );
  const dimensional = card.cm3_per_kg ? Math.round((mm3 / 1000 / card.cm3_per_kg) * 1e6) : 0;
  const billed = Math.max(mg, dimensional);
  if (Math.abs(parcel.billed_weight_grams - billed / 1000) > 2e-3) {
    note('weight', `${parcel.billed_weight_grams} g billed where ${billed / 1000} g are due`);
  }
  const rate = rateFor(card, lane.rate_area, billed);
  if (rate === undefined) {
    note('rate', `${card.id} does not sell ${billed / 1000} g`);
    return;
  }
  const price = Math.max(rate.minimum ?? 0, rate.base + (rate.per_kg ?? 0) * (billed / 1e6));
  const fuel = price * ((card.fuel_percent ?? 0) / 100);
  const freight = price + fuel + (zone.remote ? (card.remote_surcharge ?? 0) : 0);
  if (Math.abs(parcel.cost.freight - freight) > 0.5 + 1e-4) {
    note('freight', `${parcel.cost.freight} charged where ${freight} is due`);
  }
}

/** Seconds by which a share of the parcels has come; straight lines between the points. */
export function quantile(points: readonly (readonly [number, number])[], share: number): number {
  const above = points.findIndex(([probability]) => probability >= share);
  if (above < 0) return points.at(-1)![1];
  if (above === 0) return points[0]![1];
  const [p0, x0] = points[above - 1]!;
  const [p1, x1] = points[above]!;
  return x0 + ((share - p0) / (p1 - p0)) * (x1 - x0);
}

function checkInstants(
  checked: CheckedParcel,
  warehouse: WarehouseInput,
  service: ServiceInput,
  zone: ZoneInput,
  lane: Lane,
): void {
  const { network, order, parcel, note } = checked;
  const { clock } = network;
  const { pick_from_seconds: start, ready_seconds: ready, pickup_seconds: pickup } = parcel;
  const answered = order.at_seconds + (network.input.policy.answer_seconds ?? 0);
  if (start < answered) note('start', 'processing starts before a carrier has had time to answer');
  if (!clock.mayStart(warehouse, start))
    note('start', `${warehouse.id} does not start at ${start}`);
  const due = clock.readyAfter(warehouse, start);
  if (Math.abs(ready - due) > 1e-6) note('ready', `${ready} stated where ${due} follows`);
  if (pickup < due) note('pickup', 'picked up before it is ready');
  if (!clock.isPickup(warehouse, service, pickup)) note('pickup', `no pickup at ${pickup}`);
  const points = network.transits.get(lane.transit_time_id)?.quantiles;
  if (points === undefined) {
    note('unknown', lane.transit_time_id);
    return;
  }
  const { confidence } = network.input.policy;
  const promise = clock.door(zone, Math.ceil(pickup + quantile(points, confidence) - 1e-6));
  if (Math.abs(parcel.promise_seconds - promise) > 1) {
    note('promise', `${parcel.promise_seconds} promised where ${promise} follows`);
  }
  const median = clock.door(zone, Math.ceil(pickup + quantile(points, 0.5) - 1e-6));
  if (Math.abs(parcel.expected_seconds - Math.min(median, promise)) > 1) {
    note('promise', `${parcel.expected_seconds} expected where ${median} follows`);
  }
}
