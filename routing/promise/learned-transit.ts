/**
 * Learned transit times in the place of published ones: a network document with them compiles like any
 * other, so the solver, the checker and the quotes need not know where a distribution came from.
 */
import type { NetworkInput, ServiceInput, TransitTimeInput } from '../types.ts';

/**
 * A learned distribution. Without warehouse and zone it holds wherever the service's lanes name the
 * published table; with both, on that one lane.
 */
export interface LearnedTransit {
  readonly service_id: string;
  readonly transit_time_id: string;
  readonly lane: { readonly warehouse_id: string; readonly zone_id: string } | null;
  readonly quantiles: TransitTimeInput['quantiles'];
}

type Lane = ServiceInput['lanes'][number];

const tableKey = (service_id: string, transit_time_id: string): string =>
  JSON.stringify([service_id, transit_time_id]);

/** An id that no document can hold: ids have no blanks. */
const learnedId = (i: number): string => `learned ${i}`;

/**
 * The document with learned distributions in place. Rows whose service, table or lane the document
 * does not have (any more) are passed over. O(lanes + rows); `rows` in the same order give the same
 * document.
 */
export function withLearnedTransit<T extends NetworkInput>(
  input: T,
  rows: readonly LearnedTransit[],
): T {
  if (rows.length === 0) return input;
  const tables = new Map<string, number>();
  const lanes = new Map<string, number[]>();
  rows.forEach(({ service_id, transit_time_id, lane }, i) => {
    const key = tableKey(service_id, transit_time_id);
    if (lane === null) tables.set(key, i);
    else lanes.set(key, [...(lanes.get(key) ?? []), i]);
  });
  const learnedLanes = (service_id: string, lane: Lane): Lane[] => {
    if (lane.transit_time_id === undefined) return [lane];
    const key = tableKey(service_id, lane.transit_time_id);
    const table = tables.get(key);
    const own = (lanes.get(key) ?? []).filter((i) => covers(lane, rows[i]!.lane!));
    // The earlier of two lanes to the same zone counts: what is known of one lane goes first.
    return [
      ...own.map((i) => {
        const { warehouse_id, zone_id } = rows[i]!.lane!;
        const place = { warehouses: [warehouse_id], zones: [zone_id] };
        return { ...lane, ...place, transit_time_id: learnedId(i) };
      }),
      table === undefined ? lane : { ...lane, transit_time_id: learnedId(table) },
    ];
  };
  return {
    ...input,
    transit_times: [
      ...input.transit_times,
      ...rows.map(({ quantiles }, i) => ({ id: learnedId(i), quantiles })),
    ],
    services: input.services.map((service) => ({
      ...service,
      lanes: service.lanes.flatMap((lane) => learnedLanes(service.id, lane)),
    })),
  };
}

/** A lane that names no zone counts last of all; one that named a zone in its place would not. */
function covers(lane: Lane, at: { readonly warehouse_id: string; readonly zone_id: string }) {
  const starts = lane.warehouses === undefined || lane.warehouses.includes(at.warehouse_id);
  return starts && lane.zones?.includes(at.zone_id) === true;
}
