/**
 * From lines to items and on to pieces: lines kept together are one item, and a line that no
 * warehouse can send whole is cut into units, or into larger pieces where they would be too many.
 */

import { bestParcel } from './best-parcel.ts';
import { MAX_COLUMN_ITEMS } from './columns.ts';
import { cutLine } from './cut.ts';
import { solveExact } from './exact.ts';
import { type Counts, type Item, makeItem, mustPart } from './items.ts';
import { unsourced } from './order-context.ts';
import { buildProblem, listHolders, type OrderContext } from './problem.ts';
import type { Unsourced } from './types.ts';

const none = Number.POSITIVE_INFINITY;

/** Whole lines as items, those kept together as one; an order of one parcel is one item. O(lines). */
export function wholeItems({ network, lines, splitLimit }: OrderContext): Item[] {
  const bonds = Map.groupBy(lines.keys(), (line) => {
    const { group } = lines[line]!;
    return splitLimit === 1 ? 0 : group < 0 ? -1 - line : group;
  });
  return [...bonds.values()].map((bond) =>
    makeItem(
      network,
      lines,
      bond.map((line) => ({ line, quantity: lines[line]!.quantity })),
    ),
  );
}

/** Lines that are to leave together although their goods must not share a parcel. O(lines of a group²). */
export function tornLines({ network, lines }: OrderContext, items: readonly Item[]): number[] {
  return items
    .filter(({ parts, shuns }) => {
      if (parts.length === 1 || shuns === 0) return false;
      const single = parts.map((part) => makeItem(network, lines, [part]));
      return single.some((a) => single.some((b) => a !== b && mustPart(a, b)));
    })
    .flatMap(({ parts }) => parts.map(({ line }) => lines[line]!.lineNo));
}

/** Items that no warehouse can send whole in one parcel, by index. O(items × holders), mostly. */
export function uncovered(context: OrderContext, items: readonly Item[]): number[] {
  return items.flatMap((item, i) => {
    // Parts of one SKU count together, which the best parcel does not look at.
    const { candidates } = listHolders(context, [item]);
    if (item.parts.length === 1 && bestParcel(context, item, candidates).warehouse >= 0) return [];
    const problem = buildProblem(context, [item], 1, 0);
    const solution = solveExact(problem, { work: 0, shouldStop: () => true });
    return solution.lowerBound === none ? [i] : [];
  });
}

/** Items that are one free line of several units, whose SKU another item holds, too, by index. O(parts). */
export function sharedLines({ lines }: OrderContext, items: readonly Item[]): number[] {
  const holders = new Map<number, number>();
  for (const { parts } of items)
    for (const sku of new Set(parts.map(({ line }) => lines[line]!.sku)))
      holders.set(sku, (holders.get(sku) ?? 0) + 1);
  return items.flatMap(({ parts: [part, ...others] }, i) => {
    const { sku, group, quantity } = lines[part!.line]!;
    return others.length === 0 && group < 0 && quantity > 1 && holders.get(sku)! > 1 ? [i] : [];
  });
}

/** Units of one cut line that are still decided one by one. */
const MOST_ATOMS = 8;

/**
 * Pieces of a line that no warehouse can send whole: single units, which leave every cut open, while
 * they are few; else as many as the largest stocks allow.
 */
function pieces(context: OrderContext, line: number, room: number): Item[] | Unsourced['reason'] {
  const { quantity, group } = context.lines[line]!;
  if (group >= 0) return 'keep_together';
  const cut = cutLine(context, line);
  if (typeof cut === 'string' || quantity > Math.min(room, MOST_ATOMS)) return cut;
  return Array.from({ length: quantity }, () =>
    makeItem(context.network, context.lines, [{ line, quantity: 1 }]),
  );
}

/**
 * Items of an order with the uncovered lines cut, or the refusal. O(items × cut), and one `cutLine` for
 * each that is cut.
 */
export function cutItems(
  context: OrderContext,
  whole: readonly Item[],
  cut: readonly number[],
): Item[] | Unsourced {
  const items: Item[] = [];
  const reasons = new Map<Unsourced['reason'], number[]>();
  whole.forEach((item, i) => {
    if (!cut.includes(i)) {
      items.push(item);
      return;
    }
    const lineNos = item.parts.map(({ line }) => context.lines[line]!.lineNo);
    const room = MAX_COLUMN_ITEMS - items.length - (whole.length - i - 1);
    const found =
      item.parts.length > 1 ? 'keep_together' : pieces(context, item.parts[0]!.line, room);
    if (typeof found !== 'string') items.push(...found);
    else reasons.set(found, [...(reasons.get(found) ?? []), ...lineNos]);
  });
  for (const reason of REASONS) {
    const lineNos = reasons.get(reason);
    if (lineNos !== undefined) return unsourced(reason, lineNos, 0);
  }
  return items;
}

/**
 * Items of an order with some lines (by item) cut anyhow, and how they are counted; undefined if the items
 * would be too many, or some may not be cut. O(items × log units).
 */
export function countedItems(
  { network, lines }: OrderContext,
  whole: readonly Item[],
  cut: readonly number[],
): { readonly items: Item[]; readonly counts: Counts } | undefined {
  const items: Item[] = [];
  const need: number[] = [];
  const kind: number[] = [];
  const weight: number[] = [];
  for (const [i, item] of whole.entries()) {
    const [{ line, quantity }, ...others] = [item.parts[0]!, ...item.parts.slice(1)];
    const isCut = cut.includes(i);
    if (isCut && (others.length > 0 || lines[line]!.group >= 0)) return undefined;
    for (let units = 1; units <= (isCut ? quantity : 1); units *= 2) {
      items.push(isCut ? makeItem(network, lines, [{ line, quantity: units }]) : item);
      kind.push(i);
      weight.push(units);
    }
    need.push(isCut ? quantity : 1);
  }
  return items.length > MAX_COLUMN_ITEMS ? undefined : { items, counts: { need, kind, weight } };
}

/** Reasons of lines, the most telling first. */
const REASONS = ['no_stock', 'no_service', 'no_capacity', 'keep_together', 'split_limit'] as const;
