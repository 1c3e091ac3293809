/**
 * One network under another policy: what the policy decides is compiled anew, all else is shared, so
 * that several policies decide beside each other on one board.
 */
import { arrivalCache } from './arrivals.ts';
import type { Board } from './board.ts';
import { type CompiledNetwork, compileApart } from './network.ts';
import { compileTransit } from './transit.ts';
import type { PolicyInput } from './types.ts';

const isSameApart = (a: PolicyInput, b: PolicyInput): boolean =>
  JSON.stringify(a.apart ?? []) === JSON.stringify(b.apart ?? []);

/**
 * The network as it would be compiled with `policy` in its document. Shares lanes, rates, calendars
 * and indices with `network`: O(points of transit tables) where the confidence differs, O(SKUs) where
 * `apart` does, else O(1).
 */
export function withPolicy(network: CompiledNetwork, policy: PolicyInput): CompiledNetwork {
  const input = { ...network.input, policy };
  const before = network.policy;
  const isAsSure = policy.confidence === before.confidence;
  return {
    ...network,
    input,
    policy,
    transit: isAsSure ? network.transit : compileTransit(input.transit_times, policy.confidence),
    // Remembered promises are those of one confidence.
    calendars: isAsSure ? network.calendars : { ...network.calendars, arrivals: arrivalCache() },
    skus: isSameApart(policy, before)
      ? network.skus
      : { ...network.skus, ...compileApart(input.skus, policy.apart ?? []) },
  };
}

/**
 * The same board, decided on under another policy of its network: what is taken from one is taken
 * from both. `network` comes from {@link withPolicy} on the board's own. O(1).
 */
export function boardUnder(board: Board, network: CompiledNetwork): Board {
  return board.network === network ? board : { ...board, network };
}
