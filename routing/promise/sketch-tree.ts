/**
 * Durations of many cells (lanes, warehouse-hours …), each shrunk to its parent, so that a cell of
 * three events says little and one of three hundred speaks for itself:
 *
 *   q(cell) = (n q + k q(parent)) / (n + k)
 *
 * with n the cell's events, recent ones counting more if a half-life is set. A cell is named by its
 * path from the leaf to the root, for time in transit
 * `[service + lane + slot, service + lane, service + region pair, service, '']`; every event is added
 * to each cell of its path. Events may come in any order.
 */

import { DAY_SECONDS } from '../types.ts';
import {
  addDuration,
  type DurationSketch,
  emptySketch,
  mergeSketch,
  sketchQuantiles,
} from './duration-sketch.ts';

/** How cells learn and forget. */
export interface TreeOptions {
  /** Events that weigh as much as the parent (k). */
  readonly shrink_count: number;
  /** An event this old counts half; missing = nothing is forgotten. At least 10 days. */
  readonly half_life_days?: number | undefined;
}

/** A tree as JSON: options, and the cells by name. */
export interface StoredTree {
  readonly options: TreeOptions;
  readonly cells: readonly (readonly [string, DurationSketch])[];
}

/**
 * Weights grow from here instead of shrinking until now (forward decay, Cormode et al. 2009), so
 * that a cell is never rescaled. Doubles hold 28 years of it at the shortest half-life.
 */
const LANDMARK_SECONDS = Date.UTC(2026, 0, 1) / 1000;
const SHORTEST_HALF_LIFE_DAYS = 10;

/** Weight of an event at an instant, epoch seconds: twice that of one a half-life before. O(1). */
export const fadingWeight = (at: number, half_life_seconds: number): number =>
  2 ** ((at - LANDMARK_SECONDS) / half_life_seconds);

/** A tree of duration sketches. Instants are epoch seconds. */
export class SketchTree {
  readonly #options: TreeOptions;
  readonly #halfLife: number;
  readonly #cells = new Map<string, DurationSketch>();

  /** @throws RangeError when the half-life is shorter than 10 days. */
  constructor(options: TreeOptions) {
    const days = options.half_life_days ?? Number.POSITIVE_INFINITY;
    if (days < SHORTEST_HALF_LIFE_DAYS) {
      throw new RangeError(
        `half_life_days is ${days}, expected ${SHORTEST_HALF_LIFE_DAYS} or more`,
      );
    }
    this.#options = options;
    this.#halfLife = days * DAY_SECONDS;
  }

  /**
   * Adds a duration, seconds, learned at an instant (epoch seconds): forward decay, Cormode et al. 2009.
   * O(path).
   */
  add(path: readonly string[], seconds: number, at: number): void {
    const weight = fadingWeight(at, this.#halfLife);
    for (const name of path) addDuration(this.#cell(name), seconds, weight);
  }

  /**
   * Quantiles, seconds, of a cell as of `now`, at ascending probabilities. The parent of the root is
   * `prior` (what a carrier publishes, say). Undefined when there is neither an event nor a prior.
   * O(path × bins).
   */
  quantiles(
    path: readonly string[],
    now: number,
    probabilities: readonly number[],
    prior?: readonly number[],
  ): readonly number[] | undefined {
    const { shrink_count } = this.#options;
    let known = prior;
    for (let i = path.length - 1; i >= 0; i--) {
      const cell = this.#cells.get(path[i]!);
      if (cell === undefined || cell.total === 0) continue;
      const own = sketchQuantiles(cell, probabilities);
      const parent = known;
      const n = this.#count(cell, now);
      known =
        parent === undefined
          ? own
          : own.map((q, j) => (n * q + shrink_count * parent[j]!) / (n + shrink_count));
    }
    return known;
  }

  /**
   * Quantiles as {@link quantiles}, each cell shrunk to its parent's shape around its own median. A
   * quantile at p of n events rests on 4 p (1 - p) n of them, so that a thin cell has its own middle but its
   * parents' tails; such events weigh as much as the parent at `tails` of them. `least` (seconds) is added to
   * both medians where they are compared, for medians of nothing. O(path × bins).
   */
  scaledQuantiles(
    path: readonly string[],
    now: number,
    probabilities: readonly number[],
    {
      prior,
      least,
      tails = this.#options.shrink_count,
    }: {
      readonly prior: readonly number[];
      readonly least: number;
      readonly tails?: number;
    },
  ): readonly number[] {
    const { shrink_count: k } = this.#options;
    const asked = [0.5, ...probabilities];
    let known = [medianOf(probabilities, prior), ...prior];
    for (let i = path.length - 1; i >= 0; i--) {
      const cell = this.#cells.get(path[i]!);
      if (cell === undefined || cell.total === 0) continue;
      const own = sketchQuantiles(cell, asked);
      const parent = known;
      const n = this.#count(cell, now);
      const middle = (n * own[0]! + k * parent[0]!) / (n + k);
      const scale = (middle + least) / (parent[0]! + least);
      known = own.map((q, j) => {
        const p = asked[j]!;
        const m = 4 * p * (1 - p) * n;
        return j === 0 ? middle : (m * q + tails * parent[j]! * scale) / (m + tails);
      });
    }
    let floor = 0;
    return known.slice(1).map((q) => (floor = Math.max(floor, q)));
  }

  /** Events of a cell as of `now`, recent ones counting more. O(1). */
  count(name: string, now: number): number {
    const cell = this.#cells.get(name);
    return cell === undefined ? 0 : this.#count(cell, now);
  }

  /** Takes in all of a tree with the same options, as kept by another worker. O(cells × bins). */
  merge(other: SketchTree): void {
    for (const [name, cell] of other.#cells) mergeSketch(this.#cell(name), cell);
  }

  /** The tree as plain data, cells in order of name. O(cells × log cells). */
  store(): StoredTree {
    const cells = [...this.#cells].sort(([a], [b]) => (a < b ? -1 : +(a > b)));
    return { options: this.#options, cells };
  }

  /** The tree that `store` gave. O(cells × bins). */
  static restore({ options, cells }: StoredTree): SketchTree {
    const tree = new SketchTree(options);
    for (const [name, cell] of cells) {
      tree.#cells.set(name, { ...cell, weights: [...cell.weights] });
    }
    return tree;
  }

  #count(cell: DurationSketch, now: number): number {
    return cell.total * 2 ** ((LANDMARK_SECONDS - now) / this.#halfLife);
  }

  #cell(name: string): DurationSketch {
    let cell = this.#cells.get(name);
    if (cell === undefined) {
      cell = emptySketch();
      this.#cells.set(name, cell);
    }
    return cell;
  }
}

/** The median of a distribution given at probabilities: of the nearest of them. */
function medianOf(probabilities: readonly number[], quantiles: readonly number[]): number {
  const after = probabilities.findIndex((p) => p >= 0.5);
  return quantiles[after < 0 ? quantiles.length - 1 : after]!;
}
