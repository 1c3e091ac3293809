/** Names of the cells and groups that a transit learner keeps what it learns in. */
import { HOUR_SECONDS } from '../types.ts';

/** `[service, published table, warehouse, zone, region]` of a lane. */
export type LaneNames = readonly [string, string, string, string, string];

/** What is sold: a published table of a service of a carrier. */
export interface Place {
  readonly carrier_id: string;
  readonly service_id: string;
  readonly transit_time_id: string;
}

/** From where to where. */
export interface Lane {
  readonly warehouse_id: string;
  readonly zone_id: string;
}

/** Cells of the ratios, finest first. */
export function cellsOf(place: Place, lane: Lane | null): string[] {
  const { service_id, transit_time_id, carrier_id } = place;
  const tables = [
    JSON.stringify([service_id, transit_time_id]),
    JSON.stringify([service_id]),
    JSON.stringify({ carrier_id }),
    '',
  ];
  if (lane === null) return tables;
  return [
    JSON.stringify([service_id, transit_time_id, lane.warehouse_id, lane.zone_id]),
    ...tables,
  ];
}

/** Groups that a shipment answers for, finest first. */
export const groupsOf = (service_id: string, region: string | null): string[] =>
  region === null ? [service_id, ''] : [JSON.stringify([service_id, region]), service_id, ''];

/** FNV-1a, 32 bits: whether a shipment is part of the sample must not depend on anything else. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Order of names. */
export function byText(a: readonly string[], b: readonly string[]): number {
  const [one, two] = [JSON.stringify(a), JSON.stringify(b)];
  return one < two ? -1 : +(one > two);
}

/** Cells of the delay: the warehouse at that hour (UTC), the warehouse, all. */
export function delayCells(warehouse_id: string, pickup_seconds: number): string[] {
  const hour = Math.floor(pickup_seconds / HOUR_SECONDS) % 24;
  return [JSON.stringify([warehouse_id, hour]), warehouse_id, ''];
}
