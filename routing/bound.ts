/** A lower bound of an order's cost that holds for any cut of its lines. */
import type { OrderContext } from './problem.ts';

/** Lower bound, minor units. */
export function lowerBound(_context: OrderContext): number {
  return 0;
}
