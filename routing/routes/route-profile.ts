/**
 * All ways to one hub at once: one sweep over the connections in reverse order of departure keeps for
 * every hub its undominated (departure, arrival, cost, carbon) labels. Dibbelt, Pajor, Strasser, Wagner:
 * Connection Scan Algorithm (2018), section 4 (profiles), with the cost criteria of Pareto labels.
 */
import type { LegInput } from '../types.ts';
import { firstAtOrAfter } from './leg-runs.ts';
import {
  CRITERIA,
  countReady,
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
  readonly count: number;
  readonly leg: Int32Array;
  readonly departs: Float64Array;
}

/** Of the span asked for last: sweeps to many hubs follow each other. */
const sorted = new WeakMap<ProfileNetwork, { readonly span: Span; readonly found: Connections }>();

/** The connections of a network in a span. */
export function connectionsIn(network: ProfileNetwork, span: Span): Connections {
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
  return {
    count: rows.length,
    leg: Int32Array.from(rows, ([, leg]) => leg),
    departs: Float64Array.from(rows, ([departs]) => departs),
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
  readonly anytime: Profile['anytime'];
  readonly anytimeRows: number;
  /** Legs that start at any time, by the hub they lead to. */
  readonly into: readonly (readonly number[])[];
}

/** Rows that a store has room for to begin with. */
const FIRST_ROOM = 1024;

/** Stores of networks: one sweep is over before the next begins, and leaves it the room that it made. */
const stores = new WeakMap<ProfileNetwork, LabelStore>();

/** A sweep towards a hub that has not begun, and knows no way by legs that start at any time. */
export function openSweep(network: ProfileNetwork, target: number): Sweep {
  const store = stores.get(network) ?? new LabelStore(FIRST_ROOM);
  stores.set(network, store);
  store.clear();
  const lists = () => Array.from(network.transfer, (): number[] => []);
  const into = lists();
  for (const leg of network.usable) {
    if (network.legs[leg]!.runs === undefined) into[network.legs[leg]!.to]!.push(leg);
  }
  return { network, target, store, labels: lists(), anytime: lists(), anytimeRows: 0, into };
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

/** Rides the connections of a span, latest first. Ends the sweep. */
export function rideAll(sweep: Sweep, span: Span): Profile {
  const { count, leg, departs } = connectionsIn(sweep.network, span);
  for (let c = 0; c < count; c++) ride(sweep, leg[c]!, departs[c]!);
  const { target, labels, anytime, anytimeRows } = sweep;
  return { target, columns: sweep.store.columns(), labels, anytime, anytimeRows };
}

/** Adds the ways that begin with one departure. */
function ride(sweep: Sweep, leg: number, departs: number): void {
  const { network, anytime, store, labels } = sweep;
  const { from, to, cost, carbon, input } = network.legs[leg]!;
  const lands = departs + input.duration_seconds;
  for (const rest of anytime[to]!) begin(sweep, leg, rest, departs, lands);
  const last = lastReady(store.criteria, labels[to]!, lands + network.transfer[to]!);
  if (last === NONE) return;
  const start = store.frontStart[last]!;
  const end = start + store.frontSize[last]!;
  let front = lastReady(store.criteria, labels[from]!, departs);
  // Fronts are appended to the pool: this one stays where it is, whatever it leads to.
  for (let i = start; i < end; i++) {
    const { criteria, pool } = store;
    const rest = pool[i]!;
    const at = rest * CRITERIA;
    const costs = cost + criteria[at + 2]!;
    const emits = carbon + criteria[at + 3]!;
    // Most are beaten: that is seen before anything is written.
    if (front !== NONE && isBeaten(store, front, criteria[at + 1]!, costs, emits)) continue;
    begin(sweep, leg, rest, departs, 0);
    front = lastReady(store.criteria, labels[from]!, departs);
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
export function putLabel({ store, labels }: Sweep, hub: number, row: number): boolean {
  const { criteria } = store;
  const own = labels[hub]!;
  const at = row * CRITERIA;
  const departs = criteria[at]!;
  let place = countReady(criteria, own, departs);
  const last = place === 0 ? NONE : own[place - 1]!;
  if (
    last !== NONE &&
    isBeaten(store, last, criteria[at + 1]!, criteria[at + 2]!, criteria[at + 3]!)
  ) {
    return false;
  }
  while (place > 0 && criteria[own[place - 1]! * CRITERIA] === departs) place -= 1;
  const rest = place === own.length ? NOTHING : own.splice(place);
  addLabel(store, own, row);
  for (const one of rest) if (!isNoWorse(criteria, row, one)) addLabel(store, own, one);
  return true;
}

const NOTHING: readonly number[] = [];

/** Adds a label behind those of its hub. */
function addLabel(store: LabelStore, own: number[], row: number): void {
  store.putFront(own.length === 0 ? NONE : own[own.length - 1]!, row);
  own.push(row);
}

/** The legs of the way that begins at a row, in order. */
export function legsOf({ leg, next }: LabelColumns, row: number): number[] {
  const legs: number[] = [];
  for (let at = row; leg[at]! !== NONE; at = next[at]!) legs.push(leg[at]!);
  return legs;
}
