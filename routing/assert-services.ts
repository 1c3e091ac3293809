/** What services, their lanes, and the hubs and legs that these go over must be. */
import { assertDates, assertTimes, assertTimeZone, type KnownTimes } from './assert-calendar.ts';
import {
  assertAmount,
  assertEach,
  assertLimit,
  assertList,
  assertObject,
  assertRows,
  assertText,
  fault,
  MILLIMETRES,
  MONEY,
} from './assert-field.ts';
import { assertHandling } from './assert-handling.ts';
import type { HubInput, LegInput, MileInput, ServiceInput, ViaInput } from './types.ts';

type Lane = ServiceInput['lanes'][number];

/** Ids of the rows that others name. */
interface Ways {
  readonly transits: ReadonlySet<string>;
  readonly hubs: ReadonlySet<string>;
}
interface Named extends Ways {
  readonly cards: ReadonlySet<string>;
}

/** Refuses a name of no row. O(1). @throws RangeError that names the field. */
function assertNamed(ids: ReadonlySet<string>, id: string, field: string, table: string): void {
  if (!ids.has(id)) throw fault(field, id, `the id of a row of ${table}`);
}

/**
 * Checks services but for the ids that lanes list. O(rows + lanes + times).
 *
 * @throws RangeError that names the field.
 */
export function assertServices(
  services: readonly ServiceInput[],
  named: Named,
  known: KnownTimes,
): void {
  const checkLane = (lane: Lane) => assertLane(lane, named);
  assertEach(services, 'services', (row) => {
    assertNamed(named.cards, row.rate_card_id, 'rate_card_id', 'rate_cards');
    assertRows(row.lanes, 'lanes', checkLane);
    assertService(row, known);
  });
}

function assertService(row: ServiceInput, known: KnownTimes): void {
  assertText(row.carrier_id, 'carrier_id');
  assertTimes(row.pickups, 'pickups');
  assertDates(row.pickup_holidays, 'pickup_holidays', known);
  assertHandling(row);
  assertLimit(row.max_weight_grams ?? 0, 'max_weight_grams', 'grams');
  assertLimit(row.max_length_mm ?? 0, 'max_length_mm', MILLIMETRES);
  assertLimit(row.max_girth_plus_length_mm ?? 0, 'max_girth_plus_length_mm', MILLIMETRES);
  assertLimit(row.parcels_per_day ?? 0, 'parcels_per_day', 'parcels');
  assertLimit(row.parcels_per_day_per_warehouse ?? 0, 'parcels_per_day_per_warehouse', 'parcels');
  assertAmount(row.carbon_grams_per_tonne_km ?? 0, 'carbon_grams_per_tonne_km', 'grams');
}

/** The ids that a lane lists are looked up, and refused, where lanes are compiled: there may be millions. */
function assertLane(lane: Lane, named: Named): void {
  const { warehouses, zones, rate_area, transit_time_id, via } = lane;
  if (warehouses) assertList(warehouses, 'warehouses', 'ids');
  if (zones) assertList(zones, 'zones', 'ids');
  assertText(rate_area, 'rate_area');
  if (via === undefined) {
    assertNamed(named.transits, transit_time_id!, 'transit_time_id', 'transit_times');
    return;
  }
  assertVia(via, named);
}

function assertVia(via: ViaInput, { transits, hubs }: Ways): void {
  assertObject(via, 'via', 'a way over hubs');
  const assertMile = (mile: MileInput) => {
    const { hub_id, transit_time_id: published, learned_time_id = published } = mile;
    assertNamed(hubs, hub_id, 'hub_id', 'hubs');
    assertNamed(transits, published, 'transit_time_id', 'transit_times');
    assertNamed(transits, learned_time_id, 'learned_time_id', 'transit_times');
  };
  assertRows(via.first_mile, 'via.first_mile', assertMile);
  assertRows(via.last_mile, 'via.last_mile', assertMile);
  if (via.carriers) assertList(via.carriers, 'via.carriers', 'ids');
}

/** Checks hubs. O(rows). @throws RangeError that names the field. */
export function assertHubs(hubs: readonly HubInput[], known: KnownTimes): void {
  assertEach(hubs, 'hubs', (row) => {
    assertTimeZone(row.time_zone, 'time_zone', known);
    assertAmount(row.transfer_seconds ?? 0, 'transfer_seconds', 'seconds');
  });
}

/** Checks legs. O(rows + times). @throws RangeError that names the field. */
export function assertLegs(legs: readonly LegInput[], { transits, hubs }: Ways): void {
  assertEach(legs, 'legs', (row) => {
    const { transit_time_id } = row;
    assertText(row.carrier_id, 'carrier_id');
    assertNamed(hubs, row.from_hub_id, 'from_hub_id', 'hubs');
    assertNamed(hubs, row.to_hub_id, 'to_hub_id', 'hubs');
    if (row.departures) assertTimes(row.departures, 'departures');
    assertAmount(row.duration_seconds, 'duration_seconds', 'seconds');
    if (transit_time_id !== undefined) {
      assertNamed(transits, transit_time_id, 'transit_time_id', 'transit_times');
    }
    assertAmount(row.cost ?? 0, 'cost', MONEY);
    assertAmount(row.carbon_grams ?? 0, 'carbon_grams', 'grams');
  });
}
