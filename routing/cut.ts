/**
 * Cuts a line that no warehouse can send whole into pieces, largest stock first, each piece no more
 * than one parcel from that warehouse can carry. Two warehouses are never used less than needed:
 * taking the most from the first leaves the least for the others.
 */
import { stockRow } from './board.ts';
import { type Item, type Line, makeItem, partMilligrams } from './items.ts';
import { buildProblem, type OrderContext, type Problem } from './problem.ts';
import { freightOf } from './rates.ts';
import type { Unsourced } from './types.ts';

interface Source {
  readonly warehouse: number;
  /** Units there, and units that one parcel can carry. */
  readonly units: number;
  readonly perParcel: number;
}

function fits(problem: Problem, option: number, line: Line, units: number): boolean {
  const { network } = problem.context;
  const { options } = problem;
  const service = options.service[option]!;
  const mg = partMilligrams(line, units);
  if (mg > network.services.maxMg[service]! || units > options.unitsLimit[option]!) return false;
  const card = network.services.card[service]!;
  const row = network.lanes.rateRow[options.lane[option]!]!;
  const mm3 = network.skus.mm3[line.sku]! * units;
  return freightOf(network.rates, card, row, mg, mm3, false) !== Number.POSITIVE_INFINITY;
}

/** Most units that one option carries: by bisection, as heavier parcels are refused sooner. */
function mostUnits(problem: Problem, option: number, line: Line, units: number): number {
  if (fits(problem, option, line, units)) return units;
  let low = 0;
  let high = units;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(problem, option, line, middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Warehouses that can send at least one unit, largest stock first. */
function sourcesOf(
  context: OrderContext,
  lineIndex: number,
): { sources: Source[]; problem: Problem } {
  const line = context.lines[lineIndex]!;
  const item = makeItem(context.network, context.lines, [{ line: lineIndex, quantity: 1 }]);
  const problem = buildProblem(context, [item], 1, 0);
  const stock = context.board.skus.get(line.sku);
  const sources = problem.candidates.map((warehouse, c): Source => {
    const row = stockRow(stock!, warehouse);
    const units = Math.min(line.quantity, stock!.total[row]!);
    let perParcel = 0;
    for (let o = problem.options.first[c]!; o < problem.options.first[c + 1]!; o++) {
      perParcel = Math.max(perParcel, mostUnits(problem, o, line, units));
    }
    return { warehouse, units, perParcel };
  });
  const able = sources.filter((source) => source.perParcel > 0);
  able.sort((a, b) => b.units - a.units || a.warehouse - b.warehouse);
  return { sources: able, problem };
}

/**
 * Why a single unit of a line cannot be sent. Looks again with no capacity used. O(2^items + options),
 * twice: see `buildProblem`.
 */
export function blame(context: OrderContext, items: readonly Item[]): Unsourced['reason'] {
  const board = {
    ...context.board,
    picks: [],
    parcels: [],
    services: [],
    serviceWarehouses: new Map(),
    uses: new Map(),
  };
  const now = buildProblem(context, items, 1, 0);
  const { held, full, served } = now;
  if (held !== full) return 'no_stock';
  const idle = buildProblem({ ...context, board }, items, 1, 0);
  if (idle.carried !== full) return 'no_service';
  if (idle.served !== full) return 'no_stock';
  return served === full ? 'no_service' : 'no_capacity';
}

/** Pieces that one line may be cut into, per parcel that the split limit allows. */
const PIECES_PER_PARCEL = 8;

/** Why the line cannot be cut into few enough parcels; undefined if perhaps it can. */
function tooMany(
  { quantity }: Line,
  sources: readonly Source[],
  limit: number,
): 'no_stock' | 'split_limit' | undefined {
  const units = sources.reduce((sum, source) => sum + source.units, 0);
  if (units < quantity) return 'no_stock';
  const perParcel = Math.max(...sources.map((source) => source.perParcel));
  return quantity > limit * perParcel ? 'split_limit' : undefined;
}

/**
 * Pieces of a line, or the reason why its units cannot all be sent; never more pieces than a small
 * multiple of the split limit, however many units are asked for. O(options × bands × log units + pieces).
 */
export function cutLine(context: OrderContext, lineIndex: number): Item[] | Unsourced['reason'] {
  const { lines, network } = context;
  const { quantity } = lines[lineIndex]!;
  const { sources } = sourcesOf(context, lineIndex);
  const one = makeItem(network, lines, [{ line: lineIndex, quantity: 1 }]);
  if (sources.length === 0) return blame(context, [one]);
  const limit = context.splitLimit;
  const refused = tooMany(lines[lineIndex]!, sources, limit);
  if (refused !== undefined) return refused;
  const pieces: Item[] = [];
  let open = quantity;
  for (const { units, perParcel } of sources) {
    for (let here = Math.min(units, open); here > 0; ) {
      if (pieces.length === limit * PIECES_PER_PARCEL) return 'split_limit';
      const piece = Math.min(here, perParcel);
      pieces.push(makeItem(network, lines, [{ line: lineIndex, quantity: piece }]));
      here -= piece;
      open -= piece;
    }
    if (open === 0) return pieces;
  }
  return 'no_stock';
}
