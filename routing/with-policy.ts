/**
 * One network under another policy: what the policy decides is compiled anew, all else is shared, so
 * that several policies decide beside each other on one board.
 */

import { compileApart } from './apart.ts';
import { arrivalCache } from './arrivals.ts';
import { assertPolicy } from './assert-policy.ts';
import type { Board } from './board.ts';
import { promiseLanes } from './compile-routes.ts';
import type { CompiledNetwork } from './network.ts';
import { compileTimes } from './transit.ts';
import type { PolicyInput } from './types.ts';

const isSameApart = (a: PolicyInput, b: PolicyInput): boolean =>
  JSON.stringify(a.apart ?? []) === JSON.stringify(b.apart ?? []);

/**
 * The network as it would be compiled with `policy` in its document. Shares lanes, rates, calendars
 * and indices with `network`: O(points of transit tables + routes) where the confidence differs, O(SKUs)
 * where `apart` does, else O(1).
 *
 * @throws RangeError that names the field of the policy, what was got and what was expected.
 */
export function withPolicy(network: CompiledNetwork, policy: PolicyInput): CompiledNetwork {
  assertPolicy(policy);
  const input = { ...network.input, policy };
  const before = network.policy;
  const skus = isSameApart(policy, before)
    ? network.skus
    : { ...network.skus, ...compileApart(input.skus, policy.apart ?? []) };
  const same = { ...network, input, policy, skus };
  return policy.confidence === before.confidence ? same : { ...same, ...promisesOf(same) };
}

/** What follows from the confidence: promised times, also over hubs. Remembered ones are another's. */
function promisesOf(network: CompiledNetwork): Partial<CompiledNetwork> {
  const { input, calendars, routes } = network;
  const { confidence } = network.policy;
  const transit = compileTimes(input, confidence, network.warehouses.indexOf);
  const fixed = { ...network.fixed, transit };
  const tables =
    routes === undefined ? { transit, fixed } : promiseLanes(fixed, routes, confidence);
  return { ...tables, calendars: { ...calendars, arrivals: arrivalCache() } };
}

/**
 * The same board, decided on under another policy of its network: what is taken from one is taken
 * from both. `network` comes from {@link withPolicy} on the board's own. O(1).
 */
export function boardUnder(board: Board, network: CompiledNetwork): Board {
  return board.network === network ? board : { ...board, network };
}
