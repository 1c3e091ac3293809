/** What the control tower reads: which workers are alive, and parcels that are late for good. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
-- One row per running worker process, rewritten every second. Readers watch beat_no change against a
-- clock of their own, so neither the machines' clocks nor the engine's have to agree.
create table workers (
  worker_id uuid primary key,
  host text not null,
  pid integer not null,
  queues text[] not null,
  is_linked boolean not null,           -- connected to its queue
  beat_no bigint not null,
  started_at timestamptz not null,
  seen_at timestamptz not null
) with (fillfactor = 50);
alter table workers enable row level security;
alter table workers force row level security;
create policy engine_all on workers to portolan_engine using (true) with check (true);
create policy owner_all on workers to current_user using (true) with check (true);
create policy party_own on workers to portolan_party
  using (current_party_role() = 'operator') with check (current_party_role() = 'operator');
grant select, insert, update, delete on workers to portolan_engine;
grant select on workers to portolan_party;

-- Open shipments are those that shipments_due holds, and these few: every deadline has passed or was
-- met, and the parcel has not ended. The index is nearly always empty.
create index shipments_overdue on shipments (shipment_id)
  where next_due_at is null and state not in ('delivered', 'returned', 'lost', 'cancelled');
`)
    .execute(db);
}
