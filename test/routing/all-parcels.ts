/**
 * Every parcel that one order could leave in: whole lines, any warehouse and service, slots chosen
 * freely. It stands on the checker's view of the document (lanes, clocks, lateness), never on the
 * solver's.
 */

import { doorLaw, meanLateness, promised, quantile } from '../../routing/checker-arrivals.ts';
import { checkerClock } from '../../routing/checker-clock.ts';
import {
  type CheckedNetwork,
  prepareNetwork,
  quietRunsOf,
} from '../../routing/checker-document.ts';
import { rateFor } from '../../routing/checker-parcel.ts';
import { laneOf, pointsAt, waitsAt } from '../../routing/checker-ways.ts';
import { placeOf } from '../../routing/checker-zones.ts';
import type { ServiceInput, SkuInput, WarehouseInput } from '../../routing/index.ts';
import { greatCircleKm } from '../../src/domain/carbon.ts';
import type { World } from './small-world.ts';

export const DAY = 86_400;
const LOOK_DAYS = 12;
const clock = checkerClock();
/** Rounds half up. */
export const money = (amount: number) => Math.floor(amount + 0.5 + 1e-7);

export interface Parcel {
  readonly subset: number;
  readonly warehouse: string;
  readonly cost: number;
  readonly promise: number;
  /** P(at the door by the order's date); 1 where the policy demands nothing. */
  readonly inTime: number;
  /** Resource slots taken: name → amount. */
  readonly takes: readonly (readonly [string, number])[];
}

interface Slot {
  readonly start: number;
  readonly pickup: number;
}

/** First start of each hour; the worlds open and close on full hours. */
function startsOf(world: World, warehouse: WarehouseInput): number[] {
  const answered = world.order.at_seconds + (world.network.policy.answer_seconds ?? 0);
  const at = Math.ceil(answered);
  const starts: number[] = [];
  for (
    let hour = at - (at % 3600);
    hour < at + LOOK_DAYS * DAY && starts.length < 16;
    hour += 3600
  ) {
    const first = Math.max(at, hour);
    if (clock.mayStart(warehouse, first)) starts.push(first);
  }
  return warehouse.picks_per_hour === undefined ? starts.slice(0, 1) : starts;
}

/** Pickups from local timetables, each confirmed by the clock. */
function pickupsOf(world: World, warehouse: WarehouseInput, service: ServiceInput): number[] {
  const { at_seconds } = world.order;
  const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
  const today = Temporal.Instant.fromEpochMilliseconds(at_seconds * 1000)
    .toZonedDateTimeISO(warehouse.time_zone)
    .toPlainDate();
  return Array.from({ length: LOOK_DAYS }, (_, i) => today.add({ days: i })).flatMap((date) =>
    (service.pickups[names[date.dayOfWeek - 1]!] ?? [])
      .map((time) => {
        const plainTime = Temporal.PlainTime.from(time);
        const local = date.toZonedDateTime({ timeZone: warehouse.time_zone, plainTime });
        return local.epochMilliseconds / 1000;
      })
      .sort((a, b) => a - b)
      .filter((t) => clock.isPickup(warehouse, service, t)),
  );
}

/** True if nothing more leaves a warehouse by a service on a day, by what is used of it. */
function isFull(world: World, warehouse: WarehouseInput, service: ServiceInput, day: number) {
  const used = (resource: string) =>
    world.capacity
      .filter((use) => use.resource === resource && use.slot_seconds === day)
      .reduce((sum, use) => sum + use.used, 0);
  return (
    used(`parcels/${warehouse.id}`) >= (warehouse.parcels_per_day ?? Infinity) ||
    used(`service/${service.id}`) >= (service.parcels_per_day ?? Infinity) ||
    used(`service/${service.id}/${warehouse.id}`) >=
      (service.parcels_per_day_per_warehouse ?? Infinity)
  );
}

/** Days on which parcels of one order may want each other's place: as many as it has parcels at most. */
const MOST_DAYS = 5;

/** First start of each hour and first pickup of each day: no other slot is ever better. */
function slotsOf(
  world: World,
  warehouse: WarehouseInput,
  service: ServiceInput,
  starts: readonly number[],
): Slot[] {
  const pickups = pickupsOf(world, warehouse, service);
  return starts.flatMap((start) => {
    const ready = clock.readyAfter(warehouse, start);
    const days = new Map<number, number>();
    for (const pickup of pickups.filter((t) => t >= ready)) {
      const day = clock.dateSlot(pickup, warehouse.time_zone);
      if (!days.has(day) && !isFull(world, warehouse, service, day)) days.set(day, pickup);
    }
    return [...days.values()].slice(0, MOST_DAYS).map((pickup) => ({ start, pickup }));
  });
}

export const prepare = (world: World): CheckedNetwork => prepareNetwork(world.network);

interface Goods {
  readonly sku: SkuInput;
  readonly quantity: number;
  readonly mg: number;
}

function goodsOf(world: World, network: CheckedNetwork, subset: number): Goods[] {
  return world.order.lines
    .filter((_, i) => (subset & (1 << i)) !== 0)
    .map((line) => {
      const sku = network.skus.get(line.sku_id)!.row;
      const mg = Math.round((line.weight_grams ?? sku.weight_grams * line.quantity) * 1000);
      return { sku, quantity: line.quantity, mg };
    });
}

function eligible(goods: readonly Goods[], warehouse: WarehouseInput, service: ServiceInput) {
  return goods.every(({ sku }) => {
    const sides = [sku.length_mm, sku.width_mm, sku.height_mm].sort((a, b) => a - b);
    return (
      [warehouse, service].every(
        (row) =>
          (row.temperatures ?? ['ambient']).includes(sku.temperature ?? 'ambient') &&
          (!sku.hazardous || row.hazardous === true),
      ) &&
      sides[2]! <= (service.max_length_mm ?? 1e9) &&
      sides[2]! + 2 * (sides[0]! + sides[1]!) <= (service.max_girth_plus_length_mm ?? 1e9)
    );
  });
}

/** Freight and handling of goods, or undefined if they are refused. */
function priceOf(
  world: World,
  network: CheckedNetwork,
  goods: readonly Goods[],
  warehouse: WarehouseInput,
  service: ServiceInput,
): { price: number; zone: string; transit: string } | undefined {
  const { order } = world;
  const read = network.services.get(service.id)!;
  const lane = laneOf(read, warehouse.id, placeOf(network, order.destination).zones);
  if (lane === undefined || !eligible(goods, warehouse, service)) return undefined;
  const card = network.cards.get(service.rate_card_id)!;
  const mg = goods.reduce((sum, { mg: each }) => sum + each, 0);
  if (mg > (service.max_weight_grams ?? 1e12) * 1000) return undefined;
  const mm3 = goods.reduce(
    (sum, { sku, quantity }) => sum + sku.length_mm * sku.width_mm * sku.height_mm * quantity,
    0,
  );
  const billed = Math.max(mg, card.cm3_per_kg ? Math.round((mm3 * 1000) / card.cm3_per_kg) : 0);
  const rate = rateFor(read.breaks_mg, card.rates[lane.lane.rate_area]!, billed);
  if (rate === undefined) return undefined;
  const units = goods.reduce((sum, { quantity }) => sum + quantity, 0);
  const base = Math.max(rate.minimum ?? 0, rate.base + ((rate.per_kg ?? 0) * billed) / 1e6);
  const remote = network.zones.get(lane.zone)!.remote ? (card.remote_surcharge ?? 0) : 0;
  const freight = money(base * (1 + (card.fuel_percent ?? 0) / 100) + remote);
  const handling =
    (warehouse.handling_per_parcel ?? 0) + (warehouse.handling_per_unit ?? 0) * units;
  const price = freight + money(handling) + money(carbonOf(world, { warehouse, service, mg }));
  return { price, zone: lane.zone, transit: lane.lane.transit_time_id! };
}

/** What the policy charges for the weight over the way to the door, minor units. */
function carbonOf(
  { network: { policy }, order }: World,
  sent: { warehouse: WarehouseInput; service: ServiceInput; mg: number },
): number {
  const { position } = order.destination;
  const { carbon_grams_per_tonne_km: factor = 0 } = sent.service;
  if (policy.carbon_per_kg === undefined || position === undefined) return 0;
  const km = greatCircleKm([...sent.warehouse.position], [...position]);
  return ((policy.carbon_per_kg / 1000) * factor * km * sent.mg) / 1e9;
}

const held = (world: World, warehouse: string, sku: string): number =>
  world.stock
    .filter((row) => row.warehouse_id === warehouse && row.sku_id === sku)
    .reduce((sum, row) => sum + row.available, 0);

/** By a fine sum over the distribution: the share of transit times that end in time. */
function inTimeShare(
  world: World,
  network: CheckedNetwork,
  zone: World['network']['zones'][number],
  points: readonly (readonly [number, number])[],
  pickup: number,
): number {
  const due = world.order.deliver_by_seconds;
  if (world.network.policy.on_time_confidence === undefined || due === undefined) return 1;
  let [low, high] = [0, 1];
  if (network.clock.door(zone, pickup + quantile(points, 1)) <= due) return 1;
  if (network.clock.door(zone, pickup + quantile(points, 0)) > due) return 0;
  while (high - low > 1e-9) {
    const share = (low + high) / 2;
    if (network.clock.door(zone, pickup + quantile(points, share)) <= due) low = share;
    else high = share;
  }
  return low;
}

/** True if the order and the policy let these lines share a parcel and no other has to be there. */
function mayShare(world: World, network: CheckedNetwork, subset: number): boolean {
  const { order } = world;
  const inside = (i: number) => (subset & (1 << i)) !== 0;
  const names = (i: number) => {
    const sku = network.skus.get(order.lines[i]!.sku_id)!.row;
    const { temperature = 'ambient', goods_class, hazardous } = sku;
    return [temperature, goods_class, hazardous ? 'hazardous' : undefined];
  };
  return order.lines.every((a, i) =>
    order.lines.every((b, j) => {
      if (a.keep_together !== undefined && a.keep_together === b.keep_together) {
        if (inside(i) !== inside(j)) return false;
      }
      if (!inside(i) || !inside(j) || a.sku_id === b.sku_id) return true;
      return !world.network.policy.apart?.some(
        ([x, y]) => names(i).includes(x) && names(j).includes(y),
      );
    }),
  );
}

/** Promise, price of lateness and day slot of a pickup. */
function arrivalOf(
  world: World,
  network: CheckedNetwork,
  warehouse: WarehouseInput,
  priced: { readonly zone: string; readonly transit: string },
  pickup: number,
) {
  const times = network.transits.get(priced.transit)!;
  const points = pointsAt(times, waitsAt(network, warehouse.id), pickup);
  const zone = network.zones.get(priced.zone)!;
  const { confidence, lateness_per_day } = world.network.policy;
  const comes = (share: number) => Math.ceil(pickup + quantile(points, share) - 1e-6);
  const due = world.order.deliver_by_seconds;
  const law = doorLaw(network.clock, zone, points, pickup);
  const late = due === undefined ? 0 : meanLateness(law, due) / DAY;
  return {
    promise: promised(clock, zone, quietRunsOf(network, times, zone), comes, confidence),
    lateness: money(late * lateness_per_day),
    inTime: inTimeShare(world, network, zone, points, pickup),
    day: clock.dateSlot(pickup, warehouse.time_zone),
  };
}

/** All parcels that fit on their own, cheapest first. */
export function allParcels(world: World, network: CheckedNetwork): Parcel[] {
  const { order, network: input } = world;
  const full = 2 ** order.lines.length - 1;
  const parcels: Parcel[] = [];
  for (const warehouse of input.warehouses) {
    if (order.excluded_warehouses?.includes(warehouse.id)) continue;
    const starts = startsOf(world, warehouse);
    const here = order.lines.reduce(
      (bits, { sku_id, quantity }, i) =>
        held(world, warehouse.id, sku_id) >= quantity ? bits | (1 << i) : bits,
      0,
    );
    for (const service of input.services) {
      if (order.excluded_services?.includes(service.id)) continue;
      const slots = slotsOf(world, warehouse, service, starts);
      const arrivals = new Map<number, ReturnType<typeof arrivalOf>>();
      for (let subset = 1; subset <= full; subset++) {
        if ((subset & ~here) !== 0 || !mayShare(world, network, subset)) continue;
        const goods = goodsOf(world, network, subset);
        const priced = priceOf(world, network, goods, warehouse, service);
        if (priced === undefined) continue;
        const units = goods.reduce((sum, { quantity }) => sum + quantity, 0);
        for (const { start, pickup } of slots) {
          let arrival = arrivals.get(pickup);
          if (arrival === undefined) {
            arrival = arrivalOf(world, network, warehouse, priced, pickup);
            arrivals.set(pickup, arrival);
          }
          const { promise, lateness, inTime, day } = arrival;
          parcels.push({
            subset,
            warehouse: warehouse.id,
            cost: priced.price + lateness,
            promise,
            inTime,
            takes: [
              [`picks/${warehouse.id}@${start - (start % 3600)}`, units],
              [`parcels/${warehouse.id}@${day}`, 1],
              [`service/${service.id}@${day}`, 1],
              [`service/${service.id}/${warehouse.id}@${day}`, 1],
            ],
          });
        }
      }
    }
  }
  return parcels.sort((a, b) => a.cost - b.cost);
}
