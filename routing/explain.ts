/**
 * Why not another? For each warehouse that holds some of the order: the cheapest whole plan that
 * uses it, or the hard rule that removed it; for the chosen warehouses their other services. Costs
 * are those of the subset programme, which does not count parcels of one order against each other.
 */
import { type Board, stockRow } from './board.ts';
import { cheapestWith, completions, decidedItems } from './explain-plans.ts';
import { rulesAgainst } from './explain-rules.ts';
import type { Item } from './items.ts';
import type { CompiledNetwork } from './network.ts';
import { timeCost } from './objective.ts';
import { openOrder } from './order-context.ts';
import { ownCost } from './parcel.ts';
import { parcelCost, priceParcels } from './parcels.ts';
import { buildProblem, type OrderContext, type Problem } from './problem.ts';
import type { Alternative, SourcingOrder, SourcingResult } from './types.ts';

/** Most alternatives told. */
export const MOST_ALTERNATIVES = 20;
/** The rule that keeps candidate `c` (with options or not) out of every plan. */
function ruleAgainst(problem: Problem, warehouse: number): Alternative['lost_because'] {
  const { context } = problem;
  const { network, lanes, board } = context;
  if (context.barredWarehouses?.[warehouse] === 1) return 'excluded';
  if (lanes.countFrom(warehouse) === 0) return 'no_lane';
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
    uses: new Map(),
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
    const others = result.cost - ownCost(parcel) - time(result.promise_seconds);
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
 * {@link MOST_ALTERNATIVES}. The board must be as it was when the order was decided. O(1 + rules)
 * problems priced and completed (see `completions`), each asked for every warehouse that holds something.
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
  const told = removed.slice(0, Math.max(0, MOST_ALTERNATIVES - rows.length));
  const ruled = rulesAgainst({ network, board, order }, result, told);
  for (const warehouse of told) {
    const warehouse_id = network.warehouses.ids[warehouse]!;
    const rule = ruled.get(warehouse) ?? { lost_because: ruleAgainst(problem, warehouse) };
    rows.push({ warehouse_id, ...rule });
  }
  return rows.slice(0, MOST_ALTERNATIVES);
}
