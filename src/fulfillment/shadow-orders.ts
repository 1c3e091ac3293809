/**
 * SHADOW: decides orders of late once more under a policy that is in shadow, from what their decisions
 * saw, and notes how the plans differ. Nothing is saved of the plan itself. What it costs is bounded:
 * so many orders and so much work a second; of more orders than that, the newest are a sample.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inTransaction } from '../../db/database.ts';
import type { PolicyRow } from '../../db/policies.ts';
import {
  type DecidedBatch,
  type DecidedOrder,
  type DueShadow,
  listBatchesAfter,
  type PolicyTrial,
  saveTrials,
  takeDueShadows,
} from '../../db/policy-trials.ts';
import {
  boardUnder,
  type CompiledNetwork,
  DAY_SECONDS,
  type Prices,
  type SourcedPlan,
  type SourcingOrder,
  type SourcingResult,
  sourceExploring,
  take,
} from '../../routing/index.ts';
import { secondsOf } from '../domain/instants.ts';
import { choosePolicy } from '../domain/policy.ts';
import { compareDecisions } from './compare-decisions.ts';
import type { StepOutcome } from './decide-orders.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { compiledUnder } from './policy-network.ts';
import { rebuildBoard } from './stored-view.ts';

/** How often (s of the machine) a shadow is looked after. */
const EVERY_SECONDS = 1;

/** Tries the policies in shadow that are due. Safe beside itself: the timer is moved on first. */
export async function shadowOrders(engine: Engine): Promise<StepOutcome> {
  const now = engine.clock.now();
  const next = now.add({ milliseconds: Math.round(EVERY_SECONDS * 1000 * engine.clock.speed) });
  const due = await inTransaction(engine.database, (tx) => takeDueShadows(tx, now, next));
  const network = due.length === 0 ? null : await engine.networks.current();
  if (network === null) return { done: 0, more: false };
  const policies = await engine.policies.current();
  let done = 0;
  for (const shadow of due) {
    const policy = policies.find(({ policy_id }) => policy_id === shadow.policy_id);
    const compiled = policy === undefined ? null : compiledUnder(network, policy);
    if (policy === undefined || compiled === null) continue;
    done += await tryShadow(engine, { network, policies, policy, compiled }, shadow);
  }
  return { done, more: false };
}

/** A policy in shadow beside those in force. */
interface Shadow {
  readonly network: LiveNetwork;
  readonly policies: readonly PolicyRow[];
  readonly policy: PolicyRow;
  readonly compiled: CompiledNetwork;
}

async function tryShadow(engine: Engine, shadow: Shadow, due: DueShadow): Promise<number> {
  const { shadow_orders, shadow_work, shadow_trials_max } = engine.config;
  const batches = await inTransaction(engine.database, (tx) =>
    listBatchesAfter(tx, due.after_batch_id, shadow_orders),
  );
  const newest = batches[0]?.batch_id;
  if (newest === undefined) return 0;
  const orders = batches.reduce((sum, { decisions }) => sum + decisions.length, 0);
  const trying: Trying = {
    ...shadow,
    every: Math.max(1, Math.ceil(orders / shadow_orders)),
    work_left: shadow_work,
    trials: [],
  };
  for (const batch of batches.filter((one) => isOfNow(shadow.network, one))) {
    const prices =
      batch.price_set_id === null ? undefined : await engine.prices.get(batch.price_set_id);
    await tryBatch(trying, batch, prices?.index);
  }
  await inTransaction(engine.database, (tx) =>
    saveTrials(tx, due, newest, trying.trials, shadow_trials_max),
  );
  return trying.trials.length;
}

/** Past networks are not compiled again for this: their batches are left out of the sample. */
function isOfNow(network: LiveNetwork, batch: DecidedBatch): boolean {
  const day = Math.floor(secondsOf(batch.decided_at) / DAY_SECONDS) * DAY_SECONDS;
  return (
    batch.network_version === network.version &&
    batch.transit_version === network.transit_version &&
    batch.disruption_no === network.disruption_no &&
    batch.disruption_no === network.disruption_no &&
    network.compiled.calendars.fromSeconds === day
  );
}

interface Trying extends Shadow {
  /** Of so many orders one is tried. */
  readonly every: number;
  work_left: number;
  readonly trials: PolicyTrial[];
}

/** Walks a batch as it was decided: each order sees what those before it took. */
async function tryBatch(
  trying: Trying,
  batch: DecidedBatch,
  prices: Prices | undefined,
): Promise<void> {
  const { network, compiled, policy, every } = trying;
  const board = rebuildBoard(network, batch);
  const under = boardUnder(board, compiled);
  const lost = [...batch.lost].sort((a, b) => a[0] - b[0]);
  for (const decision of batch.decisions) {
    if (trying.work_left <= 0) return;
    while (lost.length > 0 && lost[0]![0] < decision.batch_position) {
      takePlan(board, lost.shift()![1] as SourcingResult);
    }
    const live = decision.result as SourcingResult;
    if (decision.batch_position % every === 0 && isComparable(trying, decision)) {
      const problem = decision.problem as SourcingOrder;
      const budget = { work: decision.work_budget };
      const result = sourceExploring(compiled, under, problem, budget, prices, decision.order_id);
      trying.work_left -= result.work;
      const compared = compareDecisions(network, problem, live, result);
      trying.trials.push({ ...trialOf(policy, decision), ...compared });
      await nextTurn();
    }
    if (!decision.from_quote) takePlan(board, live);
  }
}

function takePlan(board: Parameters<typeof take>[0], result: SourcingResult): void {
  if (result.outcome === 'sourced') take(board, result as SourcedPlan);
}

/** Not the solver's own choice, or nothing that the library decides. */
const NOT_DECIDED: ReadonlySet<string> = new Set(['contended', 'unsound']);

/** True for an order of the shadow's scope that the live policy decided by itself. */
function isComparable({ policies, policy }: Trying, decision: DecidedOrder): boolean {
  const { platform_id, order_id, from_quote } = decision;
  const result = decision.result as SourcingResult;
  if (from_quote || (result.outcome === 'unsourced' && NOT_DECIDED.has(result.reason)))
    return false;
  const live = choosePolicy(
    policies.filter(({ state }) => state === 'live'),
    platform_id,
    order_id,
  );
  const isInScope =
    policy.platform_id === null
      ? (live?.platform_id ?? null) === null
      : policy.platform_id === platform_id;
  return isInScope && decision.policy_id === (live?.policy_id ?? null);
}

function trialOf({ policy_id }: PolicyRow, { order_id, decision_no, ...decision }: DecidedOrder) {
  const { policy_id: against, decided_at } = decision;
  return { policy_id, order_id, decision_no, against, decided_at };
}
