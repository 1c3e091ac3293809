/**
 * Works out an answer once per look at the journal, for all who ask between two looks. The state changes
 * only when it is brought up to date, so the answer cannot be stale.
 */
import type { TowerState } from './tower-state.ts';

/** `tell` with its last answer kept until the state has moved or `also` is another. */
export function oncePerLook<Also, Answer>(
  tell: (state: TowerState, also: Also) => Answer,
): (state: TowerState, also: Also) => Answer {
  const kept = new WeakMap<TowerState, { look: number; also: Also; answer: Answer }>();
  return (state, also) => {
    const known = kept.get(state);
    if (known !== undefined && known.look === state.look && known.also === also) {
      return known.answer;
    }
    const answer = tell(state, also);
    kept.set(state, { look: state.look, also, answer });
    return answer;
  };
}
