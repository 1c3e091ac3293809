/**
 * Olist's market as a network document: sellers are warehouses that hand over to one carrier with one
 * service, published by region pair; zones are postal prefixes within each other and within states.
 */
import type { NetworkInput, ServiceInput, ZoneInput } from '../routing/index.ts';
import { DAY_SECONDS } from '../routing/types.ts';
import { type OlistOrder, REGION_NAMES, regionOf } from './olist-orders.ts';

/** Nobody published transit times: one guess for all, so that all that is known is learned. */
const PUBLISHED: readonly (readonly [number, number])[] = [
  [0.5, 5 * DAY_SECONDS],
  [0.9, 10 * DAY_SECONDS],
  [0.99, 15 * DAY_SECONDS],
];
/** Digits of a prefix that lanes name, and of the prefix around it. */
const NARROW = 3;
const WIDE = 2;
export const SERVICE = 'post';

/** Name of the published table between two regions. */
export const tableOf = (from: string, to: string): string => `${from}-${to}`;

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
  const regionOfSeller = new Map<string, string>();
  for (const { zip, state, seller, seller_state } of orders) {
    const prefix = zip.slice(0, NARROW);
    if (!stateOf.has(prefix)) stateOf.set(prefix, state);
    if (!regionOfSeller.has(seller)) regionOfSeller.set(seller, regionOf(seller_state));
  }
  const pairs = REGION_NAMES.flatMap((from) => REGION_NAMES.map((to) => [from, to] as const));
  const lanes = pairs.flatMap(([from, to]): ServiceInput['lanes'][number][] => {
    const warehouses = [...regionOfSeller.keys()].filter((id) => regionOfSeller.get(id) === from);
    const zones = [...stateOf.keys()].filter((prefix) => regionOf(stateOf.get(prefix)!) === to);
    if (warehouses.length === 0 || zones.length === 0) return [];
    return [{ warehouses, zones, rate_area: 'all', transit_time_id: tableOf(from, to) }];
  });
  const network: NetworkInput = {
    skus: [],
    warehouses: [...regionOfSeller.keys()].map((id) => ({
      id,
      position: [0, 0],
      time_zone: 'America/Sao_Paulo',
      hours: {},
      processing_seconds: 0,
    })),
    zones: zonesOf(stateOf),
    rate_cards: [{ id: 'card', weight_breaks_grams: [1e6], rates: { all: [{ base: 1 }] } }],
    transit_times: pairs.map(([from, to]) => ({ id: tableOf(from, to), quantiles: PUBLISHED })),
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
  const laneOf = ({ seller, zip }: OlistOrder) => {
    const zone_id = zip.slice(0, NARROW);
    const to = regionOf(stateOf.get(zone_id)!);
    return { zone_id, transit_time_id: tableOf(regionOfSeller.get(seller)!, to) };
  };
  return { network, laneOf, published: PUBLISHED };
}
