/** Names and places of the network, by id. */
import type { Answered, TowerMap, TowerNetwork } from '../../api/resources/tower-answer.ts';
import { type Signal, signal } from './signal.ts';

export type NetworkAnswer = Answered<typeof TowerNetwork>;
export type MapAnswer = Answered<typeof TowerMap>;
export type Lonlat = readonly [number, number];

export interface Places {
  readonly answer: NetworkAnswer;
  readonly warehouses: ReadonlyMap<string, NetworkAnswer['warehouses'][number]>;
  readonly carriers: ReadonlyMap<string, string>;
  readonly services: ReadonlyMap<string, string>;
  readonly zones: ReadonlyMap<string, Lonlat | null>;
}

/** The network as last read; null before. */
export const places: Signal<Places | null> = signal(null);

/** Takes in an answer. */
export function indexPlaces(answer: NetworkAnswer): Places {
  const carriers = new Map(
    answer.carriers.map((one) => [one.carrier_id, one.name ?? one.carrier_id]),
  );
  return {
    answer,
    warehouses: new Map(answer.warehouses.map((one) => [one.warehouse_id, one])),
    carriers,
    services: new Map(answer.services.map((one) => [one.service_id, nameOfService(one, carriers)])),
    zones: new Map(answer.zones.map((one) => [one.zone_id, one.position as Lonlat | null])),
  };
}

/** A service's name with its carrier's: many carriers sell a "next day". */
function nameOfService(
  { service_id, carrier_id, name }: NetworkAnswer['services'][number],
  carriers: ReadonlyMap<string, string>,
): string {
  return name === null ? service_id : `${carriers.get(carrier_id) ?? carrier_id}, ${name}`;
}

/** A warehouse's name, or its id. */
export function warehouseName(id: string): string {
  return places.get()?.warehouses.get(id)?.name ?? id;
}

/** A carrier's name, or its id. */
export function carrierName(id: string): string {
  return places.get()?.carriers.get(id) ?? id;
}

/** A service's name with its carrier's, or its id. */
export function serviceName(id: string): string {
  return places.get()?.services.get(id) ?? id;
}

/** The name of `warehouse:<id>`, `carrier:<id>` or `operator`, as events and milestones name them. */
export function ownerName(owner: string, operator: string): string {
  const [kind, id = ''] = owner.split(':', 2);
  if (kind === 'warehouse') return warehouseName(id);
  return kind === 'carrier' ? carrierName(id) : operator;
}
