/** What a quote's plans were made from, so that the decision that takes one over can be made again. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table quote_views (
  quote_id uuid primary key,            -- quotes; gone when the quote expires unused
  problem json not null,                -- routing's SourcingOrder
  work_budget integer not null,
  stock json not null,                  -- as in decision_batches
  capacity json not null
);
alter table quote_views enable row level security;
alter table quote_views force row level security;
create policy engine_all on quote_views to portolan_engine using (true) with check (true);
create policy owner_all on quote_views to current_user using (true) with check (true);
create policy party_own on quote_views to portolan_party
  using (current_party_role() = 'operator') with check (current_party_role() = 'operator');
grant select, insert, update, delete on quote_views to portolan_engine;
grant select on quote_views to portolan_party;
`)
    .execute(db);
}
