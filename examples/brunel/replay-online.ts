/**
 * The Brunel day decided as it comes: 9,215 orders spread over a day, accepted and decided a hundred at a
 * time at the prices of then, which the engine computes itself from the day before (as many orders,
 * drawn at random from the same file) and from what has come since. The engine runs in this process, on
 * a clock that the replay moves; the database is real and thrown away. Prints one JSON line.
 *
 *   npm run replay:brunel-online             # orders of the day in file order
 *   npm run replay:brunel-online -- 7        # shuffled by seed 7
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { runAudit } from '../../db/audit.ts';
import { migrate } from '../../db/migrate.ts';
import { openEngine } from '../../src/commands/open-engine.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { adjustStock } from '../../src/fulfillment/adjust-stock.ts';
import { applyNetwork } from '../../src/fulfillment/apply-network.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import type { Engine } from '../../src/fulfillment/engine.ts';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { createNetworkSource } from '../../src/fulfillment/network-source.ts';
import { createPriceSource } from '../../src/fulfillment/price-source.ts';
import { refreshPrices } from '../../src/fulfillment/refresh-prices.ts';
import { type ManualClock, manualClock } from '../../src/runtime/clock.ts';
import { testConfig } from '../../src/runtime/config.ts';
import { startEmbeddedDatabase } from '../../src/runtime/embedded-database.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { toNetwork, toOrders, toStock } from './convert.ts';
import { serveGreedily } from './model.ts';
import { type BrunelTables, findBrunelFolder, readBrunelTables } from './tables.ts';

const MULTIPLE = 7;
const DAY_ONE = '2026-03-18';
const DAY_TWO = '2026-03-19';
/** A day of orders ends at noon with the pickup; orders come until half an hour before. */
const SPREAD_SECONDS = 23.5 * 3600;
const TOGETHER = 100;
const ADJUSTMENT_LINES = 200;
const STOCK_FACTOR = 12;
/** Every so many decisions one is made again. */
const REPLAY_EVERY = 50;
const OPERATOR = { role: 'operator', party_id: '*' };

/** A day ahead is priced, from a day behind; all else is as it comes. */
const CONFIG = { price_horizon_hours: 24, decide_batch_orders: TOGETHER, decide_lanes: 1 };

type Row = ReturnType<typeof toOrders>[number];

process.exitCode = await main();

async function main(): Promise<number> {
  const folder = findBrunelFolder();
  if (folder === null) {
    const skipped = 'the Brunel tables are not here: set PORTOLAN_SHARED_DATA to the folder above';
    console.log(JSON.stringify({ example: 'brunel-online', skipped }));
    return 0;
  }
  const seed = process.argv[2] === undefined ? null : Number(process.argv[2]);
  const tables = readBrunelTables(folder);
  const data = mkdtempSync(join(tmpdir(), 'portolan-brunel-'));
  chmodSync(data, 0o711);
  const log = pino({ level: 'warn' }, process.stderr);
  const server = await startEmbeddedDatabase({ data_dir: join(data, 'data'), log });
  try {
    await migrate(server.url);
    const clock = manualClock(`${DAY_ONE}T12:00:00Z`);
    const config = testConfig({ database_url: server.url, ...CONFIG });
    const opened = openEngine(config, server.url, log, clock);
    const engine: Engine = {
      ...opened,
      networks: createNetworkSource(opened, { believe_ms: 0 }),
      prices: createPriceSource(opened, 0),
    };
    const result = await replay(engine, clock, tables, seed);
    await engine.database.close();
    console.log(JSON.stringify(result));
    return result.ok ? 0 : 1;
  } finally {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

async function replay(
  engine: Engine,
  clock: ManualClock,
  tables: BrunelTables,
  seed: number | null,
) {
  const file = toOrders(tables);
  const before = drawn(file, 1).map((row, i) => ({ ...row, external_ref: `before/${i}` }));
  const today = seed === null ? file : shuffled(file, seed);
  await openDay(engine, tables, DAY_ONE);
  await stockUp(engine, tables);
  await play(engine, clock, { day: DAY_ONE, rows: before });
  await openDay(engine, tables, DAY_TWO);
  const ids = await play(engine, clock, { day: DAY_TWO, rows: today });
  const outcome = await report(engine, ids);
  const orders = today.map((row) => tables.orders[Number(row.external_ref.slice(0, 5)) - 1]!);
  const audit = await runAudit(engine.database);
  for (const finding of audit) console.error(`${finding.invariant}: ${finding.detail}`);
  const ok = outcome.served === file.length && outcome.not_replayed === 0 && audit.length === 0;
  return {
    example: 'brunel-online',
    sequence: seed === null ? 'file order' : `shuffled by ${seed}`,
    orders: file.length,
    ...outcome,
    greedy: serveGreedily({ ...tables, orders }, MULTIPLE),
    audit_clean: audit.length === 0,
    ok,
  };
}

/** As many orders, each drawn from the file with replacement. */
function drawn(rows: readonly Row[], seed: number): Row[] {
  const random = seededRandom(seed);
  return rows.map(() => rows[random.between(0, rows.length - 1)]!);
}

function shuffled(rows: readonly Row[], seed: number): Row[] {
  const random = seededRandom(seed);
  const mixed = [...rows];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = random.between(0, i);
    [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
  }
  return mixed;
}

/** The network whose one pickup takes what was ordered on this day: the day after, at noon. */
async function openDay(engine: Engine, tables: BrunelTables, day: string): Promise<void> {
  const first = Temporal.PlainDate.from(day).subtract({ days: 7 });
  const closed_dates = Array.from({ length: 70 }, (_, i) => first.add({ days: i }).toString());
  const pickup_date = Temporal.PlainDate.from(day).add({ days: 1 }).toString();
  const document = toNetwork(tables, { multiple: MULTIPLE, pickup_date, closed_dates });
  await applyNetwork(engine, { document, applied_by: 'operator:*' });
}

/** Enough of everything for both days, however often the day before draws the same order. */
async function stockUp(engine: Engine, tables: BrunelTables): Promise<void> {
  const most = 1_000_000;
  const units = (row: { quantity: number }) => STOCK_FACTOR * row.quantity;
  const rows = toStock(tables).flatMap((row) =>
    Array.from({ length: Math.ceil(units(row) / most) }, (_, piece) => ({
      ...row,
      piece,
      on_hand: Math.min(most, units(row) - piece * most),
    })),
  );
  for (const [key, group] of Map.groupBy(rows, (row) => `${row.warehouse_id} ${row.piece}`)) {
    for (let from = 0; from < group.length; from += ADJUSTMENT_LINES) {
      const part = group.slice(from, from + ADJUSTMENT_LINES);
      await adjustStock(engine, {
        warehouse_id: part[0]!.warehouse_id,
        adjustment_ref: `${key} ${from}`,
        request_id: 'opening',
        lines: part.map(({ sku_id, on_hand }) => ({ sku_id, on_hand, reason: 'opening stock' })),
      });
    }
  }
}

/** Accepts and decides the orders of a day as they come, a hundred at a time; their ids. */
async function play(
  engine: Engine,
  clock: ManualClock,
  { day, rows }: { day: string; rows: readonly Row[] },
): Promise<string[]> {
  const start = Temporal.Instant.from(`${day}T12:00:00Z`);
  const ids: string[] = [];
  for (let from = 0; from < rows.length; from += TOGETHER) {
    const seconds = Math.floor((from / rows.length) * SPREAD_SECONDS);
    clock.set(start.add({ seconds }));
    await refreshPrices(engine);
    const commands = rows.slice(from, from + TOGETHER).map((row) => ({
      platform_id: 'brunel',
      request_id: `replay-${from}`,
      ...row,
    }));
    for (const result of await acceptOrders(engine, commands)) {
      if (result.status === 'refused') throw new Error(result.detail);
      ids.push(result.order_id);
    }
    while ((await decideOrders(engine)).more);
    if (from % 1000 === 0) console.error(`${day}: ${from} of ${rows.length}`);
  }
  return ids;
}

async function report(engine: Engine, ids: readonly string[]) {
  let [served, cents, priced, replayed, not_replayed] = [0, 0, 0, 0, 0];
  for (const [i, id] of ids.entries()) {
    if (i % REPLAY_EVERY === 0) {
      const again = await explainDecision(engine, OPERATOR, id);
      if (again?.replayed === true) replayed += 1;
      else not_replayed += 1;
      if (again?.price_set_id) priced += 1;
    }
  }
  const rows = await engine.database.engine
    .selectFrom('shipments')
    .innerJoin('decisions', 'decisions.order_id', 'shipments.order_id')
    .select(['shipments.order_id', 'decisions.result'])
    .where('shipments.order_id', 'in', ids)
    .execute();
  for (const { result } of rows) {
    served += 1;
    cents += (result as { cost: number }).cost;
  }
  return { served, cost_usd: Math.round(cents) / 100, replayed, not_replayed, priced };
}
