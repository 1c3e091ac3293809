/**
 * Parcels of one order compete with each other: two of them may want the last van, the last picks
 * of an hour or the same units. These checks count them together.
 */
import { type Board, giveBack, pairKey, stockRow, take, usableUnits } from './board.ts';
import type { Item } from './items.ts';
import { planCost } from './objective.ts';
import { buildParcel, place, type Way } from './parcel.ts';
import type { Choice } from './parcels.ts';
import { type Problem, sharedNeed } from './problem.ts';
import { HOUR_SECONDS, type ParcelPlan } from './types.ts';

/** What of a problem its parcels are counted together by. */
export type Joint = Pick<Problem, 'context' | 'items' | 'options' | 'shared'>;

/** Units of a subset of the items. */
function unitsOf({ items }: Joint, subset: number): number {
  let units = 0;
  for (let bits = subset; bits !== 0; bits &= bits - 1) {
    units += items[31 - Math.clz32(bits & -bits)]!.units;
  }
  return units;
}

const left = (limit: number, slots: Float64Array | undefined, slot: number): number =>
  limit - (slots === undefined ? 0 : slots[slot]!);

/** Sum of `amount` over the choices that share a resource with choice `i`. */
function together(
  choices: readonly Choice[],
  shares: (other: Choice) => boolean,
  amount: (choice: Choice) => number,
): number {
  return choices.reduce((sum, other) => (shares(other) ? sum + amount(other) : sum), 0);
}

function capacitySuffices(problem: Joint, choices: readonly Choice[], choice: Choice): boolean {
  const { network, board } = problem.context;
  const { warehouse, service, start, pickupDay } = problem.options;
  const o = choice.option;
  const w = warehouse[o]!;
  const s = service[o]!;
  const hourOf = (option: number) => Math.floor(start[option]! / HOUR_SECONDS);
  const { firstDay } = network.calendars;
  const day = pickupDay[o]! - firstDay;
  const sameDay = (x: Choice) => pickupDay[x.option] === pickupDay[o];
  const sameHouse = (x: Choice) => warehouse[x.option] === w;
  const sameService = (x: Choice) => service[x.option] === s;
  const one = () => 1;
  const units = (x: Choice) => unitsOf(problem, x.subset);
  const picks = together(choices, (x) => sameHouse(x) && hourOf(x.option) === hourOf(o), units);
  const parcels = together(choices, (x) => sameHouse(x) && sameDay(x), one);
  const vans = together(choices, (x) => sameService(x) && sameDay(x), one);
  const own = together(choices, (x) => sameService(x) && sameHouse(x) && sameDay(x), one);
  const pair = board.serviceWarehouses.get(pairKey(network, s, w));
  const { warehouses, services } = network;
  return (
    picks <= left(warehouses.picksPerHour[w]!, board.picks[w], hourOf(o) - firstDay * 24) &&
    parcels <= left(warehouses.parcelsPerDay[w]!, board.parcels[w], day) &&
    vans <= left(services.parcelsPerDay[s]!, board.services[s], day) &&
    own <= left(services.parcelsPerDayPerWarehouse[s]!, pair, day)
  );
}

/** Lots usable for one parcel are nested by promise, so Hall's condition needs one sum per promise. */
function stockSuffices(problem: Joint, choices: readonly Choice[], choice: Choice): boolean {
  const { network, board } = problem.context;
  const { warehouse, promise } = problem.options;
  const w = warehouse[choice.option]!;
  for (const shared of problem.shared) {
    if ((choice.subset & shared.mask) === 0) continue;
    const stock = board.skus.get(shared.sku)!;
    const until = promise[choice.option]! + network.skus.lifeSeconds[shared.sku]!;
    const need = together(
      choices,
      (x) => warehouse[x.option] === w && promise[x.option]! >= promise[choice.option]!,
      (x) => sharedNeed(shared, x.subset),
    );
    if (usableUnits(board, stock, stockRow(stock, w), until) < need) return false;
  }
  return true;
}

/** True if all parcels can have the slots and lots of their options at once. O(parcels²). */
export function jointlyFeasible(problem: Joint, choices: readonly Choice[]): boolean {
  if (choices.length === 1) return true;
  return choices.every(
    (choice) =>
      capacitySuffices(problem, choices, choice) && stockSuffices(problem, choices, choice),
  );
}

/** Items of a subset. O(items). */
export function itemsOf(problem: Joint, subset: number): Item[] {
  return problem.items.filter((_, i) => (subset & (1 << i)) !== 0);
}

/** Way of a choice. O(items). */
export function wayOf(problem: Joint, choice: Choice): Way {
  const { warehouse, service, lane, zone } = problem.options;
  const o = choice.option;
  return {
    items: itemsOf(problem, choice.subset),
    warehouse: warehouse[o]!,
    service: service[o]!,
    lane: lane[o]!,
    zone: zone[o]!,
  };
}

/** True if no two parcels share a warehouse or a service: none takes anything from another. */
function areApart(ways: readonly Pick<Way, 'warehouse' | 'service'>[]): boolean {
  for (let i = 1; i < ways.length; i++) {
    for (let j = 0; j < i; j++) {
      if (ways[i]!.warehouse === ways[j]!.warehouse || ways[i]!.service === ways[j]!.service) {
        return false;
      }
    }
  }
  return true;
}

/**
 * Builds parcels in the very slots of their options; undefined if lots or rates refuse one. Those
 * promised last draw their lots first: what lives long enough for them serves the others too.
 * O(parcels²), and a `buildParcel` each. Minor units.
 */
export function buildChosen(
  problem: Joint,
  choices: readonly Choice[],
): { parcels: ParcelPlan[]; cost: number } | undefined {
  const { context, options } = problem;
  const order = [...choices].sort(
    (a, b) => options.promise[b.option]! - options.promise[a.option]!,
  );
  const ways = order.map((choice) => wayOf(problem, choice));
  const compete = !areApart(ways);
  const parcels: ParcelPlan[] = [];
  for (let i = 0; i < order.length; i++) {
    const o = order[i]!.option;
    const parcel = buildParcel(context, {
      ...ways[i]!,
      start: options.start[o]!,
      ready: options.ready[o]!,
      pickup: options.pickup[o]!,
      pickupDay: options.pickupDay[o]!,
      promise: options.promise[o]!,
      lateness: options.lateness[o]!,
      risk: options.risk[o]!,
    });
    if (parcel === undefined) break;
    if (compete) take(context.board, { parcels: [parcel] });
    parcels.push(parcel);
  }
  if (compete) giveBack(context.board, { parcels });
  if (parcels.length < choices.length) return undefined;
  return { parcels, cost: planCost(context, parcels) };
}

/** Builds parcels one after the other, each in the first slots the earlier ones left. O(parcels). */
function buildInTurn(
  { context }: Joint,
  ways: readonly Way[],
  compete: boolean,
): ParcelPlan[] | undefined {
  const board: Board = context.board;
  const parcels: ParcelPlan[] = [];
  for (const way of ways) {
    const placed = place(context, way);
    const parcel = placed && buildParcel(context, placed);
    if (parcel === undefined) break;
    if (compete) take(board, { parcels: [parcel] });
    parcels.push(parcel);
  }
  if (compete) giveBack(board, { parcels });
  return parcels.length === ways.length ? parcels : undefined;
}

/** Largest number of parcels of which every order is tried. */
const PERMUTED = 4;

function* orders(count: number): Generator<number[]> {
  const identity = Array.from({ length: count }, (_, i) => i);
  if (count > PERMUTED) {
    for (let turn = 0; turn < count; turn++) {
      yield identity.map((i) => (i + turn) % count);
    }
    yield identity.reverse();
    return;
  }
  const permute = function* (rest: number[], head: number[]): Generator<number[]> {
    if (rest.length === 0) yield head;
    for (const i of rest) {
      yield* permute(
        rest.filter((other) => other !== i),
        [...head, i],
      );
    }
  };
  yield* permute(identity, []);
}

/**
 * Cheapest plan of the given ways over the orders in which they may take their slots. One that
 * costs no more than `enough` ends the search. Minor units. O(parcels²) where none competes, else
 * O(parcels × orders): every order of up to four parcels, of more parcels + 1 orders.
 */
export function scheduleTogether(
  problem: Joint,
  ways: readonly Way[],
  enough = Number.NEGATIVE_INFINITY,
): { parcels: ParcelPlan[]; cost: number } | undefined {
  if (areApart(ways)) {
    const parcels = buildInTurn(problem, ways, false);
    return parcels && { parcels, cost: planCost(problem.context, parcels) };
  }
  let best: { parcels: ParcelPlan[]; cost: number } | undefined;
  for (const order of orders(ways.length)) {
    const turn = order.map((i) => ways[i]!);
    const parcels = buildInTurn(problem, turn, true);
    if (parcels === undefined) continue;
    const cost = planCost(problem.context, parcels);
    if (best === undefined || cost < best.cost) best = { parcels, cost };
    if (cost <= enough) break;
  }
  return best;
}
