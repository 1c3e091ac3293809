/**
 * What an integration test works with: a database of its own (a clone of the migrated template), an
 * engine on a clock that stands still, a small network, and a `close` that runs the auditor. A test
 * that leaves the data in a state the design forbids fails, whatever it set out to show.
 */
import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Kysely } from 'kysely';
import { pino } from 'pino';
import { inject } from 'vitest';
import { type AuditFinding, runAudit } from '../db/audit.ts';
import { readOwedBells } from '../db/bells.ts';
import { type Database, openDatabase, openOwner } from '../db/database.ts';
import { hexBytes, insertRows } from '../db/rows.ts';
import type { Schema } from '../db/schema.ts';
import type { Network } from '../src/domain/network.ts';
import { createBacklogGauge } from '../src/fulfillment/backlog-gauge.ts';
import type { Engine } from '../src/fulfillment/engine.ts';
import { createNetworkSource } from '../src/fulfillment/network-source.ts';
import { createPolicySource } from '../src/fulfillment/policy-source.ts';
import { createPriceSource } from '../src/fulfillment/price-source.ts';
import { type Clock, type ManualClock, manualClock } from '../src/runtime/clock.ts';
import { type Config, testConfig } from '../src/runtime/config.ts';
import { idSource } from '../src/runtime/ids.ts';
import { aNetwork } from './builders/network.ts';
import { databaseUrl, query } from './postgres.ts';

/** A Wednesday, 10:00 in Amsterdam, eleven days before clocks go forward. */
export const START = '2026-03-18T09:00:00Z';

export interface HarnessOptions {
  /** The network applied as version 1; null = none was imported yet. Default: `aNetwork()`. */
  readonly network?: Network | null;
  /** Where the clock stands, RFC 3339. */
  readonly start?: string;
  /** The clock of the engine, where one that stands still will not do. */
  readonly clock?: Clock;
  readonly config?: Partial<Config>;
}

/** Units put into a warehouse before a test begins. */
export interface Stocking {
  readonly warehouse_id?: string;
  readonly sku_id?: string;
  readonly quantity: number;
  readonly lot?: string;
  readonly expires_on?: string;
}

export interface Harness {
  readonly engine: Engine;
  readonly database: Database;
  readonly clock: ManualClock;
  /** The owner of the tables: sees all, may plant defects. */
  readonly owner: Kysely<Schema>;
  readonly url: string;
  /** Puts units on the shelf, with their ledger entry; mugs at Rotterdam unless said. */
  stock(...stockings: readonly Stocking[]): Promise<void>;
  /** Does what workers would: runs every step until nothing is owed any more. */
  settle(): Promise<void>;
  /** Applies a network as the next version. */
  applyNetwork(network: Network): Promise<void>;
  /** What the auditor finds now. */
  audit(): Promise<AuditFinding[]>;
  /** Audits, fails on any finding, closes and drops the database. */
  close(options?: { readonly audit?: boolean }): Promise<void>;
}

/** Starts a harness; a test file makes one (or one per test) and closes it. */
export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const adminUrl = inject('admin_url');
  const name = `portolan_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await query(adminUrl, `create database ${name} template ${inject('template_name')}`);
  const url = databaseUrl(adminUrl, name);
  const database = openDatabase({ url, pool_size: 6, statement_timeout_ms: 30_000 });
  const owner = openOwner(url);
  const clock = manualClock(options.start ?? START);
  const config = testConfig({ database_url: url, redis_url: undefined, ...options.config });
  const services = {
    config,
    database,
    clock: options.clock ?? clock,
    newId: idSource(options.clock ?? clock),
    log: pino({ level: 'silent' }),
  };
  const engine: Engine = {
    ...services,
    networks: createNetworkSource(services, { believe_ms: 0 }),
    backlog: createBacklogGauge({ believe_ms: 0 }),
    prices: createPriceSource(services, 0),
    policies: createPolicySource(services, 0),
  };
  const network = options.network === undefined ? aNetwork() : options.network;
  if (network !== null) await applyNetwork(engine, network);
  return {
    engine,
    database,
    clock,
    owner,
    url,
    stock: (...stockings) => stock(engine, network ?? aNetwork(), stockings),
    settle: () => settle(engine),
    applyNetwork: (next) => applyNetwork(engine, next),
    audit: () => runAudit(database),
    close: async (closing = {}) => {
      try {
        if (closing.audit !== false) assertClean(await runAudit(database));
      } finally {
        await Promise.all([database.close(), owner.destroy()]);
        await query(adminUrl, `drop database if exists ${name} with (force)`);
      }
    },
  };
}

/** Rounds of all steps after which what is still owed will not be settled by another. */
const MOST_ROUNDS = 50;

async function settle(engine: Engine): Promise<void> {
  const { answerBell, HANDLERS } = await import('../workers/handlers.ts');
  const never = new AbortController().signal;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    for (const steps of Object.values(HANDLERS)) await answerBell(engine, steps, never);
    const owed = await engine.database.engine
      .transaction()
      .execute((tx) => readOwedBells(tx, { now: engine.clock.now(), speed: 1, is_sweep: true }));
    if (!Object.values(owed).includes(true)) return;
  }
  throw new Error(`something is still owed after ${MOST_ROUNDS} rounds of all steps`);
}

/** Throws with every finding on a line of its own. */
export function assertClean(findings: readonly AuditFinding[]): void {
  if (findings.length === 0) return;
  const list = findings.map((finding) => `  ${finding.invariant}: ${finding.detail}`).join('\n');
  throw new Error(`the auditor found ${findings.length} broken invariant(s)\n${list}`);
}

async function stock(
  engine: Engine,
  network: Network,
  stockings: readonly Stocking[],
): Promise<void> {
  await engine.database.engine.transaction().execute(async (tx) => {
    for (const stocking of stockings) {
      const sku_id = stocking.sku_id ?? 'mug';
      const seller_id = network.skus.find((sku) => sku.id === sku_id)?.seller_id ?? 'acme';
      const row = await tx
        .insertInto('stock')
        .values({
          warehouse_id: stocking.warehouse_id ?? 'rotterdam',
          sku_id,
          seller_id,
          lot: stocking.lot ?? '',
          expires_on: stocking.expires_on ?? null,
          on_hand: stocking.quantity,
        })
        .returning('stock_id')
        .executeTakeFirstOrThrow();
      const at = engine.clock.now().toString();
      const entry = { stock_id: row.stock_id, kind: 'receipt', on_hand: stocking.quantity, at };
      await tx.insertInto('stock_ledger').values(entry).execute();
    }
  });
}

async function applyNetwork(engine: Engine, network: Network): Promise<void> {
  const text = JSON.stringify(network);
  await engine.database.engine.transaction().execute(async (tx) => {
    const newest = await tx
      .selectFrom('networks')
      .select(({ fn }) => fn.max('version').as('version'))
      .executeTakeFirst();
    await insertRows(tx, 'networks', [
      {
        version: (newest?.version ?? 0) + 1,
        document: hexBytes(gzipSync(text)),
        digest: createHash('sha256').update(text).digest('hex'),
        applied_at: engine.clock.now().toString(),
        applied_by: 'operator:*',
      },
    ]);
  });
}
