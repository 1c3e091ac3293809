/** The lanes of a network's services as typed arrays, filed by the zones and warehouses that they name. */
import { fault } from './assert-field.ts';
import { timetablesOf } from './calendar-set.ts';
import { type Origins, originLists } from './origins.ts';
import type { RateTable } from './rates.ts';
import type { TransitTable } from './transit.ts';
import type { ServiceInput, ViaInput } from './types.ts';

/** All lanes of all services, in order of (service, place in its list). */
export interface LaneIndex {
  readonly warehouseCount: number;
  readonly transitCount: number;
  readonly service: Int32Array;
  /** First cell of the rate row; -1 if the card does not sell the area. */
  readonly rateRow: Int32Array;
  /** -1 for a lane that goes over hubs: its routes are lanes of their own behind all others. */
  readonly transit: Int32Array;
  /** The lane of the document that a route belongs to; of other lanes themselves. */
  readonly base: Int32Array;
  /** Lanes `routeStart[l] … routeStart[l + 1] - 1` are the routes of lane l of the document. */
  readonly routeStart: Int32Array;
  /** Lanes that go over hubs. */
  readonly vias: readonly { readonly lane: number; readonly via: ViaInput }[];
  /** Warehouses a lane of the document starts from; undefined = all. */
  readonly warehouses: readonly (Int32Array | undefined)[];
  /** Number of that list; -1 = all. */
  readonly list: Int32Array;
  /** Warehouses by what leaves them. */
  readonly origins: Origins;
  /** Pickup timetable by service (see `timetablesOf`). */
  readonly timetable: Int32Array;
  /** Lanes of the document that name zone z. */
  readonly byZone: readonly Int32Array[];
  /** Lanes of the document that name no zone. */
  readonly everywhere: Int32Array;
}

type Lane = ServiceInput['lanes'][number];

interface Named {
  readonly ids: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
}

interface Parts {
  /** The services in the document's order, in which faults are told. */
  readonly written: readonly ServiceInput[];
  readonly warehouses: Named;
  readonly zones: Named;
  readonly services: { readonly card: Int32Array };
  readonly rates: RateTable;
  readonly transit: TransitTable;
}

/** Services whose lanes are compiled in one step. */
const STEP_SERVICES = 256;

/**
 * Compiles the lanes of services (in order of id), in steps of some milliseconds. O(lanes + ids of the
 * lists that they name, each list once + lanes × zones named).
 *
 * @throws RangeError when a list names a warehouse or zone that is missing, by its path.
 */
export function* compileLanes(
  services: readonly ServiceInput[],
  parts: Parts,
): Generator<void, LaneIndex> {
  const { written, warehouses, zones, rates, transit } = parts;
  const service: number[] = [];
  const rateRow: number[] = [];
  const transitTable: number[] = [];
  const from: (Int32Array | undefined)[] = [];
  const towards: (Int32Array | undefined)[] = [];
  const vias: { lane: number; via: ViaInput }[] = [];
  const warehouseLists = listReader(warehouses, 'warehouses', written);
  const zoneLists = listReader(zones, 'zones', written);
  for (const [s, row] of services.entries()) {
    if (s % STEP_SERVICES === STEP_SERVICES - 1) yield;
    const rowOf = rates.rowOf[parts.services.card[s]!]!;
    for (const lane of row.lanes) {
      const index = service.push(s) - 1;
      rateRow.push(rowOf.get(lane.rate_area) ?? -1);
      const time = transit.indexOf.get(lane.transit_time_id ?? '');
      transitTable.push(lane.via === undefined ? time! : -1);
      if (lane.via !== undefined) vias.push({ lane: index, via: lane.via });
      from.push(lane.warehouses && warehouseLists(lane.warehouses, row, lane));
      towards.push(lane.zones && zoneLists(lane.zones, row, lane));
    }
  }
  return {
    warehouseCount: warehouses.ids.length,
    transitCount: transit.indexOf.size,
    service: Int32Array.from(service),
    rateRow: Int32Array.from(rateRow),
    transit: Int32Array.from(transitTable),
    base: Int32Array.from(service.keys()),
    routeStart: new Int32Array(service.length + 1).fill(service.length),
    vias,
    warehouses: from,
    ...originsOf(from, warehouses.ids.length),
    timetable: timetablesOf(services),
    byZone: yield* lanesByZone(towards, zones.ids.length),
    everywhere: Int32Array.from(service.keys().filter((lane) => towards[lane] === undefined)),
  };
}

/** Numbers the lists of warehouses that lanes name, and finds the origins that they make. */
function originsOf(from: readonly (Int32Array | undefined)[], warehouses: number) {
  const lists = originLists(warehouses);
  // Lanes often share one list, which is then looked at once.
  const known = new Map<Int32Array, number>();
  const list = Int32Array.from(from, (own) => {
    if (own === undefined) return -1;
    const number = known.get(own) ?? lists.add(own);
    known.set(own, number);
    return number;
  });
  return { list, origins: lists.origins() };
}

/** Turns lists of ids into indices. Lanes often share one list, which is then read once. */
function listReader(
  { indexOf }: Named,
  table: 'warehouses' | 'zones',
  written: readonly ServiceInput[],
) {
  const known = new Map<readonly string[], Int32Array>();
  return (ids: readonly string[], service: ServiceInput, lane: Lane): Int32Array => {
    let list = known.get(ids);
    if (list === undefined) {
      list = new Int32Array(ids.length);
      for (let i = 0; i < ids.length; i++) {
        const index = indexOf.get(ids[i]!);
        if (index === undefined) {
          const at = `services[${written.indexOf(service)}].lanes[${service.lanes.indexOf(lane)}]`;
          throw fault(`${at}.${table}[${i}]`, ids[i], `the id of a row of ${table}`);
        }
        list[i] = index;
      }
      known.set(ids, list);
    }
    return list;
  };
}

/** Lanes whose zones are counted or filed in one step. */
const STEP_LANES = 2048;

/** Lanes by the zones they name, each in order of lane: counted, then filed into one array. */
function* lanesByZone(
  towards: readonly (Int32Array | undefined)[],
  zoneCount: number,
): Generator<void, Int32Array[]> {
  const start = new Int32Array(zoneCount + 1);
  for (let lane = 0; lane < towards.length; lane += STEP_LANES) {
    countZones(towards, lane, start);
    yield;
  }
  for (let z = 0; z < zoneCount; z++) start[z + 1]! += start[z]!;
  const filed = new Int32Array(start[zoneCount]!);
  const next = start.slice(0, zoneCount);
  for (let lane = 0; lane < towards.length; lane += STEP_LANES) {
    fileLanes(towards, lane, { filed, next });
    yield;
  }
  return Array.from(next, (end, z) => filed.subarray(start[z]!, end));
}

function countZones(
  towards: readonly (Int32Array | undefined)[],
  first: number,
  start: Int32Array,
): void {
  const end = Math.min(first + STEP_LANES, towards.length);
  for (let lane = first; lane < end; lane++) {
    const zones = towards[lane];
    if (zones === undefined) continue;
    for (let i = 0; i < zones.length; i++) start[zones[i]! + 1]!++;
  }
}

function fileLanes(
  towards: readonly (Int32Array | undefined)[],
  first: number,
  { filed, next }: { readonly filed: Int32Array; readonly next: Int32Array },
): void {
  const end = Math.min(first + STEP_LANES, towards.length);
  for (let lane = first; lane < end; lane++) {
    const zones = towards[lane];
    if (zones === undefined) continue;
    for (let i = 0; i < zones.length; i++) filed[next[zones[i]!]!++] = lane;
  }
}
