/** Milestones: deadlines in order, met by the earliest evidence, breached by the clock alone. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MILESTONES,
  type MilestoneClock,
  meetMilestone,
  mergeEvidence,
  milestoneOwner,
  replanMilestones,
  startMilestones,
  watchMilestones,
} from '../../src/domain/milestones.ts';

const SEED = Number(process.env.PORTOLAN_TEST_SEED ?? Date.now() % 1_000_000);
const T0 = 1_774_000_000;
const at = (seconds: number) => Temporal.Instant.fromEpochMilliseconds((T0 + seconds) * 1000);
const plan = {
  planned_seconds: T0,
  pick_from_seconds: T0 + 3600,
  ready_seconds: T0 + 7200,
  pickup_seconds: T0 + 14_400,
  promise_seconds: T0 + 172_800,
  answer_seconds: 600,
};
const aClock = () => startMilestones(plan);

const aPlan = fc
  .tuple(...Array.from({ length: 5 }, () => fc.integer({ min: 0, max: 500_000 })))
  .map(([a, b, c, d, e]) => ({
    planned_seconds: T0 + a!,
    pick_from_seconds: T0 + b!,
    ready_seconds: T0 + b! + c!,
    pickup_seconds: T0 + b! + c! + d!,
    promise_seconds: T0 + e! * 3,
    answer_seconds: 600,
  }));

function ascends(clock: MilestoneClock): boolean {
  return clock.milestone_due.every(
    (due, i) => i === 0 || Temporal.Instant.compare(due, clock.milestone_due[i - 1]!) >= 0,
  );
}

describe('milestones', () => {
  test('are due in journey order, the last at the promise', () => {
    const clock = aClock();

    expect(ascends(clock)).toBe(true);
    expect(clock.milestone_due.at(-1)!.equals(at(172_800))).toBe(true);
    expect(clock.milestone_due[3]!.equals(at(14_400))).toBe(true);
  });

  test('leave the carrier its time to answer before the release is owed', () => {
    const clock = startMilestones({ ...plan, pick_from_seconds: T0, pickup_seconds: T0 + 7200 });

    expect(clock.milestone_due[0]!.equals(at(600))).toBe(true);
    expect(watchMilestones(clock, at(599)).changes).toEqual([]);
  });

  test('are owed by the operator, then the warehouse, then the carrier', () => {
    const shipment = { warehouse_id: 'w', carrier_id: 'c' };

    expect(MILESTONES.map((kind) => milestoneOwner(kind, shipment))).toEqual([
      'operator',
      ...Array(3).fill('warehouse:w'),
      ...Array(3).fill('carrier:c'),
    ]);
  });

  test('are met by the earliest instant heard of', () => {
    const packed = meetMilestone(aClock(), 'pack', at(5500)).clock;

    const picked = meetMilestone(packed, 'pick', at(3000)).clock;

    const met = picked.milestone_met.slice(0, 4);
    expect(met.map((one) => one?.epochMilliseconds)).toEqual([
      ...[3000, 3000, 5500].map((seconds) => at(seconds).epochMilliseconds),
      undefined,
    ]);
  });

  test('are not breached by late evidence, only by the clock, which then keeps it', () => {
    const { clock, late } = meetMilestone(aClock(), 'hand_over', at(15_000));
    expect(clock.milestone_state[3]).toBe('open');
    expect(late).toMatchObject({ hand_over: at(15_000) });

    const watched = watchMilestones(clock, at(16_000), late);

    expect(watched.changes).toContainEqual({
      kind: 'hand_over',
      to: 'breached',
      due_at: at(14_400),
    });
    expect(watched.clock.milestone_met[3]!.equals(at(15_000))).toBe(true);
  });

  test('stay breached once they are', () => {
    const { clock } = watchMilestones(aClock(), at(20_000));

    const told = meetMilestone(clock, 'hand_over', at(10_000)).clock;

    expect(told.milestone_state[3]).toBe('breached');
    expect(told.milestone_met[3]!.equals(at(10_000))).toBe(true);
  });

  test(`change by themselves exactly once each, however often one looks (seed ${SEED})`, () => {
    const looks = fc.array(fc.integer({ min: 0, max: 3_000_000 }), { maxLength: 30 });
    fc.assert(
      fc.property(aPlan, looks, (one, instants) => {
        let clock = startMilestones(one);
        expect(ascends(clock)).toBe(true);
        expect(clock.next_due_at!.equals(clock.milestone_due[0]!)).toBe(true);
        const told: string[] = [];
        for (const seconds of [...instants.sort((a, b) => a - b), 9_000_000]) {
          const now = at(seconds);
          const due = clock.next_due_at;
          const isDue = due !== null && Temporal.Instant.compare(now, due) >= 0;
          const { clock: next, changes } = watchMilestones(clock, now);
          expect(changes.length > 0).toBe(isDue);
          told.push(...changes.map(({ kind, to }) => `${kind} ${to}`));
          clock = next;
        }
        expect(new Set(told).size).toBe(told.length);
        expect(told.filter((text) => text.endsWith('breached'))).toHaveLength(7);
        expect(clock.next_due_at).toBeNull();
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test(`are planned anew without moving the promise or what is settled (seed ${SEED})`, () => {
    fc.assert(
      fc.property(aPlan, fc.integer({ min: 0, max: 2_000_000 }), (next, look) => {
        const before = watchMilestones(meetMilestone(aClock(), 'release', at(10)).clock, at(look));
        const promise_seconds = plan.promise_seconds;
        const after = replanMilestones(before.clock, { ...next, promise_seconds });
        expect(ascends(after)).toBe(true);
        expect(after.milestone_due[6]!.equals(before.clock.milestone_due[6]!)).toBe(true);
        before.clock.milestone_state.forEach((was, i) => {
          if (was !== 'met' && was !== 'breached') return;
          expect(after.milestone_state[i]).toBe(was);
        });
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('merge evidence by the earliest instant', () => {
    const merged = mergeEvidence({ pick: at(5), pack: at(6) }, { pick: at(4), hand_over: at(7) });

    expect(merged).toEqual({ pick: at(4), pack: at(6), hand_over: at(7) });
  });
});
