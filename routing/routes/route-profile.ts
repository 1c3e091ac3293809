/**
 * All ways to one hub at once: one sweep over the connections in reverse order of departure keeps for
 * every hub its undominated (departure, arrival, cost, carbon) labels. Dibbelt, Pajor, Strasser, Wagner:
 * Connection Scan Algorithm (2018), section 4 (profiles), with the cost criteria of Pareto labels.
 */
import type { LegInput } from '../types.ts';
import { HubHead } from './hub-head.ts';
import { firstAtOrAfter } from './leg-runs.ts';
import type { ProfileBefore } from './profile-before.ts';
import {
  CRITERIA,
  countReady,
  criteriaOf,
  isBeaten,
  isNoWorse,
  type LabelColumns,
  LabelStore,
  lastReady,
  NONE,
} from './route-labels.ts';

/** A leg between hubs by index; without `runs` it starts at any time. */
export interface RouteLeg {
  readonly input: LegInput;
  readonly from: number;
  readonly to: number;
  readonly cost: number;
  readonly carbon: number;
  /** Departures that run, ascending. */
  readonly runs: Float64Array | undefined;
}

/** Span of departures looked at, epoch seconds. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** The hubs' transfer times and the legs that may be used. */
export interface ProfileNetwork {
  readonly transfer: Float64Array;
  readonly legs: readonly RouteLeg[];
  /** Indices of the legs that may be used, ascending. */
  readonly usable: readonly number[];
}

/** Rows of labels by hub, latest departure first, and of the ways by legs that start at any time. */
export interface Profile {
  readonly target: number;
  readonly columns: LabelColumns;
  readonly labels: readonly (readonly number[])[];
  /** Their arrival is the time from an arrival at the hub to that at the target. They come first. */
  readonly anytime: readonly (readonly number[])[];
  readonly anytimeRows: number;
}

/** Connections by place, latest departure first; equal ones by leg. */
interface Connections {
  readonly leg: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Of the connection at place c, from `RIDE × c` on: departure, arrival, cost, carbon. */
  readonly rides: Float64Array;
}

const RIDE = 4;

/** Of the span asked for last: sweeps to many hubs follow each other. */
const sorted = new WeakMap<ProfileNetwork, { readonly span: Span; readonly found: Connections }>();

/** The connections of a network in a span. */
function connectionsIn(network: ProfileNetwork, span: Span): Connections {
  const known = sorted.get(network);
  if (known?.span.from === span.from && known.span.until === span.until) return known.found;
  const found = sortConnections(network, span);
  sorted.set(network, { span, found });
  return found;
}

function sortConnections({ legs, usable }: ProfileNetwork, { from, until }: Span): Connections {
  const rows: [number, number][] = [];
  for (const leg of usable) {
    const runs = legs[leg]!.runs;
    if (runs === undefined) continue;
    for (let i = firstAtOrAfter(runs, from); i < runs.length && runs[i]! < until; i++) {
      rows.push([runs[i]!, leg]);
    }
  }
  rows.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  const rides = new Float64Array(rows.length * RIDE);
  rows.forEach(([departs, leg], c) => {
    const { cost, carbon, input } = legs[leg]!;
    rides.set([departs, departs + input.duration_seconds, cost, carbon], c * RIDE);
  });
  return {
    leg: Int32Array.from(rows, ([, leg]) => leg),
    from: Int32Array.from(rows, ([, leg]) => legs[leg]!.from),
    to: Int32Array.from(rows, ([, leg]) => legs[leg]!.to),
    rides,
  };
}

/** Sweeps all connections towards a hub. O(connections × undominated labels²). */
export function profileTo(network: ProfileNetwork, target: number, span: Span): Profile {
  const sweep = openSweep(network, target);
  const anytime = anytimeTo(sweep);
  return rideAll({ ...sweep, anytime, anytimeRows: sweep.store.rows }, span);
}

/** State of a sweep. */
export interface Sweep {
  readonly network: ProfileNetwork;
  readonly target: number;
  readonly store: LabelStore;
  readonly labels: number[][];
  readonly heads: readonly HubHead[];
  readonly anytime: Profile['anytime'];
  readonly anytimeRows: number;
  /** Legs that start at any time, by the hub they lead to. */
  readonly into: readonly (readonly number[])[];
}

/** Rows that a store has room for to begin with. */
const FIRST_ROOM = 1024;

/** What a sweep works in: one is over before the next begins, and leaves it the room that it made. */
const rooms = new WeakMap<ProfileNetwork, Pick<Sweep, 'store' | 'heads'>>();

function roomOf(network: ProfileNetwork): Pick<Sweep, 'store' | 'heads'> {
  const known = rooms.get(network);
  if (known !== undefined) {
    known.store.clear();
    for (const head of known.heads) head.clear();
    return known;
  }
  const heads = Array.from(network.transfer, () => new HubHead());
  const room = { store: new LabelStore(FIRST_ROOM), heads };
  rooms.set(network, room);
  return room;
}

/** A sweep towards a hub that has not begun, and knows no way by legs that start at any time.
 * O(hubs + legs). */
export function openSweep(network: ProfileNetwork, target: number): Sweep {
  const room = roomOf(network);
  const lists = () => Array.from(network.transfer, (): number[] => []);
  const into = lists();
  for (const leg of network.usable) {
    if (network.legs[leg]!.runs === undefined) into[network.legs[leg]!.to]!.push(leg);
  }
  return { ...room, network, target, labels: lists(), anytime: lists(), anytimeRows: 0, into };
}

/** Undominated ways to the target by legs that start at any time, from each hub. */
function anytimeTo({ network, target, store, into }: Sweep): number[][] {
  const { transfer, legs } = network;
  const found: number[][] = Array.from(transfer, () => []);
  const open: [number, number][] = [[target, store.append(NONE, NONE, 0, 0, 0, 0)]];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    const [hub, row] = at;
    if (found[hub]!.some((other) => isNoWorse(store.criteria, other, row))) continue;
    const beaten = (other: number) => isNoWorse(store.criteria, row, other);
    found[hub] = [...found[hub]!.filter((other) => !beaten(other)), row];
    for (const leg of into[hub]!) {
      const { from, cost, carbon, input } = legs[leg]!;
      const takes = transfer[from]! + input.duration_seconds;
      open.push([from, store.append(leg, row, 0, takes, cost, carbon)]);
    }
  }
  return found;
}

/**
 * Rides the connections of a span, latest first, unless what was found before has the rest of it. Ends the
 * sweep. O(connections × labels²).
 */
export function rideAll(sweep: Sweep, span: Span, before?: ProfileBefore): Profile {
  const { target, labels, heads, store, anytime, anytimeRows } = sweep;
  const connections = connectionsIn(sweep.network, span);
  labels.forEach((own, hub) => {
    if (own.length > 0) heads[hub]!.read(store, own[own.length - 1]!);
  });
  let last = span.until;
  for (let c = 0; c < connections.leg.length; c++) {
    const departs = connections.rides[c * RIDE]!;
    if (departs < last && before?.ends(sweep, last)) break;
    last = departs;
    ride(sweep, connections, c);
  }
  return { target, columns: store.columns(), labels, anytime, anytimeRows };
}

/** Adds the ways that begin with one departure. */
function ride(sweep: Sweep, { leg, from, to, rides }: Connections, c: number): void {
  const { network, anytime, store, labels, heads } = sweep;
  const [hub, next] = [from[c]!, to[c]!];
  const departs = rides[c * RIDE]!;
  const lands = rides[c * RIDE + 1]!;
  const cost = rides[c * RIDE + 2]!;
  const carbon = rides[c * RIDE + 3]!;
  for (const rest of anytime[next]!) begin(sweep, leg[c]!, rest, departs, lands);
  const last = lastReady(store.criteria, labels[next]!, lands + network.transfer[next]!);
  if (last === NONE) return;
  const start = store.frontStart[last]!;
  const end = start + store.frontSize[last]!;
  const own = labels[hub]!;
  // Fronts are appended to the pool: this one stays where it is, whatever it leads to.
  for (let i = start; i < end; i++) {
    const { criteria, pool } = store;
    const rest = pool[i]!;
    const at = rest * CRITERIA;
    // Most are beaten: that is seen before anything is written.
    const isLast = own.length > 0 && criteria[own[own.length - 1]! * CRITERIA]! >= departs;
    const arrives = criteria[at + 1]!;
    if (
      isLast &&
      heads[hub]!.beats(arrives, cost + criteria[at + 2]!, carbon + criteria[at + 3]!)
    ) {
      continue;
    }
    begin(sweep, leg[c]!, rest, departs, 0);
  }
}

/** Begins a way with a leg unless it is beaten; and ways before it, by legs that start at any time. */
function begin(sweep: Sweep, leg: number, rest: number, departs: number, later: number): void {
  const { store, into, network } = sweep;
  const { from, cost, carbon } = network.legs[leg]!;
  const row = store.append(leg, rest, departs, later, cost, carbon);
  if (!putLabel(sweep, from, row)) {
    store.rows = row;
    return;
  }
  for (const before of into[from]!) {
    const takes = network.transfer[from]! + network.legs[before]!.input.duration_seconds;
    begin(sweep, before, row, departs - takes, 0);
  }
}

/** Puts a label among those of its hub and takes away those that it beats; false if it is beaten. */
function putLabel({ store, labels, heads }: Sweep, hub: number, row: number): boolean {
  const { criteria } = store;
  const own = labels[hub]!;
  const at = row * CRITERIA;
  const departs = criteria[at]!;
  const arrives = criteria[at + 1]!;
  const cost = criteria[at + 2]!;
  const carbon = criteria[at + 3]!;
  const last = own.length === 0 ? Infinity : criteria[own[own.length - 1]! * CRITERIA]!;
  const head = heads[hub]!;
  if (last >= departs && head.beats(arrives, cost, carbon)) return false;
  if (last > departs || (last === departs && !beatsEqual(criteria, own, row))) {
    head.add(row, arrives, cost, carbon);
    store.putHead(head, row);
    own.push(row);
    return true;
  }
  if (!insertLabel(store, own, row)) return false;
  head.read(store, own[own.length - 1]!);
  return true;
}

/** True if a label beats one of those that depart with it, which are the last of its hub. */
function beatsEqual(criteria: Float64Array, own: readonly number[], row: number): boolean {
  const departs = criteria[row * CRITERIA]!;
  for (let i = own.length - 1; i >= 0 && criteria[own[i]! * CRITERIA] === departs; i--) {
    if (isNoWorse(criteria, row, own[i]!)) return true;
  }
  return false;
}

/**
 * The same for labels of a hub that no head is kept of, at any place among them.
 * O(labels that depart earlier × their fronts).
 */
export function insertLabel(store: LabelStore, own: number[], row: number): boolean {
  const [departs, ...way] = criteriaOf(store, row);
  const place = countReady(store.criteria, own, departs);
  if (place > 0 && isBeaten(store, own[place - 1]!, ...way)) return false;
  let equal = place;
  while (equal > 0 && store.criteria[own[equal - 1]! * CRITERIA] === departs) equal -= 1;
  const later = own.splice(place);
  for (const one of [...own.splice(equal), row, ...later]) {
    if (one === row || !isNoWorse(store.criteria, row, one)) addLabel(store, own, one);
  }
  return true;
}

/** Adds a label behind those of its hub. */
function addLabel(store: LabelStore, own: number[], row: number): void {
  store.putFront(own.length === 0 ? NONE : own[own.length - 1]!, row);
  own.push(row);
}

/** The legs of the way that begins at a row, in order. O(legs of the way). */
export function legsOf({ leg, next }: LabelColumns, row: number): number[] {
  const legs: number[] = [];
  for (let at = row; leg[at]! !== NONE; at = next[at]!) legs.push(leg[at]!);
  return legs;
}
