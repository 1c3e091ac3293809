/**
 * Learns, shipment by shipment, how long services really take. Times in transit are kept as multiples
 * of the published median, so that lanes of any length are parents to each other; delays of the
 * hand-over are kept per warehouse and hour of the day. What comes out is calibrated on the shipments of
 * late, those on their way included.
 */
import { quantileSeconds } from '../transit.ts';
import { DAY_SECONDS, type NetworkInput, type TransitTimeInput } from '../types.ts';
import {
  type Forecast,
  type Journey,
  RollingCalibration,
  type StoredCalibration,
} from './calibration.ts';
import { convolve } from './convolution.ts';
import { LEVELS } from './duration-sketch.ts';
import type { LearnedTransit } from './learned-transit.ts';
import { SketchTree, type StoredTree, type TreeOptions } from './sketch-tree.ts';
import { forecastOf } from './stage-forecast.ts';
import {
  byText,
  cellsOf,
  delayCells,
  groupsOf,
  hashOf,
  type Lane,
  type LaneNames,
  type Place,
} from './transit-cells.ts';

/** A shipment as planned. */
export interface PlannedShipment {
  readonly shipment_id: string;
  readonly carrier_id: string;
  readonly service_id: string;
  readonly warehouse_id: string;
  readonly zone_id: string;
  /** Region of the zone: its country. */
  readonly region: string;
  readonly transit_time_id: string;
  readonly published: TransitTimeInput['quantiles'];
  readonly pickup_seconds: number;
}

/** All that a learner knows, as plain data. */
export interface StoredLearner {
  readonly delays: StoredTree;
  readonly ratios: StoredTree;
  readonly calibration: StoredCalibration;
  /** Lanes of the shipments that calibrate, by shipment, as places in `lanes`. */
  readonly lane_of: readonly (readonly [string, number])[];
  /** Lanes that shipments were planned on: `[service, published table, warehouse, zone, region]`. */
  readonly lanes: readonly LaneNames[];
  readonly thinning: number;
}

/** What to learn from, and from when on. */
export interface LearnerOptions {
  /** Shipments that calibrate at once; of more, an even sample is kept. */
  readonly journeys_max: number;
  /** Delivered shipments from which on a distribution takes the place of the published one. */
  readonly least_events: number;
  /** Single lanes with a distribution of their own, at most: those with most events. */
  readonly lanes_max: number;
}

const TREE: TreeOptions = { shrink_count: 30, half_life_days: 60 };
/** Journeys are held against the forecasts of today, worked out when needed. */
const NO_FORECAST: Forecast = { log_seconds: [], spread: 1 };
/** Delays before anything is known: none. */
const NO_DELAY: readonly number[] = LEVELS.map(() => 0);

/** Learns transit times. All instants are epoch seconds; events come in the order they are told. */
export class TransitLearner {
  readonly #options: LearnerOptions;
  #delays = new SketchTree(TREE);
  #ratios = new SketchTree(TREE);
  #calibration = new RollingCalibration();
  /** Journeys that have not ended, by shipment. */
  readonly #journeys = new Map<string, Journey>();
  /** Lane of each journey that calibrates, ended or not, as a key of `#lanes`. */
  readonly #laneOf = new Map<string, string>();
  readonly #lanes = new Map<string, LaneNames>();
  #thinning = 0;

  constructor(options: LearnerOptions) {
    this.#options = options;
  }

  /** A shipment was planned, or planned anew with another service. */
  plan(shipment: PlannedShipment): void {
    const { shipment_id, service_id, region, pickup_seconds } = shipment;
    this.withdraw(shipment_id);
    if (hashOf(shipment_id) % 2 ** this.#thinning !== 0) return;
    const journey: Journey = {
      id: shipment_id,
      groups: groupsOf(service_id, region),
      started_seconds: pickup_seconds,
      forecast: NO_FORECAST,
      weight: 1,
      ended_seconds: null,
    };
    this.#journeys.set(shipment_id, journey);
    this.#laneOf.set(shipment_id, this.#lane(shipment));
    this.#calibration.begin(journey);
    if (this.#calibration.journeys().length > this.#options.journeys_max) this.#thinOut();
  }

  /** A shipment was delivered; the hand-over is known, or taken to have been as planned. */
  deliver(
    shipment: PlannedShipment,
    times: { readonly handed_over: number | null; readonly delivered: number },
    now: number,
  ): void {
    const { shipment_id, warehouse_id, pickup_seconds, published } = shipment;
    const journey = this.#journeys.get(shipment_id);
    if (journey !== undefined) journey.ended_seconds = times.delivered;
    this.#journeys.delete(shipment_id);
    const left = Math.min(times.handed_over ?? pickup_seconds, times.delivered);
    this.#delays.add(delayCells(warehouse_id, pickup_seconds), left - pickup_seconds, now);
    const ratio = (times.delivered - left) / Math.max(1, quantileSeconds(published, 0.5));
    this.#ratios.add(cellsOf(shipment, shipment), ratio * DAY_SECONDS, now);
    this.#lane(shipment);
  }

  /** A shipment was cancelled, lost or returned, or goes another way. */
  withdraw(shipment_id: string): void {
    const journey = this.#journeys.get(shipment_id);
    if (journey === undefined) return;
    this.#journeys.delete(shipment_id);
    this.#laneOf.delete(shipment_id);
    this.#calibration.withdraw(journey);
  }

  /**
   * What has been learned of a network's lanes as of `now`, in the order of its services, then of the
   * lanes' names. O(lanes that have enough events × convolution).
   */
  learned(network: NetworkInput, now: number): LearnedTransit[] {
    const published = new Map(network.transit_times.map((table) => [table.id, table.quantiles]));
    this.#reforecast(network, published, now);
    const seen = Map.groupBy(this.#busiestLanes(now), ([service_id]) => service_id);
    return network.services.flatMap(({ id, carrier_id, lanes }) => {
      const own = (seen.get(id) ?? []).toSorted(byText);
      const tables = new Set(own.map(([, transit_time_id]) => transit_time_id));
      const inUse = new Set(lanes.map((lane) => lane.transit_time_id));
      return [...tables]
        .filter((table) => inUse.has(table) && published.has(table))
        .flatMap((transit_time_id) => {
          const place = { carrier_id, service_id: id, transit_time_id };
          const whole = this.#row(place, published.get(transit_time_id)!, null, null, now);
          const parts = own
            .filter(([, table]) => table === transit_time_id)
            .map(([, , warehouse_id, zone_id, region]) => {
              const lane = { warehouse_id, zone_id };
              return this.#row(place, published.get(transit_time_id)!, lane, region, now);
            });
          return [whole, ...parts].filter((row) => row !== null);
        });
    });
  }

  /** All it knows as plain data. */
  store(): StoredLearner {
    const lanes = [...this.#lanes].toSorted(([a], [b]) => (a < b ? -1 : +(a > b)));
    const placeOf = new Map(lanes.map(([key], i) => [key, i]));
    const { journeys, fates } = this.#calibration.store();
    const plain = journeys.map((journey) => ({ ...journey, forecast: NO_FORECAST }));
    return {
      delays: this.#delays.store(),
      ratios: this.#ratios.store(),
      calibration: { journeys: plain, fates },
      lane_of: journeys.map(({ id }) => [id!, placeOf.get(this.#laneOf.get(id!)!)!] as const),
      lanes: lanes.map(([, lane]) => lane),
      thinning: this.#thinning,
    };
  }

  /** The learner that `store` gave. */
  static restore(stored: StoredLearner, options: LearnerOptions): TransitLearner {
    const learner = new TransitLearner(options);
    learner.#delays = SketchTree.restore(stored.delays);
    learner.#ratios = SketchTree.restore(stored.ratios);
    learner.#thinning = stored.thinning;
    for (const lane of stored.lanes) learner.#lanes.set(JSON.stringify(lane), lane);
    for (const [id, lane] of stored.lane_of) {
      learner.#laneOf.set(id, JSON.stringify(stored.lanes[lane]));
    }
    const { journeys, fates } = stored.calibration;
    const own = journeys.map((journey) => ({ ...journey }));
    learner.#calibration = RollingCalibration.restore({ journeys: own, fates });
    for (const journey of own) {
      if (journey.ended_seconds === null) learner.#journeys.set(journey.id!, journey);
    }
    return learner;
  }

  /** Notes a lane and gives its key. */
  #lane({ service_id, transit_time_id, warehouse_id, zone_id, region }: PlannedShipment): string {
    const lane: LaneNames = [service_id, transit_time_id, warehouse_id, zone_id, region];
    const key = JSON.stringify(lane);
    this.#lanes.set(key, lane);
    return key;
  }

  /** Holds the journeys against what would be forecast for their lanes now. */
  #reforecast(
    network: NetworkInput,
    published: ReadonlyMap<string, TransitTimeInput['quantiles']>,
    now: number,
  ): void {
    const carriers = new Map(network.services.map(({ id, carrier_id }) => [id, carrier_id]));
    const forecasts = new Map<string, Forecast | undefined>();
    const forecastOn = (key: string): Forecast | undefined => {
      const [service_id, transit_time_id, warehouse_id, zone_id] = this.#lanes.get(key)!;
      const carrier_id = carriers.get(service_id);
      const table = published.get(transit_time_id);
      if (carrier_id === undefined || table === undefined) return undefined;
      const place = { carrier_id, service_id, transit_time_id };
      return this.#forecast(place, table, { warehouse_id, zone_id }, now);
    };
    this.#calibration.reforecast(({ id }) => {
      const key = this.#laneOf.get(id!)!;
      if (!forecasts.has(key)) forecasts.set(key, forecastOn(key));
      return forecasts.get(key);
    });
    const kept = new Set(this.#calibration.journeys().map(({ id }) => id!));
    for (const id of this.#laneOf.keys()) if (!kept.has(id)) this.#forget(id);
  }

  #forget(shipment_id: string): void {
    this.#laneOf.delete(shipment_id);
    this.#journeys.delete(shipment_id);
  }

  #busiestLanes(now: number): LaneNames[] {
    const { least_events, lanes_max } = this.#options;
    return [...this.#lanes.values()]
      .map((lane) => ({ lane, count: this.#ratios.count(JSON.stringify(lane.slice(0, 4)), now) }))
      .filter(({ count }) => count >= least_events)
      .sort((a, b) => b.count - a.count || byText(a.lane, b.lane))
      .slice(0, lanes_max)
      .map(({ lane }) => lane);
  }

  #row(
    place: Place,
    published: TransitTimeInput['quantiles'],
    lane: Lane | null,
    region: string | null,
    now: number,
  ): LearnedTransit | null {
    const cell = cellsOf(place, lane)[0]!;
    if (this.#ratios.count(cell, now) < this.#options.least_events) return null;
    const forecast = this.#forecast(place, published, lane, now);
    const seconds = this.#calibration.calibrated(forecast, groupsOf(place.service_id, region), now);
    const quantiles = LEVELS.map((level, i) => [level, Math.ceil(seconds[i]!)] as const);
    const { service_id, transit_time_id } = place;
    return { service_id, transit_time_id, lane, quantiles };
  }

  #forecast(
    place: Place,
    published: TransitTimeInput['quantiles'],
    lane: Lane | null,
    now: number,
  ): Forecast {
    const middle = Math.max(1, quantileSeconds(published, 0.5));
    const prior = LEVELS.map((level) => (quantileSeconds(published, level) / middle) * DAY_SECONDS);
    const ratios = this.#ratios.quantiles(cellsOf(place, lane), now, LEVELS, prior)!;
    const transit = ratios.map((ratio) => (ratio / DAY_SECONDS) * middle);
    const cells = lane === null ? [''] : [lane.warehouse_id, ''];
    return forecastOf(convolve(this.#delays.quantiles(cells, now, LEVELS, NO_DELAY)!, transit));
  }

  /** Keeps every second journey of the sample, by its id: old and new ones alike. */
  #thinOut(): void {
    this.#thinning++;
    const isKept = ({ id }: Journey) => hashOf(id!) % 2 ** this.#thinning === 0;
    this.#calibration.keepOnly(isKept);
    const kept = new Set(this.#calibration.journeys().map(({ id }) => id!));
    for (const id of this.#laneOf.keys()) if (!kept.has(id)) this.#forget(id);
  }
}
