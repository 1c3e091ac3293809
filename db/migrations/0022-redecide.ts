/** When orders that no carrier has yet are decided again. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
-- One row. A run moves it on first, so two workers never decide the same orders again at once.
create table redecide_runs (
  is_only boolean primary key default true check (is_only),
  due_at timestamptz not null
);
insert into redecide_runs (due_at) values ('1970-01-01T00:00:00Z');

alter table redecide_runs enable row level security;
alter table redecide_runs force row level security;
create policy engine_all on redecide_runs to portolan_engine using (true) with check (true);
create policy owner_all on redecide_runs to current_user using (true) with check (true);
create policy party_own on redecide_runs to portolan_party
  using (current_party_role() = 'operator') with check (current_party_role() = 'operator');
grant select, update on redecide_runs to portolan_engine;
grant select on redecide_runs to portolan_party;
`)
    .execute(db);
}
