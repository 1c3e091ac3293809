/** Reads how carriers' parts of the work stand against what was agreed, as far as the asker may see. */
import { asParty, type PartyIdentity } from '../../db/database.ts';
import { findNewestCarrierPrices } from '../../db/prices.ts';
import { periodOf, type ShareBand } from '../domain/carrier.ts';
import type { Engine } from './engine.ts';
import { countParcels, parcelsIn } from './measure-shares.ts';

/** One band, its period so far, and the price that steers to it. */
export interface CarrierShare {
  readonly carrier_id: string;
  readonly zones: readonly string[] | null;
  readonly period: ShareBand['period'];
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly parcels: number;
  readonly all_parcels: number;
  /** Null before the first parcel. */
  readonly share_percent: number | null;
  readonly minimum_percent: number | null;
  readonly maximum_percent: number | null;
  readonly minimum_parcels: number | null;
  readonly state: 'below' | 'inside' | 'above';
  /** Minor units per parcel, below 0 where work is owed; as of the newest prices. */
  readonly price: number;
  readonly penalty_per_parcel: number;
}

/** Lists every band of the network as it is now; none without a network. */
export async function reportCarrierShares(
  engine: Engine,
  who: PartyIdentity,
): Promise<CarrierShare[]> {
  const network = await engine.networks.current();
  if (network === null) return [];
  const now = engine.clock.now();
  const { document } = network;
  const { counted, prices } = await asParty(engine.database, who, async (tx) => ({
    counted: await countParcels(tx, document, now),
    prices: (await findNewestCarrierPrices(tx, now))?.carriers ?? [],
  }));
  const priceOf = new Map(
    prices.map(([carrier, zones, period, price]) => [
      JSON.stringify([carrier, zones, period]),
      price,
    ]),
  );
  return document.carriers.flatMap(({ id, share_bands = [] }) =>
    share_bands.map((band): CarrierShare => {
      const zones = band.zones ?? null;
      const { own, all } = parcelsIn(counted.get(band.period)!, id, band.zones);
      return {
        carrier_id: id,
        zones,
        period: band.period,
        ...periodOf(band.period, now),
        parcels: own,
        all_parcels: all,
        share_percent: all === 0 ? null : (100 * own) / all,
        minimum_percent: band.minimum_percent ?? null,
        maximum_percent: band.maximum_percent ?? null,
        minimum_parcels: band.minimum_parcels ?? null,
        state: stateOf(band, own, all),
        price: priceOf.get(JSON.stringify([id, zones, band.period])) ?? 0,
        penalty_per_parcel: band.penalty_per_parcel,
      };
    }),
  );
}

/** Below also while a commitment on volume is still open: it is due when the period ends. */
function stateOf(
  { minimum_percent = 0, maximum_percent = 100, minimum_parcels = 0 }: ShareBand,
  own: number,
  all: number,
): CarrierShare['state'] {
  if (100 * own < minimum_percent * all || own < minimum_parcels) return 'below';
  return 100 * own > maximum_percent * all ? 'above' : 'inside';
}
