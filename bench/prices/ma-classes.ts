/**
 * The instance in the library's words: a class is an order type to a city, a resource is an item in
 * a centre; and the oracle for this cost structure. With a fee per centre used and a price per unit,
 * the best plan given the set of centres sends each item from its cheapest member; all sets are
 * tried, so the plan is exact.
 */
import type { Plan, PlanOracle } from '../../routing/index.ts';
import type { MaInstance } from './ma-instance.ts';

/** Order type and city of each class; the empty order has none. */
export interface MaClasses {
  readonly type: Int32Array;
  readonly city: Int32Array;
}

/** All classes of an instance: type-major, in the order of its types and cities. */
export function classesOf({ types, cities }: MaInstance): MaClasses {
  const count = (types.length - 1) * cities;
  return {
    type: Int32Array.from({ length: count }, (_, c) => 1 + Math.floor(c / cities)),
    city: Int32Array.from({ length: count }, (_, c) => c % cities),
  };
}

interface Scratch {
  /** [item of the order × members + member], unit cost plus price; infinite without stock. */
  readonly unit: Float64Array;
  /** Fixed costs per set of members, and the sets by rising fixed cost. */
  readonly fixed: Float64Array;
  readonly sets: Int32Array;
}

function scratchOf({ fixedCost, types }: MaInstance): Scratch {
  const members = fixedCost.length;
  const largest = Math.max(...types.map((items) => items.length));
  const fixed = new Float64Array(2 ** members);
  for (let set = 1; set < fixed.length; set++) {
    const low = 31 - Math.clz32(set & -set);
    fixed[set] = fixed[set & (set - 1)]! + fixedCost[low]!;
  }
  const sets = Int32Array.from(fixed.keys()).slice(1);
  sets.sort((a, b) => fixed[a]! - fixed[b]! || a - b);
  return { unit: new Float64Array(largest * members), fixed, sets };
}

/** Least total over the sets of members, and the set. O(2^members × items × members), pruned. */
function cheapestSet({ unit, fixed, sets }: Scratch, count: number, members: number): number {
  let best = Number.POSITIVE_INFINITY;
  let bestSet = 0;
  for (const set of sets) {
    let cost = fixed[set]!;
    if (cost >= best) break;
    for (let a = 0; a < count && cost < best; a++) {
      let least = Number.POSITIVE_INFINITY;
      for (let bits = set; bits !== 0; bits &= bits - 1) {
        const price = unit[a * members + 31 - Math.clz32(bits & -bits)]!;
        if (price < least) least = price;
      }
      cost += least;
    }
    if (cost < best) {
      best = cost;
      bestSet = set;
    }
  }
  return bestSet;
}

/** The oracle of an instance for the given classes. */
export function maOracle(instance: MaInstance, classes: MaClasses): PlanOracle {
  const { cities, centres, items, types, fixedCost, unitCost } = instance;
  const members = centres + 1;
  const scratch = scratchOf(instance);
  const { unit } = scratch;
  const cheapest = (c: number, prices: Float64Array, free: Float64Array): Plan => {
    const order = types[classes.type[c]!]!;
    const city = classes.city[c]!;
    order.forEach((item, a) => {
      for (let k = 0; k < centres; k++) {
        const r = k * items + item;
        const cost = unitCost[k * cities + city]! + prices[r]!;
        unit[a * members + k] = free[r]! >= 1 ? cost : Number.POSITIVE_INFINITY;
      }
      unit[a * members + centres] = unitCost[centres * cities + city]!;
    });
    const set = cheapestSet(scratch, order.length, members);
    return planOf(c, set, order);
  };
  const planOf = (c: number, set: number, order: readonly number[]): Plan => {
    const city = classes.city[c]!;
    const resources: number[] = [];
    let used = 0;
    let cost = 0;
    order.forEach((item, a) => {
      let member = -1;
      for (let k = 0; k < members; k++) {
        if ((set & (1 << k)) === 0) continue;
        if (member < 0 || unit[a * members + k]! < unit[a * members + member]!) member = k;
      }
      used |= 1 << member;
      cost += unitCost[member * cities + city]!;
      if (member < centres) resources.push(member * items + item);
    });
    for (let k = 0; k < members; k++) if ((used & (1 << k)) !== 0) cost += fixedCost[k]!;
    return { cost, resources, amounts: resources.map(() => 1) };
  };
  return { classes: classes.type.length, resources: centres * items, cheapest };
}
