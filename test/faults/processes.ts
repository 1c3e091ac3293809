/** Real Portolan processes that a test may kill, each by the id it was started with. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { until } from '../workers/until.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

/** Well past the process's own deadline for stopping. */
const STOP_LIMIT_MS = 40_000;

/** A running `portolan` command. */
export interface PortolanProcess {
  /** What it has said so far, on both outputs. */
  said(): string;
  /** Resolves when it has said `text`; throws when it ends or takes too long. */
  says(text: string): Promise<void>;
  isRunning(): boolean;
  /** Resolves with its exit code when it ends (null when a signal ended it). */
  readonly ended: Promise<number | null>;
  /** Ends it with a signal and resolves with its exit code (null when a signal ended it). */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
  /** Sends SIGKILL now, waiting for nothing. */
  killNow(): void;
}

/** Starts `portolan <parameters>` with these settings and none of the surrounding ones. */
export function startPortolan(
  parameters: readonly string[],
  settings: Readonly<Record<string, string>>,
): PortolanProcess {
  const child = spawn(process.execPath, [MAIN, ...parameters], {
    env: {
      PATH: process.env.PATH,
      PORTOLAN_PORT: '0',
      PORTOLAN_LOG_FORMAT: 'json',
      PORTOLAN_SWEEP_INTERVAL_MS: '100',
      PORTOLAN_QUEUE_LOCK_SECONDS: '2',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const said = collect(child);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    said,
    says: async (text) => {
      await until(() => said().includes(text) || !isRunning(), 60);
      if (!said().includes(text)) throw new Error(`it ended without saying "${text}": ${said()}`);
    },
    isRunning,
    ended,
    end: async (signal) => {
      if (isRunning()) child.kill(signal);
      // One that does not even hear a polite signal must not outlive the test.
      const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      return await ended.finally(() => clearTimeout(limit));
    },
    killNow: () => void child.kill('SIGKILL'),
  };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}
