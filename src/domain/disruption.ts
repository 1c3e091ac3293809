/** Disruptions: what does not go as planned at a hub or on a leg, from one instant to another. */
import type { Fault } from './errors.ts';

/** What can be disrupted, and how. */
export const DISRUPTION_KINDS = ['hub_closed', 'leg_cancelled', 'leg_delayed'] as const;
export type DisruptionKind = (typeof DISRUPTION_KINDS)[number];

/** An operator's word that something does not go as planned. */
export interface OpenDisruption {
  /** The operator's own name of it: the same again counts once. */
  readonly reference: string;
  readonly kind: DisruptionKind;
  readonly hub_id?: string | undefined;
  readonly leg_id?: string | undefined;
  readonly from_at: Temporal.Instant;
  /** Excluded. */
  readonly until_at: Temporal.Instant;
  readonly delay_seconds?: number | undefined;
  readonly reason?: string | undefined;
}

/** Longest time between the two instants. */
const MOST_HOURS = 366 * 24;

/** What is wrong with it by itself, field by field. */
export function disruptionFaults(open: OpenDisruption): Fault[] {
  const faults: Fault[] = [];
  const { kind, hub_id, leg_id, delay_seconds, from_at, until_at } = open;
  const isOfHub = kind === 'hub_closed';
  const needs = (pointer: string, value: unknown, isNeeded: boolean) => {
    if ((value !== undefined) === isNeeded) return;
    const got = value === undefined ? 'nothing' : JSON.stringify(value);
    const expected = isNeeded ? `one, as ${kind} needs it` : `none, as ${kind} has none`;
    faults.push({ pointer, detail: `got ${got}, expected ${expected}` });
  };
  needs('/hub_id', hub_id, isOfHub);
  needs('/leg_id', leg_id, !isOfHub);
  needs('/delay_seconds', delay_seconds, kind === 'leg_delayed');
  if (Temporal.Instant.compare(from_at, until_at) >= 0) {
    const detail = `got ${until_at}, expected an instant after from_at, ${from_at}`;
    faults.push({ pointer: '/until_at', detail });
  } else if (from_at.until(until_at).total('hours') > MOST_HOURS) {
    const detail = `got ${until_at}, expected at most a year after from_at`;
    faults.push({ pointer: '/until_at', detail });
  }
  return faults;
}
