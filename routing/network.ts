/**
 * Compiles a network document into typed arrays: ids become indices (in order of id, so that ties
 * break by id), classes become bits, timetables become sorted instants. The fixed part is compiled
 * once per network version; the calendars age and can be compiled anew alone.
 */
import { compileApart } from './apart.ts';
import { assertHorizon, assertNetwork } from './assert-network.ts';
import { assertDestination } from './assert-order.ts';
import type { Intervals, OpenCalendar } from './calendar.ts';
import { type CalendarSet, compileCalendars, type LaneTimes } from './calendar-set.ts';
import { atOnce, compileLaneTables, type LaneTables, longestTransit } from './compile-routes.ts';
import { compileLanes, type LaneIndex } from './lane-index.ts';
import { compileRates, type RateTable, toMilligrams } from './rates.ts';
import { compileTimes, type TransitTable } from './transit.ts';
import type {
  Destination,
  NetworkInput,
  PolicyInput,
  ServiceInput,
  SkuInput,
  TemperatureClass,
  WarehouseInput,
} from './types.ts';
import { findZones, indexZones, type ZoneIndex } from './zones.ts';

export type { Intervals, OpenCalendar };

/** Rows of one kind by index, with the way back from the id. */
export interface Ids {
  readonly ids: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
}

/** SKUs: milligrams, cubic millimetres, millimetres, class bits, seconds of life. */
export interface SkuTable extends Ids {
  readonly mg: Float64Array;
  readonly mm3: Float64Array;
  readonly longest: Float64Array;
  readonly girthPlusLength: Float64Array;
  readonly classes: Uint8Array;
  readonly lifeSeconds: Float64Array;
  /** What the policy's `apart` says of each SKU: bits of what it is, and of what it shuns. */
  readonly traits: Int32Array;
  readonly shuns: Int32Array;
}

/** Warehouses; missing limits are Infinity, `classes` are the bits they support. */
export interface WarehouseTable extends Ids {
  /** Names of their resources. */
  readonly picksNames: readonly string[];
  readonly parcelsNames: readonly string[];
  readonly processingSeconds: Float64Array;
  readonly picksPerHour: Float64Array;
  readonly parcelsPerDay: Float64Array;
  readonly handlingPerParcel: Float64Array;
  readonly handlingPerUnit: Float64Array;
  /** [lon, lat]. */
  readonly positions: readonly (readonly [number, number])[];
  readonly classes: Uint8Array;
}

/** Services; missing limits are Infinity, `names` are those of their resources. */
export interface ServiceTable extends Ids {
  readonly names: readonly string[];
  readonly carrierIds: readonly string[];
  readonly card: Int32Array;
  readonly classes: Uint8Array;
  readonly maxMg: Float64Array;
  /** Grams of CO2e that the service states for a tonne over a kilometre; 0 = it states none. */
  readonly carbonPerTonneKm: Float64Array;
  readonly maxLength: Float64Array;
  readonly maxGirthPlusLength: Float64Array;
  readonly parcelsPerDay: Float64Array;
  readonly parcelsPerDayPerWarehouse: Float64Array;
}

/** Zones. */
export interface ZoneTable extends Ids {
  readonly remote: Uint8Array;
  readonly index: ZoneIndex;
}

/** A network ready to decide with. Immutable but for its caches. */
export interface CompiledNetwork extends LaneTables {
  readonly input: NetworkInput;
  readonly policy: PolicyInput;
  readonly skus: SkuTable;
  readonly warehouses: WarehouseTable;
  readonly services: ServiceTable;
  readonly zones: ZoneTable;
  readonly calendars: CalendarSet;
}

/** Calendars to compile: from an instant (epoch seconds) over so many days, 21 unless said. */
export interface Horizon {
  readonly from_seconds: number;
  readonly horizon_days?: number | undefined;
}

const TEMPERATURE_BIT: Readonly<Record<TemperatureClass, number>> = {
  ambient: 1,
  chilled: 2,
  frozen: 4,
};
const HAZARD_BIT = 8;

const limit = (value: number | undefined): number => value ?? Number.POSITIVE_INFINITY;
const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : +(a.id > b.id));

/** A column of a table; half as dear as `Float64Array.from`, which matters where rows are many. */
function numbersOf<T>(rows: readonly T[], of: (row: T) => number): Float64Array {
  const numbers = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) numbers[i] = of(rows[i]!);
  return numbers;
}

/** The document with the rows that are indexed in order of their ids. */
const inOrder = (input: NetworkInput): NetworkInput => ({
  ...input,
  warehouses: [...input.warehouses].sort(byId),
  zones: [...input.zones].sort(byId),
  services: [...input.services].sort(byId),
});

function idsOf(rows: readonly { readonly id: string }[]): Ids {
  const ids = rows.map((row) => row.id);
  return { ids, indexOf: new Map(ids.map((id, i) => [id, i])) };
}

/** Class bits a warehouse or service supports. */
function supported(row: {
  readonly temperatures?: readonly TemperatureClass[] | undefined;
  readonly hazardous?: boolean | undefined;
}): number {
  const hazard = row.hazardous === true ? HAZARD_BIT : 0;
  return (row.temperatures ?? ['ambient']).reduce((bits, t) => bits | TEMPERATURE_BIT[t], hazard);
}

function compileSkus(
  rows: readonly SkuInput[],
  apart: NonNullable<PolicyInput['apart']>,
): SkuTable {
  const sides = (sku: SkuInput) => [sku.length_mm, sku.width_mm, sku.height_mm];
  return {
    ...idsOf(rows),
    mg: numbersOf(rows, (sku) => toMilligrams(sku.weight_grams)),
    mm3: numbersOf(rows, (sku) => sku.length_mm * sku.width_mm * sku.height_mm),
    longest: numbersOf(rows, (sku) => Math.max(...sides(sku))),
    girthPlusLength: numbersOf(rows, (sku) => {
      const longest = Math.max(...sides(sku));
      return longest + 2 * (sku.length_mm + sku.width_mm + sku.height_mm - longest);
    }),
    classes: Uint8Array.from(
      rows,
      (sku) => TEMPERATURE_BIT[sku.temperature ?? 'ambient'] | (sku.hazardous ? HAZARD_BIT : 0),
    ),
    lifeSeconds: numbersOf(rows, (sku) => (sku.minimum_life_days ?? 0) * 86_400),
    ...compileApart(rows, apart),
  };
}

function compileWarehouses(rows: readonly WarehouseInput[]): WarehouseTable {
  return {
    ...idsOf(rows),
    picksNames: rows.map((row) => `picks/${row.id}`),
    parcelsNames: rows.map((row) => `parcels/${row.id}`),
    processingSeconds: numbersOf(rows, (row) => row.processing_seconds),
    picksPerHour: numbersOf(rows, (row) => limit(row.picks_per_hour)),
    parcelsPerDay: numbersOf(rows, (row) => limit(row.parcels_per_day)),
    handlingPerParcel: numbersOf(rows, (row) => row.handling_per_parcel ?? 0),
    handlingPerUnit: numbersOf(rows, (row) => row.handling_per_unit ?? 0),
    positions: rows.map((row) => row.position),
    classes: Uint8Array.from(rows, supported),
  };
}

function compileServices(rows: readonly ServiceInput[], rates: RateTable): ServiceTable {
  return {
    ...idsOf(rows),
    names: rows.map((row) => `service/${row.id}`),
    carrierIds: rows.map((row) => row.carrier_id),
    card: Int32Array.from(rows, (row) => rates.cardOf.get(row.rate_card_id)!),
    classes: Uint8Array.from(rows, supported),
    carbonPerTonneKm: numbersOf(rows, (row) => row.carbon_grams_per_tonne_km ?? 0),
    maxMg: numbersOf(rows, (row) => limit(row.max_weight_grams) * 1000),
    maxLength: numbersOf(rows, (row) => limit(row.max_length_mm)),
    maxGirthPlusLength: numbersOf(rows, (row) => limit(row.max_girth_plus_length_mm)),
    parcelsPerDay: numbersOf(rows, (row) => limit(row.parcels_per_day)),
    parcelsPerDayPerWarehouse: numbersOf(rows, (row) => limit(row.parcels_per_day_per_warehouse)),
  };
}

const laneTimes = (transit: TransitTable, lanes: LaneIndex): LaneTimes => ({
  longestTransit: longestTransit(transit, lanes),
  timetable: lanes.timetable,
});

/**
 * Compiles a network. O(rows + lanes × warehouses named + time zones × days); about a second for
 * 1,000 warehouses, 10,000 services and 500 zones.
 *
 * @throws RangeError when the document or the horizon means nothing: a name of no row, two rows of one id, a
 * number, time or zone that is none (see `assert-network.ts`). It names the first such field by its path,
 * what was got and what was expected.
 */
export function compileNetwork(input: NetworkInput, horizon: Horizon): CompiledNetwork {
  return atOnce(compileInSteps(input, horizon));
}

/**
 * The same in steps of some milliseconds each, for callers that have others to serve in between.
 * O(rows + lanes × warehouses named + time zones × days).
 *
 * @throws RangeError as {@link compileNetwork}.
 */
export function* compileInSteps(
  input: NetworkInput,
  horizon: Horizon,
): Generator<void, CompiledNetwork> {
  assertHorizon(horizon);
  yield* assertNetwork(input);
  const rows = inOrder(input);
  const rates = compileRates(input.rate_cards);
  yield;
  const warehouses = compileWarehouses(rows.warehouses);
  const transit = compileTimes(input, input.policy.confidence, warehouses.indexOf);
  const services = compileServices(rows.services, rates);
  yield;
  const zones: ZoneTable = {
    ...idsOf(rows.zones),
    remote: Uint8Array.from(rows.zones, (zone) => (zone.remote ? 1 : 0)),
    index: indexZones(rows.zones),
  };
  yield;
  const parts = { written: input.services, warehouses, zones, services, rates, transit };
  const lanes = yield* compileLanes(rows.services, parts);
  const skus = compileSkus(input.skus, input.policy.apart ?? []);
  yield;
  const fixed = { lanes, rates, transit, card: services.card };
  const tables = yield* compileLaneTables(fixed, input, horizon);
  const calendars = compileCalendars(rows, laneTimes(transit, lanes), horizon);
  return {
    input,
    policy: input.policy,
    skus,
    warehouses,
    services,
    zones,
    ...tables,
    calendars,
  };
}

/**
 * The same network with calendars from another instant on; shares all else, but for routes, which are looked
 * for anew. O(zones × days + routes).
 *
 * @throws RangeError when the horizon means nothing.
 */
export function recompileCalendars(network: CompiledNetwork, horizon: Horizon): CompiledNetwork {
  return atOnce(recompileInSteps(network, horizon));
}

/** The same in steps of some milliseconds, for callers with others to serve. O(zones × days + routes). */
export function* recompileInSteps(
  network: CompiledNetwork,
  horizon: Horizon,
): Generator<void, CompiledNetwork> {
  assertHorizon(horizon);
  const times = laneTimes(network.transit, network.lanes);
  const calendars = compileCalendars(inOrder(network.input), times, horizon);
  if (network.routes === undefined) return { ...network, calendars };
  yield;
  const tables = yield* compileLaneTables(network.fixed, network.input, horizon);
  return { ...network, ...tables, calendars };
}

/**
 * The instant (epoch seconds) until which orders can be decided with these calendars: after it,
 * compile anew. Two thirds of the horizon remain for finding a pickup. O(1).
 */
export function compiledUntil(network: CompiledNetwork): number {
  return network.calendars.decideUntil;
}

/**
 * Ids of the zones that hold a destination, most specific first. O(code length + log shapes + zones).
 *
 * @throws RangeError as `assertDestination`.
 */
export function zonesOf(network: CompiledNetwork, destination: Destination): string[] {
  assertDestination(destination);
  return findZones(network.zones.index, destination).map((zone) => network.zones.ids[zone]!);
}
