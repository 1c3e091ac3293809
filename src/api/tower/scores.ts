/**
 * Scorecards: how well each party has kept its deadlines, counted as parcels end and offers are
 * answered. A warehouse owes picking, packing and handing over; a carrier its answers and the rest of
 * the way. Pure.
 */
import { MILESTONES, type MilestoneKind } from '../../domain/milestones.ts';

/** Deadlines of one kind: how many there were and how many were kept. */
export interface Kept {
  readonly kind: MilestoneKind;
  owed: number;
  kept: number;
}

export interface Score {
  /** Parcels that ended. */
  parcels: number;
  readonly milestones: Kept[];
  accepted: number;
  rejected: number;
  /** Offers whose lease ran out. */
  expired: number;
  short_picks: number;
  lost: number;
  returned: number;
}

export interface Scores {
  readonly warehouses: Map<string, Score>;
  readonly carriers: Map<string, Score>;
}

const WAREHOUSE_OWES: readonly MilestoneKind[] = ['pick', 'pack', 'hand_over'];
const CARRIER_OWES: readonly MilestoneKind[] = ['first_scan', 'out_for_delivery', 'delivered'];

/** No parcel has ended yet. */
export function openScores(): Scores {
  return { warehouses: new Map(), carriers: new Map() };
}

/** The score of a warehouse; an empty one before its first parcel. */
export function warehouseScore({ warehouses }: Scores, id: string): Score {
  return scoreOf(warehouses, id, WAREHOUSE_OWES);
}

/** The score of a carrier; an empty one before its first parcel. */
export function carrierScore({ carriers }: Scores, id: string): Score {
  return scoreOf(carriers, id, CARRIER_OWES);
}

/** Counts a parcel that has ended; `kept` has a letter per milestone: k kept, m missed, o open. */
export function countEnd(
  scores: Scores,
  parcel: { warehouse_id: string; carrier_id: string; state: string; kept: string },
): void {
  const { warehouse_id, carrier_id, state, kept } = parcel;
  for (const score of [warehouseScore(scores, warehouse_id), carrierScore(scores, carrier_id)]) {
    score.parcels += 1;
    if (state === 'lost' || state === 'returned') score[state] += 1;
    for (const milestone of score.milestones) {
      const letter = kept[MILESTONES.indexOf(milestone.kind)];
      if (letter === 'k' || letter === 'm') milestone.owed += 1;
      if (letter === 'k') milestone.kept += 1;
    }
  }
}

function scoreOf(map: Map<string, Score>, id: string, owes: readonly MilestoneKind[]): Score {
  let score = map.get(id);
  if (score === undefined) {
    score = {
      ...{ parcels: 0, milestones: owes.map((kind) => ({ kind, owed: 0, kept: 0 })) },
      ...{ accepted: 0, rejected: 0, expired: 0, short_picks: 0, lost: 0, returned: 0 },
    };
    map.set(id, score);
  }
  return score;
}
