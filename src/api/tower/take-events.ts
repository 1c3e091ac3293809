/** Takes news of the journal into the tower's state: one read of what has changed, by key. */
import { inTransaction, type Tx } from '../../../db/database.ts';
import type { JournalEvent } from '../../../db/journal.ts';
import {
  listCapacityUsed,
  listDecisionTimes,
  listTowerShipments,
  type PastEventRow,
} from '../../../db/tower-reads.ts';
import { deleteWorkers, listWorkers } from '../../../db/workers.ts';
import type { Engine } from '../../fulfillment/engine.ts';
import { countEvent } from './count-events.ts';
import { addDecisionTimes } from './decision-times.ts';
import { countDelivered } from './history.ts';
import { countEnd } from './scores.ts';
import type { TowerState } from './tower-state.ts';

const ENDS = new Set(['shipment.delivered', 'shipment.returned', 'shipment.lost']);
const DAY_SECONDS = 86_400;
/** Loads of warehouses are read with every tenth look. */
const LOADS_EVERY = 10;

/**
 * Takes in events, in order, and brings loads, workers and levels up to date. Events of shipments are
 * only a sign that a row has changed: the row is read, so nothing is ever folded wrongly.
 */
export async function takeEvents(
  engine: Engine,
  state: TowerState,
  events: readonly JournalEvent[],
): Promise<void> {
  const news = events.filter(({ seq }) => seq > state.seq);
  for (const event of news) {
    countEvent(state, factsOf(event));
    takeOrder(state, event);
  }
  const changed = new Set<string>();
  const ended = new Set<string>();
  for (const { entity, entity_id, type } of news) {
    if (entity === 'shipment') changed.add(entity_id);
    if (ENDS.has(type)) ended.add(entity_id);
  }
  const decided = news.filter(({ type }) => type === 'order.decided').map((one) => one.entity_id);
  await inTransaction(engine.database, async (tx) => {
    for (const row of await listTowerShipments(tx, [...changed])) {
      state.board.put(row);
      if (!ended.has(row.shipment_id)) continue;
      countEnd(state.scores, row);
      countDelivered(state.history, row);
    }
    addDecisionTimes(state.decisions, state.history, await listDecisionTimes(tx, decided));
    state.silences.saw(await listWorkers(tx));
    await deleteWorkers(tx, state.silences.silentFor(engine.config.worker_forget_seconds));
  });
  state.seq = news.at(-1)?.seq ?? state.seq;
  state.as_of = engine.clock.now();
  if (state.look % LOADS_EVERY === 0) await takeLoads(engine, state);
  state.look += 1;
  noteLevels(state);
}

/** The part of an event that is counted. */
function factsOf(event: JournalEvent): PastEventRow {
  const { data, at, ...rest } = event;
  const shipments = data.shipment_ids;
  const after = data.after as { state?: string } | undefined;
  return {
    ...rest,
    at_seconds: Math.floor(at.epochMilliseconds / 1000),
    cost: typeof data.cost === 'number' ? data.cost : null,
    parcels: Array.isArray(shipments) ? shipments.length : null,
    after_state: after?.state ?? null,
  };
}

/** Orders without a parcel are known from their events alone. */
function takeOrder({ board }: TowerState, event: JournalEvent): void {
  if (event.entity !== 'order') return;
  const { entity_id: order_id, data, at } = event;
  const state = data.state as string;
  if (state !== 'accepted' && state !== 'backordered' && state !== 'unfillable') {
    board.wait(order_id, null);
    return;
  }
  const known = board.waiting.get(order_id);
  const decideBy =
    typeof data.decide_by === 'string' ? Temporal.Instant.from(data.decide_by) : null;
  board.wait(order_id, {
    order_id,
    state,
    accepted_seconds: known?.accepted_seconds ?? at.epochMilliseconds / 1000,
    decide_by_seconds:
      decideBy === null ? (known?.decide_by_seconds ?? 0) : decideBy.epochMilliseconds / 1000,
  });
}

/** How much of today each warehouse has taken; read less often than what the journal tells. */
async function takeLoads(engine: Engine, state: TowerState): Promise<void> {
  const network = await engine.networks.current();
  const limited = network?.document.warehouses.filter((one) => one.parcels_per_day !== undefined);
  const resources = (limited ?? []).map(({ id }) => `parcels/${id}`);
  state.capacity = await inTransaction(engine.database, (tx) =>
    usedToday(tx, resources, state.as_of),
  );
}

/**
 * Capacity used of these resources on the newest day that has begun. Slots start at 00:00 UTC of a local
 * date, so today's may have started a day ago.
 */
export async function usedToday(
  tx: Tx,
  resources: readonly string[],
  as_of: Temporal.Instant,
): Promise<Map<string, number>> {
  const now = as_of.epochMilliseconds / 1000;
  const rows = await listCapacityUsed(tx, resources, now - 2 * DAY_SECONDS);
  const begun = rows.filter(({ slot_seconds }) => slot_seconds <= now);
  return new Map(begun.map(({ resource, used }) => [resource, used]));
}

function noteLevels({ board, history, as_of }: TowerState): void {
  const bucket = history.at(as_of.epochMilliseconds / 1000);
  if (bucket === null) return;
  bucket.levels = {
    open: board.openOrders(),
    at_risk: board.all.at_risk,
    breached: board.all.breached,
    queue_age_seconds: queueAge(board, as_of) ?? 0,
  };
}

/** How long the oldest order has waited for its decision, seconds; null = none waits. */
export function queueAge(board: TowerState['board'], as_of: Temporal.Instant): number | null {
  let oldest: number | null = null;
  for (const { state, accepted_seconds } of board.waiting.values()) {
    if (state === 'accepted') oldest = Math.min(oldest ?? accepted_seconds, accepted_seconds);
  }
  return oldest === null ? null : Math.max(0, as_of.epochMilliseconds / 1000 - oldest);
}
