/**
 * Lanes: which services run from a warehouse to a destination, with their rates and transit times.
 * The full warehouse × zone × service table would be huge, so it is made per list of zones when a
 * destination first asks for it, and kept while there is room.
 *
 * Of several lanes of a service that fit, the one naming the most specific zone counts; a lane
 * without zones fits everywhere but counts last; then the earlier in the document.
 */
import type { LaneIndex } from './lane-index.ts';

/** Services of each warehouse w towards one list of zones: `start[w] … start[w + 1] - 1`. */
export interface LaneTable {
  readonly start: Int32Array;
  readonly service: Int32Array;
  readonly lane: Int32Array;
  readonly zone: Int32Array;
  /** The row's pair of transit table and zone, as an index into the next two. */
  readonly arrival: Int32Array;
  readonly arrivalTransit: Int32Array;
  readonly arrivalZone: Int32Array;
  /** Least freight per weight and warehouse, filled in when asked for (see `floors.ts`). */
  readonly floors: (Int32Array | undefined)[];
}

interface Candidate {
  readonly lane: number;
  readonly base: number;
  readonly service: number;
  readonly rank: number;
  readonly zone: number;
}

/** Fitting lanes, best first within a service. */
function candidates(index: LaneIndex, zones: readonly number[]): Candidate[] {
  const found: Candidate[] = [];
  const add = (lanes: Int32Array, rank: number, zone: number): void => {
    for (const base of lanes) {
      if (index.rateRow[base]! < 0) continue;
      const service = index.service[base]!;
      found.push({ lane: base, base, service, rank, zone });
      const end = index.routeStart[base + 1]!;
      for (let lane = index.routeStart[base]!; lane < end; lane++) {
        found.push({ lane, base, service, rank, zone });
      }
    }
  };
  zones.forEach((zone, rank) => {
    add(index.byZone[zone]!, rank, zone);
  });
  add(index.everywhere, zones.length, zones[0]!);
  return found.sort(
    (a, b) => a.service - b.service || a.rank - b.rank || a.base - b.base || a.lane - b.lane,
  );
}

/** Calls `visit` once per (warehouse, service), with its best lane, or with each route of that. */
function eachLane(
  index: LaneIndex,
  found: readonly Candidate[],
  visit: (warehouse: number, candidate: Candidate, i: number) => void,
): void {
  const chosen: (Candidate | undefined)[] = new Array(index.warehouseCount);
  for (let k = 0; k < found.length; k++) {
    const candidate = found[k]!;
    const from = index.warehouses[candidate.base];
    const count = from === undefined ? index.warehouseCount : from.length;
    for (let i = 0; i < count; i++) {
      const warehouse = from === undefined ? i : from[i]!;
      const best = chosen[warehouse];
      if (best?.service === candidate.service) {
        // The best lane's routes follow each other: all of them stand beside each other.
        if (best.rank !== candidate.rank || best.base !== candidate.base) continue;
      } else chosen[warehouse] = candidate;
      // A lane over hubs counts also where no route leads now; only its routes can be taken.
      if (index.transit[candidate.lane]! < 0) continue;
      visit(warehouse, candidate, k);
    }
  }
}

function buildTable(index: LaneIndex, zones: readonly number[]): LaneTable {
  const found = candidates(index, zones);
  const start = new Int32Array(index.warehouseCount + 1);
  eachLane(index, found, (warehouse) => {
    start[warehouse + 1]!++;
  });
  for (let w = 0; w < index.warehouseCount; w++) start[w + 1]! += start[w]!;
  const size = start[index.warehouseCount]!;
  const { arrivalOf, ...arrivals } = pairArrivals(index, found, zones.length);
  const table = {
    start,
    service: new Int32Array(size),
    lane: new Int32Array(size),
    zone: new Int32Array(size),
    arrival: new Int32Array(size),
    ...arrivals,
    floors: [],
  };
  const next = start.slice();
  eachLane(index, found, (warehouse, candidate, i) => {
    const at = next[warehouse]!++;
    table.service[at] = candidate.service;
    table.lane[at] = candidate.lane;
    table.zone[at] = candidate.zone;
    table.arrival[at] = arrivalOf[i]!;
  });
  return table;
}

/** Numbers the pairs of transit table and zone that the candidates have. */
function pairArrivals(index: LaneIndex, found: readonly Candidate[], zoneCount: number) {
  const transits = index.transitCount;
  const numberOf = new Int32Array(transits * (zoneCount + 1)).fill(-1);
  const arrivalOf = new Int32Array(found.length);
  const arrivalTransit: number[] = [];
  const arrivalZone: number[] = [];
  for (let i = 0; i < found.length; i++) {
    const { lane, rank, zone } = found[i]!;
    if (index.transit[lane]! < 0) continue;
    const key = rank * transits + index.transit[lane]!;
    if (numberOf[key]! < 0) {
      numberOf[key] = arrivalZone.length;
      arrivalTransit.push(index.transit[lane]!);
      arrivalZone.push(zone);
    }
    arrivalOf[i] = numberOf[key]!;
  }
  return {
    arrivalOf,
    arrivalTransit: Int32Array.from(arrivalTransit),
    arrivalZone: Int32Array.from(arrivalZone),
  };
}

/** Entries (16 bytes each) that the cache may hold. */
const CACHE_ENTRIES = 4_500_000;

/** Lane tables by list of zones, least recently used ones forgotten first. */
export class LaneCache {
  readonly #index: LaneIndex;
  readonly #tables = new Map<string, LaneTable>();
  #entries = 0;

  constructor(index: LaneIndex) {
    this.#index = index;
  }

  /** A cache of lanes with other routes: tables that no route is in are kept. */
  withRoutes(index: LaneIndex): LaneCache {
    const cache = new LaneCache(index);
    const isRouted = (lane: number) => index.transit[lane]! < 0;
    if (index.everywhere.some(isRouted)) return cache;
    for (const [key, table] of this.#tables) {
      const zones = key.split(',').map(Number);
      if (zones.some((zone) => index.byZone[zone]!.some(isRouted))) continue;
      cache.#tables.set(key, table);
      cache.#entries += table.service.length;
    }
    return cache;
  }

  /** Table towards `zones` (not empty). O(1) if cached, else O(lanes that fit × warehouses). */
  towards(zones: readonly number[]): LaneTable {
    const key = zones.join();
    const known = this.#tables.get(key);
    if (known !== undefined) {
      // Re-insertion keeps the map in order of last use.
      this.#tables.delete(key);
      this.#tables.set(key, known);
      return known;
    }
    const table = buildTable(this.#index, zones);
    this.#tables.set(key, table);
    this.#entries += table.service.length;
    for (const [oldest, old] of this.#tables) {
      if (this.#entries <= CACHE_ENTRIES || oldest === key) break;
      this.#tables.delete(oldest);
      this.#entries -= old.service.length;
    }
    return table;
  }
}
