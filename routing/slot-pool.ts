/**
 * The parcels that plans with competing parcels are made of: contents by one way in one slot each. A slot
 * that another of the same contents and warehouse beats in everything, also in what it takes from others,
 * is left out.
 */
import { pairKey } from './board.ts';
import type { Joint } from './joint.ts';
import type { OptionTable } from './options.ts';
import type { OrderContext } from './problem.ts';
import { loadPrices, priceOfMask, type Relaxation } from './relaxation.ts';
import { HOUR_SECONDS } from './types.ts';

/** A kind of slot that parcels take something of. */
export interface SlotKind {
  /** By option the slot. */
  readonly slot: Int32Array;
  /** By slot what is free. */
  readonly free: ReadonlyMap<number, number>;
  /** True if a parcel takes its units, false if it takes one. */
  readonly isByUnit: boolean;
}

/** Picks of a warehouse's hour; parcels of its day, of a service's day, and of the service there. */
export type SlotKinds = readonly [picks: SlotKind, SlotKind, SlotKind, SlotKind];

/** Parcels by number. */
export interface Pool {
  readonly count: number;
  readonly mask: Int32Array;
  readonly units: Int32Array;
  readonly option: Int32Array;
  /** Minor units, without split and time; and how far that is above what its contents are worth. */
  readonly cost: Float64Array;
  readonly reduced: Float64Array;
  /** What its promise costs more than the least that time costs, minor units. */
  readonly time: Float64Array;
  readonly slots: SlotKinds;
}

/** What parcels are worth, and what they may exhaust. */
export interface Worth {
  readonly relaxation: Relaxation;
  readonly perParcel: number;
  /** Price of a promise beyond the least of all plans, minor units. */
  readonly later: (promise: number) => number;
  /** Units of the order, and its most parcels: of what more is free of, nobody wants too much. */
  readonly units: number;
  readonly most: number;
}

/** A kind of slot of the options, by the warehouse or service that owns it. */
interface Owners {
  /** Slots of a day: hours, or itself. */
  readonly perDay: 1 | 24;
  readonly ownerOf: (option: number) => number;
  readonly limitOf: (option: number) => number;
  readonly usedBy: (owner: number) => Float64Array | undefined;
}

/** Slots of the options, and what is free of each. */
function slotKind({ network }: OrderContext, options: OptionTable, owners: Owners): SlotKind {
  const { firstDay, days } = network.calendars;
  const { start, pickupDay, count } = options;
  const { perDay, ownerOf, limitOf, usedBy } = owners;
  const slot = new Int32Array(count);
  const free = new Map<number, number>();
  for (let o = 0; o < count; o++) {
    const owner = ownerOf(o);
    const hour = Math.floor(start[o]! / HOUR_SECONDS);
    const at = perDay === 1 ? pickupDay[o]! - firstDay : hour - firstDay * 24;
    slot[o] = owner * days * perDay + at;
    if (!free.has(slot[o]!)) free.set(slot[o]!, limitOf(o) - (usedBy(owner)?.[at] ?? 0));
  }
  return { slot, free, isByUnit: perDay > 1 };
}

/** All kinds of slots; they have room without end unless parcels compete for them. O(options). */
export function slotKinds(
  context: OrderContext,
  options: OptionTable,
  compete: boolean,
): SlotKinds {
  const { network, board } = context;
  const { warehouses, services } = network;
  const w = (o: number) => options.warehouse[o]!;
  const s = (o: number) => options.service[o]!;
  const kind = (
    perDay: 1 | 24,
    ownerOf: Owners['ownerOf'],
    limit: Owners['limitOf'],
    usedBy: Owners['usedBy'],
  ) => {
    const limitOf = compete ? limit : () => Number.POSITIVE_INFINITY;
    return slotKind(context, options, { perDay, ownerOf, limitOf, usedBy });
  };
  return [
    kind(
      24,
      w,
      (o) => warehouses.picksPerHour[w(o)]!,
      (house) => board.picks[house],
    ),
    kind(
      1,
      w,
      (o) => warehouses.parcelsPerDay[w(o)]!,
      (house) => board.parcels[house],
    ),
    kind(
      1,
      s,
      (o) => services.parcelsPerDay[s(o)]!,
      (service) => board.services[service],
    ),
    kind(
      1,
      (o) => pairKey(network, s(o), w(o)),
      (o) => services.parcelsPerDayPerWarehouse[s(o)]!,
      (pair) => board.serviceWarehouses.get(pair),
    ),
  ];
}

/** A parcel in one slot. */
interface Placed {
  readonly mask: number;
  readonly option: number;
  readonly cost: number;
  readonly reduced: number;
  readonly time: number;
}

/**
 * Says whether of two parcels with the same contents from one warehouse the second, no dearer, beats the
 * first: it is no later and no less sure, and takes nothing that could run out but what the first takes.
 */
function beating({ options, context, shared }: Joint, slots: SlotKinds, { units, most }: Worth) {
  const scarce = slots.map(({ slot, free, isByUnit }) =>
    Int32Array.from(slot, (one) => (free.get(one)! < (isByUnit ? units : most) ? one : -1)),
  );
  const { promise, risk } = options;
  const perishes = shared.some(({ sku }) => context.board.skus.get(sku)!.perishable.includes(1));
  return (parcel: Placed, other: Placed): boolean => {
    const [o, p] = [parcel.option, other.option];
    if (other.time > parcel.time || risk[p]! > risk[o]!) return false;
    if (perishes && promise[p]! > promise[o]!) return false;
    return scarce.every((slot) => slot[p]! < 0 || slot[p] === slot[o]);
  };
}

/** Of parcels with the same contents from one warehouse those that no other beats, cheapest first. */
function unbeaten(parcels: Placed[], isBeatenBy: (a: Placed, b: Placed) => boolean): Placed[] {
  const kept: Placed[] = [];
  parcels.sort((a, b) => a.cost - b.cost || a.time - b.time || a.option - b.option);
  for (const parcel of parcels) {
    if (!kept.some((other) => isBeatenBy(parcel, other))) kept.push(parcel);
  }
  return kept;
}

/**
 * Makes a pool of parcels: of those with the same contents from one warehouse the ones that no other beats.
 * O(parcels × (log parcels + those kept of the same contents and warehouse)).
 */
export function makePool(
  joint: Joint,
  slots: SlotKinds,
  parcels: readonly { readonly mask: number; readonly option: number; readonly cost: number }[],
  worth: Worth,
): Pool {
  const { options, items } = joint;
  const { relaxation, perParcel, later } = worth;
  const isBeatenBy = beating(joint, slots, worth);
  loadPrices(relaxation.price, items.length);
  const fixed = perParcel + relaxation.parcelPrice;
  const groups = new Map<number, Placed[]>();
  for (const { mask, option, cost } of parcels) {
    const reduced = Math.max(0, cost + fixed - priceOfMask(mask));
    const placed = { mask, option, cost, reduced, time: later(options.promise[option]!) };
    const key = options.warehouse[option]! * 2 ** 30 + mask;
    const same = groups.get(key);
    if (same === undefined) groups.set(key, [placed]);
    else same.push(placed);
  }
  const kept = [...groups.values()].flatMap((group) => unbeaten(group, isBeatenBy));
  const unitsOf = (mask: number) =>
    items.reduce((sum, { units }, i) => ((mask & (1 << i)) !== 0 ? sum + units : sum), 0);
  return {
    count: kept.length,
    mask: Int32Array.from(kept, ({ mask }) => mask),
    units: Int32Array.from(kept, ({ mask }) => unitsOf(mask)),
    option: Int32Array.from(kept, ({ option }) => option),
    cost: Float64Array.from(kept, ({ cost }) => cost),
    reduced: Float64Array.from(kept, ({ reduced }) => reduced),
    time: Float64Array.from(kept, ({ time }) => time),
    slots,
  };
}

/** The parcels of a pool that are kept, in their order. O(parcels). */
export function keepParcels(pool: Pool, isKept: (j: number) => boolean): Pool {
  const kept = Int32Array.from({ length: pool.count }, (_, j) => j).filter(isKept);
  return {
    count: kept.length,
    mask: kept.map((j) => pool.mask[j]!),
    units: kept.map((j) => pool.units[j]!),
    option: kept.map((j) => pool.option[j]!),
    cost: Float64Array.from(kept, (j) => pool.cost[j]!),
    reduced: Float64Array.from(kept, (j) => pool.reduced[j]!),
    time: Float64Array.from(kept, (j) => pool.time[j]!),
    slots: pool.slots,
  };
}
