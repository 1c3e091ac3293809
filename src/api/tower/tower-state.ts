/** All that the control tower knows, in one process, for all its viewers. */
import type { Board } from './board.ts';
import type { DecisionTimes } from './decision-times.ts';
import type { History } from './history.ts';
import type { Scores } from './scores.ts';
import type { Silences } from './silences.ts';

export interface TowerState {
  readonly board: Board;
  readonly history: History;
  readonly scores: Scores;
  readonly decisions: DecisionTimes;
  readonly silences: Silences;
  /** Every event of the journal up to this number is taken in. */
  seq: number;
  /** Grows by one with each look: what was worked out for this one holds until the next. */
  look: number;
  /** The engine's clock when the state was last brought up to date. */
  as_of: Temporal.Instant;
  /** How many times as fast as real time the engine's clock runs. */
  readonly clock_rate: number;
  /** Seconds since 1970 from when on parcels and events were counted. */
  readonly since_seconds: number;
  /** Capacity of warehouses used today, by resource. */
  capacity: ReadonlyMap<string, number>;
}
