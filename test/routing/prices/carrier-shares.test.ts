/** Carriers' parts of the work: kept by prices over a period, at little cost, and tried where unknown. */
import { describe, expect, it } from 'vitest';
import {
  type Band,
  type CarrierPrice,
  type CompiledNetwork,
  compileNetwork,
  followShare,
  indexPrices,
  type NetworkInput,
  neededShares,
  openBoard,
  type Parcels,
  type SourcedPlan,
  type SourcingOrder,
  type StockPosition,
  shareOfText,
  sourceAtPrices,
  sourceExploring,
} from '../../../routing/index.ts';
import { type Random, seededRandom } from '../../../src/simulation/random.ts';
import { aNetwork, aService, aWarehouse } from '../../builders/network.ts';
import { runs, seedOf } from '../runs.ts';

const SEED = seedOf(83);
const AT = Date.UTC(2026, 2, 18, 9) / 1000;
const BUDGET = { work: 1e7 };
const CARRIERS = ['a', 'b', 'c', 'd', 'e'];
const ZONES = ['1', '2', '3'];

interface Scene {
  readonly network: CompiledNetwork;
  readonly stock: readonly StockPosition[];
}

/** Five carriers to three zones, each at a price of its own there: up to 400 apart. */
function aScene(random: Random): Scene {
  const zone = { country: 'NL', time_zone: 'Europe/Amsterdam' };
  const document: NetworkInput = aNetwork({
    warehouses: [aWarehouse({ id: 'hall' })],
    zones: ZONES.map((id) => ({ id, ...zone, postal_prefixes: [id] })),
    carriers: CARRIERS.map((id) => ({ id })),
    rate_cards: CARRIERS.map((id) => ({
      id,
      weight_breaks_grams: [5000, 30_000],
      rates: Object.fromEntries(
        ZONES.map((area) => [
          area,
          [500, 900].map((base) => ({ base: base + random.between(0, 400) })),
        ]),
      ),
    })),
    services: CARRIERS.map((id) =>
      aService({
        id: `${id}-standard`,
        carrier_id: id,
        rate_card_id: id,
        lanes: ZONES.map((to) => ({ zones: [to], rate_area: to, transit_time_id: 'days_2' })),
      }),
    ),
  });
  const stock = [{ stock_id: 1, warehouse_id: 'hall', sku_id: 'mug', available: 1e9 }];
  return { network: compileNetwork(document, { from_seconds: AT }), stock };
}

function anOrder(random: Random): SourcingOrder {
  const destination = { country: 'NL', postal_code: `${random.pick(ZONES)}000AA` };
  const weight_grams = random.between(100, 9000);
  const lines = [{ line_no: 1, sku_id: 'mug', quantity: 1, weight_grams }];
  return { at_seconds: AT, destination, lines };
}

const band = (least: number, most: number): Band => ({
  least,
  most,
  least_parcels: 0,
  penalty: 900,
});

interface Outcome {
  readonly share: ReadonlyMap<string, number>;
  /** Mean cost of a parcel, minor units. */
  readonly cost: number;
}

/** Plays a period of `orders`, prices following every `stretch` of them. */
function play(
  scene: Scene,
  bands: ReadonlyMap<string, Band>,
  random: Random,
  { orders, stretch }: { orders: number; stretch: number },
): Outcome {
  const board = openBoard(scene.network, scene.stock, []);
  const own = new Map<string, number>();
  const price = new Map<string, number>();
  let before = new Map<string, number>();
  let cost = 0;
  for (let t = 0; t < orders; t++) {
    if (t % stretch === 0) {
      for (const [carrier, agreed] of bands) {
        const sofar: Parcels = { own: own.get(carrier) ?? 0, all: t };
        const needed = neededShares(agreed, sofar, orders - t);
        const recent = { own: sofar.own - (before.get(carrier) ?? 0), all: t === 0 ? 0 : stretch };
        price.set(carrier, followShare(price.get(carrier) ?? 0, needed, recent, agreed.penalty));
      }
      before = new Map(own);
    }
    const carriers: CarrierPrice[] = [...price].map(([carrier_id, of]) => ({
      carrier_id,
      price: of,
    }));
    const order = anOrder(random);
    const prices = indexPrices({ carriers });
    const plan = sourceAtPrices(scene.network, board, order, BUDGET, prices) as SourcedPlan;
    const { carrier_id } = plan.parcels[0]!;
    own.set(carrier_id, (own.get(carrier_id) ?? 0) + 1);
    cost += plan.cost;
  }
  const share = new Map(CARRIERS.map((id) => [id, (own.get(id) ?? 0) / orders]));
  return { share, cost: cost / orders };
}

describe('share bands', () => {
  it(`are kept over a period to within a point, whatever carriers charge (seed ${SEED})`, () => {
    const size = { orders: 3000, stretch: 30 };
    let [worst, dearer, broken] = [0, 0, 0];
    const games = runs(6);
    for (let game = 0; game < games; game++) {
      const seed = SEED + 10 * game;
      const scene = aScene(seededRandom(seed));
      const free = play(scene, new Map(), seededRandom(seed + 1), size);
      // The busiest carrier may have half of what it would get, the two idlest get a part.
      const busy = [...free.share].sort((x, y) => y[1] - x[1]).map(([id]) => id);
      const bands = new Map([
        [busy[0]!, band(0, free.share.get(busy[0]!)! / 2)],
        [busy[3]!, band(0.1, 0.2)],
        [busy[4]!, band(0.15, 1)],
      ]);
      for (const [id, { least, most }] of bands) {
        if (free.share.get(id)! < least || free.share.get(id)! > most) broken++;
      }
      const kept = play(scene, bands, seededRandom(seed + 1), size);
      for (const [id, { least, most }] of bands) {
        const share = kept.share.get(id)!;
        worst = Math.max(worst, least - share, share - most);
      }
      dearer += (kept.cost / free.cost - 1) / games;
    }
    console.log(JSON.stringify({ seed: SEED, games, broken_without: broken, worst, dearer }));
    expect(broken).toBeGreaterThan(games);
    expect(worst).toBeLessThanOrEqual(0.01);
    expect(dearer).toBeGreaterThan(0);
    expect(dearer).toBeLessThan(0.25);
  });

  it('steer no order at a greater price than the penalty', () => {
    for (let price = -900; price <= 900; price += 90) {
      for (const own of [0, 50, 100]) {
        const next = followShare(price, { least: 0.9, most: 0.95 }, { own, all: 100 }, 900);
        expect(Math.abs(next)).toBeLessThanOrEqual(900);
      }
    }
  });

  it('need more of what is left the less there was, and all or nothing once it is too late', () => {
    const agreed = band(0.2, 0.4);
    expect(neededShares(agreed, { own: 0, all: 0 }, 100)).toEqual({ least: 0.2, most: 0.4 });
    expect(neededShares(agreed, { own: 0, all: 50 }, 50)).toEqual({ least: 0.4, most: 0.8 });
    expect(neededShares(agreed, { own: 0, all: 95 }, 5)).toEqual({ least: 1, most: 1 });
    expect(neededShares(agreed, { own: 90, all: 95 }, 5)).toEqual({ least: 0, most: 0 });
    const volume = { ...agreed, least: 0, least_parcels: 30 };
    expect(neededShares(volume, { own: 10, all: 40 }, 60).least).toBeCloseTo(1 / 3, 9);
  });
});

describe('an order at prices of carriers', () => {
  it(`goes by the carrier of least cost plus price (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    let moved = 0;
    for (let run = 0; run < runs(60); run++) {
      const { network, stock } = aScene(random);
      const board = openBoard(network, stock, []);
      const order = anOrder(random);
      const zone = order.destination.postal_code.slice(0, 1);
      const carriers = random.sample(CARRIERS, random.between(1, 4)).map((carrier_id) => ({
        carrier_id,
        zones: random.chance(0.7) ? undefined : [random.pick(ZONES)],
        price: random.between(-300, 300),
      }));
      const priceOf = (id: string) =>
        carriers
          .filter((one) => one.carrier_id === id && (one.zones?.includes(zone) ?? true))
          .reduce((sum, one) => sum + one.price, 0);
      // The slow truth: each carrier on its own.
      const totals = CARRIERS.map((id) => {
        const only = { ...order, only_services: [`${id}-standard`] };
        const plan = sourceAtPrices(network, board, only, BUDGET, undefined) as SourcedPlan;
        return plan.cost + priceOf(id);
      });
      const prices = indexPrices({ carriers });
      const plan = sourceAtPrices(network, board, order, BUDGET, prices) as SourcedPlan;
      const { carrier_id } = plan.parcels[0]!;
      expect(plan.cost + priceOf(carrier_id)).toBe(Math.min(...totals));
      const plain = sourceAtPrices(network, board, order, BUDGET, undefined) as SourcedPlan;
      if (plain.parcels[0]!.carrier_id !== carrier_id) moved++;
    }
    expect(moved).toBeGreaterThan(0);
  });
});

describe('exploring', () => {
  it('gives unknown carriers their share of orders, at little cost, the same each time', () => {
    const random = seededRandom(SEED + 5);
    const { network, stock } = aScene(random);
    const board = openBoard(network, stock, []);
    const known = new Map(ZONES.map((zone) => [zone, ['a', 'b', 'c']]));
    const at = (dearer_share: number) =>
      indexPrices({ exploration: { share: 0.1, dearer_share, known } });
    let [tried, dear, orders] = [0, 0, 2000];
    for (let i = 0; i < orders; i++) {
      const order = anOrder(random);
      const id = `01912d68-783e-7a03-8467-${i.toString(16).padStart(12, '0')}`;
      const plain = sourceAtPrices(network, board, order, BUDGET, undefined) as SourcedPlan;
      const plan = sourceExploring(network, board, order, BUDGET, at(0.1), id) as SourcedPlan;
      expect(plan.cost).toBeLessThanOrEqual(plain.cost * 1.1);
      if (shareOfText(id) >= 0.1) expect(plan).toEqual(plain);
      const free = sourceExploring(network, board, order, BUDGET, at(9), id) as SourcedPlan;
      const isTried = shareOfText(id) < 0.1;
      if (isTried) expect(['d', 'e']).toContain(free.parcels[0]!.carrier_id);
      expect(sourceExploring(network, board, order, BUDGET, at(9), id)).toEqual(free);
      if (isTried) tried++;
      dear += free.cost - plain.cost;
    }
    expect(Math.abs(tried / orders - 0.1)).toBeLessThan(0.02);
    expect(dear).toBeGreaterThan(0);
  });
});
