/**
 * Spreads: distributions of an instant as pieces of probability, each uniform on an interval or all on
 * one instant. Waiting for a departure, a closed hub and adding a time map pieces to pieces, so that the
 * distribution of a parcel's arrival is worked out exactly; only the sum of two times that are both
 * spread is put on a grid (see `instantsOf`).
 */
import { firstAtOrAfter } from './leg-runs.ts';

/** A share of the parcels, uniform on [from, to]; seconds. */
export interface Piece {
  readonly mass: number;
  readonly from: number;
  readonly to: number;
}

/** A distribution of instants or of seconds: pieces in order of time, whose masses add up to 1. */
export type Spread = readonly Piece[];
/** `[probability, seconds]` points as in a transit time. */
export type Points = readonly (readonly [number, number])[];
/** Half-open, epoch seconds. */
export interface Window {
  readonly from: number;
  readonly until: number;
}

/** Cells of the grid are this long, longer where that would make too many of them. */
const GRID_SECONDS = 900;
const MOST_CELLS = 192;

/** The pieces of a table: what is below its first and above its last point sits on that point. O(points). */
export function spreadOf(points: Points): Spread {
  const pieces: Piece[] = [];
  let [before, at] = [0, points[0]![1]];
  for (const [probability, seconds] of points) {
    if (probability > before) pieces.push({ mass: probability - before, from: at, to: seconds });
    [before, at] = [probability, seconds];
  }
  if (before < 1) pieces.push({ mass: 1 - before, from: at, to: at });
  return pieces;
}

/** All later by some seconds. O(pieces). */
export function later(spread: Spread, seconds: number): Spread {
  if (seconds === 0) return spread;
  return spread.map(({ mass, from, to }) => ({ mass, from: from + seconds, to: to + seconds }));
}

/** Cuts a piece at an instant within it: the shares before and from there on. */
function cut({ mass, from, to }: Piece, at: number): [Piece, Piece] {
  const share = (mass * (at - from)) / (to - from);
  return [
    { mass: share, from, to: at },
    { mass: mass - share, from: at, to },
  ];
}

/** The part of a spread in a window is mapped, the rest is not. */
function within(spread: Spread, { from, until }: Window, map: (piece: Piece) => Spread): Spread {
  const pieces: Piece[] = [];
  for (const piece of spread) {
    let rest = piece;
    if (rest.from < from && rest.to > from) {
      const [before, after] = cut(rest, from);
      pieces.push(before);
      rest = after;
    }
    if (rest.from < from || rest.from >= until) {
      pieces.push(rest);
      continue;
    }
    if (rest.to > until) {
      const [before, after] = cut(rest, until);
      pieces.push(...map(before), after);
    } else pieces.push(...map(rest));
  }
  return pieces;
}

const on = (mass: number, at: number): Piece => ({ mass, from: at, to: at });

/** Whoever comes in a window waits for its end. Windows ascend and do not overlap. O(pieces × windows). */
export function waitOut(spread: Spread, windows: readonly Window[]): Spread {
  return windows.reduce(
    (left, window) => within(left, window, ({ mass }) => [on(mass, window.until)]),
    spread,
  );
}

/** Whoever starts in the window starts so much later, or at its end if that is sooner. O(pieces). */
export function startLater(spread: Spread, window: Window, seconds: number): Spread {
  const last = Math.max(window.from, window.until - seconds);
  const early = within(spread, { from: last, until: window.until }, ({ mass }) => [
    on(mass, window.until),
  ]);
  return within(early, { from: window.from, until: last }, (piece) => later([piece], seconds));
}

/**
 * Everybody takes the next of the departures (ascending); undefined if the last is missed.
 * O(pieces × log departures + departures passed).
 */
export function take(spread: Spread, departs: Float64Array): Spread | undefined {
  const taken = new Map<number, number>();
  const board = (mass: number, i: number): void => {
    taken.set(departs[i]!, (taken.get(departs[i]!) ?? 0) + mass);
  };
  for (const piece of spread) {
    let rest = piece;
    let i = firstAtOrAfter(departs, rest.from);
    while (i < departs.length && rest.to > departs[i]!) {
      const [before, after] = cut(rest, departs[i]!);
      if (before.mass > 0) board(before.mass, i);
      rest = after;
      i += 1;
    }
    if (i >= departs.length) return undefined;
    board(rest.mass, i);
  }
  return [...taken].sort(([a], [b]) => a - b).map(([at, mass]) => on(mass, at));
}

/**
 * A spread as single instants: pieces are put on a grid of cells from the first instant on, each cell
 * at the mean of what falls into it.
 */
function instantsOf(spread: Spread): Spread {
  if (spread.every(({ from, to }) => from === to)) return spread;
  const first = spread.reduce((least, { from }) => Math.min(least, from), Infinity);
  const last = spread.reduce((most, { to }) => Math.max(most, to), -Infinity);
  const step = Math.max(GRID_SECONDS, (last - first) / MOST_CELLS);
  const cells = new Map<number, { mass: number; moment: number }>();
  const add = ({ mass, from, to }: Piece, cell: number): void => {
    const known = cells.get(cell) ?? { mass: 0, moment: 0 };
    known.mass += mass;
    known.moment += mass * ((from + to) / 2 - first);
    cells.set(cell, known);
  };
  for (const piece of spread) {
    let rest = piece;
    let cell = Math.floor((rest.from - first) / step);
    while (rest.to > first + (cell + 1) * step) {
      const [before, after] = cut(rest, first + (cell + 1) * step);
      if (before.mass > 0) add(before, cell);
      rest = after;
      cell += 1;
    }
    add(rest, cell);
  }
  return [...cells]
    .sort(([a], [b]) => a - b)
    .map(([, { mass, moment }]) => on(mass, first + moment / mass));
}

/** The instant plus a time that does not depend on it. O(pieces × pieces). */
export function plus(spread: Spread, time: Spread): Spread {
  if (time.length === 1 && time[0]!.from === time[0]!.to) return later(spread, time[0]!.from);
  return instantsOf(spread).flatMap(({ mass, from: at }) =>
    time.map((piece) => ({ mass: mass * piece.mass, from: at + piece.from, to: at + piece.to })),
  );
}

/** Sums of many shares differ in their last digits: what is stated does not. */
const DIGITS = 1e9;

/** The spread as points of a transit time, ascending in both; the last probability is 1. O(n log n). */
export function pointsOf(spread: Spread): [number, number][] {
  const jumps = new Map<number, number>();
  const slopes = new Map<number, number>();
  const add = (map: Map<number, number>, at: number, value: number): void => {
    map.set(at, (map.get(at) ?? 0) + value);
  };
  for (const { mass, from, to } of spread) {
    if (from === to) add(jumps, from, mass);
    else {
      add(slopes, from, mass / (to - from));
      add(slopes, to, -mass / (to - from));
    }
  }
  const instants = [...new Set([...jumps.keys(), ...slopes.keys()])].sort((a, b) => a - b);
  const points: [number, number][] = [];
  let [share, slope, before] = [0, 0, instants[0]!];
  for (const at of instants) {
    share += slope * (at - before);
    const jump = jumps.get(at) ?? 0;
    if (slope !== 0 || slopes.has(at) || points.length > 0) points.push([share, at]);
    if (jump > 0) points.push([share + jump, at]);
    share += jump;
    slope += slopes.get(at) ?? 0;
    before = at;
  }
  let least = 0;
  const stated = points.map(([probability, at]): [number, number] => {
    least = Math.max(least, Math.min(1, Math.round(probability * DIGITS) / DIGITS));
    return [least, at];
  });
  stated.at(-1)![0] = 1;
  return stated;
}

/** The instant by which half have come; whole seconds, rounded up. O(pieces). */
export function medianOf(spread: Spread): number {
  const points = pointsOf(spread);
  const i = points.findIndex(([probability]) => probability >= 0.5);
  const [p1, x1] = points[i]!;
  if (i === 0) return Math.ceil(x1 - 1e-6);
  const [p0, x0] = points[i - 1]!;
  return Math.ceil(x0 + ((x1 - x0) * (0.5 - p0)) / (p1 - p0) - 1e-6);
}
