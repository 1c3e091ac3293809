/** A party sees only its own rows: enforced here, by the database, for every table. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
-- Each table: forced row-level security; the engine role sees all; the party role sees what the
-- expression says. An operator sees all. A missing setting compares as null: no rows.
do $$
declare
  rule record;
  operator_sees constant text := 'current_party_role() = ''operator''';
begin
  for rule in
    select * from (values
      ('networks', 'false'),
      ('api_keys', 'false'),
      ('idempotency_keys', 'role = current_party_role() and party_id = current_party()'),
      ('stock', '(current_party_role() = ''warehouse'' and warehouse_id = current_party())
        or (current_party_role() = ''seller'' and seller_id = current_party())'),
      ('stock_ledger', 'exists (select from stock s where s.stock_id = stock_ledger.stock_id)'),
      ('inbound_notices', '(current_party_role() = ''warehouse'' and warehouse_id = current_party())
        or (current_party_role() = ''seller'' and seller_id = current_party())'),
      ('inbound_lines',
        'exists (select from inbound_notices n where n.notice_id = inbound_lines.notice_id)'),
      ('receipts', 'current_party_role() = ''warehouse'' and warehouse_id = current_party()'),
      ('capacity_usage', 'false'),
      ('quotes', 'current_party_role() = ''platform'' and platform_id = current_party()'),
      ('orders', 'current_party_role() = ''platform'' and platform_id = current_party()'),
      ('order_lines', 'exists (select from orders o where o.order_id = order_lines.order_id)'),
      ('backorders', 'exists (select from orders o where o.order_id = backorders.order_id)'),
      ('decision_batches', 'false'),
      ('decisions', 'exists (select from orders o where o.order_id = decisions.order_id)'),
      ('shipments', '(current_party_role() = ''platform'' and platform_id = current_party())
        or (current_party_role() = ''warehouse'' and warehouse_id = current_party())
        or (current_party_role() = ''carrier'' and carrier_id = current_party())'),
      ('reservations',
        'exists (select from shipments s where s.shipment_id = reservations.shipment_id)'),
      ('assignments', '(current_party_role() = ''carrier'' and carrier_id = current_party())'),
      ('warehouse_events', 'current_party_role() = ''warehouse'' and warehouse_id = current_party()'),
      ('tracking_events', '(current_party_role() = ''carrier'' and carrier_id = current_party())
        or (current_party_role() = ''platform''
          and exists (select from shipments s where s.shipment_id = tracking_events.shipment_id))'),
      ('exceptions', 'false'),
      ('journal', '(current_party_role() = ''platform'' and platform_id = current_party())')
    ) as rules (table_name, visible)
  loop
    execute format('alter table %I enable row level security', rule.table_name);
    execute format('alter table %I force row level security', rule.table_name);
    execute format('create policy engine_all on %I to portolan_engine using (true) with check (true)',
      rule.table_name);
    execute format('create policy owner_all on %I to current_user using (true) with check (true)',
      rule.table_name);
    execute format('create policy party_own on %I to portolan_party using (%s or %s) with check (%s or %s)',
      rule.table_name, operator_sees, rule.visible, operator_sees, rule.visible);
  end loop;
end $$;

grant select, insert, update, delete on all tables in schema public to portolan_engine;
grant select on all tables in schema public to portolan_party;
grant usage on all sequences in schema public to portolan_engine;

-- Milestones as rows, for people and reports; the owner is fixed by the kind (domain/milestones.ts).
create view milestones with (security_invoker = true) as
  select s.shipment_id, s.order_id, m.ordinality as position,
    (array['release', 'pick', 'pack', 'hand_over', 'first_scan', 'out_for_delivery', 'delivered'])
      [m.ordinality] as kind,
    case when m.ordinality = 1 then 'operator'
      when m.ordinality <= 4 then 'warehouse:' || s.warehouse_id
      else 'carrier:' || s.carrier_id end as owner,
    m.due_at, m.met_at, m.state
  from shipments s,
    unnest(s.milestone_due, s.milestone_met, s.milestone_state)
      with ordinality as m (due_at, met_at, state, ordinality);
grant select on milestones to portolan_engine, portolan_party;
`)
    .execute(db);
}
