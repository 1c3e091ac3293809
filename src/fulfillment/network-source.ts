/**
 * Gives steps the network as it is now. The newest version is kept compiled; whether there is a newer
 * one is asked of the database a few times a second at most, whatever the load, and concurrent
 * callers share one look and one load. Compiling happens once per version; calendars age and are
 * compiled anew alone.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inTransaction } from '../../db/database.ts';
import { findCurrentNetworkVersion, findPackedNetwork, unpackNetwork } from '../../db/networks.ts';
import {
  type CompiledNetwork,
  compileInSteps,
  compileNetwork,
  recompileCalendars,
} from '../../routing/index.ts';
import type { Network } from '../domain/network.ts';
import type { Services } from '../runtime/services.ts';
import type { LiveNetwork, NetworkSource } from './engine.ts';
import { openNetworkThread } from './network-thread.ts';

/** A source that can be told to look at once, by the one who has just applied a version. */
export interface RefreshableNetworkSource extends NetworkSource {
  /** The next `current()` asks the database, however recently it was asked. */
  refresh(): void;
}

/** True when `source` can be told to look at once. */
export function isRefreshable(
  source: NetworkSource | undefined,
): source is RefreshableNetworkSource {
  return source !== undefined && 'refresh' in source;
}

export interface NetworkSourceLimits {
  /** How long an answer of "which version is newest" is believed, real ms; else by the config. */
  readonly believe_ms?: number;
  /** How many past versions stay compiled. */
  readonly past_versions?: number;
}

const PAST_VERSIONS = 4;
/** Documents pack to about a tenth of their text or less. */
const PACKED_SHARE = 10;
const DAY_SECONDS = 86_400;

/** Makes a source on the services' database and clock. Nothing is read before the first call. */
export function createNetworkSource(
  services: Pick<Services, 'config' | 'database' | 'clock'>,
  limits: NetworkSourceLimits = {},
): RefreshableNetworkSource {
  const believeMs = limits.believe_ms ?? services.config.network_poll_ms;
  const past = recentlyUsed<string, LiveNetwork>(limits.past_versions ?? PAST_VERSIONS);
  const loads = inFlight<number, Network>();
  let newest: LiveNetwork | null = null;
  // Real time, not the injected clock: this is the age of a cache in this process, which must be
  // looked at a few times a real second also when a test's clock stands still or a demo's runs fast.
  let believedUntil = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;
  let loading: Promise<void> | null = null;

  const fetchPacked = async (version: number) => {
    const packed = await inTransaction(services.database, (tx) => findPackedNetwork(tx, version));
    if (packed === null) throw new Error(`there is no network version ${version}`);
    return packed;
  };
  const load = (version: number) =>
    loads(version, async () => await unpackNetwork(await fetchPacked(version)));
  const isLarge = (packed: Buffer) =>
    packed.length * PACKED_SHARE > services.config.network_thread_bytes;

  const look = async () => {
    const version = await inTransaction(services.database, findCurrentNetworkVersion);
    believedUntil = performance.now() + believeMs;
    if (version === null || version <= (newest?.version ?? 0)) return;
    if (loading !== null) return newest === null ? await loading : undefined;
    const packed = await fetchPacked(version);
    if (!isLarge(packed)) {
      const document = await unpackNetwork(packed);
      // Another look may have compiled it meanwhile.
      if (version <= (newest?.version ?? 0)) return;
      newest = liveNetwork(version, document, services.clock.now());
      return;
    }
    loading ??= loadInPieces(version, packed, services.clock.now())
      .then((live) => {
        if (version > (newest?.version ?? 0)) newest = live;
      })
      .finally(() => {
        loading = null;
      });
    // Who has a version to serve with goes on with it; a failure is met again by the next look.
    if (newest === null) await loading;
    else loading.catch(() => {});
  };

  const current = async () => {
    if (looking !== null || performance.now() >= believedUntil) {
      looking ??= look();
      const mine = looking;
      await mine.finally(() => {
        if (looking === mine) looking = null;
      });
    }
    if (newest !== null && !covers(newest.compiled, services.clock.now())) {
      newest = withCalendars(newest, services.clock.now());
    }
    return newest;
  };

  return {
    current,
    caughtUp: async () => {
      await loading;
    },
    refresh: () => {
      believedUntil = Number.NEGATIVE_INFINITY;
      // A look that is under way may have asked too early: the next caller starts another.
      looking = null;
    },
    version: async (version, at) => {
      if (newest?.version === version && covers(newest.compiled, at)) return newest;
      const key = `${version} ${dayStart(at)}`;
      const known = past.get(key);
      if (known !== undefined) return known;
      const document = newest?.version === version ? newest.document : await load(version);
      const live = past.get(key) ?? liveNetwork(version, document, at);
      past.set(key, live);
      return live;
    },
  };
}

function liveNetwork(version: number, document: Network, at: Temporal.Instant): LiveNetwork {
  return withTables(version, compileNetwork(document, { from_seconds: dayStart(at) }), document);
}

/** Reads a large document in a thread and compiles it in steps: others are served in between. */
async function loadInPieces(
  version: number,
  packed: Buffer,
  at: Temporal.Instant,
): Promise<LiveNetwork> {
  const thread = openNetworkThread();
  try {
    const document = await thread.read(packed);
    const steps = compileInSteps(document, { from_seconds: dayStart(at) });
    for (;;) {
      const step = steps.next();
      if (step.done === true) return withTables(version, step.value, document);
      await nextTurn();
    }
  } finally {
    thread.close();
  }
}

function withTables(version: number, compiled: CompiledNetwork, document: Network): LiveNetwork {
  return {
    version,
    document,
    compiled,
    skus: new Map(document.skus.map((sku) => [sku.id, sku])),
    warehouses: new Map(document.warehouses.map((warehouse) => [warehouse.id, warehouse])),
  };
}

function withCalendars(live: LiveNetwork, at: Temporal.Instant): LiveNetwork {
  const compiled = recompileCalendars(live.compiled, { from_seconds: dayStart(at) });
  return { ...live, compiled };
}

/**
 * Calendars start on the UTC day of the decision and are compiled anew each day: a replay, which
 * compiles for the same instant, then sees the very same horizon.
 */
function dayStart(at: Temporal.Instant): number {
  return Math.floor(at.epochMilliseconds / 1000 / DAY_SECONDS) * DAY_SECONDS;
}

function covers(compiled: CompiledNetwork, at: Temporal.Instant): boolean {
  return compiled.calendars.fromSeconds === dayStart(at);
}

/** Calls that ask for the same key at once share one answer; failures are not kept. */
function inFlight<Key, Value>() {
  const running = new Map<Key, Promise<Value>>();
  return (key: Key, start: () => Promise<Value>): Promise<Value> => {
    let run = running.get(key);
    if (run === undefined) {
      run = start().finally(() => running.delete(key));
      running.set(key, run);
    }
    return run;
  };
}

/** A map that forgets what was not asked for longest (Maps keep the order of insertion). */
function recentlyUsed<Key, Value>(limit: number) {
  const kept = new Map<Key, Value>();
  return {
    get: (key: Key): Value | undefined => {
      const value = kept.get(key);
      if (value === undefined) return undefined;
      kept.delete(key);
      kept.set(key, value);
      return value;
    },
    set: (key: Key, value: Value): void => {
      kept.delete(key);
      kept.set(key, value);
      if (kept.size <= limit) return;
      for (const oldest of kept.keys()) {
        kept.delete(oldest);
        return;
      }
    },
  };
}
