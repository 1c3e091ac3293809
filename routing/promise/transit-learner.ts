/**
 * Learns, shipment by shipment, how long services really take. Times in transit are kept as multiples of
 * the published median, so that lanes of any length are parents to each other; how long after their
 * planned pickup parcels really leave is kept per warehouse and hour of the week. What comes out is
 * calibrated on the shipments of late, those on their way included, each held against what would have
 * been stated at its start: held against what was learned from itself it would seem better than it is.
 */
import { hourOfWeek } from '../prices/forecast.ts';
import { hashOfText } from '../text-hash.ts';
import { quantileSeconds } from '../transit.ts';
import { DAY_SECONDS, type NetworkInput, type TransitTimeInput } from '../types.ts';
import { type Journey, RollingCalibration, type StoredCalibration } from './calibration.ts';
import { DoorHours, localHourOfWeek, type StoredDoorHours } from './door-hours.ts';
import { learnedRows } from './learned-rows.ts';
import type { LearnedRow } from './learned-transit.ts';
import { levelIn, type PresentLevels, presentLevels, shiftsOf } from './present-level.ts';
import { SketchTree, type StoredTree, type TreeOptions } from './sketch-tree.ts';
import {
  groupsOf,
  isLastMile,
  type LaneNames,
  laneCells,
  quietCells,
  serviceCell,
  tableCells,
  waitCells,
} from './transit-cells.ts';
import {
  forecastOf,
  NO_WAIT,
  tableTimes,
  transitSeconds,
  waitSeconds,
} from './transit-forecast.ts';

/** A shipment as planned. */
export interface PlannedShipment {
  readonly shipment_id: string;
  readonly carrier_id: string;
  readonly service_id: string;
  readonly warehouse_id: string;
  /** The lane's zone and those around it, the narrowest first (`containingZones`); at least one. */
  readonly zone_ids: readonly string[];
  /** Region of the zone: its country. */
  readonly region: string;
  /** IANA name of the zone's. */
  readonly time_zone: string;
  /** Or the name of a last mile (`lastMileOf`). */
  readonly transit_time_id: string;
  readonly published: TransitTimeInput['quantiles'];
  /** Over hubs: when by plan half the parcels are ready for the last mile. */
  readonly pickup_seconds: number;
  /** How many shipments it stands for, where they are a sample; missing = 1. */
  readonly weight?: number | undefined;
}

/** All that a learner knows, as plain data. */
export interface StoredLearner {
  readonly delays: StoredTree;
  readonly ratios: StoredTree;
  readonly calibration: StoredCalibration;
  /** Shipments of the journeys that started when next to nothing was known. */
  readonly early: readonly (readonly [string, PlannedShipment])[];
  /** Lanes that shipments were planned on: `[service, published table, warehouse, zone, region]`. */
  readonly lanes: readonly LaneNames[];
  /** Warehouses and hours of the week of their planned pickups. */
  readonly hours: readonly (readonly [string, readonly number[]])[];
  /** How slow times are at present, by group (`present-level.ts`). */
  readonly levels: readonly (readonly [string, number])[];
  /** Deliveries by hour of the week; missing in what was stored before they were counted. */
  readonly door_hours?: StoredDoorHours | undefined;
  readonly thinning: number;
}

/** What to learn from, and from when on. */
export interface LearnerOptions {
  /** Shipments that calibrate at once; of more, an even sample is kept. */
  readonly journeys_max: number;
  /** Delivered shipments from which on a distribution takes the place of the published one. */
  readonly least_events: number;
  /** Lanes and zones with a distribution of their own, at most: those with most events. */
  readonly lanes_max: number;
}

const TREE: TreeOptions = { shrink_count: 15, half_life_days: 180 };
/** Events of a service from which on something is known of it. */
const LEAST_KNOWN = 60;

/** Logarithms of seconds to a hundredth of a percent: they are stored. */
const rounded = (log: number): number => Math.round(1e4 * log) / 1e4;

/** Learns transit times. All instants are epoch seconds; events come in the order they are told. */
export class TransitLearner {
  readonly #options: LearnerOptions;
  #delays = new SketchTree(TREE);
  #ratios = new SketchTree(TREE);
  #calibration = new RollingCalibration();
  /** Journeys that have not ended, by shipment. */
  readonly #journeys = new Map<string, Journey>();
  readonly #early = new Map<string, PlannedShipment>();
  readonly #lanes = new Map<string, LaneNames>();
  readonly #hours = new Map<string, Set<number>>();
  #doorHours = new DoorHours();
  #levels: PresentLevels = new Map();
  #thinning = 0;

  /** Knows nothing yet. O(1). */
  constructor(options: LearnerOptions) {
    this.#options = options;
  }

  /** A shipment was planned, or planned anew with another service. O(sketches of its lane). */
  plan(shipment: PlannedShipment, now: number): void {
    const { shipment_id, service_id, region, pickup_seconds } = shipment;
    this.withdraw(shipment_id);
    if (hashOfText(shipment_id) % 2 ** this.#thinning !== 0) return;
    const is_early = this.#isEarly(shipment, now);
    const level = this.#levelOf(shipment, now);
    const shifts = shiftsOf(level);
    const { log_seconds, spread } = this.#forecast(shipment, now);
    const journey: Journey = {
      id: shipment_id,
      groups: groupsOf(service_id, region),
      started_seconds: pickup_seconds,
      forecast: { log_seconds: log_seconds.map((log, i) => rounded(log + shifts[i]!)), spread },
      level,
      is_early,
      weight: shipment.weight ?? 1,
      ended_seconds: null,
    };
    this.#journeys.set(shipment_id, journey);
    if (is_early) this.#early.set(shipment_id, shipment);
    this.#lane(shipment);
    this.#calibration.begin(journey);
    if (this.#calibration.journeys().length > this.#options.journeys_max) this.#thinOut();
  }

  /** A shipment left its warehouse at `handed_over`. O(1). */
  handOver(shipment: PlannedShipment, handed_over: number, now: number): void {
    const { warehouse_id, pickup_seconds } = shipment;
    // What comes of a late hand-over is in what is left to do after the planned start of the last mile.
    if (isLastMile(shipment.transit_time_id)) return;
    const hour = hourOfWeek(pickup_seconds);
    this.#hours.set(warehouse_id, (this.#hours.get(warehouse_id) ?? new Set()).add(hour));
    const wait = (handed_over - pickup_seconds) / Math.exp(this.#levelOf(shipment, now));
    this.#delays.add(waitCells(warehouse_id, hour), wait, now);
  }

  /** A shipment was delivered; the hand-over is known, or taken to have been as planned. O(its sketches). */
  deliver(
    shipment: PlannedShipment,
    times: { readonly handed_over: number | null; readonly delivered: number },
    now: number,
  ): void {
    const { shipment_id, pickup_seconds, published } = shipment;
    const journey = this.#journeys.get(shipment_id);
    if (journey !== undefined) journey.ended_seconds = times.delivered;
    this.#journeys.delete(shipment_id);
    const isMile = isLastMile(shipment.transit_time_id);
    const began = isMile ? pickup_seconds : (times.handed_over ?? pickup_seconds);
    const left = Math.min(began, times.delivered);
    const usual = Math.max(1, quantileSeconds(published, 0.5));
    const ratio = (times.delivered - left) / usual / Math.exp(this.#levelOf(shipment, now));
    const cells = [...laneCells(shipment, shipment), ...tableCells(shipment)];
    this.#ratios.add(cells, ratio * DAY_SECONDS, now);
    const hour = localHourOfWeek(times.delivered, shipment.time_zone);
    this.#doorHours.add(quietCells(shipment.service_id, shipment.region), hour, now);
    this.#lane(shipment);
  }

  /** A shipment was cancelled, lost or returned, or goes another way. O(journeys) if it is known. */
  withdraw(shipment_id: string): void {
    const journey = this.#journeys.get(shipment_id);
    if (journey === undefined) return;
    this.#journeys.delete(shipment_id);
    this.#early.delete(shipment_id);
    this.#calibration.withdraw(journey);
  }

  /**
   * What has been learned of a network's lanes and warehouses as of `now`, in the order of its services,
   * then of the lanes' names. While it `isBehind`, with events of the past still to be told, the present
   * level stays as it was: what seems to be under way may have ended. O(lanes and zones that have enough
   * events × sketches).
   */
  learned(network: NetworkInput, now: number, { isBehind = false } = {}): LearnedRow[] {
    this.#forecastEarly(network, now);
    if (!isBehind) this.#levels = presentLevels(this.#calibration.journeys(), now);
    return learnedRows({
      network,
      now,
      ratios: this.#ratios,
      delays: this.#delays,
      lanes: [...this.#lanes.values()],
      hours: this.#hours,
      doorHours: this.#doorHours,
      levels: this.#levels,
      calibration: this.#calibration,
      options: this.#options,
    });
  }

  /** All it knows as plain data. O(n log n) of what it knows. */
  store(): StoredLearner {
    const lanes = [...this.#lanes].toSorted(([a], [b]) => (a < b ? -1 : +(a > b)));
    const hours = [...this.#hours].toSorted(([a], [b]) => (a < b ? -1 : +(a > b)));
    return {
      delays: this.#delays.store(),
      ratios: this.#ratios.store(),
      calibration: this.#calibration.store(),
      early: [...this.#early],
      lanes: lanes.map(([, lane]) => lane),
      hours: hours.map(([id, set]) => [id, [...set].sort((a, b) => a - b)]),
      levels: [...this.#levels],
      door_hours: this.#doorHours.store(),
      thinning: this.#thinning,
    };
  }

  /** The learner that `store` gave. O(n) of what it knows. */
  static restore(stored: StoredLearner, options: LearnerOptions): TransitLearner {
    const learner = new TransitLearner(options);
    learner.#delays = SketchTree.restore(stored.delays);
    learner.#ratios = SketchTree.restore(stored.ratios);
    learner.#thinning = stored.thinning;
    learner.#doorHours = DoorHours.restore(stored.door_hours ?? []);
    learner.#levels = new Map(stored.levels);
    for (const lane of stored.lanes) learner.#lanes.set(JSON.stringify(lane), lane);
    for (const [id, hours] of stored.hours) learner.#hours.set(id, new Set(hours));
    for (const [id, shipment] of stored.early) learner.#early.set(id, shipment);
    const journeys = stored.calibration.journeys.map((journey) => ({ ...journey }));
    learner.#calibration = RollingCalibration.restore({ journeys });
    for (const journey of journeys) {
      if (journey.ended_seconds === null) learner.#journeys.set(journey.id!, journey);
    }
    return learner;
  }

  #isEarly({ service_id }: PlannedShipment, now: number): boolean {
    return this.#ratios.count(serviceCell(service_id), now) < LEAST_KNOWN;
  }

  /**
   * How slow the shipment's service is at present. What it teaches is divided by that, so that seasons do
   * not stay in what is remembered for months; none is told before the service is known.
   */
  #levelOf(shipment: PlannedShipment, now: number): number {
    if (this.#isEarly(shipment, now)) return 0;
    return levelIn(this.#levels, groupsOf(shipment.service_id, shipment.region));
  }

  /** What would be stated of a shipment now, without the present level. */
  #forecast(shipment: PlannedShipment, now: number) {
    const { warehouse_id, zone_ids, pickup_seconds, published } = shipment;
    const lane = { warehouse_id, zone_ids };
    const own = this.#ratios.count(laneCells(shipment, lane)[0]!, now);
    const known = own < this.#options.least_events ? { warehouse_id: null, zone_ids } : lane;
    const table = tableTimes(this.#ratios, shipment, published, now);
    const transit = transitSeconds(this.#ratios, shipment, table, known, now);
    if (isLastMile(shipment.transit_time_id)) return forecastOf(transit, NO_WAIT);
    const cells = waitCells(warehouse_id, hourOfWeek(pickup_seconds));
    return forecastOf(transit, waitSeconds(this.#delays, cells, now));
  }

  /** Notes a lane. */
  #lane({ service_id, transit_time_id, warehouse_id, zone_ids, region }: PlannedShipment): void {
    const lane: LaneNames = [service_id, transit_time_id, warehouse_id, zone_ids[0]!, region];
    this.#lanes.set(JSON.stringify(lane), lane);
  }

  /**
   * Holds the first journeys against what would be stated now: what the sketches have corrected since must
   * not be corrected again. Those by a service that is gone are forgotten.
   */
  #forecastEarly({ services }: NetworkInput, now: number): void {
    const sold = new Set(services.map(({ id }) => id));
    this.#calibration.reforecast((journey) => {
      if (journey.is_early !== true) return journey.forecast;
      const shipment = this.#early.get(journey.id!)!;
      return sold.has(shipment.service_id) ? this.#forecast(shipment, now) : undefined;
    });
    this.#forgetOthers();
  }

  /** Forgets what the calibration has forgotten. */
  #forgetOthers(): void {
    const kept = new Set(this.#calibration.journeys().map(({ id }) => id!));
    for (const id of this.#journeys.keys()) if (!kept.has(id)) this.#journeys.delete(id);
    for (const id of this.#early.keys()) if (!kept.has(id)) this.#early.delete(id);
  }

  /** Keeps every second journey of the sample, by its id: old and new ones alike. */
  #thinOut(): void {
    this.#thinning++;
    this.#calibration.keepOnly(({ id }) => hashOfText(id!) % 2 ** this.#thinning === 0);
    this.#forgetOthers();
  }
}
