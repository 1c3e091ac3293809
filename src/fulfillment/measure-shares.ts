/**
 * How carriers' parts of the work stand against what was agreed: counted, expected until the period
 * ends, and needed of what is still to come.
 */
import type { CarrierParcels } from '../../db/carrier-shares.ts';
import { listCarrierParcels } from '../../db/carrier-shares.ts';
import type { Tx } from '../../db/database.ts';
import { type Band, neededShares, type Parcels, seasonalHours } from '../../routing/index.ts';
import { periodOf, type ShareBand } from '../domain/carrier.ts';
import { secondsOf } from '../domain/instants.ts';
import type { Network } from '../domain/network.ts';

/** One band of one carrier, and where it stands. */
export interface ShareStanding {
  readonly carrier_id: string;
  readonly band: ShareBand;
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  /** Parcels of the period so far. */
  readonly sofar: Parcels;
  /** Parcels of the zones expected until the period ends. */
  readonly left: number;
  /** Share of those with which the band is kept. */
  readonly needed: { readonly least: number; readonly most: number };
}

/** The shape of the week, and since when parcels are counted for it (see `look-ahead.ts`). */
export interface ShareSeason {
  readonly shape: Float64Array;
  readonly since_seconds: number;
}

/** Parcels of each period that some band goes by. */
export type CountedParcels = ReadonlyMap<ShareBand['period'], readonly CarrierParcels[]>;

/** Counts what a network's bands go by, as far as the reader may see. */
export async function countParcels(
  tx: Tx,
  network: Network,
  now: Temporal.Instant,
): Promise<CountedParcels> {
  const bands = network.carriers.flatMap(({ share_bands = [] }) => share_bands);
  const counted = new Map<ShareBand['period'], CarrierParcels[]>();
  for (const period of new Set(bands.map((band) => band.period))) {
    counted.set(period, await listCarrierParcels(tx, periodOf(period, now).from));
  }
  return counted;
}

/** Parcels to the zones of a band: the carrier's, and all. */
export function parcelsIn(
  rows: readonly CarrierParcels[],
  carrier_id: string,
  zones: readonly string[] | undefined,
): Parcels {
  const wanted = zones && new Set(zones);
  let [own, all] = [0, 0];
  for (const row of rows) {
    if (wanted !== undefined && !wanted.has(row.zone_id)) continue;
    all += row.parcels;
    if (row.carrier_id === carrier_id) own += row.parcels;
  }
  return { own, all };
}

/** A band as the library takes it. */
export function bandOf(band: ShareBand): Band {
  return {
    least: (band.minimum_percent ?? 0) / 100,
    most: (band.maximum_percent ?? 100) / 100,
    least_parcels: band.minimum_parcels ?? 0,
    penalty: band.penalty_per_parcel,
  };
}

/** Where every band stands; `late` are the parcels since the season began. O(bands × counted rows). */
export function measureShares(
  network: Network,
  { counted, late }: { counted: CountedParcels; late: readonly CarrierParcels[] },
  { shape, since_seconds }: ShareSeason,
  now: Temporal.Instant,
): ShareStanding[] {
  const at = secondsOf(now);
  const behind = seasonalHours(shape, since_seconds, at);
  return network.carriers.flatMap(({ id: carrier_id, share_bands = [] }) =>
    share_bands.map((band) => {
      const { from, until } = periodOf(band.period, now);
      const sofar = parcelsIn(counted.get(band.period)!, carrier_id, band.zones);
      const { all } = parcelsIn(late, carrier_id, band.zones);
      const ahead = seasonalHours(shape, at, secondsOf(until));
      const left = behind > 0 ? (all * ahead) / behind : 0;
      const needed = neededShares(bandOf(band), sofar, left);
      return { carrier_id, band, from, until, sofar, left, needed };
    }),
  );
}
