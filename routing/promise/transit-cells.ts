/** Names of the cells and groups that a transit learner keeps what it learns in. */
import type { NetworkInput, ServiceInput } from '../types.ts';

/** `[service, published table, warehouse, zone, region]` of a lane. */
export type LaneNames = readonly [string, string, string, string, string];

/** What is sold: a published table of a service of a carrier. */
export interface Place {
  readonly carrier_id: string;
  readonly service_id: string;
  readonly transit_time_id: string;
}

/** From where to where; a lane that is all lanes to a zone has no warehouse. */
export interface Lane {
  readonly warehouse_id: string | null;
  /** The lane's zone and those around it, the narrowest first. */
  readonly zone_ids: readonly string[];
}

const LAST_MILE = 'last mile ';

/**
 * The name of a last mile's distribution, apart from lanes that publish the same one; ids of documents
 * have no blanks. O(1).
 */
export const lastMileOf = (transit_time_id: string): string => `${LAST_MILE}${transit_time_id}`;

/** True for the name of a last mile. O(1). */
export const isLastMile = (transit_time_id: string): boolean =>
  transit_time_id.startsWith(LAST_MILE);

/** Published distributions, also by the names of last miles. O(tables). */
export function publishedTables({ transit_times }: NetworkInput) {
  return new Map(
    transit_times.flatMap(({ id, quantiles }) => [
      [id, quantiles] as const,
      [lastMileOf(id), quantiles] as const,
    ]),
  );
}

/** Names of what can be learned of a lane. O(last miles). */
export const tablesOf = ({ transit_time_id, via }: ServiceInput['lanes'][number]): string[] =>
  via === undefined
    ? [transit_time_id!]
    : via.last_mile.map((mile) => lastMileOf(mile.transit_time_id));

/** Cells of the ratios of a published table as a whole, finest first. O(1). */
export function tableCells({ carrier_id, service_id, transit_time_id }: Place): string[] {
  return [
    JSON.stringify([service_id, transit_time_id]),
    serviceCell(service_id),
    JSON.stringify({ carrier_id }),
    '',
  ];
}

/** Cell of all that a service carried. O(1). */
export const serviceCell = (service_id: string): string => JSON.stringify([service_id]);

/** Cell of all lanes to a zone by a published table. O(1). */
export const zoneCell = (service_id: string, transit_time_id: string, zone_id: string): string =>
  JSON.stringify([service_id, transit_time_id, null, zone_id]);

/** Cells of the ratios on a lane, finest first; behind them come those of the table. O(zones). */
export function laneCells(place: Place, { warehouse_id, zone_ids }: Lane): string[] {
  const { service_id, transit_time_id } = place;
  const zones = zone_ids.map((zone_id) => zoneCell(service_id, transit_time_id, zone_id));
  const own = JSON.stringify([service_id, transit_time_id, warehouse_id, zone_ids[0]]);
  return warehouse_id === null ? zones : [own, ...zones];
}

/** Groups that a shipment answers for, finest first. O(1). */
export const groupsOf = (service_id: string, region: string | null): string[] =>
  region === null ? [service_id, ''] : [JSON.stringify([service_id, region]), service_id, ''];

/** Cells of the hours at which a service delivers: in a region, and all of it. O(1). */
export const quietCells = (service_id: string, region: string): [string, string] => [
  JSON.stringify([service_id, region]),
  serviceCell(service_id),
];

/** Order of names. O(length). */
export function byText(a: readonly string[], b: readonly string[]): number {
  const [one, two] = [JSON.stringify(a), JSON.stringify(b)];
  return one < two ? -1 : +(one > two);
}

/** Cells of the waits: the warehouse at that hour of the week, that of the day (UTC), all of it. O(1). */
export function waitCells(warehouse_id: string, hour_of_week: number): string[] {
  const day = JSON.stringify([warehouse_id, 'day', hour_of_week % 24]);
  return [JSON.stringify([warehouse_id, 'week', hour_of_week]), day, warehouse_id, ''];
}
