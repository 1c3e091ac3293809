/**
 * The operator's desk: works through the exceptions, as a person would, and not at once: there is
 * time for whoever watches to be quicker.
 */
import type { Party } from './http-party.ts';
import type { ExceptionPage, ExceptionSeen } from './protocol.ts';
import { readInstant, type Stage } from './stage.ts';

/** How often (ms of the machine, at full speed) the desk looks at the list. */
const LOOK_MS = 1_000;
const LIST_ITEMS = 500;
const HOUR_MS = 3_600_000;

/** What the desk tries, in order, once an exception is so old (h); a refusal means: the next. */
interface Habit {
  readonly after_hours: number;
  readonly tries: readonly string[];
}

/** By kind. What is not listed is noted and closed. */
const HABITS: Readonly<Record<string, readonly Habit[]>> = {
  // A shop that has closed, a van that was full: tomorrow may be another day.
  unfillable: [{ after_hours: 6, tries: ['retry'] }],
  no_carrier: [{ after_hours: 6, tries: ['retry', 'close'] }],
  carrier_cancelled: [{ after_hours: 3, tries: ['cancel', 'declare_lost', 'close'] }],
  late_delivery: [{ after_hours: 36, tries: ['cancel', 'declare_lost', 'close'] }],
};
const OTHERWISE: readonly Habit[] = [{ after_hours: 8, tries: ['close'] }];
/** An order that stays unfillable after this many retries is given up. */
const RETRIES_MAX = 2;

/** Starts the desk; it works until the simulation ends. */
export function startDesk(stage: Stage, party: Party): void {
  const retries = new Map<string, number>();
  const resolve = async (exception: ExceptionSeen) => {
    const age_hours = (stage.schedule.now() - readInstant(exception.opened_at)) / HOUR_MS;
    const habit = (HABITS[exception.kind] ?? OTHERWISE).find((one) => age_hours >= one.after_hours);
    if (habit === undefined) return;
    const order = exception.order_id ?? '';
    const tried = retries.get(order) ?? 0;
    const isHopeless = habit.tries[0] === 'retry' && tried >= RETRIES_MAX;
    for (const resolution of isHopeless ? ['cancel', 'close'] : habit.tries) {
      if (resolution === 'retry') retries.set(order, tried + 1);
      const path = `/v1/exceptions/${exception.exception_id}/resolve`;
      const answer = await party.send('POST', path, { body: { resolution }, refusals: [409] });
      if (answer.status !== 200) continue;
      stage.note(`exceptions: ${exception.kind} → ${resolution}`);
      return;
    }
  };
  const look = async () => {
    for (let cursor = ''; ; ) {
      const path = `/v1/exceptions?state=open&limit=${LIST_ITEMS}${cursor}`;
      const { body } = await party.send<ExceptionPage>('GET', path);
      for (const exception of body.exceptions) await resolve(exception);
      if (body.next_cursor === null) return;
      cursor = `&cursor=${body.next_cursor}`;
    }
  };
  stage.schedule.every(LOOK_MS, look);
}
