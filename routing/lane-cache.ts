/** Lane tables by list of zones, as many as there is room for. */

import type { LaneIndex } from './lane-index.ts';
import { LaneTable } from './lane-table.ts';

/** Bytes that the tables of one network may hold together. */
export const LANE_CACHE_BYTES = 112e6;
/** Share of the room that is left taken when some has to be made. */
const ENOUGH = 7 / 8;
/** Tables grow with what is asked of them; all are weighed whenever so many were asked for. */
const WEIGHED_EVERY = 128;

/**
 * Lane tables by list of zones; what was not used for longest is forgotten first. Between two times
 * that they are weighed they may hold more than they may, by what 128 orders ask of them.
 */
export class LaneCache {
  readonly #index: LaneIndex;
  readonly #most: number;
  readonly #tables = new Map<string, LaneTable>();
  #bytes = 0;
  #asked = 0;

  /** An empty cache over the lanes of `index`. O(1). */
  constructor(index: LaneIndex, mostBytes = LANE_CACHE_BYTES) {
    this.#index = index;
    this.#most = mostBytes;
  }

  /** Bytes that the tables hold. O(tables). */
  get bytes(): number {
    let bytes = 0;
    for (const table of this.#tables.values()) bytes += table.bytes;
    return bytes;
  }

  /**
   * A cache of lanes with other routes: tables that no route is in are kept.
   * O(tables × lanes to their zones).
   */
  withRoutes(index: LaneIndex): LaneCache {
    const cache = new LaneCache(index, this.#most);
    const isRouted = (lane: number) => index.transit[lane]! < 0;
    if (index.everywhere.some(isRouted)) return cache;
    for (const [key, table] of this.#tables) {
      const zones = key.split(',').map(Number);
      if (zones.some((zone) => index.byZone[zone]!.some(isRouted))) continue;
      cache.#tables.set(key, table);
    }
    cache.#bytes = cache.bytes;
    return cache;
  }

  /** Table towards `zones` (not empty). O(1) if cached, else O(lanes that fit × log). */
  towards(zones: readonly number[]): LaneTable {
    const key = zones.length === 1 ? String(zones[0]) : zones.join();
    let table = this.#tables.get(key);
    // Re-insertion keeps the map in order of last use.
    if (table !== undefined) this.#tables.delete(key);
    else {
      table = new LaneTable(this.#index, zones);
      this.#bytes += table.bytes;
    }
    this.#tables.set(key, table);
    this.#asked++;
    if (this.#asked % WEIGHED_EVERY === 0) this.#bytes = this.bytes;
    if (this.#bytes > this.#most) this.#makeRoom(table);
    return table;
  }

  /** First what orders asked of the oldest tables is forgotten, which is soon found again; then tables. */
  #makeRoom(keep: LaneTable): void {
    const enough = this.#most * ENOUGH;
    this.#bytes = this.bytes;
    for (const table of this.#tables.values()) {
      if (this.#bytes <= enough) return;
      if (table === keep || table.isFresh) continue;
      this.#bytes -= table.bytes;
      table.forget();
      this.#bytes += table.bytes;
    }
    for (const [key, table] of this.#tables) {
      if (this.#bytes <= enough) return;
      if (table === keep) continue;
      this.#tables.delete(key);
      this.#bytes -= table.bytes;
    }
  }
}
