/**
 * Tracking: what carriers report, folded into one view of a shipment. Carriers report late, twice
 * and in any order, so each part of the view is a maximum or minimum over the events: the same
 * events give the same view in every order, and an event seen twice changes nothing.
 */
import type { TrackingStatus } from './commands.ts';
import { earlier, type MilestoneKind } from './milestones.ts';
import { furtherState, isTerminal, type ShipmentState } from './shipment.ts';

/** What one status means. `docs/tracking.md` prints this table; a test keeps the two alike. */
export interface StatusMeaning {
  /** How far along the journey it proves the parcel to be; 0 proves nothing. */
  readonly rank: number;
  /** The state the shipment has at least reached. */
  readonly state: ShipmentState | null;
  /** The milestone that it meets, and with it all before. */
  readonly meets: MilestoneKind | null;
  readonly tells: string;
}

/** The vocabulary. Ranks of ends break a tie when contradictory ends are reported together. */
export const TRACKING: { readonly [status in TrackingStatus]: StatusMeaning } = {
  pending: { rank: 0, state: null, meets: null, tells: 'Known to the carrier, not picked up yet.' },
  unknown: { rank: 0, state: null, meets: null, tells: 'A scan that fits no other word.' },
  cancelled: {
    rank: 0,
    state: null,
    meets: null,
    tells: 'The carrier gives up a shipment it had accepted; an operator must act.',
  },
  on_hold: { rank: 1, state: null, meets: null, tells: 'Waits: customs, address, payment.' },
  delivery_delayed: { rank: 1, state: null, meets: null, tells: 'Will come later than planned.' },
  picked_up: { rank: 4, state: 'handed_over', meets: 'first_scan', tells: 'Scanned at pickup.' },
  in_transit: { rank: 5, state: 'in_transit', meets: 'first_scan', tells: 'On its way.' },
  out_for_delivery: {
    rank: 6,
    state: 'out_for_delivery',
    meets: 'out_for_delivery',
    tells: 'On the last van.',
  },
  delivery_failed: {
    rank: 6,
    state: 'out_for_delivery',
    meets: 'out_for_delivery',
    tells: 'Nobody took it; another attempt follows.',
  },
  ready_for_pickup: {
    rank: 7,
    state: 'out_for_delivery',
    meets: 'out_for_delivery',
    tells: 'Waits for the buyer at a pickup point; not delivered yet.',
  },
  return_to_sender: {
    rank: 8,
    state: 'in_transit',
    meets: 'first_scan',
    tells: 'On its way back; not back yet.',
  },
  lost: { rank: 9, state: 'lost', meets: 'first_scan', tells: 'Declared lost. An end.' },
  returned: {
    rank: 10,
    state: 'returned',
    meets: 'first_scan',
    tells: 'Back at the sender. An end.',
  },
  delivered: {
    rank: 11,
    state: 'delivered',
    meets: 'delivered',
    tells: 'Handed to the buyer. An end.',
  },
};

/** The view of a shipment that tracking keeps. */
export interface TrackingView {
  readonly state: ShipmentState;
  /** Highest rank reported. */
  readonly tracking_rank: number;
  /** The word for people: the end once there is one, before that the newest report. */
  readonly tracking_status: TrackingStatus | null;
  readonly tracking_at: Temporal.Instant | null;
  readonly delivered_at: Temporal.Instant | null;
}

/** What a report says, as far as the fold looks at it. */
export interface Report {
  readonly status: TrackingStatus;
  readonly occurred_at: Temporal.Instant;
}

/**
 * Folds reports into the view. An end that was stored before stays (terminal is terminal): a report
 * of another end is listed in `conflicts`. Ends that are reported together go by rank.
 */
export function foldTracking(
  view: TrackingView,
  reports: readonly Report[],
): { view: TrackingView; conflicts: Report[] } {
  const end = endOf(view.state, reports);
  let next = view;
  const conflicts: Report[] = [];
  for (const report of reports) {
    const { state } = TRACKING[report.status];
    if (state !== null && isTerminal(state) && state !== end) conflicts.push(report);
    else next = foldOne(next, report);
  }
  return { view: next, conflicts };
}

/** The end that stands: the stored one, else the reported one of highest rank. */
function endOf(stored: ShipmentState, reports: readonly Report[]): ShipmentState | null {
  if (isTerminal(stored)) return stored;
  let best = -1;
  let end: ShipmentState | null = null;
  for (const { status } of reports) {
    const { state, rank } = TRACKING[status];
    if (state !== null && isTerminal(state) && rank > best) {
      best = rank;
      end = state;
    }
  }
  return end;
}

function foldOne(view: TrackingView, report: Report): TrackingView {
  const { rank, state } = TRACKING[report.status];
  const shown = shows(report, view);
  return {
    state: state === null ? view.state : furtherState(view.state, state),
    tracking_rank: Math.max(view.tracking_rank, rank),
    tracking_status: shown ? report.status : view.tracking_status,
    tracking_at: shown ? report.occurred_at : view.tracking_at,
    delivered_at:
      report.status === 'delivered'
        ? earlier(view.delivered_at, report.occurred_at)
        : view.delivered_at,
  };
}

/**
 * True when the report takes the view's place as the word for people: an end before all else (its
 * earliest report), then the newest report, where `pending` and `unknown` give way to any other.
 */
function shows(report: Report, { tracking_status, tracking_at }: TrackingView): boolean {
  if (tracking_status === null || tracking_at === null) return true;
  const weight = weightOf(report.status) - weightOf(tracking_status);
  if (weight !== 0) return weight > 0;
  const later = Temporal.Instant.compare(report.occurred_at, tracking_at);
  if (later !== 0) return weightOf(report.status) === 2 ? later < 0 : later > 0;
  const rank = TRACKING[report.status].rank - TRACKING[tracking_status].rank;
  return rank !== 0 ? rank > 0 : report.status > tracking_status;
}

function weightOf(status: TrackingStatus): 0 | 1 | 2 {
  if (status === 'pending' || status === 'unknown') return 0;
  const { state } = TRACKING[status];
  return state !== null && isTerminal(state) ? 2 : 1;
}
