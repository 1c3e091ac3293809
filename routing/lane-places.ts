/**
 * Which rows of a lane table leave which warehouse. Warehouses of one origin share a list. A small
 * table is listed at once; in one where nearly everything leads everywhere an origin is listed when
 * it is first asked for, so that the table stays as small as what orders have asked of it.
 */
import { holdsOrigin, narrowOrigins, type Origins } from './origins.ts';

/** Rows of a table, as far as it matters where they start. */
export interface StartingRows {
  /** Ascending. */
  readonly service: Int32Array;
  /** -1 for a lane over hubs, which is there for its routes. */
  readonly arrival: Int32Array;
  /** List of warehouses; -1 = all. */
  readonly list: Int32Array;
  /** First row of the same lane. */
  readonly lead: Int32Array;
}

/** Rows that a place of two bytes can name. */
const SHORT_ROWS = 1 << 16;
/** Tables of at most so many places are listed at once: cheaper than origin by origin. */
const FEW_PLACES = 1 << 15;
const UNLISTED = -1;

const room = (rows: number, places: number): Uint16Array | Int32Array =>
  rows < SHORT_ROWS ? new Uint16Array(places) : new Int32Array(places);

/** Places of all origins, if every lane were the best of its service. */
function mostPlaces({ count, members }: Origins, list: Int32Array): number {
  return list.reduce((sum, l) => sum + (l < 0 ? count : members[l]!.length), 0);
}

/** Calls `visit` for each origin that a row leaves: once per service and origin, by its best lane. */
function eachPlace(
  { count, members }: Origins,
  { service, arrival, list, lead }: StartingRows,
  visit: (row: number, origin: number) => void,
): void {
  const own = new Int32Array(count).fill(-1);
  const best = new Int32Array(count);
  const everywhere = Int32Array.from(own.keys());
  for (let row = 0; row < service.length; row++) {
    for (const origin of list[row]! < 0 ? everywhere : members[list[row]!]!) {
      if (own[origin] === service[row] && best[origin] !== lead[row]) continue;
      own[origin] = service[row]!;
      best[origin] = lead[row]!;
      // A lane over hubs counts also where no route leads now; only its routes can be taken.
      if (arrival[row]! >= 0) visit(row, origin);
    }
  }
}

let listing = new Int32Array(1024);

/** Lists of rows by origin, each ascending, one behind the other in {@link rows}. */
export class LanePlaces {
  /** Rows by place: those of warehouse w are at `first(w) … end(w) - 1`. */
  rows: Uint16Array | Int32Array;
  readonly #origins: Origins;
  /** Undefined if all is listed. */
  readonly #lazy: StartingRows | undefined;
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  #places = 0;

  /** Lists a table of at most `few` places at once. O(rows + places). */
  constructor(origins: Origins, starting: StartingRows, few = FEW_PLACES) {
    const isSmall = mostPlaces(origins, starting.list) <= few;
    const lists = [...new Set(starting.list)].filter((list) => list >= 0);
    this.#origins = isSmall ? origins : narrowOrigins(origins, lists);
    this.#start = new Int32Array(this.#origins.count).fill(UNLISTED);
    this.#end = new Int32Array(this.#origins.count);
    this.rows = room(starting.service.length, 0);
    if (isSmall) {
      this.#listAll(starting);
      return;
    }
    const number = new Map(lists.map((list, i) => [list, i]));
    this.#lazy = { ...starting, list: starting.list.map((list) => number.get(list) ?? -1) };
  }

  /** Origin of each warehouse. O(1). */
  get of(): Int32Array {
    return this.#origins.of;
  }

  /** Number of origins. O(1). */
  get count(): number {
    return this.#origins.count;
  }

  /** First place of a warehouse. O(1), but O(rows) when its origin is first asked for. */
  first(warehouse: number): number {
    const origin = this.#origins.of[warehouse]!;
    if (this.#start[origin] === UNLISTED) this.#listOrigin(this.#lazy!, origin);
    return this.#start[origin]!;
  }

  /** Place behind the last one of a warehouse, after {@link first} was asked. O(1). */
  end(warehouse: number): number {
    return this.#end[this.#origins.of[warehouse]!]!;
  }

  /** Bytes that are held, but for what all tables share. O(1). */
  get bytes(): number {
    const { of, bits, count } = this.#origins;
    const lazy = this.#lazy;
    const own = lazy === undefined ? 0 : of.byteLength + bits.byteLength + lazy.list.length * 8;
    return own + count * 8 + this.rows.byteLength;
  }

  /** True if {@link forget} would forget nothing. O(1). */
  get isFresh(): boolean {
    return this.#lazy === undefined || this.#places === 0;
  }

  /** Forgets what was listed when it was asked for. O(origins). */
  forget(): void {
    if (this.#lazy === undefined) return;
    this.#start.fill(UNLISTED);
    this.#places = 0;
    this.rows = room(this.#lazy.service.length, 0);
  }

  /** Lists the rows of all origins. O(places). */
  #listAll(starting: StartingRows): void {
    const [start, end] = [this.#start.fill(0), this.#end];
    eachPlace(this.#origins, starting, (_, origin) => {
      start[origin]!++;
    });
    let places = 0;
    for (let origin = 0; origin < start.length; origin++) {
      const size = start[origin]!;
      start[origin] = places;
      end[origin] = places;
      places += size;
    }
    const rows = room(starting.service.length, places);
    eachPlace(this.#origins, starting, (row, origin) => {
      rows[end[origin]!++] = row;
    });
    this.rows = rows;
  }

  /** Lists the rows of an origin: of each service its best lane that leaves it, or all routes of that. */
  #listOrigin({ service, arrival, list, lead }: StartingRows, origin: number): void {
    if (listing.length < service.length) listing = new Int32Array(service.length * 2);
    let size = 0;
    for (let row = 0, own = -1, best = -1; row < service.length; row++) {
      if (service[row] === own && lead[row] !== best) continue;
      if (!holdsOrigin(this.#origins, list[row]!, origin)) continue;
      own = service[row]!;
      best = lead[row]!;
      if (arrival[row]! >= 0) listing[size++] = row;
    }
    const end = this.#places + size;
    if (this.rows.length < end) {
      const more = room(service.length, Math.ceil(end * 1.25));
      more.set(this.rows.subarray(0, this.#places));
      this.rows = more;
    }
    this.rows.set(listing.subarray(0, size), this.#places);
    this.#start[origin] = this.#places;
    this.#end[origin] = end;
    this.#places = end;
  }
}
