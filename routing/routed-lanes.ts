/**
 * Routes as lanes: each route of a lane that goes over hubs becomes a lane of its own behind the
 * document's, with the legs' cost in its rate row and a floor of its times in the place of a transit
 * time. The solver chooses among them as among all lanes; what depends on the pickup is asked of the book.
 */
import type { LaneIndex } from './lane-index.ts';
import type { RateTable } from './rates.ts';
import type { RouteBook } from './routes/route-book.ts';
import { timeOfMile } from './routes/route-times.ts';
import { routesVia } from './routes/routes-via.ts';
import type { TransitTable } from './transit.ts';

/** The tables that routes are added to. */
export interface LaneParts {
  readonly lanes: LaneIndex;
  readonly rates: RateTable;
  readonly transit: TransitTable;
  /** Card of each service. */
  readonly card: Int32Array;
}

/** Lanes over hubs that are looked at in one step. */
const STEP_VIAS = 256;

/** The tables with the routes of a book, in steps. O(lanes + cells + routes). */
export function* addRoutes(
  { lanes, rates, transit, card }: LaneParts,
  book: RouteBook,
): Generator<void, Omit<LaneParts, 'card'>> {
  const bases: number[] = [];
  const places: number[] = [];
  for (const [i, { lane, via }] of lanes.vias.entries()) {
    if (i % STEP_VIAS === STEP_VIAS - 1) yield;
    for (const route of yield* routesVia(book, via)) {
      bases.push(lane);
      places.push(route);
    }
  }
  yield;
  const dearer = dearerRates(rates);
  const rateRow = places.map((route, i) => {
    const base = bases[i]!;
    const { cost } = book.routes[route]!.itinerary;
    return dearer.row(lanes.rateRow[base]!, card[lanes.service[base]!]!, cost);
  });
  const { fixed } = transit;
  return {
    lanes: {
      ...lanes,
      transitCount: fixed + book.routes.length,
      service: more(
        lanes.service,
        bases.map((base) => lanes.service[base]!),
      ),
      rateRow: more(lanes.rateRow, rateRow),
      transit: more(
        lanes.transit,
        places.map((route) => fixed + route),
      ),
      base: more(lanes.base, bases),
      routeStart: routeStarts(lanes, bases),
    },
    rates: dearer.table(),
    transit: withFloors(transit, book),
  };
}

/** Where the routes of each lane begin; `bases` ascend. */
function routeStarts({ service: { length } }: LaneIndex, bases: readonly number[]): Int32Array {
  const start = new Int32Array(length + 1);
  for (const base of bases) start[base + 1]! += 1;
  start[0] = length;
  for (let lane = 0; lane < length; lane++) start[lane + 1]! += start[lane]!;
  return start;
}

/** The same of fractions. */
function join(column: Float64Array, values: ArrayLike<number>): Float64Array {
  const longer = new Float64Array(column.length + values.length);
  longer.set(column);
  longer.set(values, column.length);
  return longer;
}

/** A column with values behind it. */
function more(column: Int32Array, values: ArrayLike<number>): Int32Array {
  const longer = new Int32Array(column.length + values.length);
  longer.set(column);
  longer.set(values, column.length);
  return longer;
}

/** Rate rows with an amount on top, each made once. */
function dearerRates(rates: RateTable) {
  const [base, perKg, minimum] = [[] as number[], [] as number[], [] as number[]];
  const made = new Map<number, Map<number, number>>();
  const row = (from: number, card: number, cost: number): number => {
    if (cost === 0 || from < 0) return from;
    const own = made.get(from) ?? new Map<number, number>();
    made.set(from, own);
    const known = own.get(cost);
    if (known !== undefined) return known;
    const index = rates.base.length + base.length;
    for (let band = 0; band < rates.breakStart[card + 1]! - rates.breakStart[card]!; band++) {
      base.push(rates.base[from + band]! + cost);
      perKg.push(rates.perKg[from + band]!);
      minimum.push(rates.minimum[from + band]! + cost);
    }
    own.set(cost, index);
    return index;
  };
  const table = (): RateTable => ({
    ...rates,
    base: join(rates.base, base),
    perKg: join(rates.perKg, perKg),
    minimum: join(rates.minimum, minimum),
  });
  return { row, table };
}

/** Transit tables with the floors of routes behind them. O(points). */
function withFloors(transit: TransitTable, { routes, quiet }: RouteBook): TransitTable {
  const before = transit.probability.length;
  const count = routes.reduce((sum, { floor }) => sum + floor.points.length, 0);
  const start = more(transit.start, new Int32Array(routes.length));
  const probability = join(transit.probability, new Float64Array(count));
  const seconds = join(transit.seconds, new Float64Array(count));
  let at = before;
  routes.forEach(({ floor: { points, later } }, route) => {
    for (const point of points) {
      probability[at] = point[0];
      seconds[at] = point[1] + later;
      at += 1;
    }
    start[transit.fixed + route + 1] = at;
  });
  const promised = join(
    transit.promised,
    routes.map(({ floor }) => floor.promised),
  );
  return {
    ...transit,
    start,
    probability,
    seconds,
    promised,
    median: join(
      transit.median,
      routes.map(({ floor }) => floor.median),
    ),
    soonest:
      transit.quiet === undefined
        ? promised
        : join(
            transit.soonest,
            routes.map(({ floor }) => floor.soonest),
          ),
    quiet:
      transit.quiet &&
      more(
        transit.quiet,
        routes.map(({ last }) => quiet.get(timeOfMile(last)) ?? 0),
      ),
  };
}
