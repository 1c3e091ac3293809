/** A carrier: polls what it is offered, takes or leaves it, and sends its fleet for what it took. */
import type { Carrier } from '../domain/network.ts';
import { chooseAnswer } from './carrier-plan.ts';
import { openFleet } from './fleet.ts';
import type { Party } from './http-party.ts';
import { openOutbox } from './outbox.ts';
import type { AssignmentItem, AssignmentPage } from './protocol.ts';
import { PAGE_ITEMS, type Stage } from './stage.ts';

/** Starts a carrier; it works until the simulation ends. */
export function startCarrier(stage: Stage, carrier: Carrier, party: Party): void {
  const { schedule, seed } = stage;
  const fleet = openFleet(stage, carrier, party);
  const answers = openOutbox<object>(party, '/v1/assignments/answers', (code) =>
    stage.note(`answer refused: ${code}`),
  );
  const answer = async (item: AssignmentItem, said: 'accept' | 'reject', reason?: string) => {
    const { assignment_id, fencing_token } = item;
    const row = { assignment_id, fencing_token, answer: said };
    const fate = await answers.post(reason === undefined ? row : { ...row, reason });
    if (said === 'accept' && fate.status !== 'refused') fleet.fetch(item);
  };
  const consider = (item: AssignmentItem) => {
    const choice = chooseAnswer(seed, carrier.id, item);
    stage.note(`offers: ${choice.answer}`);
    if (choice.answer === 'silent') return;
    const reason = choice.answer === 'reject' ? choice.reason : undefined;
    const at = schedule.now() + choice.after_seconds * 1000;
    schedule.at(at, () =>
      reason === undefined
        ? answer(item, 'accept')
        : stage.inTurn(() => answer(item, 'reject', reason)),
    );
  };
  schedule.always(async () => {
    for (let cursor = ''; ; ) {
      const path = `/v1/assignments?wait=${stage.poll_seconds}&limit=${PAGE_ITEMS}${cursor}`;
      const { body } = await party.poll<AssignmentPage>(path);
      for (const item of body.assignments) consider(item);
      if (body.next_cursor !== null) cursor = `&cursor=${body.next_cursor}`;
    }
  });
}
