/** Policies with a life of their own, what their shadows found, and which policy decided what. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
-- A version is never changed, only moved (domain/policy.ts); it decides nothing in draft and shadow.
create table policies (
  policy_id uuid primary key,
  name text not null,
  version integer not null check (version > 0),   -- 1, 2, … of one name
  platform_id text,                               -- null: for all that have none of their own
  rules json not null,                            -- laid over the network's policy
  note text,
  state text not null check (state in ('draft', 'shadow', 'share', 'live', 'retired')),
  share_percent double precision,
  moves integer not null check (moves > 0),       -- version of its newest journal event
  created_by text not null,
  created_at timestamptz not null,
  moved_at timestamptz not null,
  unique (name, version),
  check ((state = 'share') = (share_percent is not null)),
  check (share_percent > 0 and share_percent < 100)
);
-- The last line: one policy per state and scope.
create unique index policies_in_force on policies (state, coalesce(platform_id, ''))
  where state in ('shadow', 'share', 'live');

-- A row per policy in shadow: when it decides next beside the live one, and from where on.
create table policy_shadows (
  policy_id uuid primary key references policies,
  due_at timestamptz,                             -- null: enough was tried
  after_batch_id uuid not null,                   -- decision_batches, whose ids ascend with time
  trials integer not null default 0
);

-- One order decided beside: what came out under the policy that decided it, and under the shadow.
create table policy_trials (
  policy_id uuid not null references policies,    -- the shadow
  order_id uuid not null,
  decision_no integer not null,
  against uuid,                                   -- the policy that decided; null = the network's
  decided_at timestamptz not null,                -- as of when both decided
  live_sourced boolean not null,
  sourced boolean not null,
  -- What follows is null unless both found a plan. Money is freight and handling, minor units.
  live_cost double precision,
  cost double precision,
  live_parcels integer,
  parcels integer,
  live_promise_at timestamptz,
  promise_at timestamptz,
  live_on_time double precision,                  -- P(all at the door by the same instant)
  on_time double precision,
  live_carbon_grams double precision,             -- null where the network gives no factor
  carbon_grams double precision,
  primary key (policy_id, order_id, decision_no)
);

-- Null: by the network's own policy.
alter table decisions add column policy_id uuid;
alter table quotes add column policy_id uuid;

do $$
declare
  name text;
begin
  foreach name in array array['policies', 'policy_shadows', 'policy_trials'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy engine_all on %I to portolan_engine using (true) with check (true)', name);
    execute format('create policy owner_all on %I to current_user using (true) with check (true)', name);
    execute format('create policy party_own on %I to portolan_party
      using (current_party_role() = ''operator'') with check (current_party_role() = ''operator'')', name);
  end loop;
end $$;
grant select, insert, update on policies to portolan_engine;
grant select, insert, update, delete on policy_shadows to portolan_engine;
grant select, insert on policy_trials to portolan_engine;
grant select on policies, policy_shadows, policy_trials to portolan_party;
`)
    .execute(db);
}
