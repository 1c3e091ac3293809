/**
 * The lists of warehouses and zones that lanes name, each written once and by number. They are nine
 * tenths of a large network, and most of them are the same few: without them it is read in a tenth of
 * the time, and in memory equal lists are one.
 */
import type { Network, Service } from './network.ts';

type Lane = Omit<Service['lanes'][number], 'warehouses' | 'zones'> & {
  /** Which of `warehouse_lists`. */
  readonly warehouses?: number;
  /** Which of `zone_lists`. */
  readonly zones?: number;
};
type ListedService = Omit<Service, 'lanes'> & { readonly lanes: readonly Lane[] };

/** A network whose lanes name lists, which name rows, both counted from 0. */
export type ListedNetwork = Omit<Network, 'services'> & {
  readonly services: readonly ListedService[];
  readonly warehouse_lists: readonly (readonly number[])[];
  readonly zone_lists: readonly (readonly number[])[];
};

/** Writes the lists of a sound document once. Fields keep their order. O(ids named). */
export function withLists(network: Network): ListedNetwork {
  const warehouses = listTaker(network.warehouses);
  const zones = listTaker(network.zones);
  const services = network.services.map((service) => ({
    ...service,
    lanes: service.lanes.map((lane) => {
      const listed: Record<string, unknown> = { ...lane };
      if (lane.warehouses !== undefined) listed.warehouses = warehouses.numberOf(lane.warehouses);
      if (lane.zones !== undefined) listed.zones = zones.numberOf(lane.zones);
      return listed as Lane;
    }),
  }));
  const { lists: warehouse_lists } = warehouses;
  return { ...network, services, warehouse_lists, zone_lists: zones.lists };
}

/**
 * The document as it was, made in the place of `listed`, which was parsed for nothing else. Lanes with
 * equal lists share one. A document that was stored without lists is returned as it is. O(lanes + ids
 * of lists).
 */
export function withoutLists(listed: ListedNetwork | Network): Network {
  if (!('zone_lists' in listed)) return listed;
  const { warehouse_lists, zone_lists, ...network } = listed;
  const warehouses = idsOf(network.warehouses, warehouse_lists);
  const zones = idsOf(network.zones, zone_lists);
  for (const { lanes } of network.services) {
    for (const lane of lanes as unknown as Record<string, unknown>[]) {
      if (lane.warehouses !== undefined) lane.warehouses = warehouses[lane.warehouses as number];
      if (lane.zones !== undefined) lane.zones = zones[lane.zones as number];
    }
  }
  return network as unknown as Network;
}

type Rows = readonly { readonly id: string }[];

function listTaker(rows: Rows) {
  const rowOf = new Map(rows.map(({ id }, i) => [id, i]));
  const numbers = new Map<string, number>();
  const lists: number[][] = [];
  const numberOf = (ids: readonly string[]): number => {
    const text = ids.join('\n');
    let number = numbers.get(text);
    if (number === undefined) {
      number = lists.push(ids.map((id) => rowOf.get(id)!)) - 1;
      numbers.set(text, number);
    }
    return number;
  };
  return { lists, numberOf };
}

function idsOf(rows: Rows, lists: ListedNetwork['zone_lists']): string[][] {
  const ids = rows.map(({ id }) => id);
  return lists.map((list) => list.map((row) => ids[row]!));
}
