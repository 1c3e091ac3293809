/**
 * Explains a decision by making it again: the stock and capacity that its batch saw are rebuilt, the
 * plans decided before it are taken, and routing is asked once more, on the network version of then.
 * The answer says whether the same plan came out, and why each alternative lost.
 */
import { asParty, inTransaction, type PartyIdentity } from '../../db/database.ts';
import { type DecisionRecord, findLastDecision, getBatchBefore } from '../../db/decisions.ts';
import {
  type Alternative,
  type Board,
  explain,
  openBoard,
  type SourcedPlan,
  type SourcingOrder,
  type SourcingResult,
  source,
  take,
} from '../../routing/index.ts';
import type { Contended } from './decide-batch.ts';
import type { Engine, LiveNetwork } from './engine.ts';

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
  readonly currency: string;
  readonly from_quote: boolean;
  readonly work_budget: number;
  readonly elapsed_us: number;
  readonly result: Result;
  readonly alternatives: readonly Alternative[];
  /** True when deciding again gave the stored result, bit for bit; null for plans sold as quotes. */
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
  const network = await engine.networks.version(decision.network_version, decision.decided_at);
  const board = await rebuildBoard(engine, network, decision);
  const { result, work_budget } = decision;
  const { replayed, alternatives } = replay(network, board, decision);
  return {
    order_id,
    decision_no: decision.decision_no,
    outcome: decision.outcome,
    decided_at: decision.decided_at,
    deadline: decision.deadline,
    late: decision.late,
    network_version: decision.network_version,
    currency: network.document.currency,
    from_quote: decision.from_quote,
    work_budget,
    elapsed_us: decision.elapsed_us,
    result,
    alternatives,
    replayed,
  };
}

function replay(
  network: LiveNetwork,
  board: Board,
  { problem, result, work_budget, from_quote }: DecisionRecord<SourcingOrder, Result>,
): Pick<ExplainedDecision, 'replayed' | 'alternatives'> {
  // A lost race was not routing's choice: there is nothing to choose again.
  if (result.outcome === 'unsourced' && result.reason === 'contended') {
    return { replayed: null, alternatives: [] };
  }
  const again = from_quote ? null : source(network.compiled, board, problem, { work: work_budget });
  return {
    replayed: again === null ? null : JSON.stringify(again) === JSON.stringify(result),
    alternatives: explain(network.compiled, board, problem, result),
  };
}

/** The board as it was when this decision was made. */
async function rebuildBoard(
  engine: Engine,
  network: LiveNetwork,
  decision: DecisionRecord,
): Promise<Board> {
  const { batch, earlier } = await inTransaction(engine.database, (tx) =>
    getBatchBefore(tx, decision.batch_id, decision.batch_position),
  );
  const stock = batch.stock.map(([stock_id, warehouse_id, sku_id, available, expires_seconds]) => ({
    stock_id,
    warehouse_id,
    sku_id,
    available,
    ...(expires_seconds === null ? {} : { expires_seconds }),
  }));
  const capacity = batch.capacity.map(([resource, slot_seconds, used]) => ({
    resource,
    slot_seconds,
    used,
  }));
  const board = openBoard(network.compiled, stock, capacity);
  for (const plan of earlier) take(board, plan as SourcedPlan);
  return board;
}
