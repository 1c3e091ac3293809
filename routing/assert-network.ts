/**
 * What a network document must be for it to be compiled into what it says: types cannot say it, and callers
 * may have none. Only what would give a wrong plan, or none where there is one, is refused: rows of tables
 * that are not used, rate areas that a card does not sell and hours that overlap are not.
 */
import {
  assertDates,
  assertDayTimes,
  assertHours,
  assertTimeZone,
  type KnownTimes,
  noTimes,
} from './assert-calendar.ts';
import { assertDisruptions } from './assert-disruptions.ts';
import {
  assertAmount,
  assertEach,
  assertFlag,
  assertInstant,
  assertLimit,
  assertList,
  assertObject,
  assertPosition,
  assertRows,
  assertText,
  fault,
  MILLIMETRES,
  MONEY,
} from './assert-field.ts';
import { assertHandling, assertTemperature } from './assert-handling.ts';
import { assertQuietHours, assertWaits } from './assert-learned.ts';
import { assertPolicy } from './assert-policy.ts';
import { assertRateCards, assertTransitTimes } from './assert-rates.ts';
import { assertHubs, assertLegs, assertServices } from './assert-services.ts';
import type { NetworkInput, SkuInput, WarehouseInput, ZoneInput } from './types.ts';

const NONE: ReadonlySet<string> = new Set();

function assertSku(sku: SkuInput): void {
  assertAmount(sku.weight_grams, 'weight_grams', 'grams');
  assertAmount(sku.length_mm, 'length_mm', MILLIMETRES);
  assertAmount(sku.width_mm, 'width_mm', MILLIMETRES);
  assertAmount(sku.height_mm, 'height_mm', MILLIMETRES);
  assertTemperature(sku.temperature ?? 'ambient', 'temperature');
  assertFlag(sku.hazardous ?? false, 'hazardous');
  assertAmount(sku.minimum_life_days ?? 0, 'minimum_life_days', 'days');
}

function assertWarehouse(row: WarehouseInput, known: KnownTimes): void {
  assertPosition(row.position, 'position');
  assertTimeZone(row.time_zone, 'time_zone', known);
  assertHours(row.hours, 'hours');
  assertDates(row.holidays, 'holidays', known);
  if (row.cut_offs) assertDayTimes(row.cut_offs, 'cut_offs');
  assertAmount(row.processing_seconds, 'processing_seconds', 'seconds');
  assertLimit(row.picks_per_hour ?? 0, 'picks_per_hour', 'units');
  assertLimit(row.parcels_per_day ?? 0, 'parcels_per_day', 'parcels');
  assertAmount(row.handling_per_parcel ?? 0, 'handling_per_parcel', MONEY);
  assertAmount(row.handling_per_unit ?? 0, 'handling_per_unit', MONEY);
  assertHandling(row);
}

function assertZone(row: ZoneInput, known: KnownTimes): void {
  assertText(row.country, 'country');
  assertTimeZone(row.time_zone, 'time_zone', known);
  if (row.postal_prefixes) assertEach(row.postal_prefixes, 'postal_prefixes', assertPrefix);
  if (row.polygon) assertEach(row.polygon, 'polygon', assertRing);
  if (row.circle) {
    assertPosition(row.circle.center, 'circle.center');
    assertAmount(row.circle.radius_metres, 'circle.radius_metres', 'metres');
  }
  assertFlag(row.remote ?? false, 'remote');
  if (row.delivery_hours) assertHours(row.delivery_hours, 'delivery_hours');
  assertDates(row.holidays, 'holidays', known);
}

function assertPrefix(prefix: unknown): void {
  if (typeof prefix !== 'string') throw fault('', prefix, 'the beginning of a postal code');
}

function assertRing(ring: readonly (readonly [number, number])[]): void {
  assertList(ring, '', 'positions');
  if (ring.length < 4) throw fault('', ring, 'at least 4 positions');
  for (let i = 0; i < ring.length; i++) assertPosition(ring[i], `[${i}]`);
  const [first, last] = [ring[0]!, ring.at(-1)!];
  if (first[0] !== last[0] || first[1] !== last[1]) {
    throw fault(`[${ring.length - 1}]`, last.join(), `the first position, ${first.join()}`);
  }
}

/** Ids of a table, each of one row. */
function idsOf(rows: readonly { readonly id: string }[], table: string): ReadonlySet<string> {
  const ids = new Set<string>();
  assertRows(rows, table, ({ id }) => {
    assertText(id, 'id');
    if (ids.size === ids.add(id).size) throw fault('id', id, 'an id of its own');
  });
  return ids;
}

/** What a document's calendars begin with. O(1). @throws RangeError that names the field. */
export function assertHorizon(horizon: {
  readonly from_seconds: number;
  readonly horizon_days?: number | undefined;
}): void {
  assertObject(horizon, 'horizon', 'from when on');
  const { from_seconds, horizon_days = 1 } = horizon;
  assertInstant(from_seconds, 'from_seconds');
  if (!Number.isSafeInteger(horizon_days) || horizon_days < 1) {
    throw fault('horizon_days', horizon_days, 'a whole number of days, at least 1');
  }
}

/**
 * Checks a document but for the ids that lanes list, in steps of some milliseconds; the first fault is told.
 * O(rows + lanes + times + rates).
 *
 * @throws RangeError that names the field by its path, what was got and what was expected.
 */
export function* assertNetwork(input: NetworkInput): Generator<void, void> {
  assertObject(input, 'network', 'a network document');
  const known = noTimes();
  assertPolicy(input.policy);
  idsOf(input.skus, 'skus');
  yield;
  assertEach(input.skus, 'skus', assertSku);
  yield;
  idsOf(input.warehouses, 'warehouses');
  assertEach(input.warehouses, 'warehouses', (row) => assertWarehouse(row, known));
  idsOf(input.zones, 'zones');
  assertEach(input.zones, 'zones', (row) => assertZone(row, known));
  yield;
  const cards = idsOf(input.rate_cards, 'rate_cards');
  assertRateCards(input.rate_cards);
  yield;
  const transits = idsOf(input.transit_times, 'transit_times');
  assertTransitTimes(input.transit_times);
  yield;
  const hubs = input.hubs ? idsOf(input.hubs, 'hubs') : NONE;
  idsOf(input.services, 'services');
  assertServices(input.services, { cards, transits, hubs }, known);
  yield;
  assertHubs(input.hubs ?? [], known);
  if (input.legs) idsOf(input.legs, 'legs');
  assertLegs(input.legs ?? [], { transits, hubs });
  yield;
  assertDisruptions(input.disruptions ?? []);
  assertWaits(input.waits ?? []);
  assertQuietHours(input.quiet_hours ?? []);
}
