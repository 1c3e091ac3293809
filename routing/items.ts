/**
 * Items: what the solver moves. An item is one line, a piece of a line that no single warehouse can
 * send whole, or a group of lines that are kept together; subsets of items are bit masks.
 */
import type { CompiledNetwork } from './network.ts';
import { toMilligrams } from './rates.ts';
import type { SourcingOrder } from './types.ts';

/** A line with its SKU resolved. */
export interface Line {
  readonly lineNo: number;
  readonly sku: number;
  readonly quantity: number;
  readonly mg: number;
  /** Lines of one group leave in one parcel, whole; -1 = free. */
  readonly group: number;
}

/** So many units of one line (by index). */
export interface Part {
  readonly line: number;
  readonly quantity: number;
}

/** Units that travel together; weights in milligrams, volume in cubic millimetres. */
export interface Item {
  readonly parts: readonly Part[];
  /** The one SKU of all parts; -1 if there are several. */
  readonly sku: number;
  readonly mg: number;
  readonly mm3: number;
  readonly units: number;
  readonly classes: number;
  readonly longest: number;
  readonly girthPlusLength: number;
  /** Bits of what it is and of what must not share its parcel (see `network.ts`). */
  readonly traits: number;
  readonly shuns: number;
}

/** Lines of an order; those with an unknown SKU are undefined. O(lines × groups). */
export function resolveLines(network: CompiledNetwork, order: SourcingOrder): (Line | undefined)[] {
  const groups = [...new Set(order.lines.map((line) => line.keep_together))];
  return order.lines.map((line) => {
    const sku = network.skus.indexOf.get(line.sku_id);
    if (sku === undefined) return undefined;
    const mg =
      line.weight_grams === undefined
        ? line.quantity * network.skus.mg[sku]!
        : toMilligrams(line.weight_grams);
    const group = line.keep_together === undefined ? -1 : groups.indexOf(line.keep_together);
    return { lineNo: line.line_no, sku, quantity: line.quantity, mg, group };
  });
}

/** Weight of a part: its share of the line, whole milligrams. O(1). */
export function partMilligrams(line: Line, quantity: number): number {
  return quantity === line.quantity ? line.mg : Math.round((line.mg * quantity) / line.quantity);
}

/** Builds an item from parts. O(parts). */
export function makeItem(
  network: CompiledNetwork,
  lines: readonly Line[],
  parts: readonly Part[],
): Item {
  const { skus } = network;
  const sizes = { mg: 0, mm3: 0, units: 0, classes: 0, longest: 0, girthPlusLength: 0 };
  const first = lines[parts[0]!.line]!.sku;
  const one = parts.every(({ line }) => lines[line]!.sku === first);
  const item = { parts, sku: one ? first : -1, ...sizes, traits: 0, shuns: 0 };
  for (const { line, quantity } of parts) {
    const { sku } = lines[line]!;
    item.mg += partMilligrams(lines[line]!, quantity);
    item.mm3 += skus.mm3[sku]! * quantity;
    item.units += quantity;
    item.classes |= skus.classes[sku]!;
    item.traits |= skus.traits[sku]!;
    item.shuns |= skus.shuns[sku]!;
    item.longest = Math.max(item.longest, skus.longest[sku]!);
    item.girthPlusLength = Math.max(item.girthPlusLength, skus.girthPlusLength[sku]!);
  }
  return item;
}

/**
 * Items that are counted: kinds that a plan needs so many of, and items that are so many of a kind. A line of
 * nine units that may be cut anyhow is one kind, needed nine times, of items of 1, 2, 4 and 8 units: sets of
 * them are all numbers of units. Then a plan is no partition of the items, but its sets add up.
 */
export interface Counts {
  /** By kind. */
  readonly need: readonly number[];
  /** By item. */
  readonly kind: readonly number[];
  readonly weight: readonly number[];
}

/** Each item its own kind, wanted once. O(items). */
export function eachOnce(items: number): Counts {
  const once = Array.from({ length: items }, () => 1);
  return { need: once, kind: Array.from(once.keys()), weight: once };
}

/** How many of kind `k` a set of items is. O(items of the set). */
export function countOf({ kind, weight }: Counts, mask: number, k: number): number {
  let count = 0;
  for (let bits = mask; bits !== 0; bits &= bits - 1) {
    const i = 31 - Math.clz32(bits & -bits);
    if (kind[i] === k) count += weight[i]!;
  }
  return count;
}

/** True if two items must not share a parcel. Units of one SKU may always. O(1). */
export function mustPart(a: Item, b: Item): boolean {
  if (a.sku >= 0 && a.sku === b.sku) return false;
  return (a.shuns & b.traits) !== 0;
}
