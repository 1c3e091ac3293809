/** Ids ascend with time (UUIDv7): a span of time is a range of a primary key. */
import { type RawBuilder, sql } from 'kysely';

/** The lowest id of an instant, given as a `timestamptz` expression. */
export function firstIdAt(at: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`(
    select (substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-7000-8000-000000000000')::uuid
    from (select lpad(to_hex(floor(extract(epoch from ${at}) * 1000)::bigint), 12, '0') as h) x)`;
}
