/** Empties a database that exists to be thrown away. */
import pg from 'pg';

/**
 * Drops the database that `url` names, whoever is connected to it, and makes it anew. The login of the
 * URL must be allowed to; the embedded database's is.
 */
export async function recreateDatabase(url: string): Promise<void> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const server = new URL(url);
  server.pathname = '/postgres';
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  try {
    await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`);
    await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
