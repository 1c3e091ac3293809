/**
 * The linear programme over all parcels that compete for slots, without listing them: it is solved over few
 * of them, the others are priced by its duals, and those that would make it cheaper are added, until none
 * does ("sifting", Bixby, Gregory, Lustig, Marsten and Shanno 1992; column generation). Each kind of items
 * has a stand-in that costs what a plan may cost at most, so that there is always a solution.
 */
import { solve } from './dual-simplex.ts';
import { addRow, levels, openSimplex, type Simplex } from './simplex-basis.ts';
import { keepParcels, makePool, type Pool, type SlotKinds, type Worth } from './slot-pool.ts';
import { eachBelow, type PricedParcel, type SlotDuals, type SlotPricing } from './slot-pricing.ts';
import {
  BEHIND,
  brokenCuts,
  type Cut,
  cutRow,
  type Programme,
  planRows,
  TIME,
  UNUSED,
} from './slot-rows.ts';

const none = Number.POSITIVE_INFINITY;
/** Parcels added at a time, the most telling ones. */
const ADDED = 300;
/** Reduced costs that are rounding. */
const NEGLIGIBLE = 1e-6;
/** Parcels beyond which those that cost much are left out again. */
const MANY = 3000;
const MOST_TURNS = 300;

/** What is sifted. */
export interface SiftTask extends Omit<Programme, 'pool'> {
  readonly pricing: SlotPricing;
  readonly slots: SlotKinds;
  readonly worth: Worth;
  /** Weight of costs: with 0 the bound is 0 if there may be a plan. */
  readonly weight: 0 | 1;
  /** What a plan may cost beyond its base, minor units. */
  readonly gap: number;
  readonly isSpent: (cells: number) => boolean;
  /** Parcels and cuts to begin with. */
  readonly from?: Pick<Sifted, 'pool' | 'cuts'> | undefined;
}

/** The programme solved over all parcels. */
export interface Sifted {
  /** No plan costs less beyond its base; `gap` if none costs less than that. */
  readonly bound: number;
  /** False if all was spent before it was solved: then the bound is what was proved until then. */
  readonly isSolved: boolean;
  /** Parcels of the solution, in fractions. */
  readonly parcels: number;
  /** Those that it was solved with. */
  readonly pool: Pool;
  readonly cuts: readonly Cut[];
  readonly duals: SlotDuals;
  readonly cells: number;
}

/** Solves the programme of a pool with the cuts known and those that its solution breaks. */
function solvePool(task: SiftTask, pool: Pool, cuts: Cut[], cells: number) {
  const { counts, scale, most, worth, gap } = task;
  const programme: Programme = { ...task, pool };
  const kinds = counts.need.length;
  const cost = new Float64Array(pool.count + BEHIND + kinds + 2).fill(gap);
  cost.set(pool.reduced);
  cost[pool.count + UNUSED] = worth.relaxation.parcelPrice;
  cost[pool.count + TIME] = scale;
  const pieces = counts.need.reduce((sum, need) => sum + need, 0);
  const lp = openSimplex(cost, pieces + most + 1);
  lp.work = cells;
  for (const row of planRows(programme, true)) addRow(lp, row);
  for (const cut of cuts) addRow(lp, cutRow(programme, cut));
  for (;;) {
    const { bound, isSolved } = solve(lp, () => task.isSpent(lp.work));
    if (!isSolved || bound === none || task.isSpent(lp.work)) return { lp, bound, isSolved: false };
    const broken = brokenCuts(programme, levels(lp));
    if (broken.length === 0) return { lp, bound, isSolved };
    for (const cut of broken) {
      cuts.push(cut);
      addRow(lp, cutRow(programme, cut));
    }
  }
}

/** What the duals of a programme make of parcels. */
function dualsOf(task: SiftTask, cuts: readonly Cut[], { dual }: Simplex): SlotDuals {
  const { counts, joint, worth, scale, riskLimit, slots } = task;
  const { options, items } = joint;
  const kinds = counts.need.length;
  const item = Float64Array.from(items, (_, i) => {
    return worth.relaxation.price[i]! + counts.weight[i]! * dual[counts.kind[i]!]!;
  });
  const perParcel = worth.perParcel + worth.relaxation.parcelPrice - dual[kinds]!;
  const option = new Float64Array(options.count);
  const perUnit = new Float64Array(options.count);
  let row = kinds + (task.parcels === undefined ? 1 : 2);
  if (riskLimit !== none) {
    for (let o = 0; o < options.count; o++) option[o]! -= dual[row]! * options.risk[o]!;
    row++;
  }
  const late = Float64Array.from(items, (_, i) => {
    const kind = counts.kind[i]!;
    if (scale === 0) return 0;
    return (-dual[row + kind]! * counts.weight[i]!) / (counts.need[kind]! * scale);
  });
  if (scale > 0) row += kinds;
  const lots: { cut: Cut & { of: 'lots' }; price: number }[] = [];
  for (const cut of cuts) {
    const price = -dual[row++]!;
    if (price === 0) continue;
    if (cut.of === 'lots') {
      lots.push({ cut, price });
      continue;
    }
    const { slot, isByUnit } = slots[cut.kind]!;
    const costs = isByUnit ? perUnit : option;
    for (let o = 0; o < options.count; o++) if (slot[o] === cut.slot) costs[o]! += price;
  }
  return { weight: task.weight, item, perParcel, option, perUnit, late, lots };
}

/** Parcels of a pool as they were priced. */
function listed({ mask, option, cost, count }: Pool) {
  return Array.from({ length: count }, (_, j) => ({
    mask: mask[j]!,
    option: option[j]!,
    cost: cost[j]!,
  }));
}

/**
 * Solves the programme over all parcels of the pricing, until none makes it cheaper or all is spent; then the
 * bound is what the duals prove by the least reduced cost (Lasdon 1970). O(turns × (pricing + `solve`)).
 */
export function sift(task: SiftTask): Sifted {
  const { pricing, joint, slots, worth, gap, counts, most } = task;
  const cuts: Cut[] = [...(task.from?.cuts ?? [])];
  const pieces = counts.need.reduce((sum, need) => sum + need, 0);
  let pool = task.from?.pool ?? makePool(joint, slots, [], worth);
  let cells = 0;
  for (let turn = 1; ; turn++) {
    const { lp, bound, isSolved } = solvePool(task, pool, cuts, cells);
    cells = lp.work;
    const duals = dualsOf(task, cuts, lp);
    const found: PricedParcel[] = [];
    const look = { below: -NEGLIGIBLE, enough: isSolved && turn < MOST_TURNS ? ADDED * 4 : none };
    const { least } = eachBelow(pricing, duals, look, (one) => found.push(one));
    // With stand-ins there is always a solution: no bound is a fault of rounding.
    const proved = bound === none ? -none : bound + least * Math.min(pieces, most);
    const isEnd = found.length === 0 || !isSolved || turn === MOST_TURNS;
    if (isEnd) {
      const parcels = levels(lp).reduce((sum, [j, own]) => (j < pool.count ? sum + own : sum), 0);
      const done = isSolved && found.length === 0;
      return {
        bound: Math.min(gap, proved),
        isSolved: done,
        parcels,
        pool,
        cuts,
        duals,
        cells,
      };
    }
    found.sort((a, b) => a.reduced - b.reduced);
    const kept = pool.count < MANY ? pool : keepParcels(pool, (j) => lp.reduced[j]! < gap / 2);
    pool = makePool(joint, slots, [...listed(kept), ...found.slice(0, ADDED)], worth);
  }
}
