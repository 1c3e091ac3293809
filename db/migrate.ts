/** Brings the schema to this version. Two starters at once are safe: the second waits on a lock. */
import { Migrator } from 'kysely/migration';
import { openOwner } from './database.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** Runs every missing migration, all in one transaction; returns their names. */
export async function migrate(url: string): Promise<string[]> {
  const db = openOwner(url);
  try {
    const migrator = migratorOn(db);
    const { error, results } = await migrator.migrateToLatest();
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

function migratorOn(db: ReturnType<typeof openOwner>): Migrator {
  return new Migrator({
    db,
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableName: 'portolan_migrations',
    migrationLockTableName: 'portolan_migration_lock',
  });
}
