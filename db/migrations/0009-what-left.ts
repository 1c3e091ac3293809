/**
 * Units that left the books without a shipment of ours (not found, or sent after a cancellation) are
 * told from those that were given back; a shipment keeps the carrier's tracking number; counts of a
 * notice outgrow no column.
 */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table shipments add column tracking_number text;
alter table reservations
  drop constraint reservations_state_check,
  add constraint reservations_state_check
    check (state in ('open', 'shipped', 'released', 'expired', 'written_off'));
-- What short picks wrote off until now was marked like what was given back: the ledger knows.
update reservations r set state = 'written_off'
  where r.state = 'released' and r.shipment_id is not null and exists (
    select from stock_ledger l where l.stock_id = r.stock_id and l.kind = 'adjust'
      and l.reason = 'short_pick' and l.reference = r.shipment_id::text
      and l.on_hand = -r.quantity);
alter table inbound_lines alter column received type bigint, alter column damaged type bigint;
`)
    .execute(db);
}
