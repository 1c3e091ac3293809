/**
 * Why no plan? Each rule of the order and its policy is lifted alone and the order decided again: what
 * has a plan then was refused by that rule, and the plan says by how much.
 */
import type { Board } from './board.ts';
import type { CompiledNetwork } from './network.ts';
import { gotOf, limitOf, rulesOf, type Scene, without } from './rules.ts';
import { source } from './source.ts';
import type { RefusedBy, SourcingOrder, WorkBudget } from './types.ts';

/**
 * The rules without which a refused order has a plan, each lifted alone; none if goods, lanes or
 * capacity are what is missing, or only several rules together stand against it. The board must be
 * as it was when the order was decided. O(rules) decisions within the budget each.
 */
export function explainRefusal(
  network: CompiledNetwork,
  board: Board,
  order: SourcingOrder,
  budget: WorkBudget,
): RefusedBy[] {
  const scene: Scene = { network, board, order };
  return rulesOf(scene).flatMap((rule): RefusedBy[] => {
    const lifted = without(rule, scene);
    const plan = source(lifted.network, lifted.board, lifted.order, budget);
    if (plan.outcome === 'unsourced') return [];
    return [{ rule, got: gotOf(rule, scene, plan), limit: limitOf(rule, scene) }];
  });
}
