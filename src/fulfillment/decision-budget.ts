/** How long a decision may take: per platform, counted from acceptance or reopening. */
import type { DecisionBudgets } from '../../db/backorders.ts';
import type { Network } from '../domain/network.ts';
import type { Engine } from './engine.ts';

const known = new WeakMap<Network, DecisionBudgets>();

/** The decision budgets of a network, in seconds. */
export function budgetsOf(document: Network): DecisionBudgets {
  const before = known.get(document);
  if (before !== undefined) return before;
  const by_platform: Record<string, number> = {};
  for (const { id, decision_seconds } of document.platforms) {
    if (decision_seconds !== undefined) by_platform[id] = decision_seconds;
  }
  const budgets = { by_platform, otherwise: document.policy.decision_seconds };
  known.set(document, budgets);
  return budgets;
}

/**
 * The decision budgets of the network as it is now, in seconds. Ask before a transaction is opened:
 * the network source reads the database on a connection of its own, and as many transactions as
 * the pool has connections would wait for one that none of them gives back.
 */
export async function decisionBudgets(engine: Engine): Promise<DecisionBudgets> {
  const network = await engine.networks.current();
  if (network === null) return { by_platform: {}, otherwise: WITHOUT_NETWORK_SECONDS };
  return budgetsOf(network.document);
}

/** Without a network nothing can be decided; the deadline only has to exist. */
const WITHOUT_NETWORK_SECONDS = 15;

/** The budget of one platform, in seconds. */
export function budgetOf(budgets: DecisionBudgets, platform_id: string): number {
  return budgets.by_platform[platform_id] ?? budgets.otherwise;
}
