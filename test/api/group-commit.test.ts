/** Group commit: everyone is answered after the commit that holds their command, and only then. */
import { describe, expect, test } from 'vitest';
import { type GroupCommitOptions, groupCommit } from '../../src/api/group-commit.ts';

type Options = GroupCommitOptions<number, string>;

/** A door whose commits end when the test says so. */
function aDoor(options: Partial<Options> = {}) {
  const groups: number[][] = [];
  const ends: (() => void)[] = [];
  const door = groupCommit<number, string>({
    commit: async (commands) => {
      groups.push([...commands]);
      await new Promise<void>((resolve) => ends.push(resolve));
      return commands.map((command) => `done ${command}`);
    },
    max_rows: 100,
    max_waiting: 1000,
    wait_ms: 0,
    ...options,
  });
  const untilGroups = async (count: number) => {
    while (ends.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  return { door, groups, ends, untilGroups };
}

describe('group commit', () => {
  test('gathers what comes while a group commits, and answers each with its own result', async () => {
    const { door, groups, ends, untilGroups } = aDoor();

    const first = door.submit(1);
    await untilGroups(1);
    const others = [2, 3, 4].map((command) => door.submit(command));
    ends[0]!();
    await untilGroups(2);
    ends[1]!();

    expect(await first).toBe('done 1');
    expect(await Promise.all(others)).toEqual(['done 2', 'done 3', 'done 4']);
    expect(groups).toEqual([[1], [2, 3, 4]]);
  });

  test('answers nobody before the commit that holds the command', async () => {
    const { door, ends, untilGroups } = aDoor();
    let isAnswered = false;

    const answer = door.submit(1).then(() => {
      isAnswered = true;
    });
    await untilGroups(1);
    await new Promise((resolve) => setImmediate(resolve));

    expect(isAnswered).toBe(false);
    ends[0]!();
    await answer;
    expect(isAnswered).toBe(true);
  });

  test('never makes a group larger than the limit, and keeps the order', async () => {
    const groups: number[][] = [];
    const door = groupCommit<number, number>({
      commit: async (commands) => {
        groups.push([...commands]);
        return commands;
      },
      max_rows: 4,
      max_waiting: 100,
      wait_ms: 0,
    });
    const commands = Array.from({ length: 10 }, (_, index) => index);

    expect(await Promise.all(commands.map((command) => door.submit(command)))).toEqual(commands);
    expect(groups).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
  });

  test('refuses commands above what may wait', async () => {
    const { door, ends, untilGroups } = aDoor({ max_waiting: 2 });
    const running = door.submit(1);
    await untilGroups(1);
    const waiting = [door.submit(2), door.submit(3)];

    await expect(door.submit(4)).rejects.toMatchObject({ code: 'overloaded' });

    ends[0]!();
    await untilGroups(2);
    ends[1]!();
    expect(await Promise.all([running, ...waiting])).toHaveLength(3);
  });

  test('singles out the command whose data the database refuses', async () => {
    let attempts = 0;
    const door = groupCommit<number, number>({
      commit: async (commands) => {
        attempts += 1;
        if (commands.includes(5)) throw Object.assign(new Error('bad data'), { code: '22P05' });
        return commands;
      },
      max_rows: 100,
      max_waiting: 100,
      wait_ms: 0,
    });

    const results = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8].map(door.submit));

    expect(results.map(({ status }) => status === 'fulfilled')).toEqual([
      ...[true, true, true, true],
      ...[false, true, true, true],
    ]);
    expect(attempts).toBeLessThanOrEqual(7);
  });

  test('fails a whole group once when the database is away, and goes on', async () => {
    let isAway = true;
    let attempts = 0;
    const door = groupCommit<number, number>({
      commit: async (commands) => {
        attempts += 1;
        if (isAway) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
        return commands;
      },
      max_rows: 100,
      max_waiting: 100,
      wait_ms: 0,
    });

    const failed = await Promise.allSettled([1, 2, 3].map(door.submit));
    expect(failed.every(({ status }) => status === 'rejected')).toBe(true);
    expect(attempts).toBe(1);

    isAway = false;
    expect(await door.submit(4)).toBe(4);
  });
});
