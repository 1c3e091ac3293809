/** The orders to expect until the horizon: orders of late, as if they came again. */
import type { SampledOrder } from '../../db/demand.ts';
import { arrivalInstants } from '../../routing/index.ts';
import { secondsOf } from '../domain/instants.ts';
import { problemOf } from './decide-batch.ts';
import type { LiveNetwork } from './engine.ts';
import type { ExpectedOrder } from './find-contended-capacity.ts';

/** What is expected of a window ahead. */
export interface Expectation {
  readonly from_seconds: number;
  readonly until_seconds: number;
  /** Seasonality by hour of the week (see `weekShape`). */
  readonly shape: Float64Array;
  /** Orders in all. */
  readonly orders: number;
}

/**
 * Lets a sample of orders come again, spread over the window by its season; each stands for an equal
 * share of what is expected. Their wishes for a date move with them. Lines of SKUs that the network
 * no longer has are left out.
 */
export function expectOrders(
  network: LiveNetwork,
  sample: readonly SampledOrder[],
  { from_seconds, until_seconds, shape, orders }: Expectation,
): ExpectedOrder[] {
  const known = sample
    .map((one) => ({ ...one, lines: one.lines.filter(({ sku_id }) => network.skus.has(sku_id)) }))
    .filter(({ lines }) => lines.length > 0);
  const arrivals = arrivalInstants(shape, from_seconds, until_seconds, known.length);
  return known.map((one, i) => {
    const at_seconds = arrivals[i]!;
    const later = at_seconds - secondsOf(one.accepted_at);
    const asked = {
      ...one,
      lines: [...one.lines],
      deliver_by: one.deliver_by?.add({ seconds: later }) ?? null,
      excluded_warehouses: [],
      excluded_stock: [],
    };
    return { order: problemOf(asked, at_seconds), orders: orders / known.length };
  });
}
