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

/** Least freight of a rate row at any weight from each band on, at the bands' lower ends. */
function lowerEnds(problem: Problem, option: number): [number, number][] {
  const { network } = problem.context;
  const { rates } = network;
  const card = network.services.card[problem.options.service[option]!]!;
  const row = network.lanes.rateRow[problem.options.lane[option]!]!;
  const remote = network.zones.remote[problem.options.zone[option]!] === 1;
  const surcharge = remote ? rates.remoteSurcharge[card]! : 0;
  const first = rates.breakStart[card]!;
  const bands = rates.breakStart[card + 1]! - first;
  const ends: [number, number][] = [];
  let least = Number.POSITIVE_INFINITY;
  for (let band = bands - 1; band >= 0; band--) {
    const from = band === 0 ? 0 : rates.breaks[first + band - 1]!;
    const cell = row + band;
    const price = rates.base[cell]! + (rates.perKg[cell]! * from) / 1e6;
    least = Math.min(least, Math.max(price, rates.minimum[cell]!) + surcharge);
    ends.push([from, least]);
  }
  return ends.reverse();
}

/** A straight line below all points that touches them near `mg`: [price at 0, price per mg]. */
function lineBelow(points: readonly [number, number][], mg: number): [number, number] {
  let best: [number, number] = [points.reduce((least, [, p]) => Math.min(least, p), Infinity), 0];
  for (const [x0, p0] of points) {
    for (const [x1, p1] of points) {
      if (x1 <= x0 || !Number.isFinite(p0 + p1)) continue;
      const slope = Math.max(0, (p1 - p0) / (x1 - x0));
      const start = points.reduce((least, [x, p]) => Math.min(least, p - slope * x), Infinity);
      if (start >= 0 && start + slope * mg > best[0] + best[1] * mg) best = [start, slope];
    }
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
      below = lineBelow(lowerEnds(problem, o), mg);
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

/** Lower bound, minor units, of every plan for the order, however its lines are cut. */
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
    best = Math.max(best, Math.floor(raise(prices, split) - split) + time);
  }
  return best;
}
