/** What a plan must be to be taken, checked or ordered. */
import { fault } from './assert-field.ts';

/**
 * Refuses what has no parcels, such as the outcome of an order that has no plan. O(1).
 *
 * @throws RangeError that names the field.
 */
export function assertPlan(plan: { readonly parcels: readonly unknown[] }): void {
  const parcels: unknown = plan?.parcels;
  if (!Array.isArray(parcels))
    throw fault('plan.parcels', parcels, 'those of a plan that was found');
}
