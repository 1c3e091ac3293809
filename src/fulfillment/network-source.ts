/**
 * Gives steps the network as it is now. The newest version is kept compiled; whether there is a newer
 * one is asked of the database a few times a second at most, whatever the load, and concurrent
 * callers share one look and one load. Compiling happens once per version; calendars age and are
 * compiled anew alone.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inTransaction } from '../../db/database.ts';
import { findCurrentNetworkVersion, findPackedNetwork, unpackNetwork } from '../../db/networks.ts';
import { findCurrentTransitVersion, getLearnedTransit } from '../../db/transit-learning.ts';
import {
  type CompiledNetwork,
  compileInSteps,
  compileNetwork,
  type LearnedTransit,
  recompileCalendars,
  withLearnedTransit,
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
  let isNewestLarge = false;

  const fetchPacked = async (version: number) => {
    const packed = await inTransaction(services.database, (tx) => findPackedNetwork(tx, version));
    if (packed === null) throw new Error(`there is no network version ${version}`);
    return packed;
  };
  const load = (version: number) =>
    loads(version, async () => await unpackNetwork(await fetchPacked(version)));
  const fetchLearned = (transit_version: number) =>
    inTransaction(services.database, (tx) =>
      getLearnedTransit<LearnedTransit>(tx, transit_version),
    );
  const isNewer = ({ version, transit_version }: Versions) =>
    newest === null ||
    version > newest.version ||
    (version === newest.version && transit_version > newest.transit_version);
  const isLarge = (packed: Buffer) =>
    packed.length * PACKED_SHARE > services.config.network_thread_bytes;

  const look = async () => {
    const { version, transit_version } = await inTransaction(services.database, async (tx) => ({
      version: await findCurrentNetworkVersion(tx),
      transit_version: await findCurrentTransitVersion(tx),
    }));
    believedUntil = performance.now() + believeMs;
    if (version === null || !isNewer({ version, transit_version })) return;
    if (loading !== null) return newest === null ? await loading : undefined;
    const known = newest;
    const packed = known?.version === version ? null : await fetchPacked(version);
    const learned = await fetchLearned(transit_version);
    const learnedOf = { version, transit_version, learned };
    if (packed === null ? !isNewestLarge : !isLarge(packed)) {
      const published = packed === null ? known!.published : await unpackNetwork(packed);
      // Another look may have compiled it meanwhile.
      if (!isNewer(learnedOf)) return;
      newest = liveNetwork({ ...learnedOf, published }, services.clock.now());
      isNewestLarge = false;
      return;
    }
    loading ??= loadInPieces(learnedOf, packed ?? known!.published, services.clock.now())
      .then((live) => {
        if (!isNewer(live)) return;
        newest = live;
        isNewestLarge = true;
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
    version: async (version, transit_version, at) => {
      const isNewest = newest?.version === version;
      const isSame = isNewest && newest?.transit_version === transit_version;
      if (isSame && covers(newest!.compiled, at)) return newest!;
      const key = `${version} ${transit_version} ${dayStart(at)}`;
      const known = past.get(key);
      if (known !== undefined) return known;
      const published = isNewest ? newest!.published : await load(version);
      const learned = await fetchLearned(transit_version);
      const live =
        past.get(key) ?? liveNetwork({ version, transit_version, published, learned }, at);
      past.set(key, live);
      return live;
    },
  };
}

/** What a network is made of. */
interface Versions {
  readonly version: number;
  readonly transit_version: number;
}
interface Learned extends Versions {
  readonly learned: readonly LearnedTransit[];
}

function liveNetwork(
  { published, learned, ...versions }: Learned & { readonly published: Network },
  at: Temporal.Instant,
): LiveNetwork {
  const document = withLearnedTransit(published, learned);
  const compiled = compileNetwork(document, { from_seconds: dayStart(at) });
  return withTables(versions, compiled, document, published);
}

/** Reads a large document in a thread and compiles it in steps: others are served in between. */
async function loadInPieces(
  { learned, ...versions }: Learned,
  from: Buffer | Network,
  at: Temporal.Instant,
): Promise<LiveNetwork> {
  const published = Buffer.isBuffer(from) ? await readInThread(from) : from;
  const document = withLearnedTransit(published, learned);
  const steps = compileInSteps(document, { from_seconds: dayStart(at) });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return withTables(versions, step.value, document, published);
    await nextTurn();
  }
}

async function readInThread(packed: Buffer): Promise<Network> {
  const thread = openNetworkThread();
  try {
    return await thread.read(packed);
  } finally {
    thread.close();
  }
}

function withTables(
  { version, transit_version }: Versions,
  compiled: CompiledNetwork,
  document: Network,
  published: Network,
): LiveNetwork {
  return {
    version,
    transit_version,
    document,
    published,
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
