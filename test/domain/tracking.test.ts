/** The fold over tracking reports: same reports, same view, in every order. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TRACKING_STATUSES, type TrackingStatus } from '../../src/domain/commands.ts';
import { MILESTONES, meetMilestone, startMilestones } from '../../src/domain/milestones.ts';
import { isTerminal, SHIPMENT_RANK } from '../../src/domain/shipment.ts';
import {
  foldTracking,
  type Report,
  TRACKING,
  type TrackingView,
} from '../../src/domain/tracking.ts';

const SEED = Number(process.env.PORTOLAN_TEST_SEED ?? Date.now() % 1_000_000);
const START: TrackingView = {
  state: 'released',
  tracking_rank: 0,
  tracking_status: null,
  tracking_at: null,
  delivered_at: null,
};
const NOON = Temporal.Instant.from('2026-03-18T12:00:00Z');
const at = (minutes: number) => NOON.add({ minutes });

const aReport = fc.record({
  status: fc.constantFrom(...TRACKING_STATUSES),
  occurred_at: fc.integer({ min: -600, max: 600 }).map(at),
});
/** Reports that agree on how the journey ends, if it does: what a carrier says when it is right. */
const reports = fc
  .tuple(fc.array(aReport, { maxLength: 12 }), fc.constantFrom('delivered', 'returned', 'lost'))
  .map(([all, end]) => all.filter(({ status }) => !isEnd(status) || status === end));

function isEnd(status: TrackingStatus): boolean {
  const { state } = TRACKING[status];
  return state !== null && isTerminal(state);
}

const fold = (all: readonly Report[], from = START) => foldTracking(from, all).view;
const oneByOne = (all: readonly Report[]) => all.reduce((view, one) => fold([one], view), START);
const text = (value: unknown) => JSON.stringify(value);

/** The milestones after reports, each posted alone, as the step records them. */
function milestonesAfter(all: readonly Report[]) {
  const noon = Math.floor(NOON.epochMilliseconds / 1000);
  const plan = { planned_seconds: noon - 36_000, pick_from_seconds: noon - 30_000 };
  let clock = startMilestones({
    ...plan,
    ready_seconds: noon - 20_000,
    pickup_seconds: noon,
    promise_seconds: noon + 20_000,
    answer_seconds: 600,
  });
  for (const { status, occurred_at } of all) {
    const { meets } = TRACKING[status];
    if (meets !== null) clock = meetMilestone(clock, meets, occurred_at).clock;
  }
  return clock;
}

describe('the tracking vocabulary', () => {
  test('has a meaning for every status, and the page on it says the same', () => {
    expect(Object.keys(TRACKING).sort()).toEqual([...TRACKING_STATUSES].sort());
    const page = readFileSync(new URL('../../docs/tracking.md', import.meta.url), 'utf8');
    for (const [status, { rank, state, meets, tells }] of Object.entries(TRACKING)) {
      const row = `| \`${status}\` | ${rank} | ${state ?? '–'} | ${meets ?? '–'} | ${tells} |`;
      expect(page).toContain(row);
    }
  });
});

describe('folding reports', () => {
  test(`gives one view for every order, together or one by one (seed ${SEED})`, () => {
    const orders = reports.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(orders, ([told, shuffled]) => {
        expect(text(fold(shuffled))).toBe(text(fold(told)));
        expect(text(oneByOne(shuffled))).toBe(text(fold(told)));
        expect(text(milestonesAfter(shuffled))).toBe(text(milestonesAfter(told)));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test(`changes nothing when all is told again (seed ${SEED})`, () => {
    fc.assert(
      fc.property(reports, (told) => {
        const view = fold(told);
        expect(text(fold(told, view))).toBe(text(view));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test(`never takes a shipment back, and never leaves an end (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.array(aReport, { maxLength: 12 }), (told) => {
        let before = START;
        for (const one of told) {
          const { view, conflicts } = foldTracking(before, [one]);
          expect(SHIPMENT_RANK[view.state]).toBeGreaterThanOrEqual(SHIPMENT_RANK[before.state]);
          if (isTerminal(before.state)) expect(view.state).toBe(before.state);
          if (conflicts.length > 0) expect(view).toEqual(before);
          before = view;
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test(`lets the strongest of contradictory ends stand when told together (seed ${SEED})`, () => {
    const contradictory = fc
      .array(aReport, { maxLength: 8 })
      .chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
      );
    fc.assert(
      fc.property(contradictory, ([told, shuffled]) => {
        expect(text(fold(shuffled))).toBe(text(fold(told)));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('shows people the newest report, and the end once there is one', () => {
    const told: Report[] = [
      { status: 'out_for_delivery', occurred_at: at(1) },
      { status: 'delivery_failed', occurred_at: at(2) },
      { status: 'in_transit', occurred_at: at(3) },
      { status: 'unknown', occurred_at: at(4) },
    ];

    const view = fold(told);

    expect(view).toMatchObject({ state: 'out_for_delivery', tracking_status: 'in_transit' });
    const end = fold([{ status: 'delivered', occurred_at: at(2) }], view);
    expect(end).toMatchObject({ state: 'delivered', tracking_status: 'delivered' });
  });

  test('takes the first of two deliveries as the delivery', () => {
    const view = oneByOne([
      { status: 'delivered', occurred_at: at(9) },
      { status: 'delivered', occurred_at: at(5) },
    ]);

    expect(view.delivered_at!.equals(at(5))).toBe(true);
    expect(view.tracking_at!.equals(at(5))).toBe(true);
  });

  test('meets every milestone before the one that is proved', () => {
    const clock = milestonesAfter([{ status: 'delivered', occurred_at: at(-599) }]);

    expect(clock.milestone_state).toEqual(MILESTONES.map(() => 'met'));
  });
});
