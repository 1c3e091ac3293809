import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../src/runtime/clock.ts';
import { keepPace, stepAfter } from '../../src/simulation/pace.ts';
import { openSchedule } from '../../src/simulation/schedule.ts';

const START = '2026-05-12T00:00:00Z';
const SPEED = 10_000;
const STEP_MS = 120_000;

/** A paced schedule whose engine is at rest at once, but for what `engine` says of it. */
function paced(engine: { next_due?: () => number | null; polls?: () => [number, number] } = {}) {
  const clock = manualClock(START);
  const schedule = openSchedule(clock);
  const asked: number[] = [];
  const polls = () => ({ open: engine.polls?.()[0] ?? 0, answered: 0 });
  const run = () =>
    keepPace({
      hand: { moveTo: (at) => clock.set(at) },
      speed: SPEED,
      atRest: async () => {
        asked.push(schedule.now());
        await pause(1);
        return { next_due: engine.next_due?.() ?? null, polls_waiting: engine.polls?.()[1] ?? 0 };
      },
      schedule,
      polls,
    });
  return { clock, schedule, asked, run, start: schedule.now() };
}

describe('the pace of a simulation', () => {
  it('holds the clock until the deed of an instant is done, however long that takes', async () => {
    const { schedule, run, start } = paced();
    const seen: [string, number][] = [];
    const note = (word: string) => seen.push([word, schedule.now() - start]);
    schedule.at(start + 60_000, async () => {
      note('begins');
      await pause(30);
      note('ends');
    });
    schedule.at(start + 7_200_000, () => {
      note('later');
      schedule.stop();
    });

    await run();

    const [begins, ends, later] = seen.map(([, at]) => at);
    expect(seen.map(([word]) => word)).toEqual(['begins', 'ends', 'later']);
    expect(ends).toBe(begins);
    expect(later! - 7_200_000).toBeLessThanOrEqual(STEP_MS);
  });

  it('does not pass an instant at which the engine has something to do', async () => {
    const start = Date.parse(START);
    const due = start + 3_600_000;
    const { schedule, asked, run } = paced({
      next_due: () => (schedule.now() < due ? due : null),
    });
    schedule.at(start + 7_200_000, () => schedule.stop());

    await run();

    expect(asked.some((at) => at >= due && at < due + STEP_MS)).toBe(true);
  });

  it('waits for an answer that is under way to a poll', async () => {
    const state = { waiting: 1 };
    const { schedule, run, start } = paced({ polls: () => [2, state.waiting] });
    let passed = false;
    schedule.at(start, () => {});
    schedule.at(start + 3_600_000, () => {
      passed = true;
      schedule.stop();
    });

    const running = run();
    await pause(40);
    expect(passed).toBe(false);
    state.waiting = 2;
    await running;

    expect(passed).toBe(true);
  });
});

describe('a step of the clock', () => {
  it('ends on a grid, stops where something falls in it, and is no longer than the speed allows', () => {
    // A day a minute: 60 s at a time, 24 times a second.
    expect(stepAfter(0, Infinity, 1440)).toBe(60_000);
    expect(stepAfter(61_500, 62_000, 1440)).toBe(120_000);
    // As fast as may be: 41,640 s at a time unless something is due, then up to the grid of 120 s.
    expect(stepAfter(0, Infinity, 1_000_000)).toBe(41_640_000);
    expect(stepAfter(0, 7_205_000, 1_000_000)).toBe(7_320_000);
    expect(stepAfter(120_000, 0, 1_000_000)).toBe(240_000);
    // By the machine's own clock: a second at a time.
    expect(stepAfter(500, Infinity, 1)).toBe(1000);
  });
});
