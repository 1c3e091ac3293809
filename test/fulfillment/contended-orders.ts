/** Orders that contend for one warehouse's units: some could leave them to others, which are split. */
import { expect } from 'vitest';
import type { Network } from '../../src/domain/network.ts';
import { anOrder, lines } from '../builders/commands.ts';
import { aNetwork, aService, aWarehouse } from '../builders/network.ts';
import type { Harness } from '../harness.ts';
import { decided, shipments } from './placed-orders.ts';

/** Both warehouses serve the zone, `harbour` for less. */
export function contendedNetwork(policy: Partial<Network['policy']> = {}): Network {
  const lane = (warehouse: string, rate_area: string) => {
    return { warehouses: [warehouse], rate_area, transit_time_id: 'days_2' };
  };
  const base = aNetwork();
  return aNetwork({
    policy,
    warehouses: [
      aWarehouse({ id: 'harbour', parcels_per_day: 50 }),
      aWarehouse({ id: 'inland', parcels_per_day: 50 }),
    ],
    carriers: [{ id: 'swift' }],
    rate_cards: [
      {
        ...base.rate_cards[0]!,
        weight_breaks_grams: [30_000],
        rates: { low: [{ base: 500 }], high: [{ base: 560 }] },
      },
    ],
    services: [
      aService({ id: 'swift-standard', lanes: [lane('harbour', 'low'), lane('inland', 'high')] }),
    ],
  });
}

/**
 * The only mug at the harbour goes to an order that could have it from inland; the one behind it
 * wants a book too, which only the harbour has, and is split. `pairs` of them.
 */
export async function contendedOrders(
  harness: Harness,
  pairs = 1,
): Promise<{ mug: string[]; split: string[] }> {
  await harness.stock(
    { warehouse_id: 'harbour', sku_id: 'mug', quantity: pairs },
    { warehouse_id: 'harbour', sku_id: 'book', quantity: pairs },
    { warehouse_id: 'inland', sku_id: 'mug', quantity: 2 * pairs },
  );
  const mug = await decided(harness, ...Array.from({ length: pairs }, () => anOrder()));
  const both = () => anOrder({ lines: lines(['mug', 1], ['book', 1]) });
  const split = await decided(harness, ...Array.from({ length: pairs }, both));
  for (const order_id of split)
    expect(await openSenders(harness, order_id)).toEqual(['harbour', 'inland']);
  return { mug, split };
}

/** An order split for the want of a book inland, and then there is one. */
export async function splitOrder(harness: Harness): Promise<string> {
  await harness.stock(
    { warehouse_id: 'harbour', sku_id: 'book', quantity: 1 },
    { warehouse_id: 'inland', sku_id: 'mug', quantity: 1 },
  );
  const [order_id] = await decided(harness, anOrder({ lines: lines(['mug', 1], ['book', 1]) }));
  expect(await openSenders(harness, order_id!)).toEqual(['harbour', 'inland']);
  await harness.stock({ warehouse_id: 'inland', sku_id: 'book', quantity: 1 });
  return order_id!;
}

/** Where the open shipments of an order leave from. */
export async function openSenders(harness: Harness, order_id: string): Promise<string[]> {
  const rows = await shipments(harness, order_id);
  const open = rows.filter(({ state }) => state !== 'cancelled');
  return open.map(({ warehouse_id }) => warehouse_id).sort();
}
