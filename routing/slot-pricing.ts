/**
 * Parcels that compete for slots are too many to be listed: contents × ways × slots. They are priced as they
 * are asked for, by the duals of a programme: way by way, those first dismissed whose floors cost too much.
 */
import { carbonCost } from './carbon.ts';
import { columnHandling } from './column-floors.ts';
import type { Method } from './column-parcels.ts';
import type { Joint } from './joint.ts';
import type { OptionTable } from './options.ts';
import { sharedNeed, sharedStockSuffices } from './problem.ts';
import { freightOf } from './rates.ts';
import { loadPrices, priceOfMask } from './relaxation.ts';
import type { Cut } from './slot-rows.ts';

const none = Number.POSITIVE_INFINITY;

/** Options of one service and lane of a warehouse. */
interface Way {
  readonly options: readonly number[];
  /** What the best of its options costs besides freight and handling, at least. */
  least: number;
}

/** What parcels are priced with. */
export interface SlotPricing {
  readonly method: Method;
  readonly joint: Joint;
  /** By candidate. */
  readonly ways: readonly Way[][];
  /** Freight by pair and way, as far as it was asked for; NaN = it was not. */
  readonly freight: Float64Array;
  readonly mostWays: number;
  /** By option what its promise costs more than the least, minor units. */
  readonly time: Float64Array;
  /** Candidate with which the next look begins that need not see all. */
  next: number;
}

/** What the duals of a programme make of a parcel's cost. */
export interface SlotDuals {
  /** Weight of costs: 0 = it is only asked whether there is a plan. */
  readonly weight: 0 | 1;
  /** By item what it is worth. */
  readonly item: Float64Array;
  /** Charged to every parcel. */
  readonly perParcel: number;
  /** By option what its slots and its risk cost, and the slots of each unit. */
  readonly option: Float64Array;
  readonly perUnit: Float64Array;
  /** By item what one minor unit of later promise costs. */
  readonly late: Float64Array;
  /** Prices of lots. */
  readonly lots: readonly { readonly cut: Cut & { readonly of: 'lots' }; readonly price: number }[];
}

/** A parcel by one option: `cost` without split and time, `reduced` by the duals; minor units. */
export interface PricedParcel {
  readonly mask: number;
  readonly option: number;
  readonly cost: number;
  readonly reduced: number;
}

/** Options of one candidate by way, each a list of option numbers. */
function waysOf(options: OptionTable, first: number, end: number): Way[] {
  const ways = new Map<number, number[]>();
  for (let o = first; o < end; o++) {
    const key = options.service[o]! * options.lane.length + options.lane[o]!;
    const same = ways.get(key);
    if (same === undefined) ways.set(key, [o]);
    else same.push(o);
  }
  return Array.from(ways.values(), (own) => ({ options: own, least: 0 }));
}

/** Opens the pricing of the options built last. O(options + pairs × ways) memory. */
export function openPricing(
  method: Method,
  joint: Joint,
  later: (promise: number) => number,
): SlotPricing {
  const { candidates, columns } = method;
  const { first } = joint.options;
  const ways = candidates.map((_, c) => waysOf(joint.options, first[c]!, first[c + 1]!));
  const mostWays = ways.reduce((most, own) => Math.max(most, own.length), 0);
  const freight = new Float64Array(columns.pairStart[candidates.length]! * mostWays).fill(NaN);
  const time = Float64Array.from({ length: joint.options.count }, (_, o) =>
    later(joint.options.promise[o]!),
  );
  return { method, joint, ways, freight, mostWays, time, next: 0 };
}

/** Freight and carbon of pair `p` by one of its warehouse's ways, minor units; Infinity = refused. */
function freightBy(pricing: SlotPricing, p: number, way: number, o: number): number {
  const at = p * pricing.mostWays + way;
  const known = pricing.freight[at]!;
  if (!Number.isNaN(known)) return known;
  const { method, joint } = pricing;
  const { context, columns } = method;
  const { network } = context;
  const { options } = joint;
  const service = options.service[o]!;
  const j = columns.pairColumn[p]!;
  const mg = columns.mg[j]!;
  const row = network.lanes.rateRow[options.lane[o]!]!;
  const remote = network.zones.remote[options.zone[o]!] === 1;
  const card = network.services.card[service]!;
  const freight =
    mg > network.services.maxMg[service]!
      ? none
      : freightOf(network.rates, card, row, mg, columns.mm3[j]!, remote) +
        carbonCost(context, options.warehouse[o]!, options.lane[o]!, mg);
  pricing.freight[at] = freight;
  return freight;
}

/** Notes what each way costs at least besides freight and handling. */
function noteLeast({ ways, joint }: SlotPricing, { option, perUnit, weight }: SlotDuals): void {
  const { lateness } = joint.options;
  for (const own of ways) {
    for (const way of own) {
      way.least = none;
      for (const o of way.options) {
        way.least = Math.min(way.least, weight * lateness[o]! + option[o]! + perUnit[o]!);
      }
    }
  }
}

/** What lots cost a parcel. */
function lotsPrice({ joint }: SlotPricing, { lots }: SlotDuals, mask: number, o: number): number {
  const { warehouse, promise } = joint.options;
  let sum = 0;
  for (const { cut, price } of lots) {
    if (warehouse[o] !== cut.warehouse || promise[o]! < cut.from) continue;
    sum += price * sharedNeed(cut.shared, mask);
  }
  return sum;
}

/** What is looked for among all parcels. */
export interface Look {
  /** Parcels of less reduced cost, minor units. */
  readonly below: number;
  /** True if of each pair and way the best is enough, and so many of them. */
  readonly enough: number | undefined;
}

/** What a look saw: the least reduced cost, and whether it left none out because of what it costs. */
export interface Looked {
  readonly least: number;
  readonly isAll: boolean;
}

/**
 * Visits the parcels of which the reduced cost is less than asked for: all, or the best of each pair and
 * way until there are enough, beginning where the last such look ended. O(pairs + ways and options not
 * dismissed).
 */
export function eachBelow(
  pricing: SlotPricing,
  duals: SlotDuals,
  { below, enough }: Look,
  visit: (parcel: PricedParcel) => void,
): Looked {
  const { method, ways } = pricing;
  noteLeast(pricing, duals);
  loadPrices(duals.item, method.items.length);
  const look: Looking = {
    pricing,
    duals,
    below,
    isBest: enough !== undefined,
    visit,
    late: lateOf(duals),
    least: 0,
    seen: 0,
    isAll: true,
  };
  const count = ways.length;
  for (let turn = 0; turn < count; turn++) {
    const c = enough === undefined ? turn : (pricing.next + turn) % count;
    if (ways[c]!.length > 0) lookFrom(look, c);
    if (enough === undefined || look.seen < enough) continue;
    pricing.next = (c + 1) % count;
    break;
  }
  return { least: look.least, isAll: look.isAll };
}

/** State of a look. */
interface Looking {
  readonly pricing: SlotPricing;
  readonly duals: SlotDuals;
  readonly below: number;
  readonly isBest: boolean;
  readonly visit: (parcel: PricedParcel) => void;
  readonly late: (mask: number) => number;
  least: number;
  seen: number;
  isAll: boolean;
}

/** Looks at the parcels of one candidate. */
function lookFrom(look: Looking, c: number): void {
  const { pricing, duals, below } = look;
  const { method, ways } = pricing;
  const { columns, context } = method;
  const { weight, perParcel } = duals;
  const w = method.candidates[c]!;
  for (let p = columns.pairStart[c]!; p < columns.pairStart[c + 1]!; p++) {
    if (columns.pairFloor[p]! === none) continue;
    const j = columns.pairColumn[p]!;
    const mask = columns.mask[j]!;
    const worth = priceOfMask(mask) - perParcel;
    if (weight * columns.pairFloor[p]! - worth >= below) {
      look.isAll = false;
      continue;
    }
    const handling = columnHandling(context, columns, j, w);
    const late = look.late(mask);
    for (let k = 0; k < ways[c]!.length; k++) {
      const way = ways[c]![k]!;
      const freight = freightBy(pricing, p, k, way.options[0]!);
      method.work += 1 / 16;
      if (freight === none) continue;
      const own = weight * (freight + handling);
      if (own - worth + way.least >= below) look.isAll = false;
      else lookAt(look, way, { mask, units: columns.units[j]!, own, worth, late });
    }
  }
}

/** By set of items what one minor unit of later promise costs; 0 where time has no price. */
function lateOf({ late }: SlotDuals): (mask: number) => number {
  if (late.every((price) => price === 0)) return () => 0;
  return (mask) => {
    let sum = 0;
    for (let bits = mask; bits !== 0; bits &= bits - 1) sum += late[31 - Math.clz32(bits & -bits)]!;
    return sum;
  };
}

/** Contents by a way: what they cost, are worth, and a later promise of them. */
interface Contents {
  readonly mask: number;
  readonly units: number;
  readonly own: number;
  readonly worth: number;
  readonly late: number;
}

/** Looks at the options of a way for some contents. */
function lookAt(look: Looking, way: Way, contents: Contents): void {
  const { pricing, duals, isBest, visit } = look;
  const { method, joint, time } = pricing;
  const { mask, units, own, worth, late } = contents;
  const { mask: able, unitsLimit, lateness, warehouse, promise } = joint.options;
  const { option: perOption, perUnit, weight, lots } = duals;
  let [best, bestCost, below] = [-1, 0, look.below];
  method.work += way.options.length / 32;
  for (const option of way.options) {
    if ((mask & ~able[option]!) !== 0 || units > unitsLimit[option]!) continue;
    const cost = own + weight * lateness[option]!;
    let reduced = cost - worth + perOption[option]! + perUnit[option]! * units;
    reduced += late * time[option]!;
    if (reduced < below && lots.length > 0) reduced += lotsPrice(pricing, duals, mask, option);
    if (reduced >= below) {
      look.isAll = false;
      continue;
    }
    if (!sharedStockSuffices(joint, mask, warehouse[option]!, promise[option]!)) continue;
    if (reduced < look.least) look.least = reduced;
    if (isBest) [best, bestCost, below] = [option, cost, reduced];
    else visit({ mask, option, cost, reduced });
  }
  if (best < 0) return;
  look.seen++;
  visit({ mask, option: best, cost: bestCost, reduced: below });
}
