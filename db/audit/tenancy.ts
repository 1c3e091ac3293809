/** Invariants of who sees what, read from the catalogue of the database itself. */
import { sql } from 'kysely';
import type { AuditCheck } from './check.ts';

/** Checks over row-level security. */
export const TENANCY_CHECKS: readonly AuditCheck[] = [
  {
    invariant: 'row_level_security_forced',
    promise: 'Every table forces row-level security and says what a party may see of it.',
    find: sql`
      select format('table %s: enabled %s, forced %s, party policies %s', c.relname,
        c.relrowsecurity, c.relforcerowsecurity, p.count) as detail
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
      left join lateral (
        select count(*) from pg_policy p where p.polrelid = c.oid
          and (select oid from pg_roles where rolname = 'portolan_party') = any (p.polroles)
      ) p on true
      where c.relkind in ('r', 'p') and c.relname not like 'portolan\_migration%'
        and not (c.relrowsecurity and c.relforcerowsecurity and p.count > 0)`,
  },
  {
    invariant: 'parties_cannot_write_or_bypass',
    promise: 'The role of parties reads only, owns nothing and is bound by row-level security.',
    find: sql`
      select format('role %s: superuser %s, bypasses %s', rolname, rolsuper, rolbypassrls) as detail
      from pg_roles where rolname in ('portolan_party', 'portolan_engine')
        and (rolsuper or rolbypassrls)
      union all
      select format('role portolan_party may %s table %s', privilege, c.relname)
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
      cross join unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) privilege
      where c.relkind in ('r', 'p', 'v') and has_table_privilege('portolan_party', c.oid, privilege)`,
  },
];
