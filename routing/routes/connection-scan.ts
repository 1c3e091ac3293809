/**
 * Earliest arrivals from one hub at all others, by the Connection Scan Algorithm: one sweep over the
 * connections in order of departure. Dibbelt, Pajor, Strasser, Wagner: Connection Scan Algorithm, ACM
 * JEA 23 (2018).
 */
import { DEPARTS, firstDeparture, RIDE, type Timetable } from './timetable.ts';

/** Not reached. */
export const NEVER = 2 ** 31 - 1;

/** Arrivals from one hub, and how. */
export interface ArrivalTree {
  readonly from_hub: number;
  readonly at_seconds: number;
  /** Seconds after the timetable's start; `NEVER` where nothing leads. */
  readonly arrival: Int32Array;
  /** Id of the connection that brings it there; -1 at the origin and where nothing leads. */
  readonly via: Int32Array;
  /** Hub that it comes from; -1 as above. With `via` -1 it comes by a passage. */
  readonly before: Int32Array;
}

type Labels = Pick<ArrivalTree, 'arrival' | 'via' | 'before'>;

/** How often the sweep asks whether anything later could still matter. */
const ASK_EVERY = 8192;

/**
 * Sweeps from `from_hub` at an instant (epoch seconds). O(connections until the last hub is reached).
 * A parcel that is at the origin needs no transfer time there.
 */
export function earliestArrivals(
  timetable: Timetable,
  from_hub: number,
  at_seconds: number,
): ArrivalTree {
  const { rides, hub_count } = timetable;
  const tree: ArrivalTree = {
    from_hub,
    at_seconds,
    arrival: new Int32Array(hub_count).fill(NEVER),
    via: new Int32Array(hub_count).fill(-1),
    before: new Int32Array(hub_count).fill(-1),
  };
  const ready = new Int32Array(hub_count).fill(NEVER);
  const start = Math.min(NEVER - 1, Math.ceil(at_seconds - timetable.start_seconds));
  tree.arrival[from_hub] = start;
  ready[from_hub] = start;
  passOn(timetable, tree, ready, from_hub);
  const end = rides.length / RIDE;
  for (let place = firstDeparture(timetable, start); place < end; ) {
    const until = Math.min(end, place + ASK_EVERY);
    sweep(timetable, tree, ready, place, until);
    place = until;
    if (place < end && rides[place * RIDE + DEPARTS]! >= last(tree.arrival)) break;
  }
  return tree;
}

/** Rides what can be caught and brings a hub nearer, of the connections from `place` to `until`. */
function sweep(
  timetable: Timetable,
  { arrival, via, before }: Labels,
  ready: Int32Array,
  place: number,
  until: number,
): void {
  const { rides, cancelled, transfer, id, passages } = timetable;
  // The places of the numbers written out: as names from another module they cost a third of the time.
  for (let at = place * 3; at < until * 3; at += 3) {
    const hubs = rides[at + 2]!;
    if (ready[hubs & 0xffff]! > rides[at]!) continue;
    const hub = hubs >>> 16;
    const lands = rides[at + 1]!;
    if (lands >= arrival[hub]! || cancelled[at / 3] === 1) continue;
    arrival[hub] = lands;
    ready[hub] = lands + transfer[hub]!;
    via[hub] = id[at / 3]!;
    before[hub] = hubs & 0xffff;
    if (passages[hub]!.length > 0) passOn(timetable, { arrival, via, before }, ready, hub);
  }
}

function last(arrival: Int32Array): number {
  let latest = -1;
  for (let hub = 0; hub < arrival.length; hub++) latest = Math.max(latest, arrival[hub]!);
  return latest;
}

/** Goes on by passages from a hub that was reached earlier than before. */
function passOn(
  timetable: Timetable,
  { arrival, via, before }: Labels,
  ready: Int32Array,
  from: number,
): void {
  const open = [from];
  for (let hub = open.pop(); hub !== undefined; hub = open.pop()) {
    for (const passage of timetable.passages[hub]!) {
      const lands = Math.ceil(arrival[hub]! + passage.seconds);
      const next = passage.to_hub;
      if (lands >= arrival[next]!) continue;
      arrival[next] = lands;
      ready[next] = lands + timetable.transfer[next]!;
      via[next] = -1;
      before[next] = hub;
      open.push(next);
    }
  }
}

/** Hubs and connections on the way to a hub, in order; undefined where nothing leads. O(hops). */
export function routeTo(
  tree: ArrivalTree,
  hub: number,
): { readonly hubs: readonly number[]; readonly connections: readonly number[] } | undefined {
  if (tree.arrival[hub] === NEVER) return undefined;
  const hubs = [hub];
  const connections: number[] = [];
  for (let at = hub; at !== tree.from_hub; at = tree.before[at]!) {
    connections.unshift(tree.via[at]!);
    hubs.unshift(tree.before[at]!);
  }
  return { hubs, connections };
}
