/** POLICIES: makes a version of a policy, as a draft that decides nothing. */
import { inTransaction } from '../../db/database.ts';
import { appendEvents } from '../../db/journal.ts';
import {
  insertPolicy,
  lockPolicies,
  nextPolicyVersion,
  type PolicyRow,
} from '../../db/policies.ts';
import { Refusal } from '../domain/errors.ts';
import type { PolicyRules } from '../domain/policy.ts';
import { policyFaults } from '../domain/policy-faults.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { networkNow } from './stock-faults.ts';

export interface CreatePolicy {
  readonly name: string;
  /** Whose orders it is for; without one it is for all that have none of their own. */
  readonly platform_id?: string | undefined;
  readonly rules: PolicyRules;
  readonly note?: string | undefined;
  readonly by: string;
  readonly request_id: string;
}

/**
 * Stores the next version of a name.
 *
 * @throws Refusal `network_missing`, `unknown_reference` or `invalid_policy`.
 */
export async function createPolicy(engine: Engine, command: CreatePolicy): Promise<PolicyRow> {
  const network = await networkNow(engine);
  refuseStranger(network, command.platform_id);
  refuseUnfit(network, command.rules, '/rules');
  const { name, platform_id = null, rules, note = null, by } = command;
  const at = engine.clock.now();
  return await inTransaction(engine.database, async (tx) => {
    await lockPolicies(tx);
    const policy: PolicyRow = {
      policy_id: engine.newId(),
      name,
      version: await nextPolicyVersion(tx, name),
      platform_id,
      rules,
      note,
      state: 'draft',
      share_percent: null,
      moves: 1,
      created_by: by,
      created_at: at,
      moved_at: at,
    };
    await insertPolicy(tx, policy);
    const { policy_id, version, state } = policy;
    await appendEvents(tx, [
      {
        entity: 'policy',
        entity_id: policy_id,
        version: 1,
        type: 'policy.created',
        at,
        // Not the event's own platform: whose orders are decided how is the operator's.
        data: { name, policy_version: version, platform_id, state, by },
        request_id: command.request_id,
      },
    ]);
    return policy;
  });
}

function refuseStranger({ document }: LiveNetwork, platform_id: string | undefined): void {
  if (platform_id === undefined || document.platforms.some(({ id }) => id === platform_id)) return;
  const detail = `got ${JSON.stringify(platform_id)}, expected a platform of the network`;
  throw new Refusal('unknown_reference', detail, [{ pointer: '/platform_id', detail }]);
}

/** Refuses rules that the network of now cannot be decided by. */
export function refuseUnfit({ document }: LiveNetwork, rules: PolicyRules, at: string): void {
  const faults = policyFaults(rules, document).map(({ pointer, detail }) => {
    return { pointer: `${at}${pointer}`, detail };
  });
  const [first] = faults;
  if (first === undefined) return;
  throw new Refusal('invalid_policy', `${first.pointer}: ${first.detail}`, faults);
}
