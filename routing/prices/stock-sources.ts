/** Where one kind of order could come from, and what each source costs: by the order solver. */
import type { Board } from '../board.ts';
import type { CompiledNetwork } from '../network.ts';
import { source } from '../source.ts';
import type { SourcingOrder } from '../types.ts';

/** One warehouse that can send an order whole. */
export interface StockSource {
  readonly warehouse_id: string;
  /** Cost of the plan, minor units. */
  readonly cost: number;
  /** When the plan promises the parcel, epoch seconds. */
  readonly promise_seconds: number;
}

/**
 * The cheapest `most` warehouses that can send an order in one parcel each, cheapest first: the
 * solver is asked again without those that were found. Empty if no single warehouse can.
 * O(most × one decision).
 */
export function listStockSources(
  network: CompiledNetwork,
  board: Board,
  order: SourcingOrder,
  limits: { readonly most: number; readonly work: number },
): StockSource[] {
  const found: StockSource[] = [];
  const excluded = [...(order.excluded_warehouses ?? [])];
  while (found.length < limits.most) {
    const without = { ...order, excluded_warehouses: excluded };
    const plan = source(network, board, without, { work: limits.work });
    if (plan.outcome === 'unsourced' || plan.parcels.length > 1) return found;
    const { warehouse_id } = plan.parcels[0]!;
    found.push({ warehouse_id, cost: plan.cost, promise_seconds: plan.promise_seconds });
    excluded.push(warehouse_id);
  }
  return found;
}
