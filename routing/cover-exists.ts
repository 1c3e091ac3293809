/**
 * Can so few warehouses hold an order at all? Whatever parcels weigh and cost, each leaves one
 * warehouse and holds no more than is there; so if no few of the warehouses' holdings cover the
 * items, no plan does, and a large order is refused before anything is listed or priced.
 */

/** Nodes after which the question is left open. */
const MOST_NODES = 20_000;

function bitsIn(mask: number): number {
  let n = mask - ((mask >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

interface Walk {
  /** Holdings, large ones first. */
  readonly masks: readonly number[];
  /** Items, those that the fewest hold first. */
  readonly rank: readonly number[];
  /** Per number of parcels left, how much of what is open each holding covers. */
  readonly sizes: readonly Uint8Array[];
  nodes: number;
}

/** The sum of the `count` largest sizes; sizes are at most 30. */
function sumOfLargest(sizes: Uint8Array, count: number): number {
  const having = new Int32Array(32);
  for (const size of sizes) having[size]!++;
  let [sum, open] = [0, count];
  for (let size = 31; size > 0 && open > 0; size--) {
    const taken = Math.min(open, having[size]!);
    sum += taken * size;
    open -= taken;
  }
  return sum;
}

/** True if so many holdings cover what is open, or the nodes are spent. */
function covers(walk: Walk, open: number, left: number): boolean {
  const { masks, rank } = walk;
  if (++walk.nodes > MOST_NODES) return true;
  const need = bitsIn(open);
  const sizes = walk.sizes[left]!;
  for (let m = 0; m < masks.length; m++) {
    sizes[m] = bitsIn(masks[m]! & open);
    if (sizes[m] === need) return true;
  }
  if (left === 1) return false;
  const others = sumOfLargest(sizes, left - 1);
  const item = rank.find((i) => (open & (1 << i)) !== 0)!;
  for (let m = 0; m < masks.length; m++) {
    const mask = masks[m]!;
    // What it leaves must not be more than the largest of the others cover.
    if ((mask & (1 << item)) === 0 || sizes[m]! + others < need) continue;
    if (covers(walk, open & ~mask, left - 1)) return true;
  }
  return false;
}

/** True if so many holdings cover all items, each the one that holds most of what is open. */
function coversGreedily(holdings: readonly number[], items: number, most: number): boolean {
  let open = 2 ** items - 1;
  for (let left = most; left > 0; left--) {
    let [best, size] = [0, 0];
    for (let m = 0; m < holdings.length; m++) {
      const own = bitsIn(holdings[m]! & open);
      if (own > size) [best, size] = [holdings[m]!, own];
    }
    open &= ~best;
    if (open === 0) return true;
  }
  return false;
}

/** The distinct holdings that no other contains, large ones first. O(holdings × those that stay). */
function largestOf(holdings: readonly number[]): number[] {
  const largest: number[] = [];
  const masks = [...new Set(holdings)].sort((a, b) => bitsIn(b) - bitsIn(a) || a - b);
  for (const mask of masks) {
    if (!largest.some((other) => (mask & ~other) === 0)) largest.push(mask);
  }
  return largest;
}

/**
 * False if no `most` of the holdings (masks of at most 30 items, with repetition) cover all items. True
 * means that perhaps some do. First greedily; then depth first on the item that the fewest hold, with the
 * holdings that leave no more than the largest others cover; at most 20,000 nodes of O(holdings).
 */
export function coverExists(
  holdings: readonly number[],
  items: number,
  most: number,
): { possible: boolean; work: number } {
  const looked = most * holdings.length;
  if (coversGreedily(holdings, items, most)) return { possible: true, work: looked };
  const masks = largestOf(holdings);
  const holders = new Int32Array(items);
  for (const mask of masks) {
    for (let bits = mask; bits !== 0; bits &= bits - 1) holders[31 - Math.clz32(bits & -bits)]!++;
  }
  const rank = Array.from(holders.keys()).sort((a, b) => holders[a]! - holders[b]! || a - b);
  const sizes = Array.from({ length: most + 1 }, () => new Uint8Array(masks.length));
  const walk: Walk = { masks, rank, sizes, nodes: 0 };
  const possible = covers(walk, 2 ** items - 1, most);
  return { possible, work: looked + walk.nodes * masks.length };
}
