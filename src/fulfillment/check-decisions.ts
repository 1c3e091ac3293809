/**
 * The independent checker on every batch before it is saved: what it finds fault with is not stored
 * as a decision but becomes an exception that says why.
 */

import type { CapacityRow } from '../../db/capacity.ts';
import {
  type BatchCheck,
  prepareBatchChecker,
  type StockPosition,
  type Violation,
} from '../../routing/index.ts';
import type { Network } from '../domain/network.ts';
import type { LiveNetwork } from './engine.ts';

/** A plan that breaks a rule: the engine does not trust itself, an operator must look. */
export interface Unsound {
  readonly outcome: 'unsourced';
  readonly reason: 'unsound';
  readonly line_nos: readonly number[];
  /** The rules that the plan breaks, by the checker. */
  readonly violations: readonly Violation[];
  readonly work: number;
}

const prepared = new WeakMap<Network, ReturnType<typeof prepareBatchChecker>>();

/**
 * A checker of plans decided on this stock and capacity, one after the other. The tables of a network
 * version are prepared once; a batch costs O(stock + capacity), a plan about a sixth of what it
 * cost to decide.
 */
export function openChecks(
  { document }: LiveNetwork,
  stock: readonly StockPosition[],
  capacity: readonly CapacityRow[],
): BatchCheck {
  let open = prepared.get(document);
  if (open === undefined) {
    open = prepareBatchChecker(document);
    prepared.set(document, open);
  }
  return open(stock, capacity);
}
