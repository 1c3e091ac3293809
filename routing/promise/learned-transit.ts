/**
 * Learned times in the place of published ones: a network document with them compiles like any other, so
 * the solver, the checker and the quotes need not know where a distribution came from.
 */
import type {
  LearnedPartsInput,
  NetworkInput,
  ServiceInput,
  TransitTimeInput,
  WaitInput,
} from '../types.ts';

/**
 * A learned distribution. Without a lane it holds wherever the service's lanes name the published table;
 * with one on the way to that zone, from that warehouse or (null) from all.
 */
export interface LearnedTransit {
  readonly service_id: string;
  readonly transit_time_id: string;
  readonly lane: { readonly warehouse_id: string | null; readonly zone_id: string } | null;
  readonly quantiles: TransitTimeInput['quantiles'];
  /** Missing in what was stored before waits were learned. */
  readonly learned?: LearnedPartsInput | undefined;
}

/** What a learner knows: times in transit, and waits at warehouses. */
export type LearnedRow = LearnedTransit | WaitInput;

type Lane = ServiceInput['lanes'][number];

const tableKey = (service_id: string, transit_time_id: string): string =>
  JSON.stringify([service_id, transit_time_id]);

/** An id that no document can hold: ids have no blanks. */
const learnedId = (i: number): string => `learned ${i}`;

const isWait = (row: LearnedRow): row is WaitInput => 'wait_seconds' in row;

/**
 * The document with learned times in place. Rows whose service, table or lane the document does not have
 * (any more) are passed over. O(lanes + rows); `rows` in the same order give the same document.
 */
export function withLearnedTransit<T extends NetworkInput>(
  input: T,
  rows: readonly LearnedRow[],
): T {
  if (rows.length === 0) return input;
  const waits = rows.filter(isWait);
  const times = rows.filter((row): row is LearnedTransit => !isWait(row));
  return {
    ...input,
    ...(waits.length === 0 ? {} : { waits }),
    transit_times: [
      ...input.transit_times,
      ...times.map(({ quantiles, learned }, i) => ({
        id: learnedId(i),
        quantiles,
        ...(learned === undefined ? {} : { learned }),
      })),
    ],
    services: servicesWith(input.services, times),
  };
}

/** The services with what was learned of a lane in front of the lane. */
function servicesWith(
  services: readonly ServiceInput[],
  rows: readonly LearnedTransit[],
): ServiceInput[] {
  const tables = new Map<string, number>();
  const lanes = new Map<string, number[]>();
  rows.forEach(({ service_id, transit_time_id, lane }, i) => {
    const key = tableKey(service_id, transit_time_id);
    if (lane === null) tables.set(key, i);
    else {
      const own = lanes.get(key) ?? [];
      own.push(i);
      lanes.set(key, own);
    }
  });
  const learnedLanes = (service_id: string, lane: Lane): Lane[] => {
    if (lane.transit_time_id === undefined) return [lane];
    const key = tableKey(service_id, lane.transit_time_id);
    const table = tables.get(key);
    const zones = new Set(lane.zones);
    const own = (lanes.get(key) ?? []).filter((i) => covers(lane, zones, rows[i]!.lane!));
    // The earlier of two lanes to the same zone counts: what is known of one lane goes first.
    return [
      ...own.map((i) => {
        const { warehouse_id, zone_id } = rows[i]!.lane!;
        const from = warehouse_id === null ? {} : { warehouses: [warehouse_id] };
        return { ...lane, ...from, zones: [zone_id], transit_time_id: learnedId(i) };
      }),
      table === undefined ? lane : { ...lane, transit_time_id: learnedId(table) },
    ];
  };
  return services.map((service) => ({
    ...service,
    lanes: service.lanes.flatMap((lane) => learnedLanes(service.id, lane)),
  }));
}

/** A lane that names no zone counts last of all; one that named a zone in its place would not. */
function covers(
  lane: Lane,
  zones: ReadonlySet<string>,
  at: NonNullable<LearnedTransit['lane']>,
): boolean {
  const starts =
    at.warehouse_id === null ||
    lane.warehouses === undefined ||
    lane.warehouses.includes(at.warehouse_id);
  return starts && zones.has(at.zone_id);
}
