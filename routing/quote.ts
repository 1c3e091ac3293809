/**
 * Options to offer before the sale, by the same code and data as the decision: the cheapest, the
 * policy's choice, and the fastest plan, as far as they differ.
 */
import { assertBudget } from './assert-order.ts';
import type { Board } from './board.ts';
import type { CompiledNetwork } from './network.ts';
import { sourceAtPrices } from './prices/priced-source.ts';
import type { Prices } from './prices/resource-prices.ts';
import { sourceAt } from './source.ts';
import type { SourcedPlan, SourcingOrder, SourcingResult, WorkBudget } from './types.ts';

/** A plan on offer. Its cost is the policy's; its proof speaks of its own objective. */
export interface QuoteOption {
  readonly label: 'cheapest' | 'best_value' | 'fastest';
  readonly plan: SourcedPlan;
}

/** Minor units per day at which a second outweighs any difference of cost. */
const ALL_FOR_TIME = 1e10;

/** What a plan costs apart from the price of time. */
const money = (plan: SourcedPlan): number =>
  plan.parcels.reduce((sum, parcel) => sum - parcel.cost.time, plan.cost);

const sourced = (result: SourcingResult): SourcedPlan | undefined =>
  result.outcome === 'sourced' ? result : undefined;

/**
 * Up to three plans: `cheapest` (time is free), `best_value` (the policy's own, always there if
 * the order can be sourced) and `fastest` (earliest promise, then cost). An option that is no
 * cheaper, or no faster, than the best value is left out. At `prices` the best value is what the
 * order would be decided to be, and the cheapest leaves to others what they need more; who wants the
 * fastest outbids any price. The board stays as it is. O(1) decisions: three at most, each of a third of
 * the budget, two by `sourceAtPrices`.
 *
 * @throws RangeError as `assertOrder` and `assertBudget`.
 */
export function quoteOptions(
  network: CompiledNetwork,
  board: Board,
  order: SourcingOrder,
  budget: WorkBudget,
  prices?: Prices,
): QuoteOption[] {
  assertBudget(budget);
  const share = { ...budget, work: budget.work / 3 };
  const best = sourced(sourceAtPrices(network, board, order, share, prices));
  if (best === undefined) return [];
  const options: QuoteOption[] = [];

  const cheapest = sourced(sourceAtPrices(network, board, order, share, prices, 0));
  if (cheapest !== undefined && money(cheapest) < money(best)) {
    options.push({ label: 'cheapest', plan: cheapest });
  }
  options.push({ label: 'best_value', plan: best });
  const fastest = sourced(sourceAt(board, order, share, ALL_FOR_TIME));
  if (fastest !== undefined && fastest.promise_seconds < best.promise_seconds) {
    options.push({ label: 'fastest', plan: fastest });
  }
  return options;
}
