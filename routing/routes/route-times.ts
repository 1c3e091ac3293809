/** When a parcel is where on its route: the distribution of the instant at each mile's start and end. */
import type { MileInput } from '../types.ts';
import type { RouteNetwork } from './route-book.ts';
import { later, plus, type Spread, spreadOf, startLater, take, waitOut } from './spread.ts';

type MileTime = Pick<MileInput, 'transit_time_id' | 'learned_time_id'>;

/** The distribution of a mile: what was learned of it, else what is published. O(1). */
export const timeOfMile = ({ learned_time_id, transit_time_id }: MileTime): string =>
  learned_time_id ?? transit_time_id;

/** A route as its times need it: legs and the hub of its last mile by index. */
export interface WayToTrace {
  readonly first: MileTime;
  readonly last: MileTime;
  readonly to: number;
  readonly itinerary: { readonly legs: readonly number[] };
}

/** Start and end of each mile in order: the first, the legs, the last. */
export interface RouteTrace {
  readonly miles: readonly { readonly starts: Spread; readonly ends: Spread }[];
  readonly arrival: Spread;
}

const NOTHING: readonly never[] = [];

/** From an arrival at a hub to the instant from which it may go on: open, sorted, and still open. */
function readyAt({ hubs, transfer, disrupted }: RouteNetwork, hub: number, arrival: Spread) {
  const closed = disrupted.closed.get(hubs[hub]!.id) ?? NOTHING;
  return waitOut(later(waitOut(arrival, closed), transfer[hub]!), closed);
}

/** Departures of a leg for parcels that are ready; undefined if some miss the last. */
function departFrom(network: RouteNetwork, leg: number, ready: Spread): Spread | undefined {
  const { input, runs } = network.legs[leg]!;
  if (runs !== undefined) return take(ready, runs);
  const { cancelled, delayed } = network.disrupted;
  const started = waitOut(ready, cancelled.get(input.id) ?? NOTHING);
  return (delayed.get(input.id) ?? NOTHING).reduce<Spread>(
    (spread, window) => startLater(spread, window, window.seconds),
    started,
  );
}

/**
 * The instants of a route for a pickup (epoch seconds); undefined if some parcels would never arrive
 * within the timetables' horizon. O(legs × pieces).
 */
export function traceRoute(
  network: RouteNetwork,
  { first, last, to, itinerary }: WayToTrace,
  pickup: number,
): RouteTrace | undefined {
  const { transits, legs, times } = network;
  const picked: Spread = [{ mass: 1, from: pickup, to: pickup }];
  let at = later(spreadOf(transits.get(timeOfMile(first))!), pickup);
  const miles = [{ starts: picked, ends: at }];
  for (const leg of itinerary.legs) {
    const starts = departFrom(network, leg, readyAt(network, legs[leg]!.from, at));
    if (starts === undefined) return undefined;
    at = plus(starts, times[leg]!);
    miles.push({ starts, ends: at });
  }
  const starts = readyAt(network, to, at);
  const arrival = plus(starts, spreadOf(transits.get(timeOfMile(last))!));
  miles.push({ starts, ends: arrival });
  return { miles, arrival };
}
