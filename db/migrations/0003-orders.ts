/** Orders, their lines, decisions and quotes. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table quotes (
  quote_id uuid primary key,
  platform_id text not null,
  token_hash bytea not null unique,     -- sha-256 of the token
  state text not null check (state in ('held', 'used', 'expired')),
  destination jsonb not null,
  lines jsonb not null,
  options jsonb not null,               -- the plans, by label
  capacity jsonb not null,              -- [{resource, slot, amount}] held
  network_version integer not null references networks,
  quoted_at timestamptz not null,
  expires_at timestamptz not null
);
create index quotes_due on quotes (expires_at) where state = 'held';

create table orders (
  order_id uuid primary key,
  platform_id text not null,
  external_ref text not null,
  state text not null check (state in ('accepted', 'backordered', 'decided', 'unfillable',
    'shipped', 'delivered', 'cancelled', 'failed')),
  version integer not null check (version > 0),
  body_hash bytea not null,
  destination jsonb not null,
  deliver_by timestamptz,
  quote_id uuid references quotes,
  quote_option text,
  accepted_at timestamptz not null,
  decide_by timestamptz not null,       -- the deadline; counts from acceptance, or from reopening
  decision_no integer not null default 0,
  attempts integer not null default 0,  -- decisions that lost their race since the order opened
  promise_at timestamptz,               -- as sold: set by the first decision, then frozen
  promise_confidence double precision,
  current_promise_at timestamptz,
  excluded_warehouses text[] not null default '{}',
  request_id text,
  unique (platform_id, external_ref)
) with (fillfactor = 80);
create index orders_to_decide on orders (decide_by) where state = 'accepted';
create index orders_by_platform on orders (platform_id, order_id);

-- 0 ≤ shipped ≤ allocated and allocated + cancelled ≤ quantity: what is left is to be decided.
create table order_lines (
  order_id uuid not null,
  line_no smallint not null,
  sku_id text not null,
  quantity integer not null check (quantity > 0),
  weight_grams double precision,
  allocated integer not null default 0,
  shipped integer not null default 0,
  cancelled integer not null default 0,
  primary key (order_id, line_no),
  check (0 <= shipped and shipped <= allocated and 0 <= cancelled
    and allocated + cancelled <= quantity)
) with (fillfactor = 80);

-- Which SKUs a backordered order waits for; a receipt wakes the oldest it can fill.
create table backorders (
  order_id uuid not null references orders,
  sku_id text not null,
  quantity integer not null check (quantity > 0),
  since timestamptz not null,
  primary key (sku_id, since, order_id)
);
create index backorders_by_order on backorders (order_id);

-- What a batch of decisions was made from. A batch is replayed by rebuilding the stock and capacity
-- it saw and taking the plans of its earlier decisions from them, in order.
create table decision_batches (
  batch_id uuid primary key,
  network_version integer not null references networks,
  decided_at timestamptz not null,
  stock json not null,                  -- [[stock_id, warehouse_id, sku_id, available, expires_seconds]]
  capacity json not null,               -- [[resource, slot_seconds, used]]
  lost json not null                    -- [[position, plan]] that lost their race: later ones saw them taken
);

create table decisions (
  order_id uuid not null,
  decision_no integer not null,
  batch_id uuid not null,               -- decision_batches
  batch_position integer not null,
  outcome text not null check (outcome in ('sourced', 'backordered', 'unfillable')),
  decided_at timestamptz not null,
  deadline timestamptz not null,
  late boolean not null,
  network_version integer not null,
  problem json not null,                -- routing's SourcingOrder
  result json not null,                 -- routing's SourcingResult
  from_quote boolean not null,
  work_budget integer not null,         -- with it, the same problem gives the same result
  elapsed_us integer not null,
  primary key (order_id, decision_no),
  unique (batch_id, batch_position)
);
`)
    .execute(db);
}
