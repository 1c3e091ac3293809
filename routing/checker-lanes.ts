/**
 * The checker's view of a parcel: may this warehouse and service carry it, does the lane exist, do
 * the instants follow from each other, is the freight what the card says.
 */
import type { CheckedNetwork, CheckedParcel } from './checker.ts';
import type {
  Destination,
  RateCardInput,
  ServiceInput,
  SkuInput,
  WarehouseInput,
  ZoneInput,
} from './types.ts';

type Lane = ServiceInput['lanes'][number];

/** SKU, units and weight (whole milligrams) of each line in the parcel. */
function contents(checked: CheckedParcel): { sku: SkuInput; units: number; mg: number }[] {
  const { network, order, units } = checked;
  return order.lines.flatMap((line) => {
    const sku = network.skus.get(line.sku_id);
    const count = units.get(line.line_no) ?? 0;
    if (sku === undefined || count === 0) return [];
    const whole =
      line.weight_grams === undefined
        ? line.quantity * Math.round(sku.weight_grams * 1000)
        : Math.round(line.weight_grams * 1000);
    return [{ sku, units: count, mg: Math.round((whole * count) / line.quantity) }];
  });
}

/** Notes goods that the warehouse or the service may not handle. */
export function carriedProblems(
  checked: CheckedParcel,
  warehouse: WarehouseInput,
  service: ServiceInput,
): void {
  const { note } = checked;
  for (const { sku } of contents(checked)) {
    const temperature = sku.temperature ?? 'ambient';
    for (const [who, row] of [
      ['warehouse', warehouse],
      ['service', service],
    ] as const) {
      if (!(row.temperatures ?? ['ambient']).includes(temperature)) {
        note('eligibility', `${who} ${row.id} does not do ${temperature} (${sku.id})`);
      }
      if (sku.hazardous && !row.hazardous)
        note('eligibility', `${who} ${row.id}: ${sku.id} is hazardous`);
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

const compact = (code: string): string =>
  [...code.toUpperCase()].filter((c) => /[A-Z0-9]/.test(c)).join('');

function onEdge(p: readonly number[], a: readonly number[], b: readonly number[]): boolean {
  const cross = (b[0]! - a[0]!) * (p[1]! - a[1]!) - (b[1]! - a[1]!) * (p[0]! - a[0]!);
  const dot = (p[0]! - a[0]!) * (p[0]! - b[0]!) + (p[1]! - a[1]!) * (p[1]! - b[1]!);
  return cross === 0 && dot <= 0;
}

/** Even-odd rule over all rings; points on an edge are inside. */
function inPolygon(rings: NonNullable<ZoneInput['polygon']>, p: readonly number[]): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const a = ring[i]!;
      const b = ring[j]!;
      if (onEdge(p, a, b)) return true;
      const crosses = a[1] > p[1]! !== b[1] > p[1]!;
      if (crosses && p[0]! < ((b[0] - a[0]) * (p[1]! - a[1])) / (b[1] - a[1]) + a[0])
        inside = !inside;
    }
  }
  return inside;
}

/** Great-circle metres on the mean sphere (haversine). */
function metresBetween(a: readonly number[], b: readonly number[]): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const lat = Math.sin(radians(b[1]! - a[1]!) / 2) ** 2;
  const lon = Math.sin(radians(b[0]! - a[0]!) / 2) ** 2;
  const h = lat + lon * Math.cos(radians(a[1]!)) * Math.cos(radians(b[1]!));
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** How specifically a zone contains a destination: [kind, order within]; undefined = not at all. */
function containment(zone: ZoneInput, to: Destination): [number, number] | undefined {
  if (zone.country !== to.country) return undefined;
  const { circle, polygon, postal_prefixes } = zone;
  if (circle && to.position && metresBetween(circle.center, to.position) <= circle.radius_metres) {
    return [0, circle.radius_metres];
  }
  const code = compact(to.postal_code);
  const lengths = (postal_prefixes ?? []).map(compact).filter((prefix) => code.startsWith(prefix));
  if (lengths.length > 0) return [1, -Math.max(...lengths.map((prefix) => prefix.length))];
  if (polygon && to.position && inPolygon(polygon, to.position)) return [2, 0];
  return circle || polygon || postal_prefixes ? undefined : [3, 0];
}

const before = (
  a: readonly [number, number, string],
  b: readonly [number, number, string],
): boolean => (a[0] !== b[0] ? a[0] < b[0] : a[1] !== b[1] ? a[1] < b[1] : a[2] < b[2]);

/** A zone that contains a destination, and how specifically. */
export interface RankedZone {
  readonly id: string;
  readonly rank: readonly [number, number, string];
}

/** Destinations remembered before the memory is emptied. */
const MOST_DESTINATIONS = 10_000;

/** Zones that contain the order's destination, most specific first. */
function zonesOf(network: CheckedNetwork, to: Destination): readonly RankedZone[] {
  const key = JSON.stringify([to.country, to.postal_code, to.position ?? null]);
  let zones = network.found.get(key);
  if (zones === undefined) {
    zones = network.input.zones
      .flatMap((zone): RankedZone[] => {
        const found = containment(zone, to);
        return found === undefined ? [] : [{ id: zone.id, rank: [...found, zone.id] }];
      })
      .sort((a, b) => (before(a.rank, b.rank) ? -1 : 1));
    if (network.found.size >= MOST_DESTINATIONS) network.found.clear();
    network.found.set(key, zones);
  }
  return zones;
}

/** The lane and zone that count for a service: most specific zone, catch-all last, then first. */
export function laneOf(
  checked: Pick<CheckedParcel, 'network' | 'order'>,
  warehouse: WarehouseInput,
  service: ServiceInput,
): { lane: Lane; zone: string } | undefined {
  const { network, order } = checked;
  const card = network.cards.get(service.rate_card_id);
  const lanes = service.lanes.filter(
    (lane) =>
      (lane.warehouses === undefined || lane.warehouses.includes(warehouse.id)) &&
      card?.rates[lane.rate_area] !== undefined,
  );
  const zones = zonesOf(network, order.destination);
  for (const { id } of zones) {
    const lane = lanes.find((row) => row.zones?.includes(id));
    if (lane !== undefined) return { lane, zone: id };
  }
  const anywhere = lanes.find((lane) => lane.zones === undefined);
  return anywhere && zones.length > 0 ? { lane: anywhere, zone: zones[0]!.id } : undefined;
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
  const units = [...checked.units.values()].reduce((sum, count) => sum + count, 0);
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
  const { network, parcel, note } = checked;
  const goods = contents(checked);
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
  if (start < order.at_seconds) note('start', 'processing starts before the order');
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
