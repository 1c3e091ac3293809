/**
 * Routes as lanes: each route of a lane that goes over hubs becomes a lane of its own behind the
 * document's, with the legs' cost in its rate row and a floor of its times in the place of a transit
 * time. The solver chooses among them as among all lanes; what depends on the pickup is asked of the book.
 */
import type { LaneIndex } from './lane-index.ts';
import type { RateTable } from './rates.ts';
import { floorOf, type RouteBook, routesVia } from './routes/route-book.ts';
import { compileTransit, type TransitTable } from './transit.ts';

/** The tables that routes are added to. */
export interface LaneParts {
  readonly lanes: LaneIndex;
  readonly rates: RateTable;
  readonly transit: TransitTable;
  /** Card of each service. */
  readonly card: Int32Array;
}

/** The tables with the routes of a book, in steps. O(lanes + cells + routes). */
export function* addRoutes(
  { lanes, rates, transit, card }: LaneParts,
  book: RouteBook,
): Generator<void, Omit<LaneParts, 'card'>> {
  const added: { base: number; route: number }[] = [];
  for (const { lane, via } of lanes.vias) {
    for (const route of yield* routesVia(book, via)) added.push({ base: lane, route });
  }
  const dearer = dearerRates(rates);
  const rateRow = added.map(({ base, route }) => {
    const { cost } = book.routes[route]!.itinerary;
    return dearer.row(lanes.rateRow[base]!, card[lanes.service[base]!]!, cost);
  });
  const places = new Map<number, number[]>();
  added.forEach(({ base }, i) => {
    const own = places.get(base) ?? [];
    places.set(base, own);
    own.push(lanes.service.length + i);
  });
  const unfolded = (list: Int32Array) => {
    const own = viasIn(lanes, list).flatMap((lane) => places.get(lane) ?? []);
    return own.length === 0 ? list : more(list, own);
  };
  const bases = added.map(({ base }) => base);
  const fixed = transit.fixed;
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
        added.map(({ route }) => fixed + route),
      ),
      base: more(lanes.base, bases),
      warehouses: [...lanes.warehouses, ...bases.map((base) => lanes.warehouses[base])],
      byZone: lanes.byZone.map(unfolded),
      everywhere: unfolded(lanes.everywhere),
    },
    rates: dearer.table(),
    transit: withFloors(transit, book),
  };
}

const known = new WeakMap<Int32Array, readonly number[]>();

/** The lanes of a list that go over hubs: looked for once, asked for with every disruption. */
function viasIn({ transit }: LaneIndex, list: Int32Array): readonly number[] {
  let vias = known.get(list);
  if (vias === undefined) {
    vias = Array.from(list.filter((lane) => transit[lane]! < 0));
    known.set(list, vias);
  }
  return vias;
}

/** The same of fractions. */
function join(column: Float64Array, values: ArrayLike<number>): Float64Array {
  const longer = new Float64Array(column.length + values.length);
  longer.set(column);
  longer.set(values, column.length);
  return longer;
}

/** A column with values behind it. */
function more(column: Int32Array, values: readonly number[]): Int32Array {
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

function withFloors(transit: TransitTable, book: RouteBook): TransitTable {
  const quantiles = book.routes.map((_, route) => floorOf(book, route));
  const floors = compileTransit(
    quantiles.map((points) => ({ id: '', quantiles: points })),
    book.confidence,
  );
  const points = transit.probability.length;
  return {
    ...transit,
    start: more(
      transit.start,
      Array.from(floors.start.subarray(1), (at) => at + points),
    ),
    probability: join(transit.probability, floors.probability),
    seconds: join(transit.seconds, floors.seconds),
    median: join(transit.median, floors.median),
    promised: join(transit.promised, floors.promised),
  };
}
