/** Capacity used per resource and slot: read, lock in one global order, take, give back. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { asJson } from './rows.ts';

/** Capacity used of one resource in one slot. */
export interface CapacityRow {
  readonly resource: string;
  readonly slot_seconds: number;
  readonly used: number;
}

/** Capacity to take or give back. */
export interface CapacityMove {
  readonly resource: string;
  readonly slot_seconds: number;
  readonly amount: number;
  readonly limit: number;
}

/**
 * Lists the capacity used, in slots from `from_seconds` on, of these warehouses, of services there,
 * and of services as a whole. Takes no lock.
 */
export async function listCapacity(
  tx: Tx,
  from_seconds: number,
  warehouseIds: readonly string[],
): Promise<CapacityRow[]> {
  if (warehouseIds.length === 0) return [];
  const rows = await sql<CapacityRow>`
    select resource, extract(epoch from slot)::bigint as slot_seconds, used from capacity_usage
    where slot >= to_timestamp(${from_seconds}) and used > 0
      and case split_part(resource, '/', 1)
        when 'service' then split_part(resource, '/', 3) = any(${['', ...warehouseIds]}::text[])
        else split_part(resource, '/', 2) = any(${warehouseIds}::text[]) end
    order by resource, slot`.execute(tx);
  return rows.rows;
}

/** Locks the rows of these slots, in (resource, slot) order; a slot without a row is unused. */
export async function lockCapacity(
  tx: Tx,
  slots: readonly { resource: string; slot_seconds: number }[],
): Promise<CapacityRow[]> {
  if (slots.length === 0) return [];
  const rows = await sql<CapacityRow>`
    select c.resource, extract(epoch from c.slot)::bigint as slot_seconds, c.used
    from capacity_usage c
    join (select distinct resource, to_timestamp(slot_seconds) as slot
      from json_to_recordset(${asJson(slots)}::json) as s(resource text, slot_seconds bigint)) s
      using (resource, slot)
    order by c.resource, c.slot for no key update of c`.execute(tx);
  return rows.rows;
}

/**
 * Takes capacity, guarded by each move's limit. Returns false, having possibly taken some, when a
 * slot had no room: the caller must then roll back.
 */
export async function takeCapacity(tx: Tx, moves: readonly CapacityMove[]): Promise<boolean> {
  if (moves.length === 0) return true;
  const rows = await sql<{ taken: number; wanted: number }>`
    with wanted as materialized (
      select resource, to_timestamp(slot_seconds) as slot, sum(amount)::integer as amount,
        min("limit") as most
      from json_to_recordset(${asJson(moves)}::json)
        as m(resource text, slot_seconds bigint, amount integer, "limit" integer)
      group by 1, 2 order by 1, 2),
    taken as (
      insert into capacity_usage as c (resource, slot, used)
      select w.resource, w.slot, w.amount from wanted w where w.amount <= w.most
      on conflict (resource, slot) do update set used = c.used + excluded.used
        where c.used + excluded.used <= (select w.most from wanted w
          where w.resource = excluded.resource and w.slot = excluded.slot)
      returning 1)
    select (select count(*) from taken) as taken, (select count(*) from wanted) as wanted
  `.execute(tx);
  return rows.rows[0]!.taken === rows.rows[0]!.wanted;
}

/** Gives capacity back. The caller has ended what held it, so it happens once. */
export async function giveBackCapacity(
  tx: Tx,
  moves: readonly { resource: string; slot_seconds: number; amount: number }[],
): Promise<void> {
  if (moves.length === 0) return;
  await sql`
    update capacity_usage c set used = c.used - m.amount
    from (select resource, to_timestamp(slot_seconds) as slot, sum(amount)::integer as amount
      from json_to_recordset(${asJson(moves)}::json)
        as m(resource text, slot_seconds bigint, amount integer)
      group by 1, 2) m
    where c.resource = m.resource and c.slot = m.slot`.execute(tx);
}
