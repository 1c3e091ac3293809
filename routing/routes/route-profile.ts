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
  /** Their `arrives` is the time from an arrival at the hub to that at the target. */
  readonly anytime: readonly (readonly ProfileLabel[])[];
}

/** Nobody waits longer than a week: whatever runs, runs every week. */
const MOST_WAIT_SECONDS = 7 * 86_400;

const isNoWorse = (a: ProfileLabel, b: ProfileLabel): boolean =>
  a.arrives <= b.arrives && a.cost <= b.cost && a.carbon <= b.carbon;

/** Connections by place, latest departure first; equal ones by leg. */
interface Connections {
  readonly count: number;
  readonly leg: Int32Array;
  readonly departs: Float64Array;
}

function connectionsIn({ legs, usable }: ProfileNetwork, { from, until }: Span): Connections {
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

/** Sweeps all connections towards a hub. O(connections × labels in reach). */
export function profileTo(network: ProfileNetwork, target: number, span: Span): Profile {
  const sweep = openSweep(network, target);
  const { count, leg, departs } = connectionsIn(network, span);
  for (let c = 0; c < count; c++) ride(sweep, leg[c]!, departs[c]!);
  return { target, labels: sweep.labels, anytime: sweep.anytime };
}

/** Ids of the legs of a label, in order. */
export function legsOf(label: ProfileLabel): number[] {
  const legs: number[] = [];
  for (let at: ProfileLabel | undefined = label; at !== undefined; at = at.next) {
    if (at.leg >= 0) legs.push(at.leg);
  }
  return legs;
}

interface Sweep {
  readonly network: ProfileNetwork;
  readonly labels: ProfileLabel[][];
  readonly anytime: readonly (readonly ProfileLabel[])[];
  /** Legs that start at any time, by the hub they lead to. */
  readonly into: readonly (readonly number[])[];
  readonly leastCost: Float64Array;
  readonly leastCarbon: Float64Array;
  /** Labels that found their place. */
  added: number;
}

function openSweep(network: ProfileNetwork, target: number): Sweep {
  const hubs = network.transfer.length;
  const into: number[][] = Array.from({ length: hubs }, () => []);
  for (const leg of network.usable) {
    if (network.legs[leg]!.runs === undefined) into[network.legs[leg]!.to]!.push(leg);
  }
  return {
    network,
    labels: Array.from({ length: hubs }, () => []),
    anytime: anytimeTo(network, into, target),
    into,
    leastCost: new Float64Array(hubs).fill(Number.POSITIVE_INFINITY),
    leastCarbon: new Float64Array(hubs).fill(Number.POSITIVE_INFINITY),
    added: 0,
  };
}

/** Undominated ways to the target by legs that start at any time, from each hub. */
function anytimeTo(
  { transfer, legs }: ProfileNetwork,
  into: readonly (readonly number[])[],
  target: number,
): ProfileLabel[][] {
  const ways: ProfileLabel[][] = Array.from(transfer, () => []);
  const there = { departs: 0, arrives: 0, cost: 0, carbon: 0, leg: -1, next: undefined };
  const open: [number, ProfileLabel][] = [[target, there]];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    const [hub, way] = at;
    if (ways[hub]!.some((other) => isNoWorse(other, way))) continue;
    ways[hub] = [...ways[hub]!.filter((other) => !isNoWorse(way, other)), way];
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
          next: way,
        },
      ]);
    }
  }
  return ways;
}

/** Adds the ways that begin with one departure. */
function ride(sweep: Sweep, leg: number, departs: number): void {
  const { network, anytime, labels } = sweep;
  const { from, to, cost, carbon, input } = network.legs[leg]!;
  const lands = departs + input.duration_seconds;
  const begin = (rest: ProfileLabel, arrives: number): ProfileLabel => ({
    departs,
    arrives,
    cost: cost + rest.cost,
    carbon: carbon + rest.carbon,
    leg,
    next: rest,
  });
  for (const rest of anytime[to]!) reach(sweep, from, begin(rest, lands + rest.arrives));
  const onward = labels[to]!;
  const ready = lands + network.transfer[to]!;
  let cheapest: ProfileLabel | undefined;
  for (let i = lastReady(onward, ready); i >= 0; i--) {
    const rest = onward[i]!;
    if (rest.departs > ready + MOST_WAIT_SECONDS) break;
    // Nothing that starts after the cheapest of all has arrived can be any better.
    if (cheapest !== undefined && rest.departs >= cheapest.arrives) break;
    reach(sweep, from, begin(rest, rest.arrives));
    const isCheapest = rest.cost <= sweep.leastCost[to]! && rest.carbon <= sweep.leastCarbon[to]!;
    if (isCheapest && (cheapest === undefined || rest.arrives < cheapest.arrives)) cheapest = rest;
  }
}

/** Last place of a label that departs at or after `ready`; -1 if none. Latest departures are first. */
function lastReady(labels: readonly ProfileLabel[], ready: number): number {
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
  const last = lastReady(labels, label.departs);
  for (let i = last; i >= 0 && labels[i]!.departs <= label.arrives; i--) {
    if (isNoWorse(labels[i]!, label)) return;
  }
  let place = last + 1;
  while (place > 0 && labels[place - 1]!.departs === label.departs) place -= 1;
  const rest = labels.slice(place).filter((other) => !isNoWorse(label, other));
  labels.length = place;
  labels.push(label, ...rest);
  sweep.added += 1;
  sweep.leastCost[hub] = Math.min(sweep.leastCost[hub]!, label.cost);
  sweep.leastCarbon[hub] = Math.min(sweep.leastCarbon[hub]!, label.carbon);
  for (const leg of into[hub]!) {
    const { from, cost, carbon, input } = network.legs[leg]!;
    reach(sweep, from, {
      departs: label.departs - network.transfer[hub]! - input.duration_seconds,
      arrives: label.arrives,
      cost: cost + label.cost,
      carbon: carbon + label.carbon,
      leg,
      next: label,
    });
  }
}

/** A departure of a leg, by index. */
export type Run = readonly [leg: number, departs: number];

/** True if some way of a profile uses a departure that is gone. O(labels × legs of each). */
export function usesAny(
  { labels }: Profile,
  isGone: (leg: number, departs: number) => boolean,
): boolean {
  return labels.some((own) =>
    own.some((label) => {
      for (let at: ProfileLabel | undefined = label; at !== undefined; at = at.next) {
        if (at.leg >= 0 && isGone(at.leg, at.departs)) return true;
      }
      return false;
    }),
  );
}

/**
 * True if departures that are new to a profile would bring a label into it. O(labels + runs × labels in
 * reach). None by itself means none together: the last to depart would have to be the first to matter.
 */
export function wouldUse(network: ProfileNetwork, profile: Profile, runs: readonly Run[]): boolean {
  if (runs.length === 0) return false;
  const sweep = openSweep(network, profile.target);
  profile.labels.forEach((labels, hub) => {
    sweep.labels[hub] = [...labels];
    // What is cheapest is not known to be so any more: no way is passed over for it.
    sweep.leastCost[hub] = Number.NEGATIVE_INFINITY;
  });
  return runs.some(([leg, departs]) => {
    ride(sweep, leg, departs);
    return sweep.added > 0;
  });
}
