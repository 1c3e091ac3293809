/**
 * The life of a server process: opens its parts, waits for a signal, shuts what was opened in
 * reverse order within a deadline; a second signal ends it at once. Terminal and npm both pass
 * Ctrl-C on, so signals that come together count as one.
 */
import type { Logger } from 'pino';
import { stopwatch } from '../runtime/clock.ts';
import type { Config } from '../runtime/config.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Signals closer than this (s) are one press of a key. */
const SAME_PRESS_SECONDS = 1;
/** Exit code of a stop that was cut short or not clean. */
const NOT_CLEAN = 1;

/** Remembers how to shut a part that has just been opened. */
export type Opened = (what: string, stop: () => Promise<unknown>) => void;

interface Part {
  readonly what: string;
  readonly stop: () => Promise<unknown>;
}

/** A server that may end by itself. */
export interface Ending {
  /** Resolves with the exit code when it is done; rejects when it cannot go on. */
  readonly finished: Promise<number>;
}

/**
 * Runs a server: `open` opens its parts and tells `opened` of each, and may say when it is finished.
 * Resolves with the exit code then, or after a signal; when `open` fails, or the server does, shuts
 * what was opened and throws the error.
 */
export async function runServer(
  config: Config,
  log: Logger,
  open: (opened: Opened) => Promise<Ending | null>,
): Promise<number> {
  const parts: Part[] = [];
  const signal = firstSignal();
  const opening = open((what, stop) => parts.push({ what, stop }));
  let outcome: string | number;
  try {
    const opened = await Promise.race([opening, signal]);
    const finished = typeof opened === 'object' && opened !== null ? [opened.finished] : [];
    outcome = await Promise.race([signal, ...finished]);
  } catch (error) {
    await shut(log, parts);
    throw error;
  }
  // A start that is cut short may fail on what is shut under it: that is not news.
  opening.then((opened) => opened?.finished).catch(() => undefined);
  const seconds = startDeadline(config, log);
  if (typeof outcome === 'string') {
    log.info(
      { signal: outcome },
      'stopping: finishing what is in hand; a second signal stops at once',
    );
  }
  const isClean = await shut(log, parts);
  log.info({ seconds: seconds() }, 'stopped');
  if (!isClean) return NOT_CLEAN;
  return typeof outcome === 'number' ? outcome : 0;
}

/** From here on the process ends at the deadline, or at the next signal, whatever hangs. */
function startDeadline(config: Config, log: Logger): () => number {
  const elapsed = stopwatch();
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (elapsed() < SAME_PRESS_SECONDS) return;
      log.warn({ signal: name }, 'second signal: stopping at once');
      process.exit(NOT_CLEAN);
    });
  }
  const limit_seconds = config.shutdown_deadline_seconds;
  setTimeout(() => {
    log.error({ limit_seconds }, 'the deadline for stopping has passed: ending as it is');
    process.exit(NOT_CLEAN);
  }, limit_seconds * 1000).unref();
  return elapsed;
}

/** Shuts `parts`, last opened first; true when none failed. */
async function shut(log: Logger, parts: readonly Part[]): Promise<boolean> {
  let isClean = true;
  for (const { what, stop } of parts.toReversed()) {
    try {
      await stop();
      log.debug({ what }, 'shut');
    } catch (error) {
      isClean = false;
      log.error({ what, err: error }, 'could not be shut cleanly');
    }
  }
  return isClean;
}

async function firstSignal(): Promise<string> {
  return await new Promise((resolve) => {
    const listeners = SIGNALS.map((name) => {
      const listener = () => {
        for (const each of listeners) process.off(each.name, each.listener);
        resolve(name);
      };
      process.on(name, listener);
      return { name, listener };
    });
  });
}
