/** Reads all that the control tower shows: once, when its first viewer comes. */
import { inTransaction } from '../../../db/database.ts';
import { listRiskChanges } from '../../../db/tower-history.ts';
import {
  eachOpenShipment,
  listDecisionTimes,
  listPastEvents,
  listTowerShipments,
  listWaitingOrders,
  type PastEventRow,
} from '../../../db/tower-reads.ts';
import { AT_RISK_SHARE } from '../../domain/milestones.ts';
import type { Engine } from '../../fulfillment/engine.ts';
import { stopwatch } from '../../runtime/clock.ts';
import { openTowerBoard } from './board.ts';
import { countEvent } from './count-events.ts';
import { addDecisionTimes, DECISIONS_KEPT } from './decision-times.ts';
import {
  bucketSeconds,
  countDelivered,
  HISTORY_BUCKETS,
  openHistory,
  rebuildOpen,
  rebuildRisks,
} from './history.ts';
import { countEnd, openScores } from './scores.ts';
import { watchSilences } from './silences.ts';
import type { TowerState } from './tower-state.ts';

/** Most parcels that have ended which are read for the scorecards and the share on time. */
const PAST_PARCELS = 5_000;
const ENDS = new Set(['shipment.delivered', 'shipment.returned', 'shipment.lost']);
const GONE = new Set([...ENDS, 'shipment.cancelled']);

/**
 * Loads the state as of event number `seq` or later: what is open in one snapshot, and the past from
 * the journal's newest events. Serves others in between.
 */
export async function loadTowerState(engine: Engine, seq: number): Promise<TowerState> {
  const as_of = engine.clock.now();
  const now = as_of.epochMilliseconds / 1000;
  const history = openHistory(bucketSeconds(engine.clock.speed), now);
  const from = as_of.subtract({ seconds: history.bucket_seconds * HISTORY_BUCKETS });
  const state: TowerState = {
    ...{ board: openTowerBoard(), history, scores: openScores(), decisions: { rows: [] } },
    ...{ silences: watchSilences(stopwatch), seq, look: 0, as_of, clock_rate: engine.clock.speed },
    ...{ since_seconds: from.epochMilliseconds / 1000, capacity: new Map() },
  };
  const past = await inTransaction(engine.database, (tx) =>
    listPastEvents(tx, { up_to: seq, most: engine.config.tower_past_events, from }),
  );
  for (const event of past) countEvent(state, event);
  await loadPast(engine, state, past);
  await loadOpen(engine, state);
  // What is before the newest events that are read is not known, unless these are all of them.
  const isWhole = seq <= engine.config.tower_past_events;
  const known = isWhole ? state.since_seconds : now;
  rebuildOpen(history.until(now), state.board.openOrders(), past[0]?.at_seconds ?? known);
  const first = isWhole ? known : (past[0]?.at_seconds ?? now);
  await loadRisks(engine, state, past, { first, now });
  return state;
}

/** Works the parcels at risk and broken of the past out of their milestones. */
async function loadRisks(
  engine: Engine,
  { history }: TowerState,
  past: readonly PastEventRow[],
  { first, now }: { first: number; now: number },
): Promise<void> {
  const buckets = history.until(now);
  const { bucket_seconds } = history;
  const gone = past.filter(({ type }) => GONE.has(type));
  const ended = gone.slice(-PAST_PARCELS);
  // Parcels that ended before the oldest of these were there, too: then the past begins with it.
  const from = gone.length > ended.length ? Math.max(first, ended[0]!.at_seconds) : first;
  const changes = await inTransaction(engine.database, (tx) =>
    listRiskChanges(tx, {
      ended: ended.map((event) => ({
        shipment_id: event.entity_id,
        ended_seconds: event.at_seconds,
      })),
      bucket_seconds,
      first_bucket: Math.floor(buckets[0]!.start_seconds / bucket_seconds),
      at_risk_share: AT_RISK_SHARE,
    }),
  );
  rebuildRisks(buckets, changes, from);
}

async function loadOpen(engine: Engine, { board }: TowerState): Promise<void> {
  await inTransaction(engine.database, async (tx) => {
    for (const order of await listWaitingOrders(tx)) board.wait(order.order_id, order);
    await eachOpenShipment(tx, async (rows) => {
      for (const row of rows) board.put(row);
    });
  });
}

async function loadPast(
  engine: Engine,
  { history, scores, decisions }: TowerState,
  past: readonly PastEventRow[],
): Promise<void> {
  const ended = past.filter(({ type }) => ENDS.has(type)).slice(-PAST_PARCELS);
  const decided = past.filter(({ type }) => type === 'order.decided').slice(-DECISIONS_KEPT);
  await inTransaction(engine.database, async (tx) => {
    const parcels = await listTowerShipments(
      tx,
      ended.map(({ entity_id }) => entity_id),
    );
    for (const parcel of parcels) {
      countEnd(scores, parcel);
      countDelivered(history, parcel);
    }
    const ids = decided.flatMap(({ order_id }) => order_id ?? []);
    addDecisionTimes(decisions, history, await listDecisionTimes(tx, ids));
  });
}
