/**
 * Learned times in the place of published ones: a network document with them compiles like any other, so
 * the solver, the checker and the quotes need not know where a distribution came from.
 */
import type {
  LearnedPartsInput,
  MileInput,
  NetworkInput,
  QuietHoursInput,
  ServiceInput,
  TransitTimeInput,
  ViaInput,
  WaitInput,
} from '../types.ts';
import { lastMileOf } from './transit-cells.ts';

/**
 * A learned distribution. Without a lane it holds wherever the service's lanes name the published table;
 * with one on the way to that zone, from that warehouse or (null) from all.
 */
export interface LearnedTransit {
  readonly service_id: string;
  /** Or the name of a last mile (`lastMileOf`): it then holds for that mile of lanes over hubs. */
  readonly transit_time_id: string;
  readonly lane: { readonly warehouse_id: string | null; readonly zone_id: string } | null;
  readonly quantiles: TransitTimeInput['quantiles'];
  /** Missing in what was stored before waits were learned. */
  readonly learned?: LearnedPartsInput | undefined;
}

/** What a learner knows: times in transit, waits at warehouses, and hours at which nobody delivers. */
export type LearnedRow = LearnedTransit | WaitInput | QuietHoursInput;

type Lane = ServiceInput['lanes'][number];

const tableKey = (service_id: string, transit_time_id: string): string =>
  JSON.stringify([service_id, transit_time_id]);

/** An id that no document can hold: ids have no blanks. */
const learnedId = (i: number): string => `learned ${i}`;

const isWait = (row: LearnedRow): row is WaitInput => 'wait_seconds' in row;
const isQuiet = (row: LearnedRow): row is QuietHoursInput => 'runs' in row;

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
  const quiet_hours = rows.filter(isQuiet);
  const quiet = new Set(quiet_hours.map(({ service_id }) => service_id));
  const times = rows.filter((row): row is LearnedTransit => !isWait(row) && !isQuiet(row));
  return {
    ...input,
    ...(waits.length === 0 ? {} : { waits }),
    ...(quiet_hours.length === 0 ? {} : { quiet_hours }),
    transit_times: [
      ...input.transit_times,
      ...times.map(({ service_id, quantiles, learned }, i) => ({
        id: learnedId(i),
        quantiles,
        ...(learned === undefined ? {} : { learned }),
        ...(quiet.has(service_id) ? { quiet_service_id: service_id } : {}),
      })),
    ],
    services: servicesWith(input.services, times),
  };
}

/** Rows, and by what they are of, as places in their list. */
interface Known {
  readonly rows: readonly LearnedTransit[];
  readonly tables: ReadonlyMap<string, number>;
  readonly lanes: ReadonlyMap<string, readonly number[]>;
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
  const known = { rows, tables, lanes };
  return services.map((service) => ({
    ...service,
    lanes: service.lanes.flatMap((lane) =>
      lane.via === undefined
        ? learnedLanes(known, service.id, lane)
        : learnedVias(known, service.id, lane, lane.via),
    ),
  }));
}

/** The earlier of two lanes to the same zone counts: what is known of one lane goes first. */
function learnedLanes({ rows, tables, lanes }: Known, service_id: string, lane: Lane): Lane[] {
  if (lane.transit_time_id === undefined) return [lane];
  const key = tableKey(service_id, lane.transit_time_id);
  const table = tables.get(key);
  const zones = new Set(lane.zones);
  const own = (lanes.get(key) ?? []).filter((i) => covers(lane, zones, rows[i]!.lane!));
  return [
    ...own.map((i) => ({ ...lane, ...placeOf(rows[i]!), transit_time_id: learnedId(i) })),
    table === undefined ? lane : { ...lane, transit_time_id: learnedId(table) },
  ];
}

function placeOf({ lane }: LearnedTransit) {
  const { warehouse_id, zone_id } = lane!;
  return { ...(warehouse_id === null ? {} : { warehouses: [warehouse_id] }), zones: [zone_id] };
}

/** The same for a lane over hubs: of each place there may be a row for each of its last miles. */
function learnedVias(known: Known, service_id: string, lane: Lane, via: ViaInput): Lane[] {
  const { rows, tables, lanes } = known;
  const keyOf = (mile: MileInput) => tableKey(service_id, lastMileOf(mile.transit_time_id));
  const zones = new Set(lane.zones);
  const own = [...new Set(via.last_mile.flatMap((mile) => lanes.get(keyOf(mile)) ?? []))]
    .filter((i) => covers(lane, zones, rows[i]!.lane!))
    .sort((a, b) => a - b);
  const toZone = (zone_id: string) =>
    own.filter((i) => rows[i]!.lane!.warehouse_id === null && rows[i]!.lane!.zone_id === zone_id);
  const learned = (here: readonly number[]): ViaInput => ({
    ...via,
    last_mile: via.last_mile.map((mile) => {
      const name = lastMileOf(mile.transit_time_id);
      const row = here.find((i) => rows[i]!.transit_time_id === name) ?? tables.get(keyOf(mile));
      return row === undefined ? mile : { ...mile, learned_time_id: learnedId(row) };
    }),
  });
  const places = [...Map.groupBy(own, (i) => JSON.stringify(rows[i]!.lane)).values()];
  // A place from one warehouse before the zone from all.
  places.sort(
    (a, b) =>
      +(rows[a[0]!]!.lane!.warehouse_id === null) - +(rows[b[0]!]!.lane!.warehouse_id === null),
  );
  return [
    ...places.map((here) => {
      const row = rows[here[0]!]!;
      return { ...lane, ...placeOf(row), via: learned([...here, ...toZone(row.lane!.zone_id)]) };
    }),
    { ...lane, via: learned([]) },
  ];
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
