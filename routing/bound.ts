/**
 * A lower bound of an order's cost that holds for any number of lines and any cut of them: the
 * order as a facility location problem (a parcel from a warehouse has a fixed price, each line a
 * proportional one) and its dual, raised greedily. Erlenkotter 1978, "A dual-based procedure for
 * uncapacitated facility location", section 1. O(rounds × lines × warehouses).
 */
import { makeItem } from './items.ts';
import { splitCost, timeCost } from './objective.ts';
import { buildProblem, MAX_ITEMS, type OrderContext, type Problem } from './problem.ts';

/** Rounding of freight and of handling may each lower a parcel by half a minor unit. */
const ROUNDING = 1;
const MOST_ROUNDS = 60;

/** Proportional price of each line at each warehouse and the fixed price of a parcel there. */
interface Prices {
  readonly fixed: Map<number, number>;
  /** Per line: warehouse → price of the whole line. */
  readonly lines: Map<number, number>[];
  readonly promise: number[];
}

type Point = readonly [number, number];

/** Corners of a rate row's price over weight: a line below all of them is below the price. */
function cornersOf(problem: Problem, option: number): Point[] {
  const { network } = problem.context;
  const { rates } = network;
  const card = network.services.card[problem.options.service[option]!]!;
  const row = network.lanes.rateRow[problem.options.lane[option]!]!;
  const remote = network.zones.remote[problem.options.zone[option]!] === 1;
  const surcharge = remote ? rates.remoteSurcharge[card]! : 0;
  const first = rates.breakStart[card]!;
  const corners: Point[] = [];
  for (let band = first; band < rates.breakStart[card + 1]!; band++) {
    const cell = row + band - first;
    const [base, perMg] = [rates.base[cell]!, rates.perKg[cell]! / 1e6];
    if (base === Number.POSITIVE_INFINITY) continue;
    const minimum = rates.minimum[cell]!;
    const from = band === first ? 0 : rates.breaks[band - 1]!;
    const to = rates.breaks[band]!;
    // Within a band the price bends once, where the minimum ends.
    const bend = perMg > 0 ? Math.min(to, Math.max(from, (minimum - base) / perMg)) : from;
    for (const mg of [from, bend, to]) {
      corners.push([mg, Math.max(minimum, base + perMg * mg) + surcharge]);
    }
  }
  return corners;
}

/** Lower convex hull of points, by Andrew's monotone chain. */
function lowerHull(points: readonly Point[]): Point[] {
  const hull: Point[] = [];
  for (const point of [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (point[0] === hull.at(-1)?.[0]) continue;
    while (hull.length > 1) {
      const [[x0, p0], [x1, p1]] = [hull.at(-2)!, hull.at(-1)!];
      if ((p1 - p0) * (point[0] - x0) < (point[1] - p0) * (x1 - x0)) break;
      hull.pop();
    }
    hull.push(point);
  }
  return hull;
}

/** A straight line below all points that touches them near `mg`: [price at 0, price per mg]. */
function lineBelow(points: readonly Point[], mg: number): [number, number] {
  const hull = lowerHull(points);
  let best: [number, number] = [points.reduce((least, [, p]) => Math.min(least, p), Infinity), 0];
  for (let i = 1; i < hull.length && hull[i - 1]![0] <= mg; i++) {
    const [[x0, p0], [x1, p1]] = [hull[i - 1]!, hull[i]!];
    const slope = (p1 - p0) / (x1 - x0);
    // Neither a parcel nor a kilo may have a negative price in the dual.
    if (slope >= 0 && p0 - slope * x0 >= 0) best = [p0 - slope * x0, slope];
  }
  return best;
}

/** Adds the prices of one chunk of lines, each as a single unit so that any cut is covered. */
function addPrices(context: OrderContext, from: number, to: number, mg: number, prices: Prices) {
  const { lines, network } = context;
  const items = lines
    .slice(from, to)
    .map((_, i) => makeItem(network, lines, [{ line: from + i, quantity: 1 }]));
  const problem = buildProblem(context, items, 1, 0);
  const { options } = problem;
  const known = new Map<number, [number, number]>();
  for (let o = 0; o < options.count; o++) {
    const w = options.warehouse[o]!;
    const key =
      network.lanes.rateRow[options.lane[o]!]! * 2 + network.zones.remote[options.zone[o]!]!;
    let below = known.get(key);
    if (below === undefined) {
      below = lineBelow(cornersOf(problem, o), mg);
      known.set(key, below);
    }
    if (!Number.isFinite(below[0])) continue;
    const { handlingPerParcel, handlingPerUnit } = network.warehouses;
    const parcel = below[0] + options.lateness[o]! + handlingPerParcel[w]! - ROUNDING;
    prices.fixed.set(w, Math.min(prices.fixed.get(w) ?? Number.POSITIVE_INFINITY, parcel));
    for (let bits = options.mask[o]!; bits !== 0; bits &= bits - 1) {
      const i = from + 31 - Math.clz32(bits & -bits);
      const line = lines[i]!;
      const price = below[1] * line.mg + handlingPerUnit[w]! * line.quantity;
      prices.lines[i]!.set(w, Math.min(prices.lines[i]!.get(w) ?? price, price));
      prices.promise[i] = Math.min(prices.promise[i]!, options.promise[o]!);
    }
  }
}

/** Raises the dual prices of lines in turn, as far as no warehouse is overpaid. */
function raise(prices: Prices, split: number): number {
  const slack = new Map([...prices.fixed].map(([w, fixed]) => [w, Math.max(0, fixed + split)]));
  const offers = prices.lines.map((line) =>
    [...line].map(([w, price]) => ({ w, price })).sort((a, b) => a.price - b.price || a.w - b.w),
  );
  const dual = offers.map((list) => list[0]?.price ?? 0);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let raised = false;
    offers.forEach((list, i) => {
      const paid = list.filter(({ price }) => price <= dual[i]!);
      const next = list[paid.length]?.price ?? Number.POSITIVE_INFINITY;
      const room = paid.reduce((least, { w }) => Math.min(least, slack.get(w)!), next - dual[i]!);
      // All lines rise in small steps, so that none eats the others' room.
      const step = Math.min(room, Math.max(room / offers.length, 1));
      if (!(step > 1e-9) || !Number.isFinite(step)) return;
      for (const { w } of paid) slack.set(w, slack.get(w)! - step);
      dual[i]! += step;
      raised = true;
    });
    if (!raised) break;
  }
  return dual.reduce((sum, price) => sum + price, 0);
}

/**
 * Lower bound, minor units, of every plan for the order, however its lines are cut.
 * O(lines × options + rounds × lines × warehouses), rounds bounded. Erlenkotter 1978.
 */
export function lowerBound(context: OrderContext): number {
  const { lines } = context;
  const split = splitCost(context);
  const total = lines.reduce((sum, line) => sum + line.mg, 0);
  let best = 0;
  for (const share of [1, 0.5, 0.25]) {
    const prices: Prices = {
      fixed: new Map(),
      lines: lines.map(() => new Map()),
      promise: lines.map(() => Number.POSITIVE_INFINITY),
    };
    for (let from = 0; from < lines.length; from += MAX_ITEMS) {
      addPrices(context, from, Math.min(lines.length, from + MAX_ITEMS), total * share, prices);
    }
    const latest = prices.promise.reduce((most, promise) => Math.max(most, promise), 0);
    if (!Number.isFinite(latest)) return best;
    const time = timeCost(context.timePerDay, context.at, latest);
    // A parcel cheaper than its rounding counts as free, not as less.
    const free = [...prices.fixed.values()].some((fixed) => fixed + split < 0);
    const spare = free ? ROUNDING * context.splitLimit : 0;
    best = Math.max(best, Math.floor(raise(prices, split) - split - spare) + time);
  }
  return best;
}
