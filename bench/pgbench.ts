/**
 * The yardstick: how many minimal order transactions (insert order, guarded stock update, insert
 * assignment, insert event) PostgreSQL commits per second on this machine, by its own `pgbench` where
 * one is found, else by the same transaction through the driver. 16 clients either way.
 */
import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { openOwner } from '../db/database.ts';

/** What the yardstick measured. */
export interface Yardstick {
  readonly tps: number;
  readonly tool: 'pgbench' | 'pg';
}

const CLIENTS = 16;
const SKUS = 1000;
const run = promisify(execFile);

const SCRIPT = `\\set sku random(1, ${SKUS})
begin;
insert into yardstick_orders (sku) values (:sku) returning id as order_id \\gset
update yardstick_stock set reserved = reserved + 1 where sku = :sku and on_hand - reserved >= 1;
insert into yardstick_assignments (order_id, carrier) values (:order_id, :sku);
insert into yardstick_events (order_id, type) values (:order_id, 'decided');
commit;
`;

/** Creates the four tables, measures for `seconds`, and drops them again. */
export async function measureYardstick(url: string, seconds: number): Promise<Yardstick> {
  await createTables(url);
  try {
    const tool = findPgbench();
    return tool === undefined
      ? { tps: await measureThroughDriver(url, seconds), tool: 'pg' }
      : { tps: await measureWithPgbench(tool, url, seconds), tool: 'pgbench' };
  } finally {
    await dropTables(url);
  }
}

async function createTables(url: string): Promise<void> {
  const db = openOwner(url);
  await sql
    .raw(`
create table yardstick_orders (id bigserial primary key, sku integer not null,
  at timestamptz not null default now());
create table yardstick_stock (sku integer primary key, on_hand integer not null,
  reserved integer not null check (reserved <= on_hand)) with (fillfactor = 70);
create table yardstick_assignments (id bigserial primary key, order_id bigint not null,
  carrier integer not null);
create table yardstick_events (id bigserial primary key, order_id bigint not null,
  type text not null, at timestamptz not null default now());
insert into yardstick_stock select sku, 1000000000, 0 from generate_series(1, ${SKUS}) as sku;
`)
    .execute(db);
  await db.destroy();
}

async function dropTables(url: string): Promise<void> {
  const db = openOwner(url);
  await sql
    .raw('drop table yardstick_orders, yardstick_stock, yardstick_assignments, yardstick_events;')
    .execute(db);
  await db.destroy();
}

function findPgbench(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = [
    ...folders.map((folder) => join(folder, 'pgbench')),
    ...globSync('/usr/lib/postgresql/*/bin/pgbench'),
  ];
  return candidates.find((path) => existsSync(path));
}

async function measureWithPgbench(tool: string, url: string, seconds: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-yardstick-'));
  const script = join(folder, 'order.sql');
  writeFileSync(script, SCRIPT);
  try {
    const { hostname, port, username, password, pathname } = new URL(url);
    const { stdout } = await run(
      tool,
      ['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '2', '-T', String(seconds)].concat(
        ['-f', script, '-h', hostname, '-p', port, '-U', decodeURIComponent(username)],
        [pathname.slice(1)],
      ),
      { env: { ...process.env, PGPASSWORD: decodeURIComponent(password) } },
    );
    const tps = /tps = ([0-9.]+)/.exec(stdout);
    if (tps === null) throw new Error(`pgbench printed no tps:\n${stdout}`);
    return Number(tps[1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureThroughDriver(url: string, seconds: number): Promise<number> {
  const pools = Array.from({ length: CLIENTS / 2 }, () => openOwner(url));
  const end = performance.now() + seconds * 1000;
  let committed = 0;
  const client = async (index: number) => {
    const db = pools[index % pools.length]!;
    for (let turn = 0; performance.now() < end; turn += 1) {
      const sku = ((index * 7919 + turn * 104_729) % SKUS) + 1;
      await db.transaction().execute(async (tx) => {
        const order = await sql<{ id: number }>`
          insert into yardstick_orders (sku) values (${sku}) returning id`.execute(tx);
        const id = order.rows[0]!.id;
        await sql`update yardstick_stock set reserved = reserved + 1
          where sku = ${sku} and on_hand - reserved >= 1`.execute(tx);
        await sql`insert into yardstick_assignments (order_id, carrier)
          values (${id}, ${sku})`.execute(tx);
        await sql`insert into yardstick_events (order_id, type)
          values (${id}, 'decided')`.execute(tx);
      });
      committed += 1;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
  await Promise.all(pools.map((pool) => pool.destroy()));
  return committed / seconds;
}
