/** How long the newest decisions took: a ring of the last thousand. Pure. */
import type { DecisionTimeRow } from '../../../db/tower-reads.ts';
import type { History } from './history.ts';

/** Decisions that are kept for the percentiles. */
export const DECISIONS_KEPT = 1000;

export interface DecisionTimes {
  readonly rows: DecisionTimeRow[];
}

/** Takes in decisions, and counts each in its bucket. */
export function addDecisionTimes(
  times: DecisionTimes,
  history: History,
  rows: readonly DecisionTimeRow[],
): void {
  times.rows.push(...rows);
  if (times.rows.length > DECISIONS_KEPT) {
    times.rows.splice(0, times.rows.length - DECISIONS_KEPT);
  }
  for (const row of rows) {
    const bucket = history.at(row.decided_seconds);
    if (bucket === null) continue;
    bucket.timed += 1;
    bucket.elapsed_us += row.elapsed_us;
    bucket.elapsed_us_max = Math.max(bucket.elapsed_us_max, row.elapsed_us);
    bucket.budget_share_max = Math.max(bucket.budget_share_max, shareOf(row));
  }
}

/** The share of its time that an order waited; 1 = decided at its deadline. */
export function shareOf({ waited_seconds, budget_seconds }: DecisionTimeRow): number {
  return budget_seconds > 0 ? Math.max(0, waited_seconds) / budget_seconds : 0;
}

/** The value that `share` of the values do not exceed; null of none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
