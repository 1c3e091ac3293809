/** Whether a policy's rules fit a network: what a schema of the rules alone cannot know. */
import type { Fault } from './errors.ts';
import type { Network } from './network.ts';
import { faultList, shown } from './network-faults.ts';
import { checkApart } from './network-reference-rules.ts';
import type { PolicyRules } from './policy.ts';

/** What of a network rules are held against. */
export type RuledNetwork = Pick<Network, 'skus' | 'transit_times'>;

/**
 * Faults of rules on a network, by their place in the rules: kinds of goods that it does not have, a
 * confidence that its times in transit do not reach. O(transit times + SKUs).
 */
export function policyFaults(rules: PolicyRules, network: RuledNetwork): Fault[] {
  const faults = faultList();
  checkApart(rules.apart ?? [], network.skus, '/apart', faults);
  const { confidence } = rules;
  if (confidence === undefined) return faults.list();
  // A table of several points must reach it: no promise is stated surer than what it is made of.
  const short = network.transit_times.find(
    ({ quantiles }) => quantiles.length > 1 && quantiles.at(-1)![0] < confidence,
  );
  if (short !== undefined) {
    const reached = short.quantiles.at(-1)![0];
    const detail = `got ${confidence}, expected ${reached} at most: /transit_times ${shown(short.id)}`;
    faults.add('/confidence', `${detail} reaches no further`);
  }
  return faults.list();
}
