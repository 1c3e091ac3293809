/**
 * Parcels that compete for slots: each is a column by one way (warehouse, service), with every slot it
 * may move to. A cover chooses ways; the cheapest slots of some of them that go together are then a
 * small search of their own, so that the cover does not multiply with the slots.
 */

import { carbonCost } from './carbon.ts';
import { columnHandling } from './column-floors.ts';
import type { Method } from './column-parcels.ts';
import { addEntry, entries } from './column-pricing.ts';
import type { Together } from './cover.ts';
import { type Joint, jointlyFeasible } from './joint.ts';
import { timeCost } from './objective.ts';
import type { OptionTable } from './options.ts';
import type { Choice } from './parcels.ts';
import { sharedStockSuffices } from './problem.ts';
import { freightOf } from './rates.ts';
import { priceOfMask } from './relaxation.ts';

const none = Number.POSITIVE_INFINITY;

/** Slots of the entries, cheapest first: those of entry e are `first[e] … first[e + 1] - 1`. */
export interface SlotTable {
  readonly first: number[];
  readonly option: number[];
  /** Minor units, without split and time. */
  readonly cost: number[];
}

/** Options of one candidate by way, each a list of option numbers. */
function waysOf(options: OptionTable, first: number, end: number): number[][] {
  const ways = new Map<number, number[]>();
  for (let o = first; o < end; o++) {
    const key = options.service[o]! * options.lane.length + options.lane[o]!;
    const same = ways.get(key);
    if (same === undefined) ways.set(key, [o]);
    else same.push(o);
  }
  return [...ways.values()];
}

/** Freight and carbon of column `j` by the way of option `o`, minor units; Infinity = refused. */
function freightBy({ context, columns }: Method, options: OptionTable, j: number, o: number) {
  const { network } = context;
  const service = options.service[o]!;
  const mg = columns.mg[j]!;
  if (mg > network.services.maxMg[service]!) return none;
  const row = network.lanes.rateRow[options.lane[o]!]!;
  const remote = network.zones.remote[options.zone[o]!] === 1;
  const card = network.services.card[service]!;
  const freight = freightOf(network.rates, card, row, mg, columns.mm3[j]!, remote);
  return freight + carbonCost(context, options.warehouse[o]!, options.lane[o]!, mg);
}

/**
 * Makes an entry of every column and way that may be within the gap: its least cost, its earliest
 * promise and its least risk, each perhaps in another slot. Returns the slots of each.
 * O(pairs × options of their warehouse).
 */
export function priceWays(method: Method, options: OptionTable, gap: number): SlotTable {
  const { columns, candidates } = method;
  const table: SlotTable = { first: [], option: [], cost: [] };
  entries.count = 0;
  for (let c = 0; c < candidates.length; c++) {
    const [first, end] = [options.first[c]!, options.first[c + 1]!];
    if (first === end) continue;
    const ways = waysOf(options, first, end);
    for (let p = columns.pairStart[c]!; p < columns.pairStart[c + 1]!; p++) {
      method.work += end - first;
      for (const way of ways)
        addWay(method, options, columns.pairColumn[p]!, { c, way, gap }, table);
    }
  }
  table.first.push(table.option.length);
  return table;
}

/** Makes the entry of column `j` by one way of candidate `c`, if any of its slots may be in the gap. */
function addWay(
  method: Method,
  options: OptionTable,
  j: number,
  { c, way, gap }: { readonly c: number; readonly way: readonly number[]; readonly gap: number },
  table: SlotTable,
): void {
  const { context, columns, relaxation, split, leastTime, joint } = method;
  const { timePerDay, at } = context;
  const w = method.candidates[c]!;
  const mask = columns.mask[j]!;
  const own = freightBy(method, options, j, way[0]!) + columnHandling(context, columns, j, w);
  if (own === none) return;
  const worth = priceOfMask(mask) - split - relaxation.parcelPrice + gap;
  const slots: { o: number; cost: number }[] = [];
  let [promise, risk] = [none, none];
  for (const o of way) {
    if ((mask & ~options.mask[o]!) !== 0 || columns.units[j]! > options.unitsLimit[o]!) continue;
    const arrives = timePerDay === 0 ? 0 : options.promise[o]!;
    const later = Math.max(0, timeCost(timePerDay, at, arrives) - leastTime);
    const cost = own + options.lateness[o]!;
    if (cost + later > worth) {
      method.beyond = true;
      continue;
    }
    if (joint.shared.length > 0 && !sharedStockSuffices(joint, mask, w, options.promise[o]!)) {
      continue;
    }
    slots.push({ o, cost });
    promise = Math.min(promise, arrives);
    risk = Math.min(risk, options.risk[o]!);
  }
  if (slots.length === 0) return;
  slots.sort((a, b) => a.cost - b.cost || options.promise[a.o]! - options.promise[b.o]!);
  table.first.push(table.option.length);
  addEntry(mask, slots[0]!.cost, promise, slots[0]!.o, risk);
  for (const { o, cost } of slots) {
    table.option.push(o);
    table.cost.push(cost);
  }
}

/** What the slots of some parcels are looked for with. */
export interface SlotTask {
  readonly joint: Joint;
  readonly slots: SlotTable;
  readonly time: (promise: number) => number;
  readonly riskLimit: number;
  /** By pair of the first so many entries, found out when first asked for. */
  readonly pairs: Uint8Array;
  readonly side: number;
  /** By item the first one that is as large a piece of the same line, itself if there is none. */
  readonly kinds: readonly number[];
}

/** The cheapest slots that go together, and how they were looked for. */
export interface SlotsFound extends Together {
  cost: number;
  choices: readonly Choice[];
  cut: boolean;
}

/** A pair of parcels: takes nothing from each other, competes, or cannot go together at all. */
const [UNKNOWN, FREE, COMPETING, IMPOSSIBLE] = [0, 1, 2, 3];

/** Entries whose pairs are remembered: at most a megabyte. */
const MOST_PAIRED = 1024;

/** Opens the search of slots for the entries priced last. O(entries²) memory to a megabyte. */
export function openSlots(task: Omit<SlotTask, 'pairs' | 'side'>): SlotTask {
  const side = Math.min(entries.count, MOST_PAIRED);
  return { ...task, side, pairs: new Uint8Array(side * side) };
}

/** The mask of as many items of each kind, the first ones: equal for contents that are alike. */
function contentsOf(kinds: readonly number[], mask: number): number {
  let contents = 0;
  for (let bits = mask; bits !== 0; bits &= bits - 1) {
    let item = kinds[31 - Math.clz32(bits & -bits)]!;
    while ((contents & (1 << item)) !== 0) item = kinds.indexOf(kinds[item]!, item + 1);
    contents |= 1 << item;
  }
  return contents;
}

/** True if two entries hold alike contents and may move to the same slots: one may stand for the other. */
function areAlike({ slots, kinds }: SlotTask, e: number, f: number): boolean {
  const [first, start] = [slots.first[e]!, slots.first[f]!];
  const count = slots.first[e + 1]! - first;
  if (slots.option[first] !== slots.option[start] || slots.first[f + 1]! - start !== count)
    return false;
  if (contentsOf(kinds, entries.mask[e]!) !== contentsOf(kinds, entries.mask[f]!)) return false;
  for (let i = 1; i < count; i++)
    if (slots.option[first + i] !== slots.option[start + i]) return false;
  return true;
}

function pairOf(task: SlotTask, e: number, f: number, isSpent: () => boolean): number {
  const { pairs, side } = task;
  if (e >= side || f >= side) return judgePair(task, e, f, isSpent);
  const at = e * side + f;
  if (pairs[at] === UNKNOWN) {
    pairs[at] = judgePair(task, e, f, isSpent);
    pairs[f * side + e] = pairs[at];
  }
  return pairs[at]!;
}

function judgePair(task: SlotTask, e: number, f: number, isSpent: () => boolean): number {
  const { joint, slots } = task;
  const { warehouse, service } = joint.options;
  const [a, b] = [slots.option[slots.first[e]!]!, slots.option[slots.first[f]!]!];
  if (warehouse[a] !== warehouse[b] && service[a] !== service[b]) return FREE;
  return slotsOf(task, [e, f], none, isSpent).cost === none ? IMPOSSIBLE : COMPETING;
}

/**
 * The cheapest slots that the entries chosen have together, if they cost less than `below`. Unless
 * the choice is whole, nothing is looked for if the last one does not compete with the others. Minor
 * units. O(chosen) for pairs known before; the search of slots O(Π slots) at worst, mostly O(Σ slots). It
 * asks `isSpent` at each step and ends when told to: pairs judged after that mean nothing.
 */
export function slotsTogether(
  task: SlotTask,
  chosen: readonly number[],
  below: number,
  isWhole: boolean,
  isSpent: () => boolean,
): SlotsFound {
  const last = chosen.at(-1)!;
  let competes = isWhole;
  for (let k = 0; k < chosen.length - 1; k++) {
    const pair = pairOf(task, chosen[k]!, last, isSpent);
    if (pair === IMPOSSIBLE) return { cost: none, choices: [], cut: false };
    competes ||= pair === COMPETING;
  }
  if (!competes) return { cost: 0, choices: [], cut: false };
  return slotsOf(task, chosen, below, isSpent);
}

/** By place the last entry before it that it is alike to; -1 if there is none. */
function twinsOf(task: SlotTask, chosen: readonly number[]): number[] {
  return chosen.map((e, k) => {
    for (let p = k - 1; p >= 0; p--) if (areAlike(task, chosen[p]!, e)) return p;
    return -1;
  });
}

/**
 * Depth first, cheapest slots first, of alike entries the earlier one in no later place; a part that does not
 * go together, or costs too much with the least that the rest can cost, is not continued. O(Π slots) at
 * worst, mostly O(Σ slots).
 */
function slotsOf(
  task: SlotTask,
  chosen: readonly number[],
  below: number,
  isSpent: () => boolean,
): SlotsFound {
  const { joint, slots, time, riskLimit } = task;
  const { options, context } = joint;
  const found: SlotsFound = { cost: none, choices: [], cut: false };
  const taken: Choice[] = [];
  const rest = new Float64Array(chosen.length + 1);
  for (let k = chosen.length - 1; k >= 0; k--) rest[k] = rest[k + 1]! + entries.cost[chosen[k]!]!;
  const anyTime = context.timePerDay === 0;
  const twins = twinsOf(task, chosen);
  const places: number[] = [];
  let limit = below;
  const place = (k: number, cost: number, latest: number, risk: number): void => {
    if (k === chosen.length) {
      limit = cost + time(latest);
      found.cost = limit;
      found.choices = [...taken];
      return;
    }
    const e = chosen[k]!;
    const start = slots.first[e]!;
    for (let i = start + (twins[k]! < 0 ? 0 : places[twins[k]!]!); i < slots.first[e + 1]!; i++) {
      if (isSpent()) return;
      places[k] = i - start;
      const option = slots.option[i]!;
      const here = cost + slots.cost[i]!;
      const promise = anyTime ? 0 : options.promise[option]!;
      const last = Math.max(latest, promise);
      if (here + rest[k + 1]! + time(last) >= limit) {
        found.cut ||= limit === below;
        continue;
      }
      const risky = risk + options.risk[option]!;
      if (risky > riskLimit) continue;
      taken.push({ subset: entries.mask[e]!, option, cost: slots.cost[i]!, promise });
      if (jointlyFeasible(joint, taken)) place(k + 1, here, last, risky);
      taken.pop();
    }
  };
  place(0, 0, 0, 0);
  return found;
}
