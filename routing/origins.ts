/**
 * Origins: warehouses that every lane serves alike. Lanes name lists of warehouses, many the same one,
 * and warehouses that stand in the same lists have the same services to every destination; so what
 * leaves a warehouse is found out once for its origin.
 *
 *   lists  {W1 W2 W3}  {W3 W4}      origins  {W1 W2}  {W3}  {W4}
 */

/** The origins of a network, and which of them each list of warehouses holds. */
export interface Origins {
  readonly count: number;
  /** Origin of each warehouse. */
  readonly of: Int32Array;
  /** Origins of each distinct list. */
  readonly members: readonly Int32Array[];
  /** Bit `o` of list `l` is bit `o & 31` of `bits[l × words + (o >> 5)]`. */
  readonly words: number;
  readonly bits: Int32Array;
}

/** Lists of warehouses as they come in, each kept once. */
export interface OriginLists {
  /** Number of a list, equal ones the same. O(warehouses named). */
  readonly add: (list: Int32Array) => number;
  /** The origins that the lists make. O(warehouses named in distinct lists + lists × origins / 32). */
  readonly origins: () => Origins;
}

function hashOf(list: Int32Array): number {
  let hash = list.length;
  for (let i = 0; i < list.length; i++)
    hash = Math.imul(hash ^ list[i]!, 0x9e3779b1) ^ (hash >>> 15);
  return hash;
}

const equal = (a: Int32Array, b: Int32Array): boolean =>
  a.length === b.length && a.every((warehouse, i) => warehouse === b[i]);

/**
 * Parts of `count` things, so that every list (of distinct ones) is a union of parts: each list splits
 * the parts of which it holds some but not all (Hopcroft 1971). O(sizes of the lists).
 */
function partition(count: number, lists: readonly Int32Array[]): Int32Array {
  const part = new Int32Array(count);
  const size = new Int32Array(count);
  const hits = new Int32Array(count);
  const next = new Int32Array(count);
  size[0] = count;
  let parts = 1;
  for (const list of lists) {
    const touched: number[] = [];
    for (const thing of list) if (hits[part[thing]!]!++ === 0) touched.push(part[thing]!);
    for (const p of touched) next[p] = hits[p] === size[p] ? p : parts++;
    for (const thing of list) part[thing] = next[part[thing]!]!;
    for (const p of touched) {
      if (next[p] !== p) {
        size[next[p]!] = hits[p]!;
        size[p]! -= hits[p]!;
      }
      hits[p] = 0;
    }
  }
  return part;
}

/** Numbers the parts in the order of their first members. */
function numbered(part: Int32Array): { of: Int32Array; count: number } {
  const numbers = new Int32Array(part.length).fill(-1);
  let count = 0;
  const of = part.map((own) => {
    if (numbers[own]! < 0) numbers[own] = count++;
    return numbers[own]!;
  });
  return { of, count };
}

/** Origins from lists of distinct things, and the origin of each thing. */
function originsOf(things: number, lists: readonly Int32Array[]): Origins {
  const { of, count } = numbered(partition(things, lists));
  const words = Math.ceil(count / 32);
  const bits = new Int32Array(lists.length * words);
  const members = lists.map((list, l) => {
    const own: number[] = [];
    for (const thing of list) {
      const origin = of[thing]!;
      const word = l * words + (origin >> 5);
      if (((bits[word]! >>> (origin & 31)) & 1) === 0) own.push(origin);
      bits[word]! |= 1 << (origin & 31);
    }
    return Int32Array.from(own);
  });
  return { count, of, members, words, bits };
}

/**
 * The origins as only some of the lists make them: fewer. O(sizes of these lists + warehouses). Hopcroft
 * 1971.
 */
export function narrowOrigins({ count, of, members }: Origins, lists: readonly number[]): Origins {
  const narrow = originsOf(
    count,
    lists.map((list) => members[list]!),
  );
  return { ...narrow, of: of.map((origin) => narrow.of[origin]!) };
}

/** Collects the lists of a network of so many warehouses. O(1). */
export function originLists(warehouses: number): OriginLists {
  const lists: Int32Array[] = [];
  const byHash = new Map<number, number[]>();
  const add = (list: Int32Array): number => {
    const hash = hashOf(list);
    const alike = byHash.get(hash) ?? [];
    const known = alike.find((l) => equal(lists[l]!, list));
    if (known !== undefined) return known;
    byHash.set(hash, alike);
    alike.push(lists.length);
    return lists.push(list) - 1;
  };
  const origins = (): Origins =>
    originsOf(
      warehouses,
      lists.map((list) => Int32Array.from(new Set(list))),
    );
  return { add, origins };
}

/** True if list `list` (-1 = all) holds the warehouses of origin `origin`. O(1). */
export function holdsOrigin({ words, bits }: Origins, list: number, origin: number): boolean {
  if (list < 0) return true;
  return ((bits[list * words + (origin >> 5)]! >>> (origin & 31)) & 1) === 1;
}
