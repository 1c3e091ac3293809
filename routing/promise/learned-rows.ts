/** What a learner knows, as rows that a network document takes in (`withLearnedTransit`). */
import type { NetworkInput, QuietHoursInput, WaitInput } from '../types.ts';
import type { RollingCalibration } from './calibration.ts';
import { containingZones } from './containing-zones.ts';
import type { DoorHours } from './door-hours.ts';
import { LEVELS } from './duration-sketch.ts';
import type { LearnedRow, LearnedTransit } from './learned-transit.ts';
import { levelIn, type PresentLevels, shiftsOf } from './present-level.ts';
import type { SketchTree } from './sketch-tree.ts';
import {
  byText,
  groupsOf,
  type LaneNames,
  laneCells,
  type Place,
  publishedTables,
  quietCells,
  serviceCell,
  tablesOf,
  waitCells,
  zoneCell,
} from './transit-cells.ts';
import { tableTimes, transitSeconds, waitSeconds } from './transit-forecast.ts';

/** What there is to make rows of. */
export interface Learned {
  readonly network: NetworkInput;
  readonly now: number;
  readonly ratios: SketchTree;
  readonly delays: SketchTree;
  readonly lanes: readonly LaneNames[];
  /** Hours of the week in which warehouses had pickups. */
  readonly hours: ReadonlyMap<string, ReadonlySet<number>>;
  readonly doorHours: DoorHours;
  readonly levels: PresentLevels;
  readonly calibration: RollingCalibration;
  readonly options: { readonly least_events: number; readonly lanes_max: number };
}

/** A lane or zone that has events of its own. */
interface Known {
  readonly place: Place;
  readonly lane: NonNullable<LearnedTransit['lane']>;
  readonly region: string;
  readonly count: number;
}

/**
 * Rows of times in the order of the network's services, then of waits by warehouse and of quiet hours by
 * service. O(lanes, zones and hours known × sketches).
 */
export function learnedRows(learned: Learned): LearnedRow[] {
  const { network, now, ratios } = learned;
  const published = publishedTables(network);
  const around = containingZones(network.zones);
  const known = Map.groupBy(busiest(learned, around), ({ place }) => place.service_id);
  const times = network.services.flatMap(({ id: service_id, carrier_id, lanes }) => {
    const tables = new Set(lanes.flatMap(tablesOf));
    return [...tables].sort().flatMap((transit_time_id) => {
      const place = { carrier_id, service_id, transit_time_id };
      const points = published.get(transit_time_id);
      if (points === undefined || !isKnown(learned, place)) return [];
      const own = (known.get(service_id) ?? []).filter(
        (one) => one.place.transit_time_id === transit_time_id,
      );
      const table = tableTimes(ratios, place, points, now);
      const rows = own.map(({ lane, region }) => {
        const zone_ids = around.get(lane.zone_id) ?? [lane.zone_id];
        const on = { warehouse_id: lane.warehouse_id, zone_ids };
        return timesOf(learned, place, transitSeconds(ratios, place, table, on, now), lane, region);
      });
      const whole = transitSeconds(ratios, place, table, null, now);
      return [timesOf(learned, place, whole, null, null), ...rows];
    });
  });
  return [...times, ...waitRows(learned), ...quietRows(learned)];
}

/** Quiet hours of the services that are known, and of their regions where those differ. */
function quietRows(learned: Learned): QuietHoursInput[] {
  const { network, doorHours, now } = learned;
  const regions = [...new Set(network.zones.map(({ country }) => country))].sort();
  return network.services.flatMap(({ id: service_id }): QuietHoursInput[] => {
    if (!isKnown(learned, { service_id })) return [];
    const whole = doorHours.quiet(serviceCell(service_id), null, now);
    const rows = regions.flatMap((region): QuietHoursInput[] => {
      const [own, all] = quietCells(service_id, region);
      if (!doorHours.has(own)) return [];
      const runs = doorHours.quiet(all, own, now);
      const isUsual = JSON.stringify(runs) === JSON.stringify(whole);
      return isUsual ? [] : [{ service_id, region, runs }];
    });
    return whole.length === 0 ? rows : [{ service_id, region: null, runs: whole }, ...rows];
  });
}

/**
 * From its least number of deliveries on a service is known, with all its tables: one by which nobody sent
 * anything yet is corrected as the others were.
 */
function isKnown(
  { ratios, now, options }: Learned,
  { service_id }: Pick<Place, 'service_id'>,
): boolean {
  return ratios.count(serviceCell(service_id), now) >= options.least_events;
}

/** Lanes and zones with most events; lanes before zones, each in order of name. */
function busiest(learned: Learned, around: ReadonlyMap<string, readonly string[]>): Known[] {
  const { options } = learned;
  const all = [...knownLanes(learned), ...knownZones(learned, around)];
  const name = ({ place, lane }: Known): string[] => {
    const { service_id, transit_time_id } = place;
    return [service_id, transit_time_id, lane.warehouse_id ?? '', lane.zone_id];
  };
  const isZone = ({ lane }: Known): number => +(lane.warehouse_id === null);
  return all
    .map((one) => ({ one, names: name(one) }))
    .sort((a, b) => b.one.count - a.one.count || byText(a.names, b.names))
    .slice(0, options.lanes_max)
    .sort((a, b) => isZone(a.one) - isZone(b.one) || byText(a.names, b.names))
    .map(({ one }) => one);
}

function knownLanes({ network, lanes, ratios, now, options }: Learned): Known[] {
  const carriers = new Map(network.services.map(({ id, carrier_id }) => [id, carrier_id]));
  return lanes.flatMap(([service_id, transit_time_id, warehouse_id, zone_id, region]) => {
    const carrier_id = carriers.get(service_id);
    if (carrier_id === undefined) return [];
    const place = { carrier_id, service_id, transit_time_id };
    const [cell] = laneCells(place, { warehouse_id, zone_ids: [zone_id] });
    const count = ratios.count(cell!, now);
    if (count < options.least_events) return [];
    return { place, lane: { warehouse_id, zone_id }, region, count };
  });
}

/** Zones that lanes name, if any zone around them has events, however few: they are shrunk to the table. */
function knownZones(learned: Learned, around: ReadonlyMap<string, readonly string[]>): Known[] {
  const { network, ratios, now } = learned;
  const countries = new Map(network.zones.map(({ id, country }) => [id, country]));
  return network.services.flatMap(({ id: service_id, carrier_id, lanes }) => {
    const uses = lanes.flatMap((lane) => tablesOf(lane).map((table) => ({ table, lane })));
    return [...Map.groupBy(uses, ({ table }) => table)].flatMap(([transit_time_id, own]) => {
      const place = { carrier_id, service_id, transit_time_id };
      if (!isKnown(learned, place)) return [];
      const zones = new Set(own.flatMap(({ lane }) => lane.zones ?? []));
      return [...zones].flatMap((zone_id): Known[] => {
        const counts = (around.get(zone_id) ?? []).map((id) => {
          return ratios.count(zoneCell(service_id, transit_time_id, id), now);
        });
        const count = Math.max(0, ...counts);
        const region = countries.get(zone_id) ?? '';
        return count === 0 ? [] : [{ place, lane: { warehouse_id: null, zone_id }, region, count }];
      });
    });
  });
}

function timesOf(
  { calibration, levels, now }: Learned,
  place: Place,
  transit: readonly number[],
  lane: LearnedTransit['lane'],
  region: string | null,
): LearnedTransit {
  const groups = groupsOf(place.service_id, region);
  const factors = calibration.stretch(1, groups, now);
  const shifts = shiftsOf(levelIn(levels, groups));
  const stretch = factors.map((factor, i) =>
    Number((factor * Math.exp(shifts[i]!)).toPrecision(6)),
  );
  const transit_seconds = transit.map(Math.ceil);
  let least = 0;
  const quantiles = LEVELS.map((probability, i) => {
    least = Math.max(least, Math.ceil(transit_seconds[i]! * stretch[i]! - 1e-6));
    return [probability, least] as const;
  });
  const { service_id, transit_time_id } = place;
  return { service_id, transit_time_id, lane, quantiles, learned: { transit_seconds, stretch } };
}

/** Waits of all warehouses, of each, and of its hours that differ; none where nobody waits. */
function waitRows({ delays, hours, now, network }: Learned): WaitInput[] {
  const all = waitSeconds(delays, [''], now);
  const here = new Set(network.warehouses.map(({ id }) => id));
  const seen = [...hours]
    .filter(([id]) => here.has(id))
    .sort(([a], [b]) => (a < b ? -1 : +(a > b)));
  const rows = seen.flatMap(([warehouse_id, own]) => {
    const usual = waitSeconds(delays, [warehouse_id, ''], now);
    const byWait = Map.groupBy(
      [...own].sort((a, b) => a - b),
      (hour) => waitSeconds(delays, waitCells(warehouse_id, hour), now).join(),
    );
    byWait.delete(usual.join());
    return [
      { warehouse_id, hours: null, wait_seconds: usual },
      ...[...byWait].map(([key, some]) => {
        return { warehouse_id, hours: some, wait_seconds: key.split(',').map(Number) };
      }),
    ];
  });
  if (rows.length === 0) return [];
  return [{ warehouse_id: null, hours: null, wait_seconds: all }, ...rows];
}
