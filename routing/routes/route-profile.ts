/**
 * All ways to one hub at once: one sweep over the connections in reverse order of departure keeps for
 * every hub its undominated (departure, arrival, cost, carbon) labels. Dibbelt, Pajor, Strasser, Wagner:
 * Connection Scan Algorithm (2018), section 4 (profiles), with the cost criteria of Pareto labels.
 */
import type { LegInput } from '../types.ts';
import { firstAtOrAfter } from './leg-runs.ts';

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

/** A way from a hub to the target. */
export interface ProfileLabel {
  readonly departs: number;
  readonly arrives: number;
  readonly cost: number;
  readonly carbon: number;
  /** The first leg, by index; the rest of the way follows. -1 at the target itself. */
  readonly leg: number;
  /** Number of its sequence of legs in the profile; set when it finds its place. */
  way: number;
  readonly next: ProfileLabel | undefined;
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

/** Labels by hub, latest departure first, and the ways by legs that start at any time. */
export interface Profile {
  readonly target: number;
  readonly labels: readonly (readonly ProfileLabel[])[];
  readonly fronts: readonly (readonly ProfileLabel[][])[];
  /** Their `arrives` is the time from an arrival at the hub to that at the target. */
  readonly anytime: readonly (readonly ProfileLabel[])[];
  readonly ways: Ways;
}

/** Numbers of sequences of legs, by the first leg and the number of the rest. */
type Ways = Map<number, number>;

/** More than there are legs in a network. */
const MOST_LEGS = 2 ** 20;

function wayOf(ways: Ways, { leg, next }: ProfileLabel): number {
  if (leg < 0) return 0;
  const key = next!.way * MOST_LEGS + leg;
  let way = ways.get(key);
  if (way === undefined) {
    way = ways.size + 1;
    ways.set(key, way);
  }
  return way;
}

/** True if a way arrives no later, costs and emits no more than another. */
export const isNoWorse = (a: ProfileLabel, b: ProfileLabel): boolean =>
  a.arrives <= b.arrives && a.cost <= b.cost && a.carbon <= b.carbon;

const isEqual = (a: ProfileLabel, b: ProfileLabel): boolean =>
  a.departs === b.departs && a.arrives === b.arrives && a.cost === b.cost && a.carbon === b.carbon;

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
  const { count, leg, departs } = connectionsIn(network, span);
  for (let c = 0; c < count; c++) ride(sweep, leg[c]!, departs[c]!);
  const { labels, fronts, anytime, ways } = sweep;
  return { target, labels, fronts, anytime, ways };
}

/** Ids of the legs of a label, in order. */
export function legsOf(label: ProfileLabel): number[] {
  const legs: number[] = [];
  for (let at: ProfileLabel | undefined = label; at !== undefined; at = at.next) {
    if (at.leg >= 0) legs.push(at.leg);
  }
  return legs;
}

/** State of a sweep. */
export interface Sweep {
  readonly network: ProfileNetwork;
  readonly labels: ProfileLabel[][];
  readonly anytime: readonly (readonly ProfileLabel[])[];
  /** Legs that start at any time, by the hub they lead to. */
  readonly into: readonly (readonly number[])[];
  /** By label: the undominated (arrival, cost, carbon) of those that depart as late or later. */
  readonly fronts: ProfileLabel[][][];
  readonly ways: Ways;
  /** Labels that found their place. */
  added: number;
  /** What is as good as another finds a place too: which of the two comes first is not known. */
  readonly takesEqual: boolean;
}

/** A sweep towards a hub that has not begun. */
export function openSweep(
  network: ProfileNetwork,
  target: number,
  ways: Ways = new Map(),
  takesEqual = false,
): Sweep {
  const hubs = network.transfer.length;
  const into: number[][] = Array.from({ length: hubs }, () => []);
  for (const leg of network.usable) {
    if (network.legs[leg]!.runs === undefined) into[network.legs[leg]!.to]!.push(leg);
  }
  return {
    network,
    labels: Array.from({ length: hubs }, () => []),
    anytime: anytimeTo(network, into, target, ways),
    ways,
    into,
    fronts: Array.from({ length: hubs }, () => []),
    added: 0,
    takesEqual,
  };
}

/** Undominated ways to the target by legs that start at any time, from each hub. */
function anytimeTo(
  { transfer, legs }: ProfileNetwork,
  into: readonly (readonly number[])[],
  target: number,
  ways: Ways,
): ProfileLabel[][] {
  const found: ProfileLabel[][] = Array.from(transfer, () => []);
  const there = { departs: 0, arrives: 0, cost: 0, carbon: 0, leg: -1, way: 0, next: undefined };
  const open: [number, ProfileLabel][] = [[target, there]];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    const [hub, way] = at;
    if (found[hub]!.some((other) => isNoWorse(other, way))) continue;
    way.way = wayOf(ways, way);
    found[hub] = [...found[hub]!.filter((other) => !isNoWorse(way, other)), way];
    for (const leg of into[hub]!) {
      const { from, cost, carbon, input } = legs[leg]!;
      open.push([
        from,
        {
          departs: 0,
          arrives: transfer[from]! + input.duration_seconds + way.arrives,
          cost: cost + way.cost,
          carbon: carbon + way.carbon,
          leg,
          way: 0,
          next: way,
        },
      ]);
    }
  }
  return found;
}

/** Adds the ways that begin with one departure. */
export function ride(sweep: Sweep, leg: number, departs: number): void {
  const { network, anytime, labels } = sweep;
  const { from, to, cost, carbon, input } = network.legs[leg]!;
  const lands = departs + input.duration_seconds;
  const begin = (rest: ProfileLabel, arrives: number): ProfileLabel => ({
    departs,
    arrives,
    cost: cost + rest.cost,
    carbon: carbon + rest.carbon,
    leg,
    way: 0,
    next: rest,
  });
  for (const rest of anytime[to]!) reach(sweep, from, begin(rest, lands + rest.arrives));
  const onward = labels[to]!;
  const ready = lands + network.transfer[to]!;
  const last = lastReady(onward, ready);
  if (last < 0) return;
  for (const rest of sweep.fronts[to]![last]!) reach(sweep, from, begin(rest, rest.arrives));
}

/** Last place of a label that departs at or after `ready`; -1 if none. Latest departures are first. */
export function lastReady(labels: readonly ProfileLabel[], ready: number): number {
  let low = 0;
  let high = labels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (labels[middle]!.departs >= ready) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Adds a label to a hub's unless one as good leaves as late; passes it on to hubs before. */
function reach(sweep: Sweep, hub: number, label: ProfileLabel): void {
  const { network, into } = sweep;
  const labels = sweep.labels[hub]!;
  const fronts = sweep.fronts[hub]!;
  const last = lastReady(labels, label.departs);
  const beats = (other: ProfileLabel) =>
    isNoWorse(other, label) && !(sweep.takesEqual && isEqual(other, label));
  if (last >= 0 && fronts[last]!.some(beats)) return;
  let place = last + 1;
  while (place > 0 && labels[place - 1]!.departs === label.departs) place -= 1;
  const rest = labels.slice(place).filter((other) => !isNoWorse(label, other));
  let front = place === 0 ? [] : fronts[place - 1]!;
  labels.length = place;
  fronts.length = place;
  for (const one of [label, ...rest]) {
    front = [...front.filter((other) => !isNoWorse(one, other)), one];
    labels.push(one);
    fronts.push(front);
  }
  label.way = wayOf(sweep.ways, label);
  sweep.added += 1;
  for (const leg of into[hub]!) {
    const { from, cost, carbon, input } = network.legs[leg]!;
    reach(sweep, from, {
      departs: label.departs - network.transfer[hub]! - input.duration_seconds,
      arrives: label.arrives,
      cost: cost + label.cost,
      carbon: carbon + label.carbon,
      leg,
      way: 0,
      next: label,
    });
  }
}
