/**
 * Replays orders in time: each is forecast and promised at its purchase from what was known then, and
 * its hand-over and delivery are learned from when they happen.
 */
import { BoostedForecaster, type Stages } from '../routing/promise/boosted-forecast.ts';
import {
  CALIBRATION_OPTIONS,
  type Forecast,
  type Journey,
  RollingCalibration,
} from '../routing/promise/calibration.ts';
import { SketchTree } from '../routing/promise/sketch-tree.ts';
import { StageForecaster } from '../routing/promise/stage-forecast.ts';
import { DAY_SECONDS } from '../routing/types.ts';
import { type OlistOrder, regionOf } from './olist-orders.ts';

/** An order with what was promised: seconds from purchase at the library's `LEVELS`. */
export interface Promised {
  readonly order: OlistOrder;
  readonly seconds: readonly number[];
}

/** What a forecaster is to the replay. */
export interface Forecaster {
  /** Forecasts at the purchase; undefined while too little is known. */
  readonly purchase: (order: OlistOrder) => Forecast | undefined;
  readonly handOver: (order: OlistOrder, at: number) => void;
  readonly deliver: (order: OlistOrder, at: number) => void;
}

/** Stages alone: the sketches of queue and transit, convolved. */
export function stageForecaster(): Forecaster {
  const stages = new StageForecaster(
    new SketchTree({ shrink_count: 20, half_life_days: 90 }),
    new SketchTree({ shrink_count: 30, half_life_days: 60 }),
  );
  return {
    purchase: ({ case: { paths, started_seconds } }) => stages.forecast(paths, started_seconds),
    handOver: ({ case: { paths, started_seconds } }, at) => {
      stages.learnQueue(paths.queue, at - started_seconds, at);
    },
    deliver: ({ case: { paths }, handed_over }, at) => {
      if (handed_over !== null && handed_over < at) {
        stages.learnTransit(paths.transit, at - handed_over, at);
      }
    },
  };
}

/** The sketches as features of boosted trees. */
export function boostedForecaster(): Forecaster {
  const boosted = new BoostedForecaster();
  const underWay = new Map<string, Stages>();
  return {
    purchase: (order) => {
      const made = boosted.forecast(order.case);
      const none = { journey: order.case, handed_over_seconds: null, ended_seconds: null };
      underWay.set(order.ref, made?.open ?? none);
      if (made !== undefined) boosted.begin(made.open);
      return made?.forecast;
    },
    handOver: (order, at) => boosted.handOver(underWay.get(order.ref)!, at),
    deliver: (order, at) => boosted.deliver(underWay.get(order.ref)!, at),
  };
}

/** In order of time; of the same second in this order. */
type Event = readonly [
  at: number,
  kind: 'hand over' | 'deliver' | 'purchase' | 'call off',
  OlistOrder,
];
const KINDS = ['hand over', 'deliver', 'purchase', 'call off'];

/** What no seller has handed over by then was called off in all but name. */
const CALLED_OFF_SECONDS = 30 * DAY_SECONDS;

function eventsOf(orders: readonly OlistOrder[]): Event[] {
  const events = orders.flatMap((order): Event[] => [
    ...(order.handed_over !== null && order.handed_over > order.purchased
      ? [[order.handed_over, 'hand over', order] as const]
      : []),
    ...(order.delivered === null ? [] : [[order.delivered, 'deliver', order] as const]),
    [order.purchased, 'purchase', order],
    ...((order.handed_over ?? Infinity) > order.purchased + CALLED_OFF_SECONDS
      ? [[order.purchased + CALLED_OFF_SECONDS, 'call off', order] as const]
      : []),
  ]);
  return events.sort((a, b) => a[0] - b[0] || KINDS.indexOf(a[1]) - KINDS.indexOf(b[1]));
}

/** Promises of all orders that could be forecast, in order of purchase. */
export function replay(orders: readonly OlistOrder[], forecaster: Forecaster): Promised[] {
  const calibration = new RollingCalibration(CALIBRATION_OPTIONS);
  const journeys = new Map<string, Journey>();
  const promised: Promised[] = [];
  for (const [at, kind, order] of eventsOf(orders)) {
    const known = journeys.get(order.ref);
    if (kind === 'hand over') forecaster.handOver(order, at);
    else if (kind === 'deliver') {
      forecaster.deliver(order, at);
      if (known !== undefined) known.ended_seconds = at;
    } else if (kind === 'call off') {
      if (known !== undefined) calibration.withdraw(known);
    } else {
      const forecast = forecaster.purchase(order);
      if (forecast === undefined) continue;
      const groups = [regionOf(order.state), ''];
      promised.push({ order, seconds: calibration.calibrated(forecast, groups, at) });
      const journey: Journey = {
        groups,
        started_seconds: at,
        forecast,
        weight: order.case.weight,
        ended_seconds: null,
      };
      journeys.set(order.ref, journey);
      calibration.begin(journey);
    }
  }
  return promised;
}
