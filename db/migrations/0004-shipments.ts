/** Shipments, the units they hold, their tenders, and the events that warehouses and carriers post. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table shipments (
  shipment_id uuid primary key,
  order_id uuid not null,
  decision_no integer not null,
  platform_id text not null,
  warehouse_id text not null,
  carrier_id text not null,
  service_id text not null,
  zone_id text not null,
  state text not null check (state in ('planned', 'released', 'picked', 'packed', 'handed_over',
    'in_transit', 'out_for_delivery', 'delivered', 'returned', 'lost', 'cancelled')),
  version integer not null check (version > 0),
  destination jsonb not null,
  weight_grams double precision not null,
  cost jsonb not null,
  capacity jsonb not null,              -- [{resource, slot_seconds, amount, limit}] taken
  network_version integer not null,
  planned_at timestamptz not null,
  pick_from timestamptz not null,
  pickup_at timestamptz not null,
  promise_at timestamptz not null,
  expected_at timestamptz not null,
  delivered_at timestamptz,
  tracking_rank smallint not null default 0,
  tracking_status text,
  tracking_at timestamptz,
  excluded_services text[] not null default '{}',
  tenders integer not null default 0,   -- fencing token of the newest assignment
  -- Milestones, in the order of domain/milestones.ts: due, met, and whether the breach was recorded.
  milestone_due timestamptz[] not null,
  milestone_met timestamptz[] not null,
  milestone_state text[] not null,      -- open | at_risk | met | breached
  next_due_at timestamptz,              -- earliest instant the watch must look again; null = never
  released_xid xid8,                    -- commit order of the warehouse's work list
  released_seq bigint,
  check (delivered_at is null or state in ('delivered', 'returned'))
) with (fillfactor = 70);
create index shipments_by_order on shipments (order_id);
create index shipments_due on shipments (next_due_at) where next_due_at is not null;
create index shipments_work on shipments (warehouse_id, released_xid, released_seq)
  where state in ('released', 'picked', 'packed');
create sequence work_seq;

-- Units of a line set aside in a lot: reserve → ship | release | expire (two-phase transfer).
create table reservations (
  reservation_id bigint generated always as identity primary key,
  stock_id bigint not null,
  order_id uuid,
  shipment_id uuid,
  quote_id uuid,
  line_no smallint not null,
  quantity integer not null check (quantity > 0),
  picked integer not null default 0 check (0 <= picked and picked <= quantity),
  state text not null check (state in ('open', 'shipped', 'released', 'expired')),
  check ((shipment_id is null) <> (quote_id is null))
) with (fillfactor = 80);
create index reservations_by_shipment on reservations (shipment_id) where shipment_id is not null;
create index reservations_by_quote on reservations (quote_id) where quote_id is not null;

-- A shipment offered to a carrier under a lease. One live lease per shipment.
create table assignments (
  assignment_id uuid primary key,
  shipment_id uuid not null,
  carrier_id text not null,
  service_id text not null,
  units integer not null check (units > 0),
  fencing_token integer not null,       -- 1, 2, … per shipment; an answer with an older one is refused
  state text not null check (state in ('offered', 'accepted', 'rejected', 'expired', 'withdrawn')),
  offered_at timestamptz not null,
  lease_until timestamptz not null,
  answered_at timestamptz,
  reason text,
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity,
  unique (shipment_id, fencing_token)
) with (fillfactor = 80);
create unique index assignments_one_live on assignments (shipment_id)
  where state in ('offered', 'accepted');
create index assignments_feed on assignments (carrier_id, xid, seq)
  where state in ('offered', 'accepted');
create index assignments_due on assignments (lease_until) where state = 'offered';

create table warehouse_events (
  warehouse_id text not null,
  event_id text not null,
  body_hash bytea not null,
  shipment_id uuid not null references shipments,
  kind text not null check (kind in ('picked', 'short_picked', 'packed', 'handed_over')),
  lines jsonb,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  outcome text not null,                -- applied | ignored
  primary key (warehouse_id, event_id)
);

create table tracking_events (
  carrier_id text not null,
  event_id text not null,
  body_hash bytea not null,
  shipment_id uuid not null references shipments,
  status text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  carrier_code text,
  description text,
  position jsonb,
  primary key (carrier_id, event_id)
);
create index tracking_events_by_shipment on tracking_events (shipment_id);

create table exceptions (
  exception_id uuid primary key,
  kind text not null,                   -- domain/exceptions.ts
  order_id uuid references orders,
  shipment_id uuid references shipments,
  owner text not null,                  -- who must act: operator, warehouse:<id>, carrier:<id>
  reason text not null,
  detail jsonb not null default '{}',
  opened_at timestamptz not null,
  resolved_at timestamptz,
  resolution text
);
create unique index exceptions_one_open on exceptions
  (kind, coalesce(shipment_id, order_id)) where resolved_at is null;
create index exceptions_open on exceptions (opened_at, exception_id) where resolved_at is null;
`)
    .execute(db);
}
