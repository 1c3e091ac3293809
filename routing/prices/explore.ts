/**
 * Trying what is not known: a small share of orders may go by a carrier with little work in their zone,
 * where that costs little more than the best plan. Which orders follows from their ids, so that a
 * decision made again comes out the same.
 */
import type { Board } from '../board.ts';
import { type CompiledNetwork, zonesOf } from '../network.ts';
import { source } from '../source.ts';
import type { SourcedPlan, SourcingOrder, SourcingResult, WorkBudget } from '../types.ts';
import { servicesByCarrier } from './carrier-prices.ts';
import { sourceAtPrices } from './priced-source.ts';
import type { Prices } from './resource-prices.ts';
import { shareOfText } from './seeded-chance.ts';

/** How much is tried, and what needs no trial. */
export interface Exploration {
  /** Share of orders, in [0, 1]. */
  readonly share: number;
  /** Largest cost above the best plan's, as a share of it. */
  readonly dearer_share: number;
  /** Carriers that had work enough, by zone. */
  readonly known: ReadonlyMap<string, readonly string[]>;
}

/** The cheapest plan by carriers not known in the order's zones, if it costs little enough. */
function tryUnknown(
  network: CompiledNetwork,
  board: Board,
  order: SourcingOrder,
  budget: WorkBudget,
  { chosen, exploration }: { chosen: SourcedPlan; exploration: Exploration },
): SourcedPlan {
  const services = servicesByCarrier(network);
  const known = zonesOf(network, order.destination).flatMap(
    (zone) => exploration.known.get(zone) ?? [],
  );
  const barred = [...new Set(known)].flatMap((carrier) => services.get(carrier) ?? []);
  if (barred.length === 0) return chosen;
  const excluded_services = [...(order.excluded_services ?? []), ...barred];
  const left = { ...budget, work: Math.max(0, budget.work - chosen.work) };
  const tried = source(network, board, { ...order, excluded_services }, left);
  const work = chosen.work + tried.work;
  const most = chosen.cost * (1 + exploration.dearer_share);
  if (tried.outcome === 'unsourced' || tried.cost > most) return { ...chosen, work };
  const bound = chosen.proof.kind === 'optimal' ? chosen.cost : chosen.proof.lower_bound;
  if (tried.cost <= bound) return { ...tried, proof: { kind: 'optimal' }, work };
  const gap = bound > 0 ? (tried.cost - bound) / bound : Number.MAX_VALUE;
  return { ...tried, proof: { kind: 'bounded', lower_bound: bound, gap }, work };
}

/**
 * Decides one order at prices (see `sourceAtPrices`); if it is one of those that try, by a carrier
 * that is not known in its zone, where there is one at little more. Without exploration it is
 * `sourceAtPrices` itself. O(1) decisions more, at most one.
 */
export function sourceExploring(
  network: CompiledNetwork,
  board: Board,
  order: SourcingOrder,
  budget: WorkBudget,
  prices: Prices | undefined,
  order_id: string,
): SourcingResult {
  const chosen = sourceAtPrices(network, board, order, budget, prices);
  const exploration = prices?.exploration;
  if (exploration === undefined || chosen.outcome === 'unsourced') return chosen;
  if (shareOfText(order_id) >= exploration.share) return chosen;
  return tryUnknown(network, board, order, budget, { chosen, exploration });
}
