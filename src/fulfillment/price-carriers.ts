/**
 * Part of PRICE: prices of carriers' parts of the work, which follow what was decided since the last
 * ones, and what is known of carriers, for the orders that try others.
 */
import {
  type CarrierParcels,
  countCarrierHours,
  deleteCarrierHours,
  listCarrierParcels,
} from '../../db/carrier-shares.ts';
import { inTransaction } from '../../db/database.ts';
import {
  findNewestCarrierPrices,
  type PriceSet,
  type StoredCarrierPrice,
  type StoredExploration,
} from '../../db/prices.ts';
import { followShare, LOOK_BACK_SECONDS, type Parcels } from '../../routing/index.ts';
import { instantOf } from '../domain/instants.ts';
import type { Network } from '../domain/network.ts';
import type { Engine } from './engine.ts';
import {
  countParcels,
  measureShares,
  type ShareSeason,
  type ShareStanding,
} from './measure-shares.ts';

/** Carriers' prices with what they were made from. */
export interface PricedCarriers {
  readonly carriers: readonly StoredCarrierPrice[];
  readonly exploration: StoredExploration | null;
}

const NOTHING: PricedCarriers = { carriers: [], exploration: null };
/** Hours are counted once nothing can be planned in them any more. */
const SETTLED_HOURS = 1;
/** A month and what is looked back, with a week to spare. */
const KEEP_DAYS = 40;

/** Prices carriers; nothing is counted where nothing was agreed and nothing is to be tried. */
export async function priceCarriers(
  engine: Engine,
  network: Network,
  season: ShareSeason,
  now: Temporal.Instant,
): Promise<PricedCarriers> {
  const { explore_share = 0 } = network.policy;
  const hasBands = network.carriers.some(({ share_bands = [] }) => share_bands.length > 0);
  if (!hasBands && explore_share === 0) return NOTHING;
  const since = instantOf(Math.floor(season.since_seconds / 3600) * 3600);
  const { counted, late, before } = await inTransaction(engine.database, async (tx) => {
    const settled = now.subtract({ hours: SETTLED_HOURS }).round({
      smallestUnit: 'hour',
      roundingMode: 'floor',
    });
    await countCarrierHours(tx, now.subtract({ seconds: LOOK_BACK_SECONDS }), settled);
    await deleteCarrierHours(tx, now.subtract({ hours: KEEP_DAYS * 24 }));
    return {
      counted: await countParcels(tx, network, now),
      late: await listCarrierParcels(tx, since),
      before: await findNewestCarrierPrices(tx, now),
    };
  });
  const standings = measureShares(network, { counted, late }, season, now);
  return {
    carriers: standings.map((standing) => nextPrice(standing, before)),
    exploration:
      explore_share === 0
        ? null
        : {
            share: explore_share,
            dearer_share: engine.config.price_explore_percent / 100,
            known: knownCarriers(late, engine.config.price_explore_parcels),
          },
  };
}

const keyOf = (carrier_id: string, zones: readonly string[] | null, period: string): string =>
  JSON.stringify([carrier_id, zones, period]);

/** The price of a band, moved by what the carrier got at the last one. */
function nextPrice(
  { carrier_id, band, from, sofar, needed }: ShareStanding,
  before: Pick<PriceSet, 'computed_at' | 'carriers'> | undefined,
): StoredCarrierPrice {
  const zones = band.zones ?? null;
  const key = keyOf(carrier_id, zones, band.period);
  const last = before?.carriers.find(([id, of, period]) => keyOf(id, of, period) === key);
  const [price, own, all] = last === undefined ? [0, 0, 0] : [last[3], last[4], last[5]];
  // A period that has just begun counts from nothing again. In the same one parcels may have gone, too:
  // to another carrier, or with their orders.
  const isSame = last !== undefined && Temporal.Instant.compare(before!.computed_at, from) >= 0;
  const recent = isSame ? gained(sofar, { own, all }) : sofar;
  const next = followShare(price, needed, recent, band.penalty_per_parcel);
  return [carrier_id, zones, band.period, next, sofar.own, sofar.all];
}

/** Parcels of the carrier among those that came. */
function gained(sofar: Parcels, before: Parcels): Parcels {
  const all = Math.max(0, sofar.all - before.all);
  return { own: Math.min(all, Math.max(0, sofar.own - before.own)), all };
}

/** Carriers with so many parcels of late, by zone. */
function knownCarriers(late: readonly CarrierParcels[], parcels: number): [string, string[]][] {
  const known = late.filter((row) => row.parcels >= parcels);
  return [...Map.groupBy(known, ({ zone_id }) => zone_id)].map(([zone_id, rows]) => [
    zone_id,
    rows.map(({ carrier_id }) => carrier_id),
  ]);
}
