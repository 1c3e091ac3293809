/** Routes of shipments over hubs, and what does not go as planned there. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
-- A row is never changed but for its end. What was in force at number n are the rows with
-- opened_no <= n that were not lifted by then: decisions name the number they saw.
create table disruptions (
  disruption_id uuid primary key,
  reference text not null unique,
  kind text not null check (kind in ('hub_closed', 'leg_cancelled', 'leg_delayed')),
  hub_id text,
  leg_id text,
  from_at timestamptz not null,
  until_at timestamptz not null,
  delay_seconds integer,
  reason text,
  opened_no integer not null unique check (opened_no > 0),
  opened_at timestamptz not null,
  opened_by text not null,
  lifted_no integer unique check (lifted_no > opened_no),
  lifted_at timestamptz,
  check (from_at < until_at),
  check ((kind = 'hub_closed') = (hub_id is not null)),
  check ((kind = 'hub_closed') = (leg_id is null)),
  check ((kind = 'leg_delayed') = (delay_seconds is not null)),
  check ((lifted_no is null) = (lifted_at is null))
);

-- One row: the number of the last opening or lifting, and the one that open shipments are priced with.
create table disruption_numbers (
  is_only boolean primary key default true check (is_only),
  disruption_no integer not null default 0,
  repriced_no integer not null default 0 check (repriced_no <= disruption_no)
);
insert into disruption_numbers default values;

alter table decision_batches add column disruption_no integer not null default 0;
alter table quote_views add column disruption_no integer not null default 0;

-- Of shipments that go over hubs alone. route_parts are what it passes, as 'hub/<id>' and 'leg/<id>';
-- disruption_no is the number it was last priced with.
alter table shipments add column route jsonb;
alter table shipments add column route_parts text[];
alter table shipments add column disruption_no integer not null default 0;
alter table shipments alter column route set statistics 0;
create index shipments_routed on shipments using gin (route_parts)
  where route_parts is not null and state not in ('delivered', 'returned', 'lost', 'cancelled');

do $$
declare
  name text;
begin
  foreach name in array array['disruptions', 'disruption_numbers'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy engine_all on %I to portolan_engine using (true) with check (true)', name);
    execute format('create policy owner_all on %I to current_user using (true) with check (true)', name);
    execute format('create policy party_own on %I to portolan_party
      using (current_party_role() = ''operator'') with check (current_party_role() = ''operator'')', name);
  end loop;
end $$;
grant select, insert, update on disruptions to portolan_engine;
grant select, update on disruption_numbers to portolan_engine;
grant select on disruptions, disruption_numbers to portolan_party;
`)
    .execute(db);
}
