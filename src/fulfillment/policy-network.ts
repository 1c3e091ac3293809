/** The network as a policy would have it decided: its rules laid over the network's own. No I/O. */
import { type CompiledNetwork, withPolicy } from '../../routing/index.ts';
import { type ChoosablePolicy, choosePolicy, type PolicyRules } from '../domain/policy.ts';
import { policyFaults } from '../domain/policy-faults.ts';
import type { LiveNetwork } from './engine.ts';

/** A policy with its rules. */
export interface RulingPolicy extends ChoosablePolicy {
  readonly rules: PolicyRules;
}

/** What one order is decided by. `policy_id` null = the network's own policy. */
export interface Ruling {
  readonly policy_id: string | null;
  readonly compiled: CompiledNetwork;
}

const made = new WeakMap<LiveNetwork, Map<string, CompiledNetwork | null>>();

/**
 * The network under a policy; null where its rules do not fit this network (a kind of goods is gone,
 * times in transit do not reach its confidence). Made once per network and policy.
 */
export function compiledUnder(
  network: LiveNetwork,
  { policy_id, rules }: Pick<RulingPolicy, 'policy_id' | 'rules'>,
): CompiledNetwork | null {
  let known = made.get(network);
  if (known === undefined) {
    known = new Map();
    made.set(network, known);
  }
  const before = known.get(policy_id);
  if (before !== undefined) return before;
  const isFit = policyFaults(rules, network.document).length === 0;
  const policy = { ...network.document.policy, ...rules };
  const compiled = isFit ? withPolicy(network.compiled, policy) : null;
  known.set(policy_id, compiled);
  return compiled;
}

/**
 * What decides a thing of a platform: the policy chosen for its id, or the network's own where there
 * is none or its rules do not fit. The same for the same id, network and policies.
 */
export function rulingOf(
  network: LiveNetwork,
  policies: readonly RulingPolicy[],
  platform_id: string,
  id: string,
): Ruling {
  const policy = choosePolicy(policies, platform_id, id);
  const compiled = policy === null ? null : compiledUnder(network, policy);
  return compiled === null
    ? { policy_id: null, compiled: network.compiled }
    : { policy_id: policy!.policy_id, compiled };
}
