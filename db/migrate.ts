/** Brings the schema to this version. Two starters at once are safe: the second waits on a lock. */
import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { openOwner } from './database.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** The database was migrated by a newer version than this one, which must not write to it. */
export class NewerSchema extends Error {
  /** @param names the migrations that this version does not know. */
  constructor(names: readonly string[]) {
    super(
      `the database has the schema of a newer Portolan (${names.join(', ')}): run that version`,
    );
    this.name = 'NewerSchema';
  }
}

/**
 * Runs every missing migration, all in one transaction; returns their names.
 *
 * @throws NewerSchema when the database holds migrations that this version does not know.
 */
export async function migrate(url: string): Promise<string[]> {
  const db = openOwner(url);
  try {
    const migrator = migratorOn(db);
    const { error, results } = await migrator.migrateToLatest();
    const strange = error === undefined ? [] : await strangeMigrations(db).catch(() => []);
    if (strange.length > 0) throw new NewerSchema(strange);
    if (error !== undefined) {
      throw new Error('the database could not be migrated', { cause: error });
    }
    return (results ?? []).filter((r) => r.status === 'Success').map((r) => r.migrationName);
  } finally {
    await db.destroy();
  }
}

/** True when the schema holds every migration of this version. */
export async function isMigrated(url: string): Promise<boolean> {
  const db = openOwner(url);
  try {
    const migrator = migratorOn(db);
    const all = await migrator.getMigrations();
    return all.every((migration) => migration.executedAt !== undefined);
  } finally {
    await db.destroy();
  }
}

async function strangeMigrations(db: ReturnType<typeof openOwner>): Promise<string[]> {
  const done = await sql<{ name: string }>`select name from portolan_migrations`.execute(db);
  return done.rows.map(({ name }) => name).filter((name) => !Object.hasOwn(MIGRATIONS, name));
}

function migratorOn(db: ReturnType<typeof openOwner>): Migrator {
  return new Migrator({
    db,
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableName: 'portolan_migrations',
    migrationLockTableName: 'portolan_migration_lock',
  });
}
