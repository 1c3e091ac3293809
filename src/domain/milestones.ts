/**
 * Milestones: the deadlines that parties owe for a shipment, backed off from its plan and promise.
 * A shipment holds three arrays in the order of `MILESTONES`: due, met, state. Pure folds only.
 */

/** The milestones of a shipment in journey order. The database view `milestones` repeats this list. */
export const MILESTONES = [
  'release',
  'pick',
  'pack',
  'hand_over',
  'first_scan',
  'out_for_delivery',
  'delivered',
] as const;

export type MilestoneKind = (typeof MILESTONES)[number];
export type MilestoneState = 'open' | 'at_risk' | 'met' | 'breached';

/** What a shipment stores of its milestones. */
export interface MilestoneClock {
  readonly milestone_due: readonly Temporal.Instant[];
  readonly milestone_met: readonly (Temporal.Instant | null)[];
  readonly milestone_state: readonly MilestoneState[];
  /** Earliest instant at which something changes by itself; null = never. */
  readonly next_due_at: Temporal.Instant | null;
}

/** Who owes a milestone: a warehouse until hand-over, the carrier from then on. */
export function milestoneOwner(
  kind: MilestoneKind,
  shipment: { warehouse_id: string; carrier_id: string },
): string {
  if (kind === 'release') return 'operator';
  if (kind === 'pick' || kind === 'pack' || kind === 'hand_over') {
    return `warehouse:${shipment.warehouse_id}`;
  }
  return `carrier:${shipment.carrier_id}`;
}

/** The plan that milestones are backed off from; all in seconds since 1970. */
export interface MilestonePlan {
  readonly planned_seconds: number;
  readonly pick_from_seconds: number;
  readonly ready_seconds: number;
  readonly pickup_seconds: number;
  readonly promise_seconds: number;
}

/** The first scan is owed this long after the pickup. */
export const FIRST_SCAN_SECONDS = 4 * 3600;
/** The van must be out this long before the promise. */
export const OUT_FOR_DELIVERY_SECONDS = 2 * 3600;
/** A milestone is at risk when this share of its own time is left (from the one before it). */
export const AT_RISK_SHARE = 0.25;

/** Starts the clock: due instants from the plan, never decreasing, all open. */
export function startMilestones(plan: MilestonePlan): MilestoneClock {
  const { pick_from_seconds, ready_seconds, pickup_seconds, promise_seconds } = plan;
  const pick = pick_from_seconds + (ready_seconds - pick_from_seconds) * 0.6;
  const seconds = [
    Math.max(plan.planned_seconds, pick_from_seconds),
    pick,
    ready_seconds,
    pickup_seconds,
    Math.min(pickup_seconds + FIRST_SCAN_SECONDS, promise_seconds),
    Math.max(pickup_seconds, promise_seconds - OUT_FOR_DELIVERY_SECONDS),
    promise_seconds,
  ];
  let latest = 0;
  const due = seconds.map((second) => {
    latest = Math.max(latest, Math.round(second));
    return Temporal.Instant.fromEpochMilliseconds(latest * 1000);
  });
  const clock = {
    milestone_due: due,
    milestone_met: due.map(() => null),
    milestone_state: due.map(() => 'open' as const),
  };
  return { ...clock, next_due_at: nextDue(clock) };
}

/**
 * Records that `kind` was met at `at`. What comes before it on the journey was then met too, at the
 * latest then: a delivered parcel was handed over, whoever forgot to say so. A breach stays a breach.
 */
export function meetMilestone(
  clock: MilestoneClock,
  kind: MilestoneKind,
  at: Temporal.Instant,
): MilestoneClock {
  const last = MILESTONES.indexOf(kind);
  const met = clock.milestone_met.map((was, index) => (index <= last && was === null ? at : was));
  const state = clock.milestone_state.map((was, index) => {
    if (index > last || was === 'met' || was === 'breached') return was;
    return Temporal.Instant.compare(met[index]!, clock.milestone_due[index]!) > 0
      ? 'breached'
      : 'met';
  });
  const next = { milestone_due: clock.milestone_due, milestone_met: met, milestone_state: state };
  return { ...next, next_due_at: nextDue(next) };
}

/** A milestone that changed its state by itself. */
export interface MilestoneChange {
  readonly kind: MilestoneKind;
  readonly to: 'at_risk' | 'breached';
  readonly due_at: Temporal.Instant;
}

/** What time alone has changed by `now`: open → at risk → breached, each reported once. */
export function watchMilestones(
  clock: MilestoneClock,
  now: Temporal.Instant,
): { clock: MilestoneClock; changes: MilestoneChange[] } {
  const changes: MilestoneChange[] = [];
  const state = clock.milestone_state.map((was, index) => {
    if (was === 'met' || was === 'breached') return was;
    const due_at = clock.milestone_due[index]!;
    const kind = MILESTONES[index]!;
    if (clock.milestone_met[index] === null && Temporal.Instant.compare(now, due_at) > 0) {
      changes.push({ kind, to: 'breached', due_at });
      return 'breached' as const;
    }
    if (was === 'open' && Temporal.Instant.compare(now, riskAt(clock.milestone_due, index)) >= 0) {
      changes.push({ kind, to: 'at_risk', due_at });
      return 'at_risk' as const;
    }
    return was;
  });
  const next = { ...clock, milestone_state: state };
  return { clock: { ...next, next_due_at: nextDue(next) }, changes };
}

function riskAt(due: readonly Temporal.Instant[], index: number): Temporal.Instant {
  const end = due[index]!.epochMilliseconds;
  const start = index === 0 ? end : due[index - 1]!.epochMilliseconds;
  return Temporal.Instant.fromEpochMilliseconds(Math.round(end - (end - start) * AT_RISK_SHARE));
}

/** The earliest instant at which `watchMilestones` would find something; null when all is settled. */
export function nextDue(clock: Omit<MilestoneClock, 'next_due_at'>): Temporal.Instant | null {
  let next: number | null = null;
  clock.milestone_state.forEach((state, index) => {
    if (state === 'met' || state === 'breached') return;
    const at =
      state === 'open'
        ? riskAt(clock.milestone_due, index).epochMilliseconds
        : clock.milestone_due[index]!.epochMilliseconds + 1;
    if (next === null || at < next) next = at;
  });
  return next === null ? null : Temporal.Instant.fromEpochMilliseconds(next);
}
