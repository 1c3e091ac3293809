/**
 * Prices of carriers: what a parcel of a carrier to some zones costs more while it has more work than
 * was agreed, or less while it has not had its part. And how such a price follows what is decided.
 */
import type { CompiledNetwork } from '../network.ts';

/** Price of a parcel of one carrier, minor units; below 0 where it is owed work. */
export interface CarrierPrice {
  readonly carrier_id: string;
  /** Zones it is about; missing = all. */
  readonly zones?: readonly string[] | undefined;
  readonly price: number;
}

/** A carrier's prices, each for some zones or all. */
type OwnPrices = readonly {
  readonly zones: ReadonlySet<string> | undefined;
  readonly price: number;
}[];
/** Prices by carrier. */
export type CarrierPrices = ReadonlyMap<string, OwnPrices>;

/** Indexes prices; those of 0 are left out. O(rows). */
export function indexCarrierPrices(rows: readonly CarrierPrice[]): CarrierPrices {
  const priced = rows.filter(({ price }) => price !== 0);
  return new Map(
    [...Map.groupBy(priced, ({ carrier_id }) => carrier_id)].map(([carrier_id, own]) => [
      carrier_id,
      own.map(({ zones, price }) => ({ zones: zones && new Set(zones), price })),
    ]),
  );
}

/** Price of a parcel of a carrier to a zone: the sum of all that are about it. O(prices of the carrier). */
export function carrierPrice(prices: CarrierPrices, carrier_id: string, zone_id: string): number {
  let sum = 0;
  for (const { zones, price } of prices.get(carrier_id) ?? []) {
    if (zones === undefined || zones.has(zone_id)) sum += price;
  }
  return sum;
}

const byCarrier = new WeakMap<
  CompiledNetwork['services'],
  ReadonlyMap<string, readonly string[]>
>();

/** Services by carrier, listed once per network. O(services), then O(1). */
export function servicesByCarrier({
  services,
}: CompiledNetwork): ReadonlyMap<string, readonly string[]> {
  let lists = byCarrier.get(services);
  if (lists === undefined) {
    const { ids, carrierIds } = services;
    lists = Map.groupBy(ids, (_, service) => carrierIds[service]!);
    byCarrier.set(services, lists);
  }
  return lists;
}

/** What a band demands of a carrier's part, as shares of all parcels in [0, 1]. */
export interface Band {
  readonly least: number;
  readonly most: number;
  /** Least number of parcels in the period. */
  readonly least_parcels: number;
  /** Minor units that a parcel outside the band costs: no price goes beyond. */
  readonly penalty: number;
}

/** Parcels: of the carrier, and of all. */
export interface Parcels {
  readonly own: number;
  readonly all: number;
}

/**
 * The least and largest share of the parcels still to come (`left`) with which the period ends inside
 * the band, given what it has brought, both in [0, 1]. Where that cannot be any more, all or nothing.
 * O(1).
 */
export function neededShares(
  band: Band,
  sofar: Parcels,
  left: number,
): { readonly least: number; readonly most: number } {
  const all = sofar.all + left;
  const share = (parcels: number) => Math.min(1, Math.max(0, (parcels - sofar.own) / left));
  if (left <= 0) return { least: 0, most: 1 };
  return {
    least: share(Math.max(band.least * all, band.least_parcels)),
    most: share(band.most * all),
  };
}

/** Part of the penalty by which a price moves when a carrier got all parcels instead of none. */
const STEP = 0.25;
/** A stretch counts in full when it brought many more parcels than this. */
const FEW_PARCELS = 10;

/**
 * The price after a stretch of deciding at `price`: dearer while the carrier's share of it was above
 * what is needed, cheaper while below, back towards 0 while inside. A subgradient step of the dual of
 * the programme with one soft row a bound, cut at the penalty, which is that row's slack; source:
 * Balseiro, Lu and Mirrokni, Operations Research 2023 (dual descent for online allocation). Minor
 * units; fewer parcels move it less. O(1).
 */
export function followShare(
  price: number,
  needed: { readonly least: number; readonly most: number },
  recent: Parcels,
  penalty: number,
): number {
  if (recent.all <= 0) return price;
  const share = recent.own / recent.all;
  const eta = (STEP * penalty * recent.all) / (recent.all + FEW_PARCELS);
  // Below 0 the lower bound speaks, above it the upper one, at 0 whichever is broken.
  if (price < 0 || (price === 0 && share < needed.least)) {
    return Math.max(-penalty, Math.min(0, price + eta * (share - needed.least)));
  }
  return Math.min(penalty, Math.max(0, price + eta * (share - needed.most)));
}
