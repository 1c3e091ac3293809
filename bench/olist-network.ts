/**
 * Olist's market as a network document: sellers are warehouses that hand over to one carrier with one
 * service, published by distance as parcel rates are; zones are postal prefixes within each other and
 * within states.
 */
import { greatCircleKm } from '../routing/carbon.ts';
import type { NetworkInput, ServiceInput, ZoneInput } from '../routing/index.ts';
import { DAY_SECONDS } from '../routing/types.ts';
import type { OlistOrder, OlistPlace } from './olist-orders.ts';

/** Nobody published transit times: one guess for all, so that all that is known is learned. */
const PUBLISHED: readonly (readonly [number, number])[] = [
  [0.5, 5 * DAY_SECONDS],
  [0.9, 10 * DAY_SECONDS],
  [0.99, 15 * DAY_SECONDS],
];
/**
 * Where the next published table begins: the distance zones of the USPS (50, 150, 300, 600, 1000 and 1400
 * miles), a common way to publish and not one made for these orders.
 */
const FURTHER_KILOMETRES = [80, 240, 480, 970, 1610, 2250];
/** Digits of a prefix that lanes name, and of the prefix around it. */
const NARROW = 3;
const WIDE = 2;
export const SERVICE = 'post';

type Position = readonly [longitude: number, latitude: number];

/** Middle of the known positions in a postal prefix, else in the prefix around it. */
class Middles {
  readonly #sums = new Map<string, [longitude: number, latitude: number, count: number]>();

  constructor(places: readonly OlistPlace[]) {
    for (const { zip, position } of places) {
      if (position === null) continue;
      for (let digits = 0; digits <= NARROW; digits++) {
        const prefix = zip.slice(0, digits);
        const [longitude, latitude, count] = this.#sums.get(prefix) ?? [0, 0, 0];
        this.#sums.set(prefix, [longitude + position[0], latitude + position[1], count + 1]);
      }
    }
  }

  of(prefix: string): Position {
    const sum = this.#sums.get(prefix);
    if (sum === undefined) return prefix === '' ? [0, 0] : this.of(prefix.slice(0, -1));
    return [sum[0] / sum[2], sum[1] / sum[2]];
  }
}

function tableAt(from: Position, to: Position): string {
  const distance = greatCircleKm(from, to);
  return `distance-${FURTHER_KILOMETRES.filter((limit) => distance >= limit).length}`;
}

function zonesOf(stateOf: ReadonlyMap<string, string>): ZoneInput[] {
  const place = { country: 'BR', time_zone: 'America/Sao_Paulo' };
  const wide = new Map<string, string>();
  for (const [zip, state] of stateOf) {
    const prefix = zip.slice(0, WIDE);
    if (!wide.has(prefix)) wide.set(prefix, state);
  }
  const states = Map.groupBy(wide.keys(), (prefix) => wide.get(prefix)!);
  const zone = (id: string, postal_prefixes: readonly string[]) => ({
    ...place,
    id,
    postal_prefixes,
  });
  return [
    ...[...stateOf.keys(), ...wide.keys()].map((prefix) => zone(prefix, [prefix])),
    ...[...states].map(([state, prefixes]) => zone(state, prefixes)),
  ];
}

/** The document with all sellers and destinations of these orders; where they are is no forecast. */
export function olistNetwork(orders: readonly OlistOrder[]) {
  const stateOf = new Map<string, string>();
  /** Prefix of each seller, which may move: where it was first. */
  const homeOf = new Map<string, string>();
  for (const { to, from, seller } of orders) {
    const prefix = to.zip.slice(0, NARROW);
    if (!stateOf.has(prefix)) stateOf.set(prefix, to.state);
    if (!homeOf.has(seller)) homeOf.set(seller, from.zip.slice(0, WIDE));
  }
  const origins = new Middles(orders.map(({ from }) => from));
  const destinations = new Middles(orders.map(({ to }) => to));
  const tableOf = (home: string, prefix: string): string =>
    tableAt(origins.of(home), destinations.of(prefix));
  const sellersAt = Map.groupBy(homeOf.keys(), (seller) => homeOf.get(seller)!);
  const tables = new Set<string>();
  const lanes = [...stateOf.keys()].flatMap((prefix): ServiceInput['lanes'][number][] => {
    const byTable = Map.groupBy(sellersAt.keys(), (home) => tableOf(home, prefix));
    return [...byTable].map(([transit_time_id, homes]) => {
      tables.add(transit_time_id);
      const warehouses = homes.flatMap((home) => sellersAt.get(home)!);
      return { warehouses, zones: [prefix], rate_area: 'all', transit_time_id };
    });
  });
  const network: NetworkInput = {
    skus: [],
    warehouses: [...homeOf].map(([id, home]) => ({
      id,
      position: origins.of(home),
      time_zone: 'America/Sao_Paulo',
      hours: {},
      processing_seconds: 0,
    })),
    zones: zonesOf(stateOf),
    rate_cards: [{ id: 'card', weight_breaks_grams: [1e6], rates: { all: [{ base: 1 }] } }],
    transit_times: [...tables].map((id) => ({ id, quantiles: PUBLISHED })),
    services: [{ id: SERVICE, carrier_id: SERVICE, rate_card_id: 'card', pickups: {}, lanes }],
    policy: {
      confidence: 0.95,
      split_limit: 1,
      split_penalty: 0,
      lateness_per_day: 0,
      time_per_day: 0,
    },
  };
  /** Prefix of an order's zone, and the table of its lane. */
  const laneOf = ({ seller, to }: OlistOrder) => {
    const zone_id = to.zip.slice(0, NARROW);
    return { zone_id, transit_time_id: tableOf(homeOf.get(seller)!, zone_id) };
  };
  return { network, laneOf, published: PUBLISHED };
}
