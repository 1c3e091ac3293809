/**
 * A throw-away engine for `flow.ts` and `overload.ts`: an embedded database in a temporary folder, a
 * generated network with stock on every shelf, and one API and one worker process, started as users
 * start them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTransaction } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { insertRows } from '../db/rows.ts';
import { openEngine } from '../src/commands/open-engine.ts';
import type { Network } from '../src/domain/network.ts';
import { applyNetwork } from '../src/fulfillment/apply-network.ts';
import { createKey } from '../src/fulfillment/create-key.ts';
import type { Engine } from '../src/fulfillment/engine.ts';
import { loadConfig } from '../src/runtime/config.ts';
import { startEmbeddedDatabase } from '../src/runtime/embedded-database.ts';
import { createLog } from '../src/runtime/log.ts';
import { endChild, freePort, spawnRole, waitUntilReady } from './engine-processes.ts';
import { generateNetwork } from './generate-network.ts';

/** What a bench needs to know of the running engine. */
export interface FlowEngine {
  readonly origin: string;
  readonly database_url: string;
  readonly network: Network;
  readonly platform_key: string;
  readonly carrier_keys: readonly string[];
  stop(): Promise<void>;
}

const SEED = 7;
const SHELVES = 4;
const UNITS_PER_SHELF = 1_000_000;
const ENOUGH = 1_000_000_000;

/** What may differ between benches. */
export interface FlowSetting {
  /** Warehouses (of 40) that hold a SKU; default 4. */
  readonly shelves?: number;
  /** Seconds in which an order is decided; default that of the generated network. */
  readonly decision_seconds?: number;
}

/** Starts everything; resolves when the API is ready. */
export async function startFlowEngine(setting: FlowSetting = {}): Promise<FlowEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-flow-'));
  const config = { ...loadConfig({}), log_level: 'warn' as const, data_dir: folder };
  const log = createLog(config, 'bench', process.stderr);
  const embedded = await startEmbeddedDatabase({ data_dir: folder, log });
  await migrate(embedded.url);
  const engine = openEngine(config, embedded.url, log);
  const network = flowNetwork(setting);
  await applyNetwork(engine, { document: network, applied_by: 'operator:*' });
  await fillShelves(engine, network, setting.shelves ?? SHELVES);
  const platform = await createKey(engine, { role: 'platform', party_id: 'SHOP' });
  const carriers = [];
  for (const { id } of network.carriers) {
    carriers.push(await createKey(engine, { role: 'carrier', party_id: id }));
  }
  await engine.database.close();
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const children = [
    spawnRole('api', embedded.url, port),
    // A worker serves its health on a port of its own: any.
    spawnRole('worker', embedded.url, 0),
  ];
  await waitUntilReady(origin, children);
  return {
    origin,
    database_url: embedded.url,
    network,
    platform_key: platform.key,
    carrier_keys: carriers.map(({ key }) => key),
    stop: async () => {
      await Promise.all(children.map(endChild));
      await embedded.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Capacities are there, and are counted, but do not bind: the flow is measured, not the shortage. */
function flowNetwork({ decision_seconds }: FlowSetting): Network {
  const network = generateNetwork({
    seed: SEED,
    warehouses: 40,
    services: 240,
    zones: 40,
    skus: 400,
    carriers: 12,
  });
  const { policy } = network;
  return {
    ...network,
    policy: { ...policy, decision_seconds: decision_seconds ?? policy.decision_seconds },
    warehouses: network.warehouses.map((warehouse) => ({
      ...warehouse,
      picks_per_hour: ENOUGH,
      parcels_per_day: ENOUGH,
    })),
    services: network.services.map((service) => ({
      ...service,
      parcels_per_day: ENOUGH,
      ...(service.parcels_per_day_per_warehouse === undefined
        ? {}
        : { parcels_per_day_per_warehouse: ENOUGH }),
    })),
  };
}

async function fillShelves(engine: Engine, network: Network, number: number): Promise<void> {
  const at = engine.clock.now();
  await inTransaction(engine.database, async (tx) => {
    const shelves = network.skus.flatMap((sku, index) =>
      Array.from({ length: number }, (_, step) => {
        const warehouse = network.warehouses[(index + step * 11) % network.warehouses.length]!;
        const { id: sku_id, seller_id } = sku;
        return { warehouse_id: warehouse.id, sku_id, seller_id, on_hand: UNITS_PER_SHELF };
      }),
    );
    await insertRows(tx, 'stock', shelves);
    const stored = await tx.selectFrom('stock').select('stock_id').execute();
    await insertRows(
      tx,
      'stock_ledger',
      stored.map(({ stock_id }) => ({ stock_id, kind: 'receipt', on_hand: UNITS_PER_SHELF, at })),
    );
  });
}
