/**
 * Milestones: the deadlines that parties owe for a shipment, backed off from its plan and promise.
 * A shipment holds three arrays in the order of `MILESTONES`: due, met, state. Pure folds only.
 */
import { instantOf } from './instants.ts';

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
  /** Time the carrier has to answer: the work cannot be released before. */
  readonly answer_seconds: number;
}

/** The first scan is owed this long after the pickup. */
export const FIRST_SCAN_SECONDS = 4 * 3600;
/** The van must be out this long before the promise. */
export const OUT_FOR_DELIVERY_SECONDS = 2 * 3600;
/** A milestone is at risk when this share of its own time is left (from the one before it). */
export const AT_RISK_SHARE = 0.25;

/** Share of the warehouse's work that is done when the units are picked. */
const PICK_SHARE = 0.6;
/** Share that is left for bringing the packed parcel to the dock. */
const HAND_OVER_SHARE = 0.1;

/**
 * Backs the due instants off from the pickup and the promise (the latest at which the next party can
 * still be in time), never decreasing; whole seconds since 1970, in the order of `MILESTONES`.
 */
export function backOffMilestones(plan: MilestonePlan): number[] {
  const { pickup_seconds, promise_seconds } = plan;
  const work = plan.ready_seconds - plan.pick_from_seconds;
  const seconds = [
    Math.max(pickup_seconds - work, plan.planned_seconds + plan.answer_seconds),
    pickup_seconds - work * (1 - PICK_SHARE),
    pickup_seconds - work * HAND_OVER_SHARE,
    pickup_seconds,
    pickup_seconds + FIRST_SCAN_SECONDS,
    Math.max(pickup_seconds, promise_seconds - OUT_FOR_DELIVERY_SECONDS),
    promise_seconds,
  ];
  // Where the pickup leaves less time than the carrier's answer, all that follows moves with it;
  // nothing is due after the promise.
  let latest = 0;
  return seconds.map((second) => {
    latest = Math.max(latest, Math.min(Math.round(second), promise_seconds));
    return latest;
  });
}

/** Starts the clock: all milestones of the plan open. It is looked at first when the first is due. */
export function startMilestones(plan: MilestonePlan): MilestoneClock {
  const due = backOffMilestones(plan).map(instantOf);
  const clock = {
    milestone_due: due,
    milestone_met: due.map(() => null),
    milestone_state: due.map(() => 'open' as const),
  };
  return { ...clock, next_due_at: nextDue(clock) };
}

/** When milestones were met, as far as anybody has told: for each the earliest instant heard of. */
export type Evidence = { readonly [kind in MilestoneKind]?: Temporal.Instant };

/**
 * Records that `kind` was met at `at`. What comes before it on the journey was then met too, at the
 * latest then: a delivered parcel was handed over, whoever forgot to say so. The earliest instant
 * heard of stands, so reports may come in any order. A milestone is met when that is in time;
 * evidence of a late one is returned as `late` and the milestone stays as it is, because breaches
 * are found in one place only, `watchMilestones`. A breach, once found, stays a breach.
 */
export function meetMilestone<T extends MilestoneClock>(
  clock: T,
  kind: MilestoneKind,
  at: Temporal.Instant,
): { clock: T; late: Evidence } {
  const last = MILESTONES.indexOf(kind);
  const met = [...clock.milestone_met];
  const state = [...clock.milestone_state];
  const late: { [kind in MilestoneKind]?: Temporal.Instant } = {};
  for (let index = 0; index <= last; index += 1) {
    if (state[index] === 'met' || state[index] === 'breached') {
      met[index] = earlier(met[index] ?? null, at);
    } else if (Temporal.Instant.compare(at, clock.milestone_due[index]!) > 0) {
      late[MILESTONES[index]!] = at;
    } else {
      met[index] = at;
      state[index] = 'met';
    }
  }
  const next = { ...clock, milestone_met: met, milestone_state: state };
  return { clock: { ...next, next_due_at: nextDue(next) }, late };
}

/** The evidence of both: for each milestone the earliest instant. */
export function mergeEvidence(a: Evidence, b: Evidence): Evidence {
  const merged: { [kind in MilestoneKind]?: Temporal.Instant } = { ...a };
  for (const kind of MILESTONES) {
    const at = b[kind];
    if (at !== undefined) merged[kind] = earlier(merged[kind] ?? null, at);
  }
  return merged;
}

/** True when two lists hold the same instants at the same places. */
export function sameInstants(
  a: readonly (Temporal.Instant | null)[],
  b: readonly (Temporal.Instant | null)[],
): boolean {
  return a.every((instant, index) => {
    const other = b[index] ?? null;
    return instant === null ? other === null : other !== null && instant.equals(other);
  });
}

/** The earlier of two instants; null is no instant. */
export function earlier(a: Temporal.Instant | null, b: Temporal.Instant): Temporal.Instant {
  return a === null || Temporal.Instant.compare(b, a) < 0 ? b : a;
}

/**
 * Backs the milestones off from a new plan (another carrier, another pickup) while the promise stays
 * as sold: nothing is ever due after it. What is settled stays; what gets another due instant
 * starts open again.
 */
export function replanMilestones(clock: MilestoneClock, plan: MilestonePlan): MilestoneClock {
  const fresh = startMilestones(plan);
  const due: Temporal.Instant[] = [];
  const state = clock.milestone_state.map((was, index) => {
    const settled = was === 'met' || was === 'breached';
    const at = settled ? clock.milestone_due[index]! : fresh.milestone_due[index]!;
    const before = due[index - 1];
    due.push(before === undefined || Temporal.Instant.compare(at, before) >= 0 ? at : before);
    return settled || due[index]!.equals(clock.milestone_due[index]!) ? was : ('open' as const);
  });
  const next = { milestone_due: due, milestone_met: clock.milestone_met, milestone_state: state };
  return { ...next, next_due_at: nextDue(next) };
}

/** A milestone that changed its state by itself. */
export interface MilestoneChange {
  readonly kind: MilestoneKind;
  readonly to: 'at_risk' | 'breached';
  readonly due_at: Temporal.Instant;
}

/**
 * What time alone has changed by `now`: open → at risk → breached, each reported once. `late` is what
 * is known of milestones that were met too late: a breached one keeps it as its met instant.
 */
export function watchMilestones(
  clock: MilestoneClock,
  now: Temporal.Instant,
  late: Evidence = {},
): { clock: MilestoneClock; changes: MilestoneChange[] } {
  const changes: MilestoneChange[] = [];
  const met = [...clock.milestone_met];
  const state = clock.milestone_state.map((was, index) => {
    if (was === 'met' || was === 'breached') return was;
    const due_at = clock.milestone_due[index]!;
    const kind = MILESTONES[index]!;
    if (Temporal.Instant.compare(now, due_at) > 0) {
      changes.push({ kind, to: 'breached', due_at });
      met[index] = late[kind] ?? null;
      return 'breached' as const;
    }
    if (was === 'open' && now.epochMilliseconds >= riskMs(clock.milestone_due, index)) {
      changes.push({ kind, to: 'at_risk', due_at });
      return 'at_risk' as const;
    }
    return was;
  });
  const next = { ...clock, milestone_met: met, milestone_state: state };
  return { clock: { ...next, next_due_at: nextDue(next) }, changes };
}

/** When a milestone becomes at risk, epoch milliseconds: numbers, for this runs per shipment. */
function riskMs(due: readonly Temporal.Instant[], index: number): number {
  const end = due[index]!.epochMilliseconds;
  const start = index === 0 ? end : due[index - 1]!.epochMilliseconds;
  return Math.round(end - (end - start) * AT_RISK_SHARE);
}

/** The earliest instant at which `watchMilestones` would find something; null when all is settled. */
export function nextDue(clock: Omit<MilestoneClock, 'next_due_at'>): Temporal.Instant | null {
  let next: number | null = null;
  clock.milestone_state.forEach((state, index) => {
    if (state === 'met' || state === 'breached') return;
    const at =
      state === 'open'
        ? riskMs(clock.milestone_due, index)
        : clock.milestone_due[index]!.epochMilliseconds + 1;
    if (next === null || at < next) next = at;
  });
  return next === null ? null : Temporal.Instant.fromEpochMilliseconds(next);
}
