/**
 * Gives steps the network as it is now. The newest version is kept compiled; whether there is a newer
 * one is asked of the database a few times a second at most, whatever the load, and concurrent
 * callers share one look and one load. Compiling happens once per version; calendars age and are
 * compiled anew alone.
 */
import { inTransaction } from '../../db/database.ts';
import { findDisruptionNumber, listDisruptionsInForce } from '../../db/disruptions.ts';
import { unpackedBytes, unpackInSteps } from '../../db/network-document.ts';
import { findCurrentNetworkVersion, findPackedNetwork } from '../../db/networks.ts';
import { findCurrentTransitVersion, getLearnedTransit } from '../../db/transit-learning.ts';
import type { LearnedRow } from '../../routing/index.ts';
import type { Network } from '../domain/network.ts';
import type { Services } from '../runtime/services.ts';
import { recordNetworkVersion } from '../runtime/telemetry.ts';
import type { LiveNetwork, NetworkSource, NetworkVersions } from './engine.ts';
import { inTurns } from './in-turns.ts';
import {
  covers,
  dayStart,
  type Learned,
  liveNetwork,
  liveNetworkInSteps,
  withCalendars,
  withDisruptions,
} from './live-network.ts';

export interface NetworkSourceLimits {
  /** How long an answer of "which version is newest" is believed, real ms; else by the config. */
  readonly believe_ms?: number;
  /** How many past versions stay compiled. */
  readonly past_versions?: number;
}

const PAST_VERSIONS = 4;

/** Makes a source on the services' database and clock. Nothing is read before the first call. */
export function createNetworkSource(
  services: Pick<Services, 'config' | 'database' | 'clock'>,
  limits: NetworkSourceLimits = {},
): NetworkSource {
  const { config } = services;
  const believeMs = limits.believe_ms ?? config.network_poll_ms;
  const past = recentlyUsed<string, LiveNetwork>(limits.past_versions ?? PAST_VERSIONS);
  const loads = inFlight<number, Network>();
  let newest: LiveNetwork | null = null;
  // Real time, not the injected clock: this is the age of a cache in this process, which must be
  // looked at a few times a real second also when a test's clock stands still or a demo's runs fast.
  let believedUntil = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;
  let refreshes = 0;
  let loading: Promise<void> | null = null;
  let aging: Promise<void> | null = null;
  let isNewestLarge = false;

  const fetchPacked = async (version: number) => {
    const packed = await inTransaction(services.database, (tx) => findPackedNetwork(tx, version));
    if (packed === null) throw new Error(`there is no network version ${version}`);
    return packed;
  };
  const load = (version: number) =>
    loads(version, async () => await inTurns(await unpackInSteps(await fetchPacked(version))));
  const fetchDisrupted = (disruption_no: number, at: Temporal.Instant) =>
    inTransaction(services.database, (tx) => listDisruptionsInForce(tx, disruption_no, at));
  const fetchLearned = async (
    versions: NetworkVersions,
    at: Temporal.Instant,
  ): Promise<Learned> => {
    const { transit_version, disruption_no } = versions;
    const learned = await inTransaction(services.database, (tx) =>
      getLearnedTransit<LearnedRow>(tx, transit_version),
    );
    return { ...versions, learned, disrupted: await fetchDisrupted(disruption_no, at) };
  };
  const isNewer = (found: NetworkVersions) => newest === null || compareVersions(found, newest) > 0;

  const serve = (live: LiveNetwork) => {
    newest = live;
    recordNetworkVersion(live.version);
  };
  /** Disruptions alone are taken over at once, also while a newer version is loading. */
  const takeOver = async ({ disruption_no }: NetworkVersions) => {
    const at = services.clock.now();
    const disrupted = await fetchDisrupted(disruption_no, at);
    await advance(
      (live) => live.disruption_no < disruption_no,
      (live) => withDisruptions(live, disruption_no, disrupted),
    );
  };

  /** Makes the newest into another while others are served; anew if a newer one came meanwhile. */
  const advance = async (
    isWanted: (live: LiveNetwork) => boolean,
    make: (live: LiveNetwork) => Promise<LiveNetwork>,
  ) => {
    while (newest !== null && isWanted(newest)) {
      const before: LiveNetwork = newest;
      const made = await make(before);
      if (newest === before) newest = made;
    }
  };

  const look = async () => {
    const { version, ...others } = await inTransaction(services.database, async (tx) => ({
      version: await findCurrentNetworkVersion(tx),
      transit_version: await findCurrentTransitVersion(tx),
      disruption_no: await findDisruptionNumber(tx),
    }));
    if (version === null) return;
    const versions = { version, ...others };
    if (!isNewer(versions)) return;
    if (newest !== null && isDisruptionAlone(versions, newest)) return await takeOver(versions);
    if (loading !== null) return newest === null ? await loading : undefined;
    const known = newest;
    const packed = known?.version === version ? null : await fetchPacked(version);
    const learnedOf = await fetchLearned(versions, services.clock.now());
    const isLarge =
      packed === null ? isNewestLarge : unpackedBytes(packed) > config.network_thread_bytes;
    const read = async () =>
      packed === null ? known!.published : await inTurns(await unpackInSteps(packed));
    if (!isLarge) {
      const published = await read();
      // Another look may have compiled it meanwhile.
      if (!isNewer(learnedOf)) return;
      serve(liveNetwork({ ...learnedOf, published }, services.clock.now()));
      isNewestLarge = false;
      return;
    }
    loading ??= read()
      .then((published) => liveNetworkInSteps({ ...learnedOf, published }, services.clock.now()))
      .then((live) => {
        // What was announced meanwhile is looked for at once; after a failure not sooner than usual.
        believedUntil = Number.NEGATIVE_INFINITY;
        if (!isNewer(live)) return;
        serve(live);
        isNewestLarge = true;
      })
      .finally(() => {
        loading = null;
      });
    // Who has a version to serve with goes on with it; a failure is met again by the next look.
    if (newest === null) await loading;
    else loading.catch(() => {});
  };

  /** A look that is over is believed, unless someone has asked for another since it began. */
  const lookOnce = async () => {
    const mine = refreshes;
    await look();
    if (mine === refreshes) believedUntil = performance.now() + believeMs;
  };

  const current = async () => {
    if (looking !== null || performance.now() >= believedUntil) {
      looking ??= lookOnce();
      const mine = looking;
      await mine.finally(() => {
        if (looking === mine) looking = null;
      });
    }
    const isOfAnotherDay = (live: LiveNetwork) => !covers(live.compiled, services.clock.now());
    if (newest !== null && isOfAnotherDay(newest)) {
      aging ??= advance(isOfAnotherDay, (live) =>
        withCalendars(live, services.clock.now()),
      ).finally(() => {
        aging = null;
      });
      await aging;
    }
    return newest;
  };

  return {
    current,
    caughtUp: async () => {
      await loading;
    },
    refresh: () => {
      refreshes += 1;
      believedUntil = Number.NEGATIVE_INFINITY;
      // A look that is under way may have asked too early: the next caller starts another.
      looking = null;
    },
    version: async (versions, at) => {
      const { version, transit_version, disruption_no } = versions;
      const isNewest = newest?.version === version;
      const isSame = newest !== null && compareVersions(versions, newest) === 0;
      if (isSame && covers(newest!.compiled, at)) return newest!;
      const key = `${version} ${transit_version} ${disruption_no} ${dayStart(at)}`;
      const known = past.get(key);
      if (known !== undefined) return known;
      const published = isNewest ? newest!.published : await load(version);
      const learned = await fetchLearned(versions, at);
      const live = past.get(key) ?? liveNetwork({ ...learned, published }, at);
      past.set(key, live);
      return live;
    },
  };
}

/** Which of two states of the network is the newer. */
function compareVersions(a: NetworkVersions, b: NetworkVersions): number {
  return (
    a.version - b.version ||
    a.transit_version - b.transit_version ||
    a.disruption_no - b.disruption_no
  );
}

const isDisruptionAlone = (a: NetworkVersions, b: NetworkVersions): boolean =>
  a.version === b.version && a.transit_version === b.transit_version;

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
