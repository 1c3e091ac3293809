/**
 * Columns against all parcels, which are found without a line of the solver: floors are never above them,
 * and what is priced within a gap leaves none out that is in it.
 */
import { describe, expect, it } from 'vitest';
import {
  canSend,
  columnFloor,
  columnHandling,
  columnRowFloor,
} from '../../routing/column-floors.ts';
import { type Method, openMethod, relaxFloors } from '../../routing/column-parcels.ts';
import {
  addEntry,
  admittedOptions,
  entries,
  listParcels,
  priceParcels,
} from '../../routing/column-pricing.ts';
import type { Columns } from '../../routing/columns.ts';
import { wholeItems } from '../../routing/cut-items.ts';
import { NO_FREIGHT } from '../../routing/freight-floors.ts';
import { compileNetwork, openBoard } from '../../routing/index.ts';
import type { OptionTable } from '../../routing/options.ts';
import { openOrder } from '../../routing/order-context.ts';
import { listHolders } from '../../routing/problem.ts';
import { loadPrices, NO_COLUMN, priceOfMask } from '../../routing/relaxation.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { allParcels, DAY, money, type Parcel, prepare } from './all-parcels.ts';
import { limitOf, lotsSuffice } from './enumerate.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld, type World } from './small-world.ts';
import { limitsAround } from './tight-limits.ts';

const SEED = seedOf(50_310);
const none = Number.POSITIVE_INFINITY;
/** A gap, minor units, that nothing in these worlds is beyond. */
const WIDEST = 1e7;

/** Lines of different goods, or of some alike; limits that some sets of them only just keep. */
function aColumnWorld(seed: number, isAlike: boolean): World {
  const random = seededRandom(seed);
  const isMany = random.chance(0.2);
  const lines = random.between(1, isMany ? 2 : 4);
  const services = isMany ? 100 : random.between(2, 6);
  const warehouses = random.between(1, isMany ? 2 : 5);
  const scarce = !isMany && random.chance(0.4);
  const shape = { warehouses, services, skus: lines, lines, scarce };
  const { network, order, ...rest } = aWorld(seed, shape);
  const place = (): [number, number] => [random.between(-10, 30), random.between(36, 60)];
  const bare = order.lines.map(({ keep_together: _, ...line }, i) => ({
    ...line,
    sku_id: isAlike ? line.sku_id : `S${i}`,
  }));
  const limits = () => {
    const first = random.between(0, lines - 1);
    const some = bare.slice(first, first + random.between(1, 2));
    return limitsAround(random, network.skus.slice(first), some);
  };
  return {
    ...rest,
    network: {
      ...network,
      policy: { ...network.policy, ...(random.chance(0.5) ? { carbon_per_kg: 5000 } : {}) },
      warehouses: network.warehouses.map((row) => ({ ...row, position: place() })),
      services: network.services.map((row) => ({
        ...row,
        ...(random.chance(0.3) ? limits() : {}),
        carbon_grams_per_tonne_km: random.between(20, 900),
      })),
    },
    order: {
      ...order,
      excluded_services: random.chance(0.3) ? ['C0'] : undefined,
      lines: bare,
      destination: { ...order.destination, position: place() },
    },
  };
}

/** Opens the columns of a world at their floors; undefined where nobody holds anything. */
function open({ network: document, stock, capacity, order }: World): Method | undefined {
  const network = compileNetwork(document, { from_seconds: order.at_seconds });
  const board = openBoard(network, stock, capacity);
  const context = openOrder(network, board, order, network.policy.time_per_day);
  if ('outcome' in context) return undefined;
  // By an order's limit of one parcel all lines are one item.
  const items = wholeItems({ ...context, splitLimit: 9 });
  const limits = { work: 1e9, shouldStop: () => false };
  return openMethod(context, items, listHolders(context, items), 3, limits);
}

/** Says whether a warehouse ever picks all of a parcel in one hour: what it does not is no column of it. */
function isPicked({ network }: World) {
  const limits = new Map(network.warehouses.map((row) => [row.id, row.picks_per_hour ?? none]));
  return ({ warehouse, takes: [[, units] = ['', 0]] }: Parcel) => units <= limits.get(warehouse)!;
}

/** Parcels that there is room and stock for, and that are surely enough in time, by themselves. */
function roomFor(world: World, parcels: readonly Parcel[]): Parcel[] {
  const network = prepare(world);
  const used = new Map<string, number>();
  for (const { resource, slot_seconds, used: units } of world.capacity) {
    const slot = `${resource}@${slot_seconds}`;
    used.set(slot, (used.get(slot) ?? 0) + units);
  }
  const isDue = world.order.deliver_by_seconds !== undefined;
  const surely = isDue ? (world.network.policy.on_time_confidence ?? 0) - 1e-9 : 0;
  return parcels.filter(
    (parcel) =>
      parcel.inTime >= surely &&
      parcel.takes.every(([slot, n]) => (used.get(slot) ?? 0) + n <= limitOf(network, slot)) &&
      lotsSuffice(world, network, [parcel]),
  );
}

/** Least cost by lines, without time. */
function leastCosts(parcels: readonly Parcel[]): ReadonlyMap<number, number> {
  const least = new Map<number, number>();
  for (const { subset, cost } of parcels) {
    least.set(subset, Math.min(cost, least.get(subset) ?? none));
  }
  return least;
}

/** Floors of a column's pairs. */
function pairFloors({ lastPair, pairBefore, pairFloor }: Columns, j: number): number[] {
  const floors: number[] = [];
  for (let p = lastPair[j]!; p >= 0; p = pairBefore[p]!) floors.push(pairFloor[p]!);
  return floors;
}

describe(`the floor of a column (seed ${SEED})`, () => {
  it('is the least that a parcel costs before lateness, and there is none where none can be sent', () => {
    const seen = { exact: 0, below: 0, none: 0 };
    for (let i = 0; i < runs(40); i++) {
      const world = aColumnWorld(SEED + i, false);
      const least = leastCosts(allParcels(world, prepare(world)).filter(isPicked(world)));
      const method = open(world);
      if (method === undefined) continue;
      const { context, columns } = method;
      const isPriced = context.latenessPerDay > 0 && context.deliverBy < none;
      const sendable = Array.from({ length: columns.count }, (_, j) =>
        canSend(context, columns, j),
      );
      for (let j = 0; j < columns.count; j++) {
        const name = `seed ${SEED + i}, column ${columns.mask[j]!.toString(2)}`;
        const cost = least.get(columns.mask[j]!) ?? none;
        const pairs = pairFloors(columns, j);
        expect(columns.floor[j], name).toBe(Math.min(...pairs));
        expect(pairs.filter((one) => one < none && one >= NO_FREIGHT)).toEqual([]);
        const floor = columnFloor(context, columns, j);
        if (isPriced) expect(floor, name).toBeLessThanOrEqual(cost);
        else expect(floor, name).toBe(cost);
        expect(columnFloor(context, columns, j), name).toBe(floor);
        expect([sendable[j], canSend(context, columns, j)], name).toEqual(
          Array(2).fill(cost < none),
        );
        if (cost === none) seen.none++;
        else if (floor === cost) seen.exact++;
        else seen.below++;
      }
      const listed = new Set(columns.mask.slice(0, columns.count));
      for (const subset of least.keys()) expect(listed.has(subset)).toBe(true);
    }
    console.log(JSON.stringify({ seed: SEED, ...seen }));
    expect(Math.min(seen.exact, seen.below * 5, seen.none * 5)).toBeGreaterThan(runs(30));
  });
});

/** A parcel with what it is above the worth of its items. */
interface Judged {
  readonly mask: number;
  readonly cost: number;
  readonly promise: number;
  readonly inTime: number;
  readonly above: number;
}

const isNoWorse = (one: Omit<Judged, 'above'>, other: Judged): boolean =>
  one.mask === other.mask && one.cost <= other.cost && one.promise <= other.promise;

/** All parcels, with their reduced costs at the prices of the relaxation. */
function judged(world: World, { context, relaxation, split, leastTime, items }: Method): Judged[] {
  const { timePerDay, at } = context;
  loadPrices(relaxation.price, items.length);
  return roomFor(world, allParcels(world, prepare(world))).map((parcel) => {
    const { subset: mask, cost, inTime } = parcel;
    const promise = timePerDay === 0 ? 0 : parcel.promise;
    const later = money((timePerDay * Math.max(0, promise - at)) / DAY) - leastTime;
    const worth = priceOfMask(mask) - split - relaxation.parcelPrice;
    return { mask, cost, promise, inTime, above: cost + Math.max(0, later) - worth };
  });
}

/** What was priced last. */
const priced = (): Omit<Judged, 'above'>[] =>
  Array.from({ length: entries.count }, (_, e) => ({
    mask: entries.mask[e]!,
    cost: entries.cost[e]!,
    promise: entries.promise[e]!,
    inTime: Math.exp(-entries.risk[e]!),
  }));

/** Options by which no parcel at all can be within the gap, even if it took no time. */
function idleOptions(method: Method, options: OptionTable, gap: number): number[] {
  const { context, columns, candidates, relaxation, split } = method;
  const { lanes } = context;
  const fixed = split + relaxation.parcelPrice;
  return Array.from({ length: options.count }, (_, o) => o).filter((o) => {
    const w = options.warehouse[o]!;
    const c = candidates.indexOf(w);
    const own = [...lanes.rows.slice(lanes.firstFrom(w), lanes.endFrom(w))];
    const row = own.find(
      (at) => lanes.service[at] === options.service[o] && lanes.lane[at] === options.lane[o],
    )!;
    const pairs = columns.pairColumn.slice(columns.pairStart[c], columns.pairStart[c + 1]);
    return !pairs.some((j) => {
      const least =
        columnHandling(context, columns, j, w) + columnRowFloor(context, columns, j, w, row);
      return least <= gap - fixed + priceOfMask(columns.mask[j]!) + 1e-6;
    });
  });
}

describe(`parcels priced within a gap (seed ${SEED})`, () => {
  it('are real, none in the gap is missing, and what is beyond it is told', () => {
    const seen = { within: 0, beyond: 0, everything: 0 };
    for (let i = 0; i < runs(40); i++) {
      const name = `seed ${SEED + i}`;
      const random = seededRandom(SEED + i);
      const world = aColumnWorld(SEED + i, random.chance(0.3));
      const method = open(world);
      if (method === undefined) continue;
      relaxFloors(method, method.splitLimit);
      if (method.relaxation.bound === none) continue;
      const parcels = judged(world, method);
      // Hardly more than what the best parcel, or some other, is above its worth.
      const best = Math.min(1e6, ...parcels.map(({ above }) => above)) + 0.5;
      const some = parcels.length === 0 ? 100 : random.pick(parcels).above + 0.5;
      // All of them, or the best of each column.
      for (const [gap, all] of [best, some, random.between(1, 300), WIDEST].flatMap(
        (one) =>
          [
            [one, true],
            [one, false],
          ] as const,
      )) {
        method.beyond = false;
        // Other prices were loaded since, as by a search.
        loadPrices(new Float64Array(method.items.length).fill(-1e6), method.items.length);
        const options = admittedOptions(method, gap, 1);
        expect(idleOptions(method, options, gap), `${name}, gap ${gap}`).toEqual([]);
        priceParcels(method, options, gap, all);
        const first = all ? undefined : listParcels(method).slice(0, method.columns.count);
        const found = priced();
        for (const one of found) {
          const isReal = (p: Judged) =>
            isNoWorse(p, { ...one, above: 0 }) &&
            p.cost === one.cost &&
            p.promise === one.promise &&
            (!all || Math.abs(p.inTime - one.inTime) < 1e-6);
          const real = parcels.find(isReal);
          expect(real, `${name}, gap ${gap}: ${JSON.stringify(one)}`).toBeDefined();
          expect(real!.above, name).toBeLessThanOrEqual(gap + 1e-6);
        }
        const missing = parcels.filter((one) => !found.some((other) => isNoWorse(other, one)));
        expect(
          missing.filter(({ above }) => above <= gap - 1e-6),
          `${name}, gap ${gap}`,
        ).toEqual([]);
        if (!method.beyond) expect(missing, `${name}, gap ${gap}`).toEqual([]);
        if (gap === WIDEST) expect(method.beyond, name).toBe(false);
        first?.forEach((e, j) => {
          const own = found.filter(({ mask }) => mask === method.columns.mask[j]);
          expect(e === NO_COLUMN, name).toBe(own.length === 0);
          if (e >= 0) expect(found[e]!.cost).toBe(Math.min(...own.map(({ cost }) => cost)));
        });
        seen.within += found.length;
        if (method.beyond) seen.beyond++;
        else if (found.length > 0) seen.everything++;
      }
    }
    console.log(JSON.stringify({ seed: SEED, ...seen }));
    expect(Math.min(seen.within, seen.beyond, seen.everything)).toBeGreaterThan(runs(20));
  });

  it('are as many as there are', () => {
    entries.count = 0;
    const rows = Array.from(
      { length: 5000 },
      (_, i) => [i + 1, i + 2, i + 3, i + 4, i + 5] as const,
    );
    for (const row of rows) addEntry(...row);
    const { count, mask, cost, promise, of, risk } = entries;
    expect(count).toBe(rows.length);
    expect(rows.map((_, i) => [mask[i], cost[i], promise[i], of[i], risk[i]])).toEqual(rows);
    expect(mask.length).toBeLessThan(count * 2 + 1);
  });
});
