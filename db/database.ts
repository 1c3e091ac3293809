/**
 * Connections to PostgreSQL: one pool that works as the engine, one that works as a party under
 * row-level security. Every function of `db/` takes a transaction of one of them as first argument;
 * the caller opens it, so what is atomic is visible where it is decided.
 */
import type { Socket } from 'node:net';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryExecutor,
  sql,
  Transaction,
} from 'kysely';
import pg from 'pg';
import type { Schema } from './schema.ts';

/** A transaction: what the functions of `db/` run in. */
export type Tx = Transaction<Schema>;

export interface DatabaseOptions {
  readonly url: string;
  /** Most connections of the engine's pool, and of the parties' pool. */
  readonly pool_size: number;
  /** A statement that runs longer is cancelled. */
  readonly statement_timeout_ms: number;
  /** Called when an idle connection breaks; the pool replaces it. */
  readonly onError?: (error: Error) => void;
}

export interface Database {
  /** As the engine: sees and writes all. For steps and sweeps. */
  readonly engine: Kysely<Schema>;
  /** As a party: use `asParty` only. */
  readonly party: Kysely<Schema>;
  readonly url: string;
  close(): Promise<void>;
}

/** Who asks, for row-level security. `party_id` is `*` for an operator. */
export interface PartyIdentity {
  readonly role: string;
  readonly party_id: string;
}

const { builtins } = pg.types;
const parsers: Record<number, (text: string) => unknown> = {
  [builtins.INT8]: parseSafeInteger,
  [builtins.TIMESTAMPTZ]: (text) => Temporal.Instant.from(text),
  // Without a zone (`at at time zone 'UTC'`): an instant that is only told, as RFC 3339 text. Making
  // and printing a `Temporal.Instant` costs more than all else of a row in a long list.
  [builtins.TIMESTAMP]: (text) => `${text.replace(' ', 'T')}Z`,
  [builtins.DATE]: (text) => text,
  1185: (text) => parseArray(text, (item) => Temporal.Instant.from(item)),
};

/** Opens both pools. Nothing connects before the first query. */
export function openDatabase(given: DatabaseOptions): Database {
  let isClosing = false;
  // A connection that is being closed may still break: the server may be the first to go.
  const onError = (error: Error) => {
    if (!isClosing) given.onError?.(error);
  };
  const options = { ...given, onError };
  const engine = new Kysely<Schema>({ dialect: dialectFor(options, 'portolan_engine') });
  const party = new Kysely<Schema>({ dialect: dialectFor(options, 'portolan_party') });
  return {
    engine,
    party,
    url: options.url,
    close: async () => {
      isClosing = true;
      await Promise.all([engine.destroy(), party.destroy()]);
    },
  };
}

/** Opens a pool as the login role itself, which owns the tables: for migrations and tests. */
export function openOwner(url: string): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: dialectFor({ url, pool_size: 2, statement_timeout_ms: 600_000 }, null),
  });
}

function dialectFor(options: DatabaseOptions, role: string | null): PostgresDialect {
  const settings = [
    role === null ? '' : `-c role=${role}`,
    `-c statement_timeout=${options.statement_timeout_ms}`,
    '-c idle_in_transaction_session_timeout=60000',
    '-c lock_timeout=15000',
    '-c timezone=UTC',
    '-c jit=off',
  ];
  const pool = new pg.Pool({
    Client: PreparingClient,
    pipeline: true,
    connectionString: options.url,
    max: options.pool_size,
    options: settings.join(' '),
    application_name: role ?? 'portolan',
    types: { getTypeParser: typeParser },
  });
  pool.on('error', (error) => {
    // The pool hangs the whole client on it, with all that it ever prepared: not for the log.
    Reflect.deleteProperty(error, 'client');
    options.onError?.(error);
  });
  // A connection that breaks while it is lent out reports here; unheard, it would end the process.
  pool.on('connect', (client) => client.on('error', (error) => options.onError?.(error)));
  return new PostgresDialect({ pool });
}

/** Bytes (count) that are held back at most for what else is asked in the same turn. */
const GATHER_BYTES = 16_384;
/** Most different statements that are prepared by name; a program with more has built them ad hoc. */
const MAX_STATEMENTS = 500;
const statementNames = new Map<string, string>();

/**
 * A client that prepares each statement once per connection: the steps send the same few texts all
 * day, whatever the number of rows, and planning them anew cost as much as running them.
 */
class PreparingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg's own overloads are wider than can be repeated here.
  override query(text: any, values?: any, callback?: any): any {
    this.gather();
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0) {
      return super.query(text, values, callback);
    }
    return super.query({ name: statementName(text), text, values }, callback);
  }

  /**
   * Sends what is asked in one turn of the event loop in one write, up to `GATHER_BYTES`: a write
   * over a socket costs as much as many a statement.
   */
  private gather(): void {
    const { stream } = (this as unknown as { connection: { stream: Socket } }).connection;
    if (stream.writableCorked === 0) {
      stream.cork();
      setImmediate(() => stream.uncork());
    } else if (stream.writableLength > GATHER_BYTES) {
      stream.uncork();
      stream.cork();
    }
  }
}

function statementName(text: string): string | undefined {
  const known = statementNames.get(text);
  if (known !== undefined || statementNames.size >= MAX_STATEMENTS) return known;
  const name = `portolan_${statementNames.size + 1}`;
  statementNames.set(text, name);
  return name;
}

function typeParser(oid: number, format?: string): (value: string) => unknown {
  if (format !== 'binary' && parsers[oid] !== undefined) return parsers[oid];
  return pg.types.getTypeParser(oid, format as 'text');
}

function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`bigint ${text} is not a safe integer`);
  return value;
}

/** A one-dimensional array whose items hold no comma, quote or brace, such as timestamps. */
function parseArray<T>(text: string, parse: (item: string) => T): (T | null)[] {
  if (text === '{}') return [];
  return text
    .slice(1, -1)
    .split(',')
    .map((item) => (item === 'NULL' ? null : parse(item.replaceAll('"', ''))));
}

/** Serialization failure and deadlock: the transaction did nothing and may simply run again. */
const RETRYABLE = new Set(['40001', '40P01']);
const MAX_ATTEMPTS = 5;

/** Runs `work` in one transaction as the engine; retries what PostgreSQL says to retry. */
export async function inTransaction<T>(
  database: Database,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.engine.transaction().execute(work);
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code === undefined || !RETRYABLE.has(code) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/**
 * Runs `work`, which only reads, in one transaction that sees only what `who` may see. The settings
 * travel with the first statement of `work`: whatever becomes of them, it sees nothing without them.
 */
export async function asParty<T>(
  database: Database,
  who: PartyIdentity,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const executor = database.party.getExecutor();
  return await executor.provideConnection(async (connection) => {
    const { tx, end } = pipedThrough(executor, connection);
    const opened = [
      sql`begin`.execute(tx),
      sql`select set_config('portolan.role', ${who.role}, true),
        set_config('portolan.party', ${who.party_id}, true)`.execute(tx),
    ];
    // Waits for all of it, whatever fails: what went on after the connection was given back would run
    // in the transaction, and with the eyes, of who comes next.
    const outcomes = await Promise.allSettled([Promise.try(work, tx), ...opened]);
    end();
    // Nothing was written, so nobody needs to wait for the end; who comes next stands behind it.
    connection.executeQuery(CompiledQuery.raw('commit')).catch(() => undefined);
    throwCause(outcomes);
    return (outcomes[0] as PromiseFulfilledResult<Awaited<T>>).value;
  });
}

/** A statement, or several that need each other, to be run in a transaction. */
export type Statement = (tx: Tx) => Promise<unknown>;

/**
 * Runs statements of one transaction that do not need each other's outcome. They are sent one behind
 * the other without waiting for answers (PostgreSQL's pipeline): the database goes on to the next at
 * once, also while this process is busy printing rows or with another batch. Waits for all, whatever
 * fails, also in making one: a statement that came after the rollback would be committed by itself.
 * Throws the failure that caused the others.
 */
export async function together(tx: Tx, statements: readonly Statement[]): Promise<void> {
  const executor = tx.getExecutor();
  await executor.provideConnection(async (connection) => {
    const piped = pipedThrough(executor, connection);
    const running = statements.map((statement) => Promise.try(statement, piped.tx));
    const outcomes = await Promise.allSettled(running);
    piped.end();
    throwCause(outcomes);
  });
}

/** What a statement fails with because one before it in its transaction or on its connection did. */
const CONSEQUENCES = new Set(['25P02', '26000']);

/** Throws the first failure, if any, that is not merely the consequence of another. */
function throwCause(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
  const cause =
    failures.find(
      ({ reason }) => !CONSEQUENCES.has((reason as { code?: string } | null)?.code ?? ''),
    ) ?? failures[0];
  if (cause !== undefined) throw cause.reason;
}

/**
 * A transaction's own executor lets one statement at a time through to its connection; this all, and
 * none after its `end`.
 */
function pipedThrough(
  executor: QueryExecutor,
  connection: DatabaseConnection,
): { readonly tx: Tx; end(): void } {
  let hasEnded = false;
  const piped = executor.withConnectionProvider({
    provideConnection: (use) =>
      hasEnded
        ? Promise.reject(new Error('a statement came after the end of its transaction'))
        : use(connection),
  });
  return {
    tx: new Transaction<Schema>({ ...NO_CONNECTIONS, executor: piped }),
    end: () => {
      hasEnded = true;
    },
  };
}

const NO_DIALECT: Dialect = {
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
};
/** What a transaction is made of beside its executor; it opens no connection, so it needs none. */
const NO_CONNECTIONS = {
  config: { dialect: NO_DIALECT },
  dialect: NO_DIALECT,
  driver: new DummyDriver(),
};
