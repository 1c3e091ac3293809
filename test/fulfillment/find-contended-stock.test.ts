/** Pricing tasks count orders that wait on both sides: as certain demand, and what they hold as supply. */
import highsLoader from 'highs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  compileNetwork,
  highsSolver,
  type LinearSolver,
  openBoard,
  priceResources,
} from '../../routing/index.ts';
import type { LiveNetwork } from '../../src/fulfillment/engine.ts';
import {
  type DemandKind,
  findContendedStock,
  type HeldByKind,
  type StockOutlook,
} from '../../src/fulfillment/find-contended-stock.ts';
import { anIsland, ISLAND, NEAR } from '../builders/island.ts';

const AT = Temporal.Instant.from('2026-03-18T09:00:00Z').epochMilliseconds / 1000;
const LIMITS = { contended_share: 0.7, solver_work: 100_000, scenarios: 10, seed: 20261126 };

const document = anIsland();
const network: LiveNetwork = {
  ...{ version: 1, transit_version: 0, disruption_no: 0, document, published: document },
  compiled: compileNetwork(document, { from_seconds: AT }),
  skus: new Map(document.skus.map((sku) => [sku.id, sku])),
  warehouses: new Map(document.warehouses.map((warehouse) => [warehouse.id, warehouse])),
};
let solver: LinearSolver;
beforeAll(async () => {
  solver = highsSolver(await (highsLoader as unknown as typeof highsLoader.default)());
});

/** Ten orders ahead of mugs to a zone, of so many each. */
const aKind = (zone_id: 'near' | 'island', quantity = 1): DemandKind => ({
  demand: {
    ...{ sku_id: 'mug', zone_id, orders: 10, units: 10 * quantity, pooled_orders: 10 },
    ...{ forecast: 10, quantity },
  },
  destination: zone_id === 'near' ? NEAR : ISLAND,
});
const aHold = (changes: Partial<HeldByKind> = {}): HeldByKind => {
  return { warehouse_id: 'harbour', sku_id: 'mug', zone_id: 'near', quantity: 4, ...changes };
};

interface Units {
  readonly harbour: number;
  readonly inland: number;
}
const stockOf = ({ harbour, inland }: Units) =>
  [
    { stock_id: 1, warehouse_id: 'harbour', sku_id: 'mug', available: harbour },
    { stock_id: 2, warehouse_id: 'inland', sku_id: 'mug', available: inland },
  ].filter(({ available }) => available > 0);

/** Looks at mugs that are free, and at those that are held besides. */
async function find(free: Units, waiting: readonly HeldByKind[], kinds: readonly DemandKind[]) {
  const of = (from: keyof Units) =>
    waiting
      .filter(({ warehouse_id }) => warehouse_id === from)
      .reduce((sum, { quantity }) => sum + quantity, free[from]);
  const given = stockOf({ harbour: of('harbour'), inland: of('inland') });
  const freed = openBoard(network.compiled, given, []);
  const outlook: StockOutlook = {
    ...{ at_seconds: AT, kinds, waiting },
    ...{ stock: stockOf(free), freed },
  };
  return await findContendedStock(network, outlook, LIMITS);
}
const BOTH = [aKind('near'), aKind('island')];

describe('stock that perishes', () => {
  const DAY = 86_400;
  const lot = (stock_id: number, available: number, days: number) => {
    const of = { stock_id, warehouse_id: 'harbour', sku_id: 'mug', available };
    return { ...of, expires_seconds: AT + days * DAY };
  };
  const fresh = stockOf({ harbour: 5, inland: 90 });

  /** What the harbour has, as prices are made from it; parcels are two days on their way. */
  async function harbour(stock: StockOutlook['stock'], minimum_life_days = 0) {
    const skus = document.skus.map((sku) => ({ ...sku, minimum_life_days }));
    const living = compileNetwork({ ...document, skus }, { from_seconds: AT });
    const given = { ...network, compiled: living, skus: new Map(skus.map((sku) => [sku.id, sku])) };
    const board = openBoard(living, stock, []);
    const outlook = { at_seconds: AT, kinds: BOTH, waiting: [], stock, freed: board };
    const found = await findContendedStock(given, outlook, LIMITS);
    const r = found.resources.findIndex(([warehouse_id]) => warehouse_id === 'harbour');
    return { supply: found.pricing.supply[r], free: found.free[r] };
  }

  it('is no supply once nobody can be sent it any more', async () => {
    // A hundred of them would be plenty: nothing would be contended.
    expect(await harbour([...fresh, lot(3, 100, 1)])).toEqual({ supply: 5, free: 105 });
    expect(await harbour([...fresh, lot(3, 3, 8)])).toEqual({ supply: 8, free: 8 });
    expect(await harbour([...fresh, lot(3, 3, 8)], 7)).toEqual({ supply: 5, free: 8 });
  });
});

describe('stock that orders hold which wait', () => {
  it('is supply, and they are certain demand of their kind, in units of an average order', async () => {
    const kinds = [aKind('near', 2), aKind('island')];
    const holds = [aHold({ quantity: 3 }), aHold({ quantity: 2, warehouse_id: 'inland' })];
    const found = await find({ harbour: 5, inland: 90 }, holds, kinds);
    expect(found.resources).toEqual([
      ['harbour', 'mug'],
      ['inland', 'mug'],
    ]);
    expect(found.pricing.supply).toEqual([8, 92]);
    expect(found.held).toEqual([3, 2]);
    expect(found.pricing.classes.map(({ waiting }) => waiting)).toEqual([2.5, 0]);
  });

  it('is priced as if it were free and its orders certain to come', async () => {
    const waits = await find({ harbour: 8, inland: 90 }, [aHold()], BOTH);
    const free = await find({ harbour: 12, inland: 90 }, [], BOTH);
    const classes = free.pricing.classes.map((one, c) => ({ ...one, waiting: c === 0 ? 4 : 0 }));
    const priced = priceResources(solver, waits.pricing);
    expect(priced).toEqual(priceResources(solver, { ...free.pricing, classes }));
    expect(priced).toMatchObject({ status: 'priced' });
    expect(priced).not.toEqual(priceResources(solver, free.pricing));
  });

  it('makes a source of a warehouse whose last units it is', async () => {
    const found = await find({ harbour: 0, inland: 90 }, [aHold()], BOTH);
    expect(found.resources).toContainEqual(['harbour', 'mug']);
    expect(found.pricing.supply[0]).toBe(4);
    const priced = priceResources(solver, found.pricing);
    if (priced.status === 'failed') throw new Error(priced.reason);
    expect(priced.prices[0]).toBeGreaterThan(1000);
  });

  it('makes goods contended that the forecast alone would not', async () => {
    const near = [aKind('near')];
    expect((await find({ harbour: 15, inland: 90 }, [], near)).resources).toEqual([]);
    const found = await find({ harbour: 15, inland: 90 }, [aHold({ quantity: 30 })], near);
    expect(found.resources).toContainEqual(['harbour', 'mug']);
  });

  it.each([
    ['of a kind nobody forecasts', aHold({ zone_id: 'elsewhere' })],
    ['of other goods', aHold({ sku_id: 'book' })],
    ['where its goods are sent from to nobody', aHold({ warehouse_id: 'closed' })],
  ])('counts on neither side %s', async (_what, hold) => {
    const found = await find({ harbour: 8, inland: 90 }, [hold], BOTH);
    expect(found).toEqual(await find({ harbour: 8, inland: 90 }, [], BOTH));
  });

  it('counts on neither side of a kind that no warehouse could send', async () => {
    const large = { ...aKind('near', 500), demand: { ...aKind('near', 500).demand, forecast: 1 } };
    const kinds = [large, aKind('island')];
    const found = await find({ harbour: 8, inland: 90 }, [aHold()], kinds);
    expect(found.pricing.supply).toEqual([8, 90]);
    expect(found.pricing.classes).toHaveLength(1);
    expect(found.held).toEqual([0, 0]);
  });
});
