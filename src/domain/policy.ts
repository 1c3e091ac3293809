/**
 * Policies with a life of their own: rules of deciding that are laid over those of the network, tried
 * beside what decides (shadow), given a share of the orders, and then all of them. A version is never
 * changed, only moved. `draft` decides nothing; `retired` is terminal.
 */
import { type Static, Type } from 'typebox';
import { Policy } from './network.ts';
import { closed } from './network-fields.ts';

/** Where a policy is in its life. */
export type PolicyState = 'draft' | 'shadow' | 'share' | 'live' | 'retired';

/** Every legal move. `share` to itself is another percentage. */
export const POLICY_TRANSITIONS: { readonly [from in PolicyState]: readonly PolicyState[] } = {
  draft: ['shadow', 'retired'],
  shadow: ['share', 'retired'],
  // Back to shadow: it decides nothing any more and goes on being compared.
  share: ['share', 'shadow', 'live', 'retired'],
  live: ['retired'],
  retired: [],
};

/** States of which there is one policy per scope at most. */
export const POLICY_STATES_IN_FORCE = ['shadow', 'share', 'live'] as const;

/** True when a policy may go from one state to the other. */
export function canPolicyMove(from: PolicyState, to: PolicyState): boolean {
  return POLICY_TRANSITIONS[from].includes(to);
}

/** The fields of the network's policy that the decisions of one order depend on. */
const DECIDING = [
  'confidence',
  'split_limit',
  'split_penalty',
  'lateness_per_day',
  'time_per_day',
  'carbon_per_kg',
  'apart',
  'on_time_confidence',
  'freeze_seconds',
  'redecide_saving',
] as const;

/** Rules of a policy: they take the place of the network's; what is not named stays the network's. */
export const PolicyRules = Type.Partial(Type.Pick(Policy, DECIDING), {
  ...closed,
  minProperties: 1,
});
export type PolicyRules = Static<typeof PolicyRules>;

/** What choosing needs to know of a policy. */
export interface ChoosablePolicy {
  readonly policy_id: string;
  /** The platform whose orders it is for; null = all that have none of their own. */
  readonly platform_id: string | null;
  readonly state: string;
  /** Of a policy in `share`: how many of a hundred orders it decides. */
  readonly share_percent: number | null;
}

/**
 * The policy that decides a thing of a platform (an order, or a quote); null = the network's own.
 * Always the same one for the same id while the policies stay as they are. O(policies).
 */
export function choosePolicy<P extends ChoosablePolicy>(
  policies: readonly P[],
  platform_id: string,
  id: string,
): P | null {
  const inState = (state: string, scope: string | null) =>
    policies.find((policy) => policy.state === state && policy.platform_id === scope);
  const own = inState('live', platform_id);
  // A platform with a policy of its own is not in the scope of all.
  const share =
    inState('share', platform_id) ?? (own === undefined ? inState('share', null) : undefined);
  if (share !== undefined && sharePoint(share.policy_id, id) < (share.share_percent ?? 0)) {
    return share;
  }
  return own ?? inState('live', null) ?? null;
}

/**
 * Where an id falls among the orders of a policy: 0 ≤ point < 100, even, and independent of where it
 * falls for another policy. FNV-1a with the finaliser of MurmurHash3: not a secret, only a spread.
 */
export function sharePoint(policy_id: string, id: string): number {
  let hash = 0x811c9dc5;
  for (const text of [policy_id, id]) {
    for (let at = 0; at < text.length; at += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    }
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * 100;
}
