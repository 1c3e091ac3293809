/** Prices in force, as if they had just been computed. */
import { inTransaction } from '../../db/database.ts';
import { insertPriceSet, type PriceSet } from '../../db/prices.ts';
import type { Harness } from '../harness.ts';

/** Stores a set made now, stale in a day; what is not said has no price. Its id. */
export async function plantPrices(
  { engine, database, clock }: Harness,
  prices: Partial<Pick<PriceSet, 'prices' | 'capacity' | 'carriers'>>,
): Promise<string> {
  const now = clock.now();
  const price_set_id = engine.newId();
  const set: PriceSet = {
    ...{ price_set_id, network_version: 1, computed_at: now, stale_at: now.add({ hours: 24 }) },
    ...{ horizon_until: now.add({ hours: 48 }), seed: 1, orders_soon: 1, demand: [] },
    ...{ prices: [], capacity: [], carriers: [], exploration: null },
    ...{ course: { stock: [], capacity: [] }, follows: null, counts_waiting: true },
    ...prices,
  };
  await inTransaction(database, (tx) => insertPriceSet(tx, set));
  return price_set_id;
}
