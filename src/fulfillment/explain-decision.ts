/**
 * Explains a decision by making it again: the stock and capacity that its batch saw are rebuilt, the
 * plans decided before it are taken, and routing is asked once more, on the network version of then.
 * The answer says whether the same plan came out, and why each alternative lost.
 */
import { isDeepStrictEqual } from 'node:util';
import { asParty, inTransaction, type PartyIdentity } from '../../db/database.ts';
import { type DecisionRecord, findLastDecision, getBatchBefore } from '../../db/decisions.ts';
import { findUsedQuoteView, type UsedQuoteView } from '../../db/quotes.ts';
import {
  type Alternative,
  type Board,
  boardUnder,
  type CompiledNetwork,
  explain,
  explainRefusal,
  type Prices,
  quoteOptions,
  type RefusedBy,
  type SourcedPlan,
  type SourcingOrder,
  type SourcingResult,
  sourceExploring,
  take,
} from '../../routing/index.ts';
import type { Contended } from './decide-batch.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { compiledUnder } from './policy-network.ts';
import { rebuildBoard } from './stored-view.ts';

type Result = SourcingResult | Contended;

/** A decision with its explanation. Costs are minor units of the network's currency. */
export interface ExplainedDecision {
  readonly order_id: string;
  readonly decision_no: number;
  readonly outcome: DecisionRecord['outcome'];
  readonly decided_at: Temporal.Instant;
  readonly deadline: Temporal.Instant;
  readonly late: boolean;
  readonly network_version: number;
  readonly disruption_no: number;
  /** The prices that were in force; null = none. */
  readonly price_set_id: string | null;
  /** The policy whose rules it was made by; null = the network's own. */
  readonly policy_id: string | null;
  readonly currency: string;
  readonly from_quote: boolean;
  readonly work_budget: number;
  readonly elapsed_us: number;
  readonly result: Result;
  readonly alternatives: readonly Alternative[];
  /** The rules without which a refused order has a plan. */
  readonly refused_by: readonly RefusedBy[];
  /**
   * True when deciding again gave the stored result, bit for bit; null where nothing can be decided
   * again: the race for stock was lost too often, or a quote was made before its view was kept.
   */
  readonly replayed: boolean | null;
}

/** Explains an order's newest decision; null where the asker may not know of one. */
export async function explainDecision(
  engine: Engine,
  who: PartyIdentity,
  order_id: string,
): Promise<ExplainedDecision | null> {
  const found = await asParty(engine.database, who, (tx) => findLastDecision(tx, order_id));
  if (found === undefined) return null;
  const decision = found as DecisionRecord<SourcingOrder, Result>;
  const scene = await sceneOf(engine, decision);
  const { replayed, alternatives, refused_by } = replay(scene, decision);
  const currency = scene.network.document.currency;
  return {
    order_id,
    decision_no: decision.decision_no,
    outcome: decision.outcome,
    decided_at: decision.decided_at,
    deadline: decision.deadline,
    late: decision.late,
    network_version: decision.network_version,
    disruption_no: scene.network.disruption_no,
    price_set_id: scene.price_set_id,
    policy_id: decision.policy_id,
    currency,
    from_quote: decision.from_quote,
    work_budget: decision.work_budget,
    elapsed_us: decision.elapsed_us,
    result: decision.result,
    alternatives,
    refused_by,
    replayed,
  };
}

/** What a decision was made from, rebuilt: its own batch, or the quote whose plan it took over. */
interface Scene {
  readonly network: LiveNetwork;
  /** The network under the policy of then, and the board under it. */
  readonly compiled: CompiledNetwork;
  readonly board: Board;
  readonly problem: SourcingOrder;
  readonly price_set_id: string | null;
  /** Decides again; null where nothing was kept to decide from. */
  readonly again: (() => SourcingResult | undefined) | null;
}

async function sceneOf(
  engine: Engine,
  decision: DecisionRecord<SourcingOrder, Result>,
): Promise<Scene> {
  const { order_id, problem, work_budget, from_quote } = decision;
  const quoted = from_quote
    ? await inTransaction(engine.database, (tx) => findUsedQuoteView(tx, order_id))
    : null;
  if (quoted !== null) return await quotedScene(engine, quoted);
  const { network_version, decided_at, batch_id, batch_position } = decision;
  const { batch, earlier } = await inTransaction(engine.database, (tx) =>
    getBatchBefore(tx, batch_id, batch_position),
  );
  const { transit_version, disruption_no } = batch;
  const versions = { version: network_version, transit_version, disruption_no };
  const network = await engine.networks.version(versions, decided_at);
  const compiled = await compiledOf(engine, network, decision.policy_id);
  const board = boardUnder(rebuildBoard(network, batch), compiled);
  for (const plan of earlier) take(board, plan as SourcedPlan);
  const { price_set_id } = batch;
  const prices = await pricesOf(engine, price_set_id);
  const budget = { work: work_budget };
  const again = () => sourceExploring(compiled, board, problem, budget, prices, order_id);
  const known = { network, compiled, board, problem, price_set_id };
  return { ...known, again: from_quote ? null : again };
}

/** The network under the policy that a decision names, which fitted it then as it does now. */
async function compiledOf(
  engine: Engine,
  network: LiveNetwork,
  policy_id: string | null,
): Promise<CompiledNetwork> {
  if (policy_id === null) return network.compiled;
  const compiled = compiledUnder(network, await engine.policies.get(policy_id));
  if (compiled === null) throw new Error(`policy ${policy_id} does not fit its own network`);
  return compiled;
}

async function pricesOf(engine: Engine, price_set_id: string | null): Promise<Prices | undefined> {
  return price_set_id === null ? undefined : (await engine.prices.get(price_set_id)).index;
}

/** A quote decides three times, at three prices of time; the order took one of the options. */
async function quotedScene(engine: Engine, quoted: UsedQuoteView): Promise<Scene> {
  const { network_version, transit_version, disruption_no, quoted_at, price_set_id } = quoted;
  const versions = { version: network_version, transit_version, disruption_no };
  const network = await engine.networks.version(versions, quoted_at);
  const compiled = await compiledOf(engine, network, quoted.policy_id);
  const board = boardUnder(rebuildBoard(network, quoted), compiled);
  const problem = quoted.problem as SourcingOrder;
  const prices = await pricesOf(engine, price_set_id);
  const budget = { work: quoted.work_budget };
  const again = () => {
    const options = quoteOptions(compiled, board, problem, budget, prices);
    return options.find(({ label }) => label === quoted.quote_option)?.plan;
  };
  return { network, compiled, board, problem, price_set_id, again };
}

function replay(
  { compiled, board, problem, again }: Scene,
  { result, work_budget }: DecisionRecord<SourcingOrder, Result>,
): Pick<ExplainedDecision, 'replayed' | 'alternatives' | 'refused_by'> {
  // A lost race was not routing's choice: there is nothing to choose again.
  if (result.outcome === 'unsourced' && result.reason === 'contended') {
    return { replayed: null, alternatives: [], refused_by: [] };
  }
  return {
    replayed: again === null ? null : isSame(again(), result),
    alternatives: explain(compiled, board, problem, result),
    refused_by:
      result.outcome === 'sourced'
        ? []
        : explainRefusal(compiled, board, problem, { work: work_budget }),
  };
}

/** Equal as JSON, in whatever order the database kept the fields. */
function isSame(again: SourcingResult | undefined, stored: Result): boolean {
  return again !== undefined && isDeepStrictEqual(JSON.parse(JSON.stringify(again)), stored);
}
