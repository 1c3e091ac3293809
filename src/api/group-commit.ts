/**
 * Group commit: concurrent commands share one transaction, and each caller is answered after the
 * commit that holds its own. While one group commits, the next one gathers; under load groups grow
 * by themselves and the cost of a commit is shared by all of them. Knows nothing of what it commits.
 */
import { Refusal } from '../domain/errors.ts';

export interface GroupCommit<C, R> {
  /** Adds a command to the next group; resolves after the commit that holds it. */
  submit(command: C): Promise<R>;
}

export interface GroupCommitOptions<C, R> {
  /** Commits a group; results in the order of the commands. All or nothing. */
  readonly commit: (commands: readonly C[]) => Promise<readonly R[]>;
  /** Most commands of one group. */
  readonly max_rows: number;
  /** Most commands that may wait; more are refused as `overloaded`. */
  readonly max_waiting: number;
  /** How long a group waits for others before it starts, in milliseconds; only under load. */
  readonly wait_ms: number;
}

interface Waiting<C, R> {
  readonly command: C;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** Opens a door at which commands gather. */
export function groupCommit<C, R>(options: GroupCommitOptions<C, R>): GroupCommit<C, R> {
  const { commit, max_rows, max_waiting, wait_ms } = options;
  let waiting: Waiting<C, R>[] = [];
  let isRunning = false;
  let lastSize = 0;

  const run = async () => {
    while (waiting.length > 0) {
      const group = waiting.slice(0, max_rows);
      waiting = waiting.slice(max_rows);
      lastSize = group.length;
      await settle(group, commit);
    }
    isRunning = false;
  };
  const start = () => {
    isRunning = true;
    // A lone caller is not kept waiting; after a group of several, others are likely on their way.
    if (wait_ms > 0 && lastSize > 1) setTimeout(run, wait_ms);
    else setImmediate(run);
  };
  return {
    submit: (command) =>
      new Promise<R>((resolve, reject) => {
        if (waiting.length >= max_waiting) {
          reject(new Refusal('overloaded', 'too many writes are waiting; try again shortly'));
          return;
        }
        waiting.push({ command, resolve, reject });
        if (!isRunning) start();
      }),
  };
}

/**
 * Commits a group and answers its callers. When the database refuses the group's data (SQLSTATE
 * class 22 or 23), one command is to blame: the group is halved until that one stands alone, so
 * nobody fails for a neighbour. Nothing was committed by the failed attempt, so nothing doubles.
 */
async function settle<C, R>(
  group: readonly Waiting<C, R>[],
  commit: GroupCommitOptions<C, R>['commit'],
): Promise<void> {
  try {
    const results = await commit(group.map(({ command }) => command));
    for (const [at, { resolve }] of group.entries()) resolve(results[at]!);
  } catch (error) {
    if (group.length > 1 && isAboutData(error)) {
      const half = group.length >> 1;
      await settle(group.slice(0, half), commit);
      await settle(group.slice(half), commit);
      return;
    }
    for (const { reject } of group) reject(error);
  }
}

function isAboutData(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^2[23][0-9A-Z]{3}$/.test(code);
}
