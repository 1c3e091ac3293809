/**
 * Gives steps the prices in force. The newest set is kept indexed; whether there is a newer one is
 * asked of the database a few times a second at most. Stale prices are no prices, and neither are those
 * that the configuration does not trust.
 */
import { type Database, inTransaction } from '../../db/database.ts';
import { findCurrentPriceSet, getPriceSet, type PriceSet } from '../../db/prices.ts';
import { indexPrices, type Prices } from '../../routing/index.ts';
import type { Services } from '../runtime/services.ts';

/** A set of prices, ready to decide with. */
export interface LivePrices {
  readonly price_set_id: string;
  readonly stale_at: Temporal.Instant;
  /** True where prices of stock know of the orders that wait. */
  readonly counts_waiting: boolean;
  readonly index: Prices;
}

/** Gives prices. */
export interface PriceSource {
  /** The newest set that is not stale, where prices are trusted; null = decide greedily. */
  current(): Promise<LivePrices | null>;
  /** The set that a past decision names. */
  get(price_set_id: string): Promise<LivePrices>;
}

function livePrices(set: PriceSet): LivePrices {
  const { price_set_id, stale_at, counts_waiting } = set;
  const { prices, capacity, carriers, exploration } = set;
  const index = indexPrices({
    stock: prices.map(([warehouse_id, sku_id, price]) => ({ warehouse_id, sku_id, price })),
    capacity: capacity.map(([resource, slot_seconds, price]) => ({
      resource,
      slot_seconds,
      price,
    })),
    carriers: carriers.map(([carrier_id, zones, , price]) => ({
      carrier_id,
      zones: zones ?? undefined,
      price,
    })),
    exploration: exploration ? { ...exploration, known: new Map(exploration.known) } : undefined,
  });
  return { price_set_id, stale_at, counts_waiting, index };
}

/** Makes a source. `believe_ms`: how long an answer is believed, real time; else by the config. */
export function createPriceSource(
  { config, database, clock }: Pick<Services, 'config' | 'database' | 'clock'>,
  believe_ms: number = config.network_poll_ms,
): PriceSource {
  let newest: LivePrices | null = null;
  let believedUntil = Number.NEGATIVE_INFINITY;
  return {
    current: async () => {
      // What is not trusted at all is not in force, whoever computed it and when.
      if (config.price_blend_percent === 0) return null;
      if (performance.now() >= believedUntil) {
        newest = await findLive(database, clock.now(), newest);
        believedUntil = performance.now() + believe_ms;
      }
      const isStale =
        newest !== null && Temporal.Instant.compare(newest.stale_at, clock.now()) <= 0;
      return isStale ? null : newest;
    },
    get: async (price_set_id) => {
      if (newest?.price_set_id === price_set_id) return newest;
      return livePrices(await inTransaction(database, (tx) => getPriceSet(tx, price_set_id)));
    },
  };
}

async function findLive(
  database: Database,
  now: Temporal.Instant,
  known: LivePrices | null,
): Promise<LivePrices | null> {
  return await inTransaction(database, async (tx) => {
    const price_set_id = await findCurrentPriceSet(tx, now);
    if (price_set_id === undefined) return null;
    if (price_set_id === known?.price_set_id) return known;
    return livePrices(await getPriceSet(tx, price_set_id));
  });
}
