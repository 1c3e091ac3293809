/**
 * Why not another? For each warehouse that holds some of the order: the cheapest whole plan that
 * uses it, or the hard rule that removed it; for the chosen warehouses their other services. Costs
 * are those of the subset programme, which does not count parcels of one order against each other.
 */
import { type Board, stockRow } from './board.ts';
import { type Item, makeItem, type Part } from './items.ts';
import type { CompiledNetwork } from './network.ts';
import { splitCost, timeCost } from './objective.ts';
import { openOrder } from './order-context.ts';
import { parcelCost, parcelsOf, priceParcels } from './parcels.ts';
import { buildProblem, MAX_ITEMS, type OrderContext, type Problem } from './problem.ts';
import { completionsUnder } from './subsets.ts';
import type { Alternative, SourcingOrder, SourcingResult } from './types.ts';

/** Most alternatives told. */
export const MOST_ALTERNATIVES = 20;
/** Steps spent on limits of promises. */
const STEPS = 2_000_000;

/** Items of the plan as decided, so that cut lines stay cut; of a refused order its whole lines. */
function decidedItems(context: OrderContext, result: SourcingResult): Item[] {
  const { lines, network } = context;
  if (result.outcome === 'unsourced') {
    return lines
      .slice(0, MAX_ITEMS)
      .map(({ quantity }, line) => makeItem(network, lines, [{ line, quantity }]));
  }
  const lineOf = new Map(lines.map((line, i) => [line.lineNo, i]));
  const parcels = result.parcels.map(({ takes }) => {
    const units = new Map<number, number>();
    for (const { line_no, quantity } of takes) {
      const line = lineOf.get(line_no)!;
      units.set(line, (units.get(line) ?? 0) + quantity);
    }
    return [...units].map(([line, quantity]): Part => ({ line, quantity }));
  });
  const single = parcels.flat().map((part) => [part]);
  const groups = single.length <= MAX_ITEMS ? single : parcels.slice(0, MAX_ITEMS);
  return groups.map((parts) => makeItem(network, lines, parts));
}

interface Completion {
  readonly limit: number;
  readonly rest: Float64Array;
}

/** Completions under a bounded number of limits on promises, the latest always among them. */
function completions(problem: Problem): Completion[] {
  const { context, splitLimit } = problem;
  const promises = new Set<number>();
  for (let subset = 1; subset <= problem.full; subset++) {
    for (const { promise } of parcelsOf(subset)) promises.add(promise);
  }
  const all = [...promises].sort((a, b) => b - a);
  const most = Math.max(2, Math.min(64, Math.floor(STEPS / 3 ** problem.items.length)));
  const step = Math.max(1, Math.ceil(all.length / most));
  const limits = all.filter((_, i) => i % step === 0);
  const split = splitCost(context);
  return limits.map((limit) => ({
    limit,
    rest: completionsUnder(problem, limit, split, splitLimit - 1),
  }));
}

interface Found {
  readonly cost: number;
  readonly promise: number;
}

/** Cheapest plan that has one of the parcels of candidate `c`. */
function cheapestWith(
  problem: Problem,
  c: number,
  known: readonly Completion[],
): Found | undefined {
  const { context, options, candidateMask, full } = problem;
  const mask = candidateMask[c]!;
  let best: Found | undefined;
  for (let subset = mask; subset !== 0; subset = (subset - 1) & mask) {
    for (let o = options.first[c]!; o < options.first[c + 1]!; o++) {
      const own = parcelCost(problem, subset, o);
      if (own === Number.POSITIVE_INFINITY) continue;
      const alone = subset === full;
      for (const { limit, rest } of known) {
        const others = own + rest[full ^ subset]!;
        if (others === Number.POSITIVE_INFINITY) break;
        const promise = alone ? options.promise[o]! : Math.max(options.promise[o]!, limit);
        const cost = others + timeCost(context.timePerDay, context.at, promise);
        if (best === undefined || cost < best.cost) best = { cost, promise };
        // With no price of time there is one limit and it says nothing of the promise.
        if (alone || limit <= options.promise[o]!) break;
      }
    }
  }
  return best;
}

/** The rule that keeps candidate `c` (with options or not) out of every plan. */
function ruleAgainst(problem: Problem, warehouse: number): Alternative['lost_because'] {
  const { context } = problem;
  const { network, lanes, board } = context;
  if (context.barredWarehouses?.[warehouse] === 1) return 'excluded';
  if (lanes.start[warehouse] === lanes.start[warehouse + 1]) return 'no_lane';
  const held = problem.items.filter((item) =>
    item.parts.every(({ line, quantity }) => {
      const stock = board.skus.get(context.lines[line]!.sku);
      const row = stock === undefined ? -1 : stockRow(stock, warehouse);
      return row >= 0 && stock!.total[row]! >= quantity;
    }),
  );
  if (held.length === 0) return 'no_stock';
  const able = network.warehouses.classes[warehouse]!;
  const eligible = held.filter((item) => (item.classes & ~able) === 0);
  return eligible.length === 0 ? 'not_eligible' : ruleOnIdleBoard(context, eligible, warehouse);
}

/** Looks at one warehouse again as if no capacity were used. Builds another problem. */
function ruleOnIdleBoard(
  context: OrderContext,
  items: readonly Item[],
  warehouse: number,
): Alternative['lost_because'] {
  const bars = new Uint8Array(context.network.warehouses.ids.length).fill(1);
  bars[warehouse] = 0;
  const only = { ...context, barredWarehouses: bars };
  const board = {
    ...context.board,
    picks: [],
    parcels: [],
    services: [],
    serviceWarehouses: new Map(),
  };
  const now = buildProblem(only, items, 1, 0).served;
  const idle = buildProblem({ ...only, board }, items, 1, 0);
  if (now === 0 && idle.served !== 0) return 'no_capacity';
  return idle.served === 0 && idle.carried !== 0 ? 'lot_life' : 'not_eligible';
}

/** Warehouses that hold any of the order's SKUs, in order of index. */
function holdersOf(context: OrderContext): number[] {
  const holders = new Set<number>();
  for (const { sku } of context.lines) {
    const stock = context.board.skus.get(sku);
    stock?.warehouses.forEach((warehouse, row) => {
      if (stock.total[row]! > 0) holders.add(warehouse);
    });
  }
  return [...holders].sort((a, b) => a - b);
}

/** The chosen warehouses' other services, everything else as it is. */
function otherServices(problem: Problem, result: SourcingResult): Alternative[] {
  if (result.outcome === 'unsourced') return [];
  const { context, options, candidates } = problem;
  const { network, lines } = context;
  const time = (promise: number) => timeCost(network.policy.time_per_day, context.at, promise);
  const rows: Alternative[] = [];
  for (const parcel of result.parcels) {
    const sent = new Set(parcel.takes.map((take) => take.line_no));
    const c = candidates.indexOf(network.warehouses.indexOf.get(parcel.warehouse_id)!);
    const subset = problem.items.reduce((bits, item, i) => {
      const ours = item.parts.every(({ line }) => sent.has(lines[line]!.lineNo));
      return ours && ((problem.candidateMask[c] ?? 0) & (1 << i)) !== 0 ? bits | (1 << i) : bits;
    }, 0);
    const latest = result.parcels
      .filter((other) => other !== parcel)
      .reduce((most, other) => Math.max(most, other.promise_seconds), 0);
    const { freight, handling, lateness } = parcel.cost;
    const others = result.cost - freight - handling - lateness - time(result.promise_seconds);
    const seen = new Set([parcel.service_id]);
    for (let o = options.first[c] ?? 0; o < (options.first[c + 1] ?? 0); o++) {
      const service_id = network.services.ids[options.service[o]!]!;
      const own = subset === 0 ? Number.POSITIVE_INFINITY : parcelCost(problem, subset, o);
      if (seen.has(service_id) || own === Number.POSITIVE_INFINITY) continue;
      seen.add(service_id);
      const promise_seconds = Math.max(latest, options.promise[o]!);
      const cost = others + own + time(promise_seconds);
      rows.push({
        ...dearer(cost, promise_seconds, result),
        warehouse_id: parcel.warehouse_id,
        service_id,
      });
    }
  }
  return rows;
}

function dearer(cost: number, promise_seconds: number, result: SourcingResult) {
  const chosen = result.outcome === 'sourced' ? { dearer_by: cost - result.cost } : {};
  return { cost, promise_seconds, lost_because: 'dearer' as const, ...chosen };
}

const byCost = (a: Alternative, b: Alternative): number =>
  (a.cost ?? Number.POSITIVE_INFINITY) - (b.cost ?? Number.POSITIVE_INFINITY) || byIds(a, b);

function byIds(a: Alternative, b: Alternative): number {
  const [x, y] = [
    `${a.warehouse_id} ${a.service_id ?? ''}`,
    `${b.warehouse_id} ${b.service_id ?? ''}`,
  ];
  return x < y ? -1 : +(x > y);
}

/**
 * Alternatives that lost, cheapest first, then those that a hard rule removed, at most
 * {@link MOST_ALTERNATIVES}. The board must be as it was when the order was decided.
 */
export function explain(
  network: CompiledNetwork,
  board: Board,
  order: SourcingOrder,
  result: SourcingResult,
): Alternative[] {
  const context = openOrder(network, board, order, network.policy.time_per_day);
  if ('outcome' in context) return [];
  const items = decidedItems(context, result);
  if (items.length === 0) return [];
  const problem = buildProblem(context, items, context.splitLimit, 0);
  priceParcels(problem);
  const known = completions(problem);
  const chosen = new Set(
    result.outcome === 'sourced' ? result.parcels.map((parcel) => parcel.warehouse_id) : [],
  );
  const rows = otherServices(problem, result);
  const removed: number[] = [];
  for (const warehouse of holdersOf(context)) {
    const warehouse_id = network.warehouses.ids[warehouse]!;
    if (chosen.has(warehouse_id)) continue;
    const c = problem.candidates.indexOf(warehouse);
    const found = c < 0 ? undefined : cheapestWith(problem, c, known);
    if (found === undefined) removed.push(warehouse);
    else rows.push({ ...dearer(found.cost, found.promise, result), warehouse_id });
  }
  rows.sort(byCost);
  // Building other problems overwrites this one's tables, so rules come last.
  for (const warehouse of removed.slice(0, Math.max(0, MOST_ALTERNATIVES - rows.length))) {
    const warehouse_id = network.warehouses.ids[warehouse]!;
    rows.push({ warehouse_id, lost_because: ruleAgainst(problem, warehouse) });
  }
  return rows.slice(0, MOST_ALTERNATIVES);
}
