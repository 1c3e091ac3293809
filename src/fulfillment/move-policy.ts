/**
 * POLICIES: moves a version through its life. Going live, a policy takes the place of the one that was
 * live in its scope, in the same transaction; shadow and share are given up by hand.
 */
import { inTransaction, type Tx } from '../../db/database.ts';
import { findNewestBatch } from '../../db/decisions.ts';
import { appendEvents, type NewEvent } from '../../db/journal.ts';
import {
  findPolicy,
  listPoliciesInForce,
  lockPolicies,
  type PolicyRow,
  savePolicyMove,
} from '../../db/policies.ts';
import { endShadow, startShadow } from '../../db/policy-trials.ts';
import { Refusal } from '../domain/errors.ts';
import { canPolicyMove, POLICY_STATES_IN_FORCE, type PolicyState } from '../domain/policy.ts';
import { refuseUnfit } from './create-policy.ts';
import type { Engine } from './engine.ts';
import { networkNow } from './stock-faults.ts';

export interface MovePolicy {
  readonly policy_id: string;
  readonly to: PolicyState;
  /** Of a move to `share`: how many of a hundred orders it shall decide, above 0 and below 100. */
  readonly share_percent?: number | undefined;
  readonly by: string;
  readonly request_id: string;
}

/**
 * Moves a policy; the same move again changes nothing.
 *
 * @throws Refusal `not_found`, `invalid_request`, `state_conflict`, `policy_conflict`,
 * `network_missing` or `invalid_policy`.
 */
export async function movePolicy(engine: Engine, command: MovePolicy): Promise<PolicyRow> {
  refuseMisplacedShare(command);
  const network = await networkNow(engine);
  const { policy_id, to, share_percent = null } = command;
  const moved = await inTransaction(engine.database, async (tx) => {
    await lockPolicies(tx);
    const policy = await findPolicy(tx, policy_id);
    if (policy === null) throw new Refusal('not_found', `there is no policy ${policy_id}`);
    if (policy.state === to && policy.share_percent === share_percent) return policy;
    if (!canPolicyMove(policy.state, to)) {
      throw new Refusal('state_conflict', `the policy is ${policy.state}: it cannot become ${to}`);
    }
    if (to !== 'retired') refuseUnfit(network, policy.rules, '');
    const replaced = await makeWay(tx, policy, to);
    const moves = replaced.map((other) => moveOf(engine, other, 'retired', null));
    moves.push(moveOf(engine, policy, to, share_percent));
    for (const { after } of moves) await savePolicyMove(tx, after);
    await follow(engine, tx, policy, to);
    await appendEvents(
      tx,
      moves.map((move) => eventOf(move, command)),
    );
    return moves.at(-1)!.after;
  });
  engine.policies.refresh();
  return moved;
}

function refuseMisplacedShare({ to, share_percent }: MovePolicy): void {
  if ((to === 'share') === (share_percent !== undefined)) return;
  const got = share_percent ?? 'nothing';
  const detail = `got ${got}, expected a percentage for share and for no other state`;
  throw new Refusal('invalid_request', detail, [{ pointer: '/share_percent', detail }]);
}

/** Who is in the place that a policy moves to: the live one gives way, any other keeps it. */
async function makeWay(tx: Tx, policy: PolicyRow, to: PolicyState): Promise<PolicyRow[]> {
  if (!(POLICY_STATES_IN_FORCE as readonly PolicyState[]).includes(to)) return [];
  const others = (await listPoliciesInForce(tx)).filter(
    (other) =>
      other.policy_id !== policy.policy_id &&
      other.state === to &&
      other.platform_id === policy.platform_id,
  );
  if (to === 'live' || others.length === 0) return others;
  const { name, version } = others[0]!;
  throw new Refusal('policy_conflict', `${name} version ${version} is in ${to} in this scope`);
}

interface Move {
  readonly before: PolicyRow;
  readonly after: PolicyRow;
}

function moveOf(
  engine: Engine,
  before: PolicyRow,
  state: PolicyState,
  share_percent: number | null,
): Move {
  const moved = { state, share_percent, moves: before.moves + 1, moved_at: engine.clock.now() };
  return { before, after: { ...before, ...moved } };
}

/** What goes on in the background while a policy is in shadow. */
async function follow(engine: Engine, tx: Tx, policy: PolicyRow, to: PolicyState): Promise<void> {
  const { policy_id } = policy;
  if (to !== 'shadow') await endShadow(tx, policy_id);
  else {
    // Decisions from now on: those before were made when nobody had asked.
    const after_batch_id = (await findNewestBatch(tx)) ?? NO_BATCH;
    await startShadow(tx, { policy_id, due_at: engine.clock.now(), after_batch_id });
  }
}

/** Comes before every id that is made. */
const NO_BATCH = '00000000-0000-0000-0000-000000000000';

function eventOf({ before, after }: Move, { by, request_id }: MovePolicy): NewEvent {
  const { policy_id, name, version, state, share_percent, platform_id, moves, moved_at } = after;
  return {
    entity: 'policy',
    entity_id: policy_id,
    version: moves,
    type: 'policy.moved',
    at: moved_at,
    // Not the event's own platform: whose orders are decided how is the operator's.
    data: {
      name,
      policy_version: version,
      platform_id,
      from: before.state,
      state,
      share_percent,
      by,
    },
    request_id,
  };
}
