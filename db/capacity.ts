/** Capacity used per resource and slot: read, lock in one global order, take, give back. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { rowSource } from './rows.ts';

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

const SLOT = { resource: 'text', slot_seconds: 'bigint' } as const;

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

/** Lists the capacity used of these slots; what was never used is left out. Takes no lock. */
export async function listSlots(
  tx: Tx,
  slots: readonly { resource: string; slot_seconds: number }[],
): Promise<CapacityRow[]> {
  if (slots.length === 0) return [];
  const rows = await sql<CapacityRow>`
    select c.resource, extract(epoch from c.slot)::bigint as slot_seconds, c.used
    from capacity_usage c join ${distinctSlots(slots)} s using (resource, slot)`.execute(tx);
  return rows.rows;
}

/**
 * Locks these slots, in (resource, slot) order, and returns them as of now. A slot that was never
 * used gets its row first, also in that order: a row made only when it is taken, after stock was
 * locked, would let two transactions wait for each other.
 */
export async function lockCapacity(
  tx: Tx,
  slots: readonly { resource: string; slot_seconds: number }[],
): Promise<CapacityRow[]> {
  if (slots.length === 0) return [];
  await sql`
    insert into capacity_usage (resource, slot, used)
    select resource, slot, 0 from ${distinctSlots(slots)} s
    where not exists (select from capacity_usage c where (c.resource, c.slot) = (s.resource, s.slot))
    order by resource, slot
    on conflict do nothing`.execute(tx);
  const rows = await sql<CapacityRow>`
    select c.resource, extract(epoch from c.slot)::bigint as slot_seconds, c.used
    from capacity_usage c join ${distinctSlots(slots)} s using (resource, slot)
    order by c.resource, c.slot for no key update of c`.execute(tx);
  return rows.rows;
}

function distinctSlots(slots: readonly { resource: string; slot_seconds: number }[]) {
  return sql`(select distinct resource, to_timestamp(slot_seconds) as slot
    from ${rowSource('j', SLOT, slots)})`;
}

/**
 * Takes capacity, guarded by each move's limit. The caller holds the slots' locks and has seen that
 * there is room, so a slot without room is a bug and throws.
 */
export async function takeCapacity(tx: Tx, moves: readonly CapacityMove[]): Promise<void> {
  if (moves.length === 0) return;
  const totals = totalsOf(moves);
  const taken = await sql`
    update capacity_usage c set used = c.used + w.amount
    from ${rowSource('w', { ...SLOT, amount: 'integer', limit: 'integer' }, totals)}
    where c.resource = w.resource and c.slot = to_timestamp(w.slot_seconds)
      and c.used + w.amount <= w.limit`.execute(tx);
  if (Number(taken.numAffectedRows) !== totals.length) {
    throw new Error(
      `capacity moved under a held lock: ${taken.numAffectedRows} of ${totals.length} slots taken`,
    );
  }
}

/** One move per slot: the sum of its amounts, under the lowest of its limits. */
function totalsOf(moves: readonly CapacityMove[]): CapacityMove[] {
  const totals = new Map<string, { -readonly [key in keyof CapacityMove]: CapacityMove[key] }>();
  for (const move of moves) {
    const key = `${move.slot_seconds} ${move.resource}`;
    const total = totals.get(key);
    if (total === undefined) totals.set(key, { ...move });
    else {
      total.amount += move.amount;
      total.limit = Math.min(total.limit, move.limit);
    }
  }
  return [...totals.values()];
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
      from ${rowSource('m', { ...SLOT, amount: 'integer' }, moves)}
      group by 1, 2) m
    where c.resource = m.resource and c.slot = m.slot`.execute(tx);
}
