/**
 * ANSWER: carriers accept or reject what was offered to them. Work becomes visible to the warehouse
 * only when a carrier has taken it; what is rejected goes to the next best carrier.
 */
import {
  type AssignmentRow,
  type EndedOffer,
  endOffers,
  listAssignedShipments,
  listAssignments,
} from '../../db/assignments.ts';
import { inTransaction } from '../../db/database.ts';
import { lockShipments } from '../../db/shipment-progress.ts';
import type { AnswerOutcome, AssignmentAnswer, RowResult } from '../domain/commands.ts';
import { type Batch, lateData, meet, openBatch, saveBatch, tellShipment } from './batch.ts';
import type { Engine } from './engine.ts';
import { isUuid, refuse } from './part-events.ts';

type Result = RowResult<AnswerOutcome>;

/** Answers of one carrier, being decided. */
interface Desk {
  readonly batch: Batch;
  readonly assignments: ReadonlyMap<string, AssignmentRow>;
  readonly ended: Map<string, EndedOffer>;
}

/**
 * Takes one carrier's answers, in their order, each answered in its place. The lease ends at
 * `lease_until` by the engine's clock: an answer before it wins, one at or after it is refused
 * (`stale_lease`), as is one with an older fencing token. The same answer again is a duplicate with
 * the same result. Shipments are locked by id, so an answer and an expiry never both win.
 */
export async function answerAssignments(
  engine: Engine,
  carrier_id: string,
  answers: readonly AssignmentAnswer[],
  request_id: string,
): Promise<Result[]> {
  const ids = [...new Set(answers.map((answer) => answer.assignment_id).filter(isUuid))];
  if (ids.length === 0) return answers.map(notFound);
  return await inTransaction(engine.database, async (tx) => {
    const shipmentIds = await listAssignedShipments(tx, carrier_id, ids);
    const shipments = await lockShipments(tx, shipmentIds);
    const rows = await listAssignments(tx, carrier_id, ids);
    const at = engine.clock.now();
    const desk: Desk = {
      batch: openBatch({ at, request_id, newId: engine.newId, shipments }),
      assignments: new Map(rows.map((row) => [row.assignment_id, row])),
      ended: new Map(),
    };
    const results = answers.map((answer) => decideAnswer(desk, answer));
    await endOffers(tx, [...desk.ended.values()], at);
    await saveBatch(tx, desk.batch);
    return results;
  });
}

function decideAnswer(desk: Desk, answer: AssignmentAnswer): Result {
  const row = desk.assignments.get(answer.assignment_id.toLowerCase());
  if (row === undefined) return notFound(answer);
  const { assignment_id, fencing_token } = row;
  if (answer.fencing_token !== fencing_token) {
    const detail = `got ${answer.fencing_token}, the assignment's token is ${fencing_token}`;
    return refuse('stale_lease', detail, [{ pointer: '/fencing_token', detail }]);
  }
  const wanted = answer.answer === 'accept' ? 'accepted' : 'rejected';
  const state = desk.ended.get(assignment_id)?.state ?? row.state;
  if (state === wanted) return { status: 'duplicate', assignment_id, state };
  if (state !== 'offered') {
    return refuse('stale_lease', `the assignment is ${state} and takes no other answer`);
  }
  const { at } = desk.batch;
  if (Temporal.Instant.compare(at, row.lease_until) >= 0) {
    return refuse('stale_lease', `the lease ended at ${row.lease_until}, it is ${at}`);
  }
  const shipment = desk.batch.shipments.get(row.shipment_id);
  if (shipment === undefined || shipment.state !== 'planned') {
    return refuse('state_conflict', `the shipment is ${shipment?.state ?? 'gone'}, not planned`);
  }
  const reason = wanted === 'rejected' ? (answer.reason ?? 'other') : null;
  desk.ended.set(assignment_id, { assignment_id, state: wanted, reason });
  const facts = { assignment_id, fencing_token, service_id: row.service_id };
  if (wanted === 'accepted') {
    shipment.state = 'released';
    const late = meet(shipment, 'release', at);
    desk.batch.released_shipments.add(shipment);
    tellShipment(desk.batch, shipment, 'shipment.released', { ...facts, ...lateData(late) });
  } else {
    // Due at once, and without a live offer: that is what the tender step looks for.
    shipment.next_due_at = at;
    tellShipment(desk.batch, shipment, 'shipment.rejected', { ...facts, reason });
  }
  return { status: 'applied', assignment_id, state: wanted };
}

function notFound({ assignment_id }: AssignmentAnswer): Result {
  const detail = `there is no assignment ${assignment_id} of yours`;
  return refuse('not_found', detail, [{ pointer: '/assignment_id', detail }]);
}
