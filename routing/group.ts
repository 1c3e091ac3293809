/**
 * Groups items that the same warehouses hold, so that an order of many lines fits the subset
 * programme: lines that always travel together need no bit each.
 */
import { stockRow } from './board.ts';
import { type Item, makeItem, mustPart } from './items.ts';
import { needsOf, type OrderContext } from './problem.ts';

/** Heaviest group, milligrams: heavier ones would find no service. */
const MOST_MG = 15e6;

interface Group {
  items: Item[];
  holders: readonly number[];
  mg: number;
}

function holdersOf(context: OrderContext, item: Item): number[] {
  const { board, lines, network } = context;
  const needs = needsOf(lines, item);
  const first = board.skus.get(needs[0]![0]);
  return [...(first?.warehouses ?? [])].filter(
    (w) =>
      (item.classes & ~network.warehouses.classes[w]!) === 0 &&
      needs.every(([sku, quantity]) => {
        const stock = board.skus.get(sku);
        const row = stock === undefined ? -1 : stockRow(stock, w);
        return row >= 0 && stock!.total[row]! >= quantity;
      }),
  );
}

/** Common elements of two ascending lists. */
function common(a: readonly number[], b: readonly number[]): number[] {
  const both: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i]! === b[j]!) {
      both.push(a[i]!);
      i++;
      j++;
    } else if (a[i]! < b[j]!) i++;
    else j++;
  }
  return both;
}

/** The two groups that share most holders, or undefined if none share any. */
function closest(groups: readonly Group[]): [number, number, number[]] | undefined {
  let best: [number, number, number[]] | undefined;
  for (let i = 0; i < groups.length; i++) {
    for (let j = i + 1; j < groups.length; j++) {
      if (groups[i]!.mg + groups[j]!.mg > MOST_MG) continue;
      if (groups[i]!.items.some((a) => groups[j]!.items.some((b) => mustPart(a, b)))) continue;
      const both = common(groups[i]!.holders, groups[j]!.holders);
      if (both.length > (best?.[2].length ?? 0)) best = [i, j, both];
    }
  }
  return best;
}

/** Most items that are worth grouping: the work grows with their cube. */
const MOST_ITEMS = 200;

/** Merges items into at most `most` groups, if they can be. O(items³ × holders), items bounded. */
export function groupItems(
  context: OrderContext,
  items: readonly Item[],
  most: number,
): Item[] | undefined {
  if (items.length > MOST_ITEMS) return undefined;
  const groups: Group[] = items.map((item) => ({
    items: [item],
    holders: holdersOf(context, item),
    mg: item.mg,
  }));
  while (groups.length > most) {
    const pair = closest(groups);
    if (pair === undefined) return undefined;
    const [i, j, holders] = pair;
    const [a, b] = [groups[i]!, groups[j]!];
    groups[i] = { items: [...a.items, ...b.items], holders, mg: a.mg + b.mg };
    groups.splice(j, 1);
  }
  return groups.map(({ items: members }) =>
    makeItem(
      context.network,
      context.lines,
      members.flatMap((item) => item.parts),
    ),
  );
}
