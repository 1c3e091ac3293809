/** Applying a network on a real database: versions, concurrency, what is refused, who hears of it. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Refusal } from '../../src/domain/errors.ts';
import type { Network } from '../../src/domain/network.ts';
import { applyNetwork } from '../../src/fulfillment/apply-network.ts';
import { keepNetwork } from '../../src/fulfillment/keep-network.ts';
import { createNetworkSource } from '../../src/fulfillment/network-source.ts';
import { registry } from '../../src/runtime/telemetry.ts';
import { aNetwork, aSku } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';
import { plantWork } from './network-planted-work.ts';

let harness: Harness;
let version = 0;

beforeAll(async () => {
  harness = await startHarness({ network: null });
});
afterAll(async () => {
  await harness.close();
});

const apply = async (document: unknown) => {
  const engine = { database: harness.database, clock: harness.clock };
  const applied = await applyNetwork(engine, { document, applied_by: 'operator:*' });
  version = applied.version;
  return applied;
};

const refusalOf = async (document: unknown): Promise<Refusal> => {
  try {
    await apply(document);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('the network was applied, expected a refusal');
};

const without = (table: 'skus' | 'warehouses' | 'zones', id: string): Network => {
  const network = aNetwork();
  const rows = (network[table] as { id: string }[]).filter((row) => row.id !== id);
  const services = network.services.map((service) => ({
    ...service,
    lanes: service.lanes.flatMap((lane) => {
      const field = table === 'zones' ? 'zones' : 'warehouses';
      const left = lane[field]?.filter((name) => name !== id);
      if (left === undefined) return [lane];
      return left.length === 0 ? [] : [{ ...lane, [field]: left }];
    }),
  }));
  const sound = services.filter((service) => service.lanes.length > 0);
  return { ...network, [table]: rows, services: sound, guarantees: [] };
};

const versions = (version: number) => ({ version, transit_version: 0, disruption_no: 0 });

describe('versions', () => {
  test('count from 1; the same document in another field order changes nothing', async () => {
    const network = aNetwork();
    const reversed = Object.fromEntries(Object.entries(network).reverse());

    const first = await apply(network);
    const again = await apply(reversed);

    expect(first).toMatchObject({ version: 1, changed: true, warnings: [] });
    expect(again).toEqual({ ...first, changed: false });
  });

  test('made at once by several importers have consecutive numbers and one event each', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];

    const applied = await Promise.all(names.map((name) => apply(aNetwork({ name }))));

    const versions = applied.map((result) => result.version).sort((a, b) => a - b);
    expect(versions).toEqual([2, 3, 4, 5, 6]);
    const events = await harness.owner
      .selectFrom('journal')
      .select(['version', 'type'])
      .where('entity', '=', 'network')
      .orderBy('version')
      .execute();
    expect(events.map((event) => event.version)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(events.map((event) => event.type))).toEqual(new Set(['network.applied']));
  });

  test('are not made of a faulty document: every fault is told, nothing is written', async () => {
    const skus = [aSku({ id: 'a', seller_id: 'nobody' }), aSku({ id: 'b', weight_grams: -1 })];

    const refusal = await refusalOf(aNetwork({ skus }));

    expect(refusal.code).toBe('invalid_network');
    const pointers = refusal.faults.map((fault) => fault.pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/skus/0/seller_id', '/skus/1/weight_grams']));
  });
});

describe('a version that takes away what is needed', () => {
  test('is refused while stock lies there, and names who needs it', async () => {
    await apply(aNetwork());
    await harness.stock({ warehouse_id: 'rotterdam', sku_id: 'mug', quantity: 3 });

    const building = await refusalOf(without('warehouses', 'rotterdam'));
    const article = await refusalOf(without('skus', 'mug'));

    expect(building.code).toBe('network_orphans_work');
    expect(building.faults).toContainEqual({
      pointer: '/warehouses',
      detail: 'rotterdam is missing, and 1 stock rows still need it',
    });
    expect(article.faults).toContainEqual({
      pointer: '/skus',
      detail: 'mug is missing, and 1 stock rows still need it',
    });
  });

  test('is refused when a SKU with stock changes its seller', async () => {
    const skus = aNetwork().skus.map((sku) => {
      return sku.id === 'mug' ? { ...sku, seller_id: 'globex' } : sku;
    });

    const refusal = await refusalOf(aNetwork({ skus }));

    const index = skus.findIndex((sku) => sku.id === 'mug');
    expect(refusal.faults[0]?.pointer).toBe(`/skus/${index}/seller_id`);
  });

  test('is refused while open shipments, orders, quotes or notices need it', async () => {
    // The rows are planted by hand, so the auditor has much to say: a harness of its own.
    const shared = harness;
    harness = await startHarness({ network: null });
    await apply(aNetwork());
    await plantWork(harness);

    const warehouse = await refusalOf(without('warehouses', 'rotterdam'));
    const carriers = aNetwork().carriers.filter((carrier) => carrier.id !== 'swift');
    const services = aNetwork().services.filter((service) => service.carrier_id !== 'swift');
    const carrier = await refusalOf(aNetwork({ carriers, services, guarantees: [] }));
    const platforms = [{ id: 'market' }];
    const platform = await refusalOf(aNetwork({ platforms, guarantees: [] }));
    const currency = await refusalOf(aNetwork({ currency: 'USD' }));

    expect(details(warehouse)).toMatch(/1 open shipments still need it/);
    expect(details(warehouse)).toMatch(/1 open inbound notices still need it/);
    expect(details(warehouse)).toMatch(/1 held quotes still need it/);
    expect(details(carrier)).toMatch(/swift is missing, and 1 open shipments still need it/);
    expect(details(carrier)).toMatch(/swift is missing, and 1 live assignments still need it/);
    expect(details(platform)).toMatch(/shop is missing, and 1 open orders still need it/);
    expect(details(currency)).toMatch(/got USD, but 1 open orders are in EUR/);
    await harness.close({ audit: false });
    harness = shared;
  });

  test('is applied with a warning when only a key belongs to it', async () => {
    await harness.owner
      .insertInto('api_keys')
      .values({
        key_id: harness.engine.newId(),
        prefix: 'pk_globex',
        secret_hash: Buffer.from('x'),
        role: 'platform',
        party_id: 'market',
        scopes: [],
        label: null,
        created_at: harness.clock.now().toString(),
      })
      .execute();

    const applied = await apply(aNetwork({ platforms: [{ id: 'shop' }], guarantees: [] }));

    expect(applied.warnings).toEqual([
      '/platforms: market is missing, and 1 live API keys are its own',
    ]);
    await apply(aNetwork());
  });
});

const details = (refusal: Refusal) => refusal.faults.map((fault) => fault.detail).join('\n');

describe('the network source', () => {
  test('has nothing before the first import', async () => {
    const empty = await startHarness({ network: null });
    try {
      expect(await createNetworkSource(empty.engine).current()).toBeNull();
    } finally {
      await empty.close();
    }
  });

  test('takes over a version of another process within a second', async () => {
    const source = createNetworkSource(harness.engine);
    const before = await source.current();
    const applied = await apply(aNetwork({ name: 'taken over' }));
    const started = performance.now();

    let live = await source.current();
    while (live?.version !== applied.version) {
      expect(performance.now() - started).toBeLessThan(1000);
      await new Promise((resolve) => setTimeout(resolve, 10));
      live = await source.current();
    }

    expect(before?.version).toBe(applied.version - 1);
    expect(live.document.name).toBe('taken over');
    expect(live.skus.get('mug')?.id).toBe('mug');
  });

  test.each([
    { how: 'by its announcement', network_poll_ms: 60_000, at_most_ms: 1000 },
    {
      how: 'by looking, when the announcement is not heard',
      network_poll_ms: 50,
      at_most_ms: 1000,
    },
  ])(
    'is taken over by a process that nobody asks: $how',
    async ({ network_poll_ms, at_most_ms }) => {
      const config = { ...harness.engine.config, network_poll_ms };
      const source = createNetworkSource({ ...harness.engine, config });
      const deaf = { ...harness.database, url: 'postgres://127.0.0.1:1/nowhere' };
      const database = network_poll_ms === 50 ? deaf : harness.database;
      const asked = vi.spyOn(source, 'current');
      const keeper = keepNetwork({ ...harness.engine, config, database, networks: source });
      await vi.waitFor(() => expect(asked).toHaveBeenCalled());
      const served = async () =>
        /portolan_network_version (\d+)/.exec(await registry.metrics())?.[1];

      const applied = await apply(aNetwork({ name: `kept ${network_poll_ms}` }));
      const started = performance.now();
      await vi.waitFor(async () => expect(await served()).toBe(String(applied.version)), 10_000);

      expect(performance.now() - started).toBeLessThan(at_most_ms);
      await keeper.close();
    },
  );

  test('sees a version at once when told to look', async () => {
    const source = createNetworkSource(harness.engine, { believe_ms: 60_000 });
    await source.current();
    await apply(aNetwork({ name: 'told' }));

    const untold = await source.current();
    source.refresh();
    const told = await source.current();

    expect(untold?.version).toBe(version - 1);
    expect(told?.version).toBe(version);
  });

  test('is never without a network that there is, however often it is told to look', async () => {
    await apply(aNetwork({ name: 'looked for' }));
    const source = createNetworkSource(harness.engine, { believe_ms: 60_000 });
    const asked = [];
    for (let n = 0; n < 40; n += 1) {
      asked.push(source.current());
      if (n % 3 === 0) source.refresh();
      await new Promise((resolve) => setImmediate(resolve));
    }

    const given = await Promise.all(asked);

    expect(given.map((live) => live?.version)).toEqual(given.map(() => version));
  });

  test('gives concurrent callers one and the same network', async () => {
    const source = createNetworkSource(harness.engine);

    const all = await Promise.all(Array.from({ length: 20 }, () => source.current()));

    expect(new Set(all).size).toBe(1);
    expect(await source.current()).toBe(all[0]);
  });

  test('compiles calendars anew as days pass, and the rest not', async () => {
    const source = createNetworkSource(harness.engine, { believe_ms: 60_000 });
    const today = await source.current();

    harness.clock.advance(9 * 86_400);
    const later = await source.current();

    expect(later?.version).toBe(today?.version);
    expect(later?.compiled.lanes).toBe(today?.compiled.lanes);
    expect(later!.compiled.calendars.fromSeconds - today!.compiled.calendars.fromSeconds).toBe(
      9 * 86_400,
    );
  });

  test('gives past versions for replays, and keeps a few', async () => {
    const source = createNetworkSource(harness.engine, { past_versions: 2 });
    const at = harness.clock.now();

    const second = await source.version(versions(2), at);
    const again = await source.version(versions(2), at);

    expect(second.version).toBe(2);
    expect(again).toBe(second);
    await expect(source.version(versions(999), at)).rejects.toThrow(
      'there is no network version 999',
    );
  });
});
