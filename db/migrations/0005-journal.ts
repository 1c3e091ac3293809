/** The journal: the append-only event log that every state change writes to in its transaction. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table journal (
  -- Evaluated in this order: the transaction has its id before it draws a sequence number, which
  -- is what lets a reader know that no lower number can still appear (see db/journal.ts).
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity primary key,
  entity text not null,
  entity_id text not null,
  version integer not null check (version > 0),
  type text not null,
  at timestamptz not null,
  order_id uuid,
  platform_id text,
  warehouse_id text,
  carrier_id text,
  seller_id text,
  data jsonb not null default '{}',
  request_id text,
  unique (entity_id, version)           -- ids are unique over all kinds of entity
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger journal_append_only before update or delete on journal
  for each statement execute function refuse_change();
create trigger stock_ledger_append_only before update or delete on stock_ledger
  for each statement execute function refuse_change();
`)
    .execute(db);
}
