/**
 * What the checker reads of a network document, once: its rows by id, each with the numbers and names
 * that checking a plan needs over and over.
 */
import type { Arrival } from './checker-arrivals.ts';
import { type Clock, checkerClock, type Shift } from './checker-clock.ts';
import type { Resource } from './checker-stock.ts';
import type { PlacesOfCountry } from './checker-zones.ts';
import { readZones } from './checker-zones.ts';
import type {
  NetworkInput,
  QuietHoursInput,
  RateCardInput,
  ServiceInput,
  SkuInput,
  TransitTimeInput,
  WarehouseInput,
  ZoneInput,
} from './types.ts';

const TEMPERATURES = { ambient: 1, chilled: 2, frozen: 4 } as const;
const HAZARDOUS = 8;
const DAY = 86_400;
const AMBIENT = ['ambient'] as const;

/** A SKU, per unit: whole milligrams, cubic and plain millimetres, what handling it needs (bits). */
export interface ReadSku {
  readonly row: SkuInput;
  readonly mg: number;
  readonly mm3: number;
  readonly longest_mm: number;
  /** Longest side and girth around the other two. */
  readonly girth_mm: number;
  readonly needs: number;
  /** Life that the buyer must still have, seconds. */
  readonly life_seconds: number;
  /** Everything that the policy may call it. */
  readonly names: readonly string[];
}

/** A warehouse with what it handles (bits), its limits and prices, and its resources. */
export interface ReadWarehouse {
  readonly row: WarehouseInput;
  readonly index: number;
  readonly handles: number;
  readonly picks_per_hour: number | undefined;
  readonly parcels_per_day: number | undefined;
  readonly handling_per_parcel: number;
  readonly handling_per_unit: number;
  readonly picks: Resource;
  readonly parcels: Resource;
  /** The open time that the last parcel was started in. */
  shift: Shift | undefined;
}

/** A lane that the card of its service sells, with what it names as sets. */
export interface ReadLane {
  readonly lane: ServiceInput['lanes'][number];
  readonly warehouses: ReadonlySet<string> | undefined;
  readonly zones: ReadonlySet<string> | undefined;
}

/** A service with its card, its lanes in the document's order and its limits; none = Infinity. */
export interface ReadService {
  readonly row: ServiceInput;
  readonly index: number;
  readonly handles: number;
  readonly carrier_id: string;
  readonly parcels_per_day: number | undefined;
  readonly parcels_per_day_per_warehouse: number | undefined;
  readonly card: RateCardInput | undefined;
  readonly breaks_mg: readonly number[];
  readonly lanes: readonly ReadLane[];
  readonly most_mg: number;
  readonly most_length_mm: number;
  readonly most_girth_mm: number;
  readonly daily: Resource;
}

/** A document as the checker reads it. */
export interface CheckedNetwork {
  readonly input: NetworkInput;
  readonly skus: ReadonlyMap<string, ReadSku>;
  readonly warehouses: ReadonlyMap<string, ReadWarehouse>;
  readonly services: ReadonlyMap<string, ReadService>;
  readonly zones: ReadonlyMap<string, ZoneInput>;
  readonly cards: ReadonlyMap<string, RateCardInput>;
  readonly transits: ReadonlyMap<string, TransitTimeInput>;
  /** What parcels wait for by warehouse ('' = any), then by hour of the week (-1 = any). */
  readonly waits: ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>;
  /** Quiet runs by service, then by country ('' = any other). */
  readonly quiet: ReadonlyMap<string, ReadonlyMap<string, QuietHoursInput['runs']>>;
  readonly clock: Clock;
  readonly countries: ReadonlyMap<string, PlacesOfCountry>;
  /** Arrivals by zone and transit times, then by pickup. */
  readonly arrivals: Map<string, Map<number, Arrival>>;
  /** Places, ways and departures remembered (too many: all are forgotten), and ledgers opened. */
  readonly memory: { size: number; ledgers: number };
}

function readSku(row: SkuInput): ReadSku {
  const [longest, second, third] = [row.length_mm, row.width_mm, row.height_mm].sort(
    (a, b) => b - a,
  ) as [number, number, number];
  const temperature = row.temperature ?? 'ambient';
  return {
    row,
    mg: Math.round(row.weight_grams * 1000),
    mm3: row.length_mm * row.width_mm * row.height_mm,
    longest_mm: longest,
    girth_mm: longest + 2 * second + 2 * third,
    needs: TEMPERATURES[temperature] | (row.hazardous ? HAZARDOUS : 0),
    life_seconds: (row.minimum_life_days ?? 0) * DAY,
    names: [
      temperature,
      ...(row.hazardous ? ['hazardous'] : []),
      ...(row.goods_class === undefined ? [] : [row.goods_class]),
    ],
  };
}

function handledBy({ temperatures, hazardous }: WarehouseInput | ServiceInput): number {
  let bits = hazardous ? HAZARDOUS : 0;
  for (const temperature of temperatures ?? AMBIENT) bits |= TEMPERATURES[temperature];
  return bits;
}

const readWarehouse = (row: WarehouseInput, index: number): ReadWarehouse => ({
  row,
  index,
  handles: handledBy(row),
  picks_per_hour: row.picks_per_hour,
  parcels_per_day: row.parcels_per_day,
  handling_per_parcel: row.handling_per_parcel ?? 0,
  handling_per_unit: row.handling_per_unit ?? 0,
  picks: { name: `picks/${row.id}`, last: undefined },
  parcels: { name: `parcels/${row.id}`, last: undefined },
  shift: undefined,
});

function lanesOf(row: ServiceInput, card: RateCardInput | undefined): ReadLane[] {
  return row.lanes
    .filter((lane) => card?.rates[lane.rate_area] !== undefined)
    .map((lane) => ({
      lane,
      warehouses: lane.warehouses && new Set(lane.warehouses),
      zones: lane.zones && new Set(lane.zones),
    }));
}

function readService(
  row: ServiceInput,
  index: number,
  cards: CheckedNetwork['cards'],
): ReadService {
  const card = cards.get(row.rate_card_id);
  let lanes: ReadLane[] | undefined;
  return {
    row,
    index,
    handles: handledBy(row),
    carrier_id: row.carrier_id,
    parcels_per_day: row.parcels_per_day,
    parcels_per_day_per_warehouse: row.parcels_per_day_per_warehouse,
    card,
    breaks_mg: card?.weight_breaks_grams.map((grams) => Math.round(grams * 1000)) ?? [],
    // Most services of a large document are never looked at.
    get lanes() {
      lanes ??= lanesOf(row, card);
      return lanes;
    },
    most_mg: (row.max_weight_grams ?? Number.POSITIVE_INFINITY) * 1000,
    most_length_mm: row.max_length_mm ?? Number.POSITIVE_INFINITY,
    most_girth_mm: row.max_girth_plus_length_mm ?? Number.POSITIVE_INFINITY,
    daily: { name: `service/${row.id}`, last: undefined },
  };
}

const byId = <T extends { readonly id: string }, R>(
  rows: readonly T[],
  read: (row: T, index: number) => R,
): Map<string, R> => new Map(rows.map((row, index) => [row.id, read(row, index)]));

function readWaits({ waits = [] }: NetworkInput): CheckedNetwork['waits'] {
  const read = new Map<string, Map<number, readonly number[]>>();
  for (const { warehouse_id, hours, wait_seconds } of waits) {
    const own = read.get(warehouse_id ?? '') ?? new Map<number, readonly number[]>();
    read.set(warehouse_id ?? '', own);
    for (const hour of hours ?? [-1]) own.set(hour, wait_seconds);
  }
  return read;
}

function readQuiet({ quiet_hours = [] }: NetworkInput): CheckedNetwork['quiet'] {
  const read = new Map<string, Map<string, QuietHoursInput['runs']>>();
  for (const { service_id, region, runs } of quiet_hours) {
    const own = read.get(service_id) ?? new Map<string, QuietHoursInput['runs']>();
    read.set(service_id, own);
    own.set(region ?? '', runs);
  }
  return read;
}

/** The quiet runs that hold for times by a table to a zone; undefined = none. O(1). */
export function quietRunsOf(
  { quiet }: Pick<CheckedNetwork, 'quiet'>,
  times: Pick<TransitTimeInput, 'quiet_service_id'> | undefined,
  { country }: ZoneInput,
): QuietHoursInput['runs'] | undefined {
  const own = quiet.get(times?.quiet_service_id ?? '');
  return own?.get(country) ?? own?.get('');
}

/** Reads a document for the checks. O(rows). */
export function prepareNetwork(input: NetworkInput): CheckedNetwork {
  const cards = byId(input.rate_cards, (row) => row);
  return {
    input,
    skus: byId(input.skus, readSku),
    warehouses: byId(input.warehouses, readWarehouse),
    services: byId(input.services, (row, index) => readService(row, index, cards)),
    zones: byId(input.zones, (row) => row),
    cards,
    transits: byId(input.transit_times, (row) => row),
    waits: readWaits(input),
    quiet: readQuiet(input),
    clock: checkerClock(),
    countries: readZones(input),
    arrivals: new Map(),
    memory: { size: 0, ledgers: 0 },
  };
}
