/**
 * Gives steps the policies in force. Whether there are others is asked of the database a few times a
 * second at most, whatever the load: a move is taken over within a second everywhere.
 */
import { inTransaction } from '../../db/database.ts';
import { findPolicy, listPoliciesInForce, type PolicyRow } from '../../db/policies.ts';
import type { Services } from '../runtime/services.ts';

/** Gives policies. */
export interface PolicySource {
  /** Those in shadow, with a share, and live. */
  current(): Promise<readonly PolicyRow[]>;
  /** The policy that a past decision names: its rules never changed. */
  get(policy_id: string): Promise<PolicyRow>;
  /** The next `current()` asks the database, however recently it was asked. */
  refresh(): void;
}

/** Makes a source. `believe_ms`: how long an answer is believed, real time; else by the config. */
export function createPolicySource(
  { config, database }: Pick<Services, 'config' | 'database'>,
  believe_ms: number = config.network_poll_ms,
): PolicySource {
  let inForce: readonly PolicyRow[] = [];
  let believedUntil = Number.NEGATIVE_INFINITY;
  return {
    current: async () => {
      if (performance.now() >= believedUntil) {
        inForce = await inTransaction(database, listPoliciesInForce);
        believedUntil = performance.now() + believe_ms;
      }
      return inForce;
    },
    get: async (policy_id) => {
      const known = inForce.find((policy) => policy.policy_id === policy_id);
      const policy = known ?? (await inTransaction(database, (tx) => findPolicy(tx, policy_id)));
      if (policy === null) throw new Error(`there is no policy ${policy_id}`);
      return policy;
    },
    refresh: () => {
      believedUntil = Number.NEGATIVE_INFINITY;
    },
  };
}
