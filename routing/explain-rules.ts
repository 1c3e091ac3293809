/** Which rule of the order or its policy keeps a warehouse out of every plan, and by how much. */
import { cheapestWith, completions, decidedItems } from './explain-plans.ts';
import { openOrder } from './order-context.ts';
import { priceParcels } from './parcels.ts';
import { buildProblem, type Problem } from './problem.ts';
import { limitOf, rulesOf, type Scene, without } from './rules.ts';
import type { Alternative, RuleName, SourcingResult } from './types.ts';

/** The rule that removed an alternative, with its numbers. */
export type Ruled = Pick<Alternative, 'lost_because' | 'got' | 'limit'>;

/**
 * The rules of the order or its policy that keep warehouses out of every plan: without the rule some
 * plan uses them. Its numbers are those of the fewest parcels or the surest one. O(rules) problems priced
 * and completed, and for a limit of parcels O(warehouses × items) of `completions` more.
 */
export function rulesAgainst(
  scene: Scene,
  result: SourcingResult,
  warehouses: readonly number[],
): Map<number, Ruled> {
  const found = new Map<number, Ruled>();
  for (const rule of rulesOf(scene)) {
    const open = warehouses.filter((warehouse) => !found.has(warehouse));
    if (open.length === 0) break;
    const lifted = without(rule, scene);
    const timePerDay = lifted.network.policy.time_per_day;
    const context = openOrder(lifted.network, lifted.board, lifted.order, timePerDay);
    if ('outcome' in context) continue;
    const items = decidedItems(context, result);
    const problem = buildProblem(context, items, Math.min(context.splitLimit, items.length), 0);
    priceParcels(problem);
    const known = completions(problem);
    for (const warehouse of open) {
      const c = problem.candidates.indexOf(warehouse);
      if (c < 0 || cheapestWith(problem, c, known) === undefined) continue;
      const limit = limitOf(rule, scene);
      const got = gotBy(rule, problem, c, limit);
      found.set(warehouse, { lost_because: rule, got, limit });
    }
  }
  return found;
}

/** What a plan with candidate `c` does against a rule at least. */
function gotBy(rule: RuleName, problem: Problem, c: number, limit: number): number {
  const { options, context, items } = problem;
  if (rule === 'on_time_confidence') {
    let risk = Number.POSITIVE_INFINITY;
    for (let o = options.first[c]!; o < options.first[c + 1]!; o++) {
      risk = Math.min(risk, options.risk[o]!);
    }
    return Math.exp(-risk);
  }
  // Without the rule its plans part the group, or mix goods in a parcel, at least once.
  if (rule === 'keep_together') return 2;
  if (rule === 'apart') return 1;
  for (let parcels = limit + 1; parcels < items.length; parcels++) {
    const tighter = { ...problem, context, splitLimit: parcels };
    if (cheapestWith(tighter, c, completions(tighter)) !== undefined) return parcels;
  }
  return items.length;
}
