/** Stock: balances per (warehouse, SKU, owner, lot), the ledger they are the sum of, and inbound. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table stock (
  stock_id bigint generated always as identity primary key,
  warehouse_id text not null,
  sku_id text not null,
  seller_id text not null,
  lot text not null default '',
  expires_on date,                      -- last day of use, in the warehouse's zone
  on_hand integer not null default 0,   -- sellable units in the building, reserved and picked included
  reserved integer not null default 0,
  picked integer not null default 0,
  damaged integer not null default 0,
  quarantined integer not null default 0,
  incoming integer not null default 0,
  unique (warehouse_id, sku_id, seller_id, lot),
  check (0 <= picked and picked <= reserved and reserved <= on_hand),
  check (damaged >= 0 and quarantined >= 0 and incoming >= 0)
) with (fillfactor = 70);
create index stock_by_sku on stock (sku_id, warehouse_id);

-- Rows that are written per order carry no foreign keys: each check reads and locks the parent once
-- more per row, a third of what the insert costs. One statement writes parent and child, nothing
-- deletes a parent, and the auditor looks for orphans (docs/adr/0010).
create table stock_ledger (
  entry_id bigint generated always as identity primary key,
  stock_id bigint not null,
  kind text not null check (kind in
    ('notice', 'receipt', 'reserve', 'release', 'pick', 'unpick', 'ship', 'adjust')),
  on_hand integer not null default 0,
  reserved integer not null default 0,
  picked integer not null default 0,
  damaged integer not null default 0,
  quarantined integer not null default 0,
  incoming integer not null default 0,
  reference text,                       -- the order, receipt or adjustment that caused it
  reason text,
  at timestamptz not null
);
create index stock_ledger_by_stock on stock_ledger (stock_id);

create table inbound_notices (
  notice_id uuid primary key,
  seller_id text not null,
  warehouse_id text not null,
  reference text not null,
  state text not null check (state in ('open', 'received', 'cancelled')),
  version integer not null default 1,
  expected_at timestamptz,
  created_at timestamptz not null,
  unique (warehouse_id, reference)
);

create table inbound_lines (
  notice_id uuid not null references inbound_notices,
  line_no smallint not null,
  sku_id text not null,
  lot text not null default '',
  expected integer not null check (expected > 0),
  received integer not null default 0 check (received >= 0),
  damaged integer not null default 0 check (damaged >= 0),
  primary key (notice_id, line_no)
);

-- What was physically counted in: one row per posted line; the party's own id makes it count once.
create table receipts (
  warehouse_id text not null,
  receipt_ref text not null,
  body_hash bytea not null,
  notice_id uuid references inbound_notices,
  lines json not null,
  received_at timestamptz not null,
  primary key (warehouse_id, receipt_ref)
);

-- Capacity used of one resource in one slot; see routing/types.ts for the names.
create table capacity_usage (
  resource text not null,
  slot timestamptz not null,
  used integer not null check (used >= 0),
  primary key (resource, slot)
) with (fillfactor = 70);
`)
    .execute(db);
}
